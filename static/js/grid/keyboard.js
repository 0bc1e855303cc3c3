// Keys as in a spreadsheet. Left and Right belong to the text until its end is reached.
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export function keys(sheet, { range, commit, restore, travel, empty }) {
  function enter(td) {
    const { input } = sheet.cell(td);
    input.focus();
    input.select();
  }

  // To the next cell in this direction that can be written; the last one is left all the same.
  function move(td, [down, right]) {
    const grid = sheet.grid();
    let { row, column } = sheet.position(td);
    for (let next; (next = grid[(row += down)]?.[(column += right)]); ) {
      if (sheet.cell(next)) return enter(next);
    }
    commit(sheet.cell(td));
    enter(td);
  }

  function corner(last) {
    const tds = sheet.grid().flat();
    if (last) tds.reverse();
    const td = tds.find((candidate) => sheet.cell(candidate));
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
    if (key === "Enter") return move(td, [shift ? -1 : 1, 0]), true;
    if (key === "Escape") return range.rows().length ? range.clear() : restore(cell), true;
    if (key === "F2") return input.setSelectionRange(input.value.length, input.value.length), true;
    if ((key === "Delete" || key === "Backspace") && range.rows().length) return empty(range.rows().flat()), true;
    const step = STEPS[key];
    if (!step || (step[1] && !atEnd(input, key) && !(shift && range.rows().length))) return false;
    if (shift) range.stretch(td, step);
    else move(td, step);
    return true;
  }

  return { press, enter };
}
