// Sums that the table shows at once, column by column; the server's replace them when they come.
import { add, clean, decimal, format } from "./numbers.js";

export function totalling(sheet, decimals) {
  const columns = new Map(); // indicator → { tds: division → td, sums: [td] }, read when a column first changes

  function column(indicator) {
    if (!columns.has(indicator)) {
      const all = [...sheet.table.querySelectorAll(`td[data-indicator="${CSS.escape(indicator)}"]`)];
      const sums = all.filter(parts);
      const tds = new Map(all.filter((td) => td.closest("tbody")).map((td) => [sheet.division(td), td]));
      const single = [...tds.values()].filter((td) => !parts(td));
      columns.set(indicator, { sums, single, tds });
    }
    return columns.get(indicator);
  }

  // data-sum-of (or data-sum) lists divisions; empty, it stands for every cell of the column that is no sum itself.
  const parts = (td) => (td.dataset.sumOf ?? td.dataset.sum)?.split(/\s+/).filter(Boolean);

  function value(td, known, { tds, single }) {
    const of = parts(td);
    if (!of) {
      const plain = clean(td.dataset.value ?? sheet.text(td));
      return plain ? decimal(plain) : null; // empty or not a number: left out
    }
    if (!known.has(td)) {
      known.set(td, null);
      const cells = of.length ? of.map((code) => tds.get(code)) : single;
      known.set(
        td,
        cells.reduce((sum, part) => add(sum, part ? value(part, known, { tds, single }) : null), null),
      );
    }
    return known.get(td);
  }

  function show(td, amount) {
    const output = td.querySelector("output") ?? td;
    if (output !== td) output.setAttribute("aria-live", "off"); // read on demand, not at every change
    output.textContent = amount ? format(amount, decimals) : "";
    delete td.dataset.value; // the server's unrounded value was that of the old sum
  }

  function recalculate(indicators) {
    for (const indicator of new Set(indicators)) {
      const own = column(indicator);
      const known = new Map();
      own.sums.forEach((td) => show(td, value(td, known, own)));
    }
  }

  // The server's sums, except in columns that hold something it does not know yet.
  function accept(totals, isOpen) {
    for (const { division, indicator, value: text } of totals) {
      if (isOpen(indicator)) continue;
      const own = column(indicator);
      const plain = clean(text ?? "");
      own.sums.filter((td) => sheet.division(td) === division).forEach((td) => show(td, plain ? decimal(plain) : null));
    }
  }

  return { recalculate, accept };
}
