// Keys as in a spreadsheet. Left and Right belong to the text until its end is reached.
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export function keys(sheet, { range, commit, restore, travel, empty }) {
  function enter(td) {
    const cell = sheet.cell(td);
    if (!cell) return stand(td);
    cell.input.focus();
    cell.input.select();
  }

  // On a cell that cannot be written: it is read, and may be commented. One of them is a stop of the Tab key.
  let stop = null;
  function stand(td, focus = true) {
    if (stop !== td) stop?.removeAttribute("tabindex");
    stop = td;
    td.tabIndex = 0;
    if (focus) td.focus();
  }

  function begin() {
    const first = sheet.grid()[0]?.[0];
    if (first && !sheet.cell(first)) stand(first, false);
  }

  // To the next cell in this direction; Enter, while typing, passes those that cannot be written. The last one is left
  // all the same.
  function move(td, [down, right], writable = false) {
    const grid = sheet.grid();
    let { row, column } = sheet.position(td);
    for (let next; (next = grid[(row += down)]?.[(column += right)]); ) {
      if (!writable || sheet.cell(next)) return enter(next);
    }
    const cell = sheet.cell(td);
    if (cell) commit(cell);
    enter(td);
  }

  function corner(last) {
    const tds = sheet.grid().flat();
    if (last) tds.reverse();
    const td = tds.find((candidate) => sheet.cell(candidate)) ?? tds[0];
    if (td) enter(td);
  }

  function atEnd({ selectionStart: from, selectionEnd: to, value }, key) {
    if (from === 0 && to === value.length) return true; // the whole text is selected: the cell was entered, not edited
    return from === to && from === (key === "ArrowLeft" ? 0 : value.length);
  }

  // True when the key was used up.
  function press(event, cell) {
    const { key, shiftKey: shift, altKey: alt } = event;
    const control = event.ctrlKey || event.metaKey;
    const { td, input } = cell;
    if (control && !alt) {
      const letter = key.toLowerCase();
      if (letter === "z") return travel(shift ? "redo" : "undo"), true;
      if (letter === "y") return travel("redo"), true;
      if (key === "Home" || key === "End") return corner(key === "End"), true;
      return false;
    }
    if (alt) return false;
    if (key === "Enter") return move(td, [shift ? -1 : 1, 0], true), true;
    if (key === "Escape") return range.rows().length ? range.clear() : restore(cell), true;
    if (key === "F2") return input.setSelectionRange(input.value.length, input.value.length), true;
    if ((key === "Delete" || key === "Backspace") && range.rows().length) return empty(range.rows().flat()), true;
    const step = STEPS[key];
    if (!step || (step[1] && !atEnd(input, key) && !(shift && range.rows().length))) return false;
    if (shift) range.stretch(td, step);
    else move(td, step);
    return true;
  }

  // The same on a cell that cannot be written; true when the key was used up.
  function walk({ key, shiftKey: shift, altKey: alt, ctrlKey, metaKey }, td) {
    if (alt) return false;
    if (ctrlKey || metaKey) return (key === "Home" || key === "End") && (corner(key === "End"), true);
    if (key === "Escape") return range.clear(), true;
    const step = key === "Enter" ? [shift ? -1 : 1, 0] : STEPS[key];
    if (!step) return false;
    if (shift && key !== "Enter") range.stretch(td, step);
    else move(td, step);
    return true;
  }

  return { press, enter, stand, walk, begin };
}
