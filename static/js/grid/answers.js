// What the server's answer means for each cell that was sent.
import { marking } from "./findings.js";
import { same } from "./numbers.js";

export function answering({ sheet, open, waiting, drafts, states, judge }) {
  const marks = marking(sheet, states);

  // The cells without an answer, as [cell, what was sent].
  function accept(sent, { figures, findings = [] }) {
    const key = ({ division, indicator }) => `${division}:${indicator}`;
    const answers = new Map(figures.map((figure) => [key(figure), figure]));
    const found = marks.byCell(findings);
    const lost = [];
    sent.forEach((what, cell) => {
      const figure = answers.get(cell.key);
      if (!figure) lost.push([cell, what]);
      else if (figure.state === "conflict") clash(cell, what, figure);
      else if (figure.state === "invalid") reject(cell, what, figure.message);
      else hold(cell, what, figure, found.get(cell.key) ?? []);
    });
    marks.spread(found, sent, open);
    return lost;
  }

  function hold(cell, what, figure, findings) {
    cell.settled = marks.settled(cell, findings, { state: figure.state ?? "saved", message: figure.message, ...what });
    cell.version = figure.version;
    cell.td.dataset.version = figure.version;
    cell.saved = figure.value ?? "";
    cell.savedAbsence = figure.absence ?? what.absence;
    cell.claimed = false;
    cell.tried = [];
    if (what.note !== undefined && cell.note === what.note) cell.note = undefined;
    // Changed since it was sent: what is there now is judged against what the server holds now.
    if (waiting.has(cell) || cell.wanted !== what.value) return judge(cell);
    cell.absence = cell.savedAbsence;
    close(cell);
    if (document.activeElement !== cell.input) cell.input.value = cell.before = cell.wanted = cell.saved;
  }

  function close(cell) {
    waiting.delete(cell);
    cell.theirs = null;
    cell.claimed = false;
    if (cell.typing) return drafts.put(cell); // open until it is left
    open.delete(cell);
    drafts.remove(cell);
    states.settle(cell);
  }

  function clash(cell, what, figure) {
    const { theirs = {}, version } = figure;
    const other = theirs !== null && typeof theirs === "object" ? theirs : { value: theirs };
    const held = { version, absence: figure.absence ?? "", ...other, value: other.value ?? "" };
    // The same value, or one of mine whose answer was lost: there is nothing to decide.
    if (same(held.value, what.value) && held.absence === what.absence) {
      return hold(cell, what, { ...figure, ...held, state: figure.settled ?? "saved", message: "" }, []);
    }
    if (cell.tried.some((value) => same(value, held.value))) rebase(cell, held);
    else cell.theirs = held;
    judge(cell);
  }

  function rebase(cell, held) {
    cell.version = held.version;
    cell.td.dataset.version = held.version ?? "";
    cell.saved = held.value;
    cell.savedAbsence = held.absence ?? "";
    cell.tried = [];
  }

  // The reporter has decided between theirs and mine.
  function decide(cell, mine) {
    rebase(cell, cell.theirs);
    if (!mine) cell.absence = cell.savedAbsence;
    cell.theirs = null;
  }

  function agree(cell, held) {
    rebase(cell, held);
    cell.settled = marks.settled(cell, [], { state: "saved", value: held.value, absence: held.absence ?? "" });
    close(cell);
  }

  // Not stored: the text stays, in the cell and in this browser, until it is changed.
  function reject(cell, what, message) {
    if (waiting.has(cell) || cell.wanted !== what.value) return judge(cell);
    drafts.put(cell);
    states.set(cell, "invalid", message ? [message] : []);
  }

  // The whole request was refused for some of its figures: the others are sent again.
  function refuse(sent, figures, again) {
    [...sent].forEach(([cell, what], position) => {
      const details = figures.get(position);
      if (details) reject(cell, what, details.join(" "));
      else again(cell, what);
    });
  }

  // What the panel says of a cell: comments, and what a reason has answered.
  const said = (td, what) => marks.said(td, what, open);

  return { accept, agree, close, decide, refuse, said };
}
