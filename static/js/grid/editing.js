// Changing cells: each action becomes one step to undo, is sent, and moves the sums of its columns.
import { clean } from "./numbers.js";
import { undoing } from "./undo.js";

export function editing({ sheet, saver, totals }) {
  const history = undoing();

  // The cell is left: its text is cleaned.
  function commit(cell) {
    const { input, before } = cell;
    if (!cell.typing && input.value === before) return;
    const typed = input.value !== before;
    cell.typing = false;
    if (typed) input.value = clean(input.value) ?? input.value;
    cell.before = input.value;
    history.push([{ cell, from: before, to: input.value }]);
    follow([cell], { typed });
  }

  // Many cells at once, by one action.
  function apply(changes, { remember = true, typed = false } = {}) {
    const steps = changes.map(({ cell, to }) => ({ cell, from: cell.input.value, to }));
    for (const { cell, to } of steps) {
      cell.input.value = cell.before = to;
      cell.typing = false;
    }
    if (remember) history.push(steps);
    follow(
      steps.map(({ cell }) => cell),
      { typed },
    );
  }

  function follow(cells, how) {
    saver.changed(cells, how);
    totals.recalculate(cells.map(({ indicator }) => indicator));
  }

  function restore(cell) {
    if (cell.typing) {
      cell.input.value = cell.before;
      commit(cell);
    }
    cell.input.select();
  }

  // Undo or redo; the first cell that changed, or null.
  function travel(way) {
    const current = sheet.cell(document.activeElement);
    if (current) commit(current);
    const changes = history[way]();
    if (changes) apply(changes, { remember: false });
    return changes ? changes[0].cell : null;
  }

  // Between two versions of a figure.
  function choose(cell, mine) {
    const { theirs } = cell;
    commit(cell);
    if (!cell.theirs) return; // what was typed is theirs
    saver.decide(cell, mine);
    apply([{ cell, to: mine ? cell.input.value : theirs.value }]);
  }

  return { commit, apply, restore, travel, choose };
}
