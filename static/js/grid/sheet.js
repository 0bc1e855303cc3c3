// The table as a grid, and one record for each cell that can be written.
export function openSheet(form) {
  const table = form.querySelector(".table-sheet");
  const records = new WeakMap(); // td → record, made when it is first needed
  const places = new WeakMap(); // td → { row, column }
  let rows = null;
  let index = null;

  const division = (td) => td.dataset.division ?? td.parentElement.dataset.division;
  const input = (td) => td.querySelector("input:not([readonly]):not([disabled])");

  // The record of the cell around an element; null where nothing can be written.
  function cell(element) {
    const td = element?.closest?.(".cell");
    if (!td || !table.contains(td)) return null;
    if (!records.has(td)) records.set(td, record(td));
    return records.get(td);
  }

  function record(td) {
    const field = input(td);
    if (!field) return null;
    const { indicator, version, state = "saved", message, severity } = td.dataset;
    const held = td.dataset.saved ?? field.defaultValue; // what the server holds; sent without script, the cell may show more
    const absence = td.dataset.absence ?? (state === "not_applicable" ? state : "");
    return {
      td,
      input: field,
      division: division(td),
      indicator,
      key: `${division(td)}:${indicator}`,
      version: version ? Number(version) : null,
      saved: held,
      savedAbsence: absence,
      absence,
      note: undefined, // sent only when it was written here
      wanted: held, // what was last left in the cell
      before: field.defaultValue, // its text when it was entered
      typing: false, // its text is being changed and not left yet
      claimed: false, // typed or pasted: sent even if it equals what the server held, which may have changed
      tried: [], // values sent without an answer: the server may hold any of them
      theirs: null, // another person's { value, version }
      since: undefined, // the version that a restored figure was typed on
      settled: { state, messages: message ? [message] : [], severity }, // what the server last said
    };
  }

  // Rows of cells as they are seen: rows without cells (headings of groups) and hidden ones do not count.
  function grid() {
    if (!rows) {
      rows = [...table.tBodies]
        .flatMap((body) => [...body.rows])
        .filter((row) => !row.hidden)
        .map((row) => [...row.cells].filter((td) => td.classList.contains("cell")))
        .filter((row) => row.length);
      rows.forEach((tds, row) => tds.forEach((td, column) => places.set(td, { row, column })));
    }
    return rows;
  }

  function position(td) {
    grid();
    return places.get(td);
  }

  function at(key) {
    index ??= new Map(grid().flatMap((tds) => tds.map((td) => [`${division(td)}:${td.dataset.indicator}`, td])));
    return index.get(key);
  }

  function text(td) {
    const field = td.querySelector("input");
    return field ? field.value : (td.querySelector("output") ?? td).textContent.trim();
  }

  return { form, table, cell, grid, position, at, text, division };
}
