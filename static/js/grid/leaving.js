// Coming to the page and going from it: what was not saved last time, other forms, the choice of the unit, the window.
import { same } from "./numbers.js";

export function leaving({ form, sheet, saver, states, drafts, status, totals, commit }) {
  const current = () => sheet.cell(document.activeElement);

  // What this browser kept is shown and sent; where the server's figure is newer, the reporter decides.
  function bringBack() {
    const cells = [...sheet.table.querySelectorAll("td[data-saved]")].map(sheet.cell); // sent without script, refused
    let [lost, beyond] = [0, 0];
    for (const [key, draft] of drafts.all()) {
      const td = sheet.at(key);
      const cell = sheet.cell(td);
      if (!td) beyond += 1; // in another part of the statement
      else if (!cell) lost += 1; // read-only by now: it stays in the browser
      else if (restore(cell, draft)) cells.push(cell);
    }
    if (cells.length) {
      saver.changed(cells);
      totals.recalculate(cells.map(({ indicator }) => indicator));
    }
    const [elsewhere] = Object.entries(drafts.elsewhere());
    if (lost) status.note("not-restored", { count: lost });
    else if (cells.length) status.note("restored", { count: cells.length });
    else if (beyond) status.note("beyond", { count: beyond });
    else if (elsewhere) status.note("other-unit", { count: elsewhere[1], unit: label(elsewhere[0]) });
  }

  function restore(cell, draft) {
    const { value, version = null, absence, note, tried = [] } = draft;
    if (same(value, cell.saved) && (absence ?? "") === cell.savedAbsence && note === undefined) {
      if (!tried.length || version !== cell.version) return drafts.remove(cell);
    }
    cell.input.value = cell.before = value;
    cell.absence = absence ?? "";
    cell.note = note;
    if (version === cell.version) cell.tried = tried;
    else if (!tried.some((sent) => same(sent, cell.saved))) {
      cell.theirs = { value: cell.saved, version: cell.version, absence: cell.savedAbsence };
      cell.since = version ?? 0;
    }
    return true;
  }

  const units = form.querySelector("[data-unit-choice]");
  const label = (unit) => [...(units?.options ?? [])].find(({ value }) => value === unit)?.text ?? unit;

  async function saveAll() {
    const cell = current();
    if (cell) commit(cell);
    saver.resume();
    const done = await saver.settled();
    if (!done) [...saver.open].find(({ td }) => ["invalid", "conflict"].includes(td.dataset.state))?.input.focus();
    return done;
  }

  // What is typed is meant in the unit of the page: everything is saved in it before another is shown.
  units?.addEventListener("change", async () => {
    const chosen = units.value;
    units.value = form.dataset.unit; // true until the other page is there
    if (!(await saveAll())) return status.note("unit-stays", { unit: label(form.dataset.unit) });
    const address = new URL(form.dataset.page, location.href);
    if (location.pathname === address.pathname) address.search = location.search;
    address.searchParams.set("unit", chosen);
    location.assign(address);
  });

  // The button saves what is left. Other buttons of the form, and other forms that ask for it, wait until that is done.
  let passing = false;
  form.addEventListener("submit", async (event) => {
    if (passing) return;
    event.preventDefault();
    const { submitter } = event;
    if (!(await saveAll()) || !submitter?.hasAttribute("formaction")) return;
    await new Promise((resolve) => setTimeout(resolve)); // a form that is being submitted takes no other submission
    passing = true;
    form.requestSubmit(submitter);
    passing = false;
  });
  form.addEventListener("formdata", ({ formData }) => {
    const cells = [...formData.keys()].filter((name) => name.startsWith("c:"));
    cells.forEach((name) => formData.delete(name)); // saved already
  });
  document.addEventListener("submit", async (event) => {
    const { target, submitter } = event;
    if (!target.hasAttribute("data-after-saving") || target.dataset.ready !== undefined) return;
    event.preventDefault();
    if (!(await saveAll())) return;
    target.dataset.ready = "";
    target.requestSubmit(submitter);
    delete target.dataset.ready;
  });

  // Absence and note are written in the panel and saved with the figure.
  const panel = document.querySelector("#cell-panel");
  function annotate(event) {
    const own = event.target.closest("form[data-division][data-indicator]");
    const cell = own && sheet.cell(sheet.at(`${own.dataset.division}:${own.dataset.indicator}`));
    if (!cell) return;
    if (event.type === "submit") event.preventDefault();
    const { absence, note } = own.elements;
    note.required = absence.value === "blank"; // a blank says why, before it is saved
    if (!own.checkValidity()) return event.type === "submit" ? own.reportValidity() : note.focus();
    cell.absence = absence.value;
    if (cell.absence) cell.input.value = cell.before = "";
    if (note.value !== (cell.note ?? note.defaultValue)) cell.note = note.value;
    note.defaultValue = note.value; // no longer being written
    saver.changed([cell]);
    totals.recalculate([cell.indicator]);
  }
  panel?.addEventListener("change", annotate);
  panel?.addEventListener("submit", annotate);

  addEventListener("focus", saver.resume);
  addEventListener("online", saver.resume);
  document.addEventListener("visibilitychange", () => {
    const cell = current();
    if (document.visibilityState === "visible") saver.resume();
    else if (cell) commit(cell);
  });
  addEventListener("beforeunload", (event) => {
    const cell = current();
    if (cell) commit(cell);
    if (!saver.open.size) return;
    event.preventDefault();
    event.returnValue = true;
  });

  // States that the server wrote are said in words too; empty and read-only cells speak for themselves.
  const told = ":not([data-state='saved'], [data-state='blank'], [data-state='locked'])";
  sheet.table.querySelectorAll(`.cell[data-state]${told}`).forEach((td) => {
    const cell = sheet.cell(td);
    if (cell && !td.querySelector(".cell-flags")?.textContent.trim()) states.settle(cell);
  });
  bringBack();
}
