// The grid of the annual statement: plain inputs that work without script, made into a spreadsheet that saves itself.
import { refreshing } from "./grid/afresh.js";
import { copy, isBlock, parse, plan } from "./grid/clipboard.js";
import { drafting } from "./grid/drafts.js";
import { editing } from "./grid/editing.js";
import { keys } from "./grid/keyboard.js";
import { leaving } from "./grid/leaving.js";
import { panelling } from "./grid/panel.js";
import { ranging } from "./grid/range.js";
import { reporting } from "./grid/report.js";
import { saving } from "./grid/saving.js";
import { openSheet } from "./grid/sheet.js";
import { stating } from "./grid/states.js";
import { totalling } from "./grid/totals.js";
import { transport } from "./grid/transport.js";
import { ways } from "./grid/ways.js";
import { statusLine, wording } from "./grid/words.js";

function start(form) {
  const sheet = openSheet(form);
  const word = wording(form);
  const status = statusLine(form, word);
  const states = stating(word);
  const range = ranging(sheet);
  const totals = totalling(sheet, Number(form.dataset.decimals ?? 2));
  const drafts = drafting(form, () => status.note("storage-full"));
  const panel = panelling(form, document.querySelector("#cell-panel"), { word, onShown });
  const report = reporting(form, status);
  const saver = saving({ form, sheet, send: transport(form).put, drafts, states, word, report, onStored });
  const edit = editing({ sheet, saver, totals });
  const keyboard = keys(sheet, { range, ...edit, travel, empty });

  function onStored(body, stored) {
    const openColumns = new Set([...saver.open].map(({ indicator }) => indicator));
    totals.accept(body.totals ?? [], (indicator) => openColumns.has(indicator));
    panel.refresh(stored, (key) => sheet.cell(sheet.at(key)));
    form.dispatchEvent(new CustomEvent("sheet:saved", { bubbles: true, detail: body }));
  }

  function onShown(key, said) {
    const td = sheet.at(key);
    if (td) saver.said(td, said);
  }

  // A cell that cannot be written, as the panel asks for it; null elsewhere.
  function readOnly(target) {
    const td = target.closest?.(".cell");
    if (!td || sheet.cell(td)) return null;
    const [division, { indicator }] = [sheet.division(td), td.dataset];
    return { td, division, indicator, key: `${division}:${indicator}` };
  }

  function travel(way) {
    const cell = edit.travel(way);
    if (!cell) return;
    unmark();
    keyboard.enter(cell.td);
  }

  function empty(tds) {
    edit.apply(tds.map(sheet.cell).filter(Boolean).map((cell) => ({ cell, to: "" })));
  }

  function unmark() {
    sheet.table.querySelectorAll("[data-pasted]").forEach((td) => delete td.dataset.pasted);
  }

  let pressed = false; // the pointer chooses its own place in the text
  form.addEventListener("pointerdown", () => (pressed = true));
  addEventListener("pointerup", () => (pressed = false));
  addEventListener("pointercancel", () => (pressed = false));
  form.addEventListener("focusin", ({ target }) => {
    const fixed = readOnly(target);
    if (fixed) return keyboard.stand(fixed.td, false), panel.show(fixed);
    const cell = sheet.cell(target);
    if (!cell || target !== cell.input) return;
    if (!cell.typing) cell.before = cell.input.value;
    range.clear();
    if (!pressed) cell.input.select(); // entered by keys or by a link: typing replaces
    panel.show(cell);
  });
  form.addEventListener("focusout", ({ target }) => {
    const cell = sheet.cell(target);
    if (cell && target === cell.input) edit.commit(cell);
  });
  form.addEventListener("input", ({ target }) => {
    const cell = sheet.cell(target);
    if (!cell) return;
    range.clear();
    saver.typing(cell);
    totals.recalculate([cell.indicator]);
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // the input method's own keys
    const fixed = readOnly(event.target);
    if (fixed && event.target === fixed.td) return keyboard.walk(event, fixed.td) && event.preventDefault();
    const cell = sheet.cell(event.target);
    if (cell && event.target === cell.input && keyboard.press(event, cell)) event.preventDefault();
  });
  form.addEventListener("mousedown", (event) => {
    const from = document.activeElement.closest(".cell");
    const to = event.target.closest(".cell");
    if (to && !event.shiftKey && readOnly(to)) keyboard.stand(to, false); // it can take the focus now
    if (!event.shiftKey || !from || !to || to === from || event.target.closest("button")) return range.clear();
    event.preventDefault(); // the focus stays in the first corner
    range.extend(from, to);
  });
  form.addEventListener("click", ({ target }) => {
    if (target.closest("[data-retry]")) saver.resume();
    const cell = target.dataset.choice && sheet.cell(target);
    if (!cell?.theirs) return;
    cell.input.focus(); // the button goes
    edit.choose(cell, target.dataset.choice === "mine");
  });
  form.addEventListener("copy", (event) => {
    const rows = range.rows();
    if (!rows.length) return;
    event.clipboardData.setData("text/plain", copy(sheet, rows));
    event.preventDefault();
  });
  form.addEventListener("paste", (event) => {
    const cell = sheet.cell(event.target);
    const rows = parse(event.clipboardData.getData("text/plain"));
    if (!cell || !isBlock(rows)) return; // one value goes into the text as anywhere
    event.preventDefault();
    edit.commit(cell);
    const { changes, outside, skipped } = plan(sheet, cell.td, rows);
    unmark();
    edit.apply(changes, { typed: true });
    changes.forEach(({ cell: { td } }) => (td.dataset.pasted = ""));
    cell.input.select();
    status.note("pasted", { count: changes.length, outside, skipped });
  });

  keyboard.begin();
  refreshing(form);
  ways({ form, sheet, saver, commit: edit.commit });
  leaving({ form, sheet, saver, states, drafts, status, totals, commit: edit.commit });
}

const form = document.querySelector("#sheet");
if (form) start(form);
