// The ways on from the sheet: checking, handing in, and to the cell that an address names (#c-130224-paddy).
export function ways({ form, sheet, saver, commit }) {
  form.querySelectorAll("[data-scripted]").forEach((button) => (button.hidden = false)); // what is typed is saved first

  form.querySelector("[data-check]")?.addEventListener("click", async (event) => {
    event.preventDefault();
    const { href } = event.currentTarget;
    const current = sheet.cell(document.activeElement);
    if (current) commit(current);
    if (!(await saver.settled())) return; // the status line says what is in the way
    const isHere = new URL(href).search === location.search;
    location.assign(href);
    if (isHere) location.reload(); // the same address but for its fragment
  });

  // What stands beside the sheet was said before this save.
  form.addEventListener("sheet:saved", () => document.querySelectorAll("[data-stale]").forEach((link) => (link.hidden = false)));

  function reach() {
    const td = document.getElementById(location.hash.slice(1));
    if (!td || !sheet.table.contains(td)) return;
    td.scrollIntoView({ block: "center", inline: "center" });
    (sheet.cell(td)?.input ?? td).focus({ preventScroll: true });
  }

  addEventListener("hashchange", reach);
  reach();
}
