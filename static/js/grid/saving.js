// What is still to be saved, one request at a time. A cell is "open" until the server holds what is in it.
import { answering } from "./answers.js";
import { clean, same } from "./numbers.js";

const WAIT = [2, 4, 8, 16, 30, 60]; // seconds between attempts while the server cannot be reached
const MOST = 5000; // figures in one request

export function saving({ form, sheet, send, drafts, states, word, report, onStored }) {
  const open = new Set();
  const waiting = new Set(); // open, and to be sent
  let flying = new Map(); // cell → what was sent of it
  let problem = null; // { kind, detail }: nothing is sent until it is over
  let attempts = 0;
  let timer = 0;
  let settling = []; // who waits for the end of saving

  const answers = answering({ sheet, open, waiting, drafts, states, judge });

  // After every change, by whatever means: what must be sent, kept or forgotten of these cells.
  function changed(cells, { typed = false } = {}) {
    if (problem?.kind === "refused") problem = null; // what is there now may be taken
    for (const cell of cells) {
      cell.claimed ||= typed;
      judge(cell);
    }
    tell();
    flush();
  }

  function judge(cell) {
    const text = cell.typing ? cell.before : cell.input.value;
    const plain = clean(text);
    cell.wanted = plain ?? text;
    if (plain === null) {
      keep(cell);
      waiting.delete(cell);
      return states.set(cell, "invalid", [word("not-a-number")]);
    }
    if (cell.theirs) {
      if (same(plain, cell.theirs.value)) return answers.agree(cell, cell.theirs);
      keep(cell);
      waiting.delete(cell);
      return states.conflict(cell);
    }
    if (untouched(cell, plain)) return answers.close(cell);
    keep(cell);
    waiting.add(cell);
    states.set(cell, "dirty");
  }

  function keep(cell) {
    open.add(cell);
    drafts.put(cell);
  }

  const absence = (cell) => (cell.wanted === "" ? cell.absence : "");

  const untouched = (cell, plain) =>
    same(plain, cell.saved) &&
    absence(cell) === cell.savedAbsence &&
    cell.note === undefined &&
    !cell.claimed &&
    !flying.has(cell) &&
    !cell.tried.length;

  // While it is typed: kept in this browser, sent when the cell is left.
  function typing(cell) {
    cell.typing = true;
    keep(cell);
    if (!cell.theirs && cell.td.dataset.state !== "dirty") states.set(cell, "dirty");
  }

  async function flush() {
    if (flying.size || problem || !waiting.size) return finish();
    const cells = [...waiting].slice(0, MOST);
    flying = new Map(cells.map((cell) => [cell, figure(cell)]));
    cells.forEach((cell) => {
      waiting.delete(cell);
      states.set(cell, "saving");
    });
    tell();
    const sent = flying;
    const answer = await send([...sent.values()]);
    flying = new Map();
    if (answer.kind === "ok") stored(sent, answer.body);
    else if (answer.kind === "invalid") answers.refuse(sent, answer.figures, again);
    else stop(sent, answer);
    tell();
    flush();
  }

  function figure(cell) {
    const { division, indicator, wanted: value, version, note } = cell;
    const made = { division, indicator, value, absence: absence(cell), base_version: version };
    return note === undefined ? made : { ...made, note };
  }

  function stored(sent, body) {
    const lost = answers.accept(sent, body);
    if (lost.length) stop(new Map(lost), { kind: "offline" });
    else attempts = 0;
    onStored(body, new Set([...sent.keys()].map((cell) => cell.key)));
  }

  // To be sent again as it is now; `unknown` when the server may have stored what was sent.
  function again(cell, what, unknown = false) {
    if (unknown && !cell.tried.includes(what.value)) cell.tried = [...cell.tried.slice(-4), what.value];
    judge(cell);
  }

  function stop(sent, { kind, detail = "", after = 0 }) {
    problem = { kind, detail };
    sent.forEach((what, cell) => again(cell, what, kind === "offline"));
    if (kind !== "offline") return;
    const seconds = Math.max(after, WAIT[Math.min(attempts++, WAIT.length - 1)]);
    timer = setTimeout(resume, seconds * 1000 * Number(form.dataset.backoff ?? 1));
  }

  // Tried again by the clock, by the button, when the window is entered and when the network is back.
  function resume() {
    clearTimeout(timer);
    if (!problem) return;
    problem = null;
    tell();
    flush();
  }

  const tell = () => report(open, flying, problem);

  function settled() {
    return new Promise((resolve) => {
      settling.push(resolve);
      flush();
    });
  }

  function finish() {
    if (flying.size) return;
    settling.splice(0).forEach((resolve) => resolve(!open.size));
  }

  return { changed, typing, resume, settled, open, decide: answers.decide, said: answers.said };
}
