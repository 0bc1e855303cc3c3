// A rectangle of cells from the focused one to the one last reached with Shift, to be copied or emptied.
export function ranging(sheet) {
  let anchor = null;
  let head = null;
  let marked = [];

  function clear() {
    marked.forEach((td) => delete td.dataset.selected);
    marked = [];
    anchor = head = null;
  }

  function extend(from, to) {
    const [one, other] = [sheet.position(from), sheet.position(to)];
    if (!one || !other) return;
    clear();
    [anchor, head] = [from, to];
    marked = rows().flat();
    marked.forEach((td) => (td.dataset.selected = ""));
  }

  // One step further from the corner that moves.
  function stretch(from, [down, right]) {
    const { row, column } = sheet.position(head ?? from);
    const next = sheet.grid()[row + down]?.[column + right];
    if (!next) return;
    extend(anchor ?? from, next);
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function rows() {
    if (!head || head === anchor) return [];
    const [one, other] = [sheet.position(anchor), sheet.position(head)];
    const [top, bottom] = [Math.min(one.row, other.row), Math.max(one.row, other.row)];
    const [left, right] = [Math.min(one.column, other.column), Math.max(one.column, other.column)];
    return sheet.grid().slice(top, bottom + 1).map((row) => row.slice(left, right + 1));
  }

  return { clear, extend, stretch, rows };
}
