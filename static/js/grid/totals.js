// Sums that the table shows at once, column by column; the server's replace them when they come.
import { add, clean, decimal, format } from "./numbers.js";

export function totalling(sheet, decimals) {
  const columns = new Map(); // indicator → { own, below }: division → td of its figure, and of the sum below it; read when a column first changes

  function column(indicator) {
    if (!columns.has(indicator)) {
      const all = [...sheet.table.querySelectorAll(`td[data-indicator="${CSS.escape(indicator)}"]`)];
      const [own, below] = [new Map(), new Map()];
      all.forEach((td) => (parts(td) ? below : own).set(sheet.division(td), td));
      columns.set(indicator, { own, below });
    }
    return columns.get(indicator);
  }

  // The divisions that a sum adds up.
  const parts = (td) => td.dataset.sumOf?.split(/\s+/).filter(Boolean);

  // What a division counts for in the sum above it: its own figure, else the sum of those below it.
  function value(code, known, { own, below }) {
    const td = own.get(code);
    const plain = td && clean(td.dataset.value ?? sheet.text(td));
    if (plain) return decimal(plain); // empty or not a number: left out
    return below.has(code) ? total(below.get(code), known, { own, below }) : null;
  }

  function total(td, known, cells) {
    if (!known.has(td)) {
      known.set(td, null);
      known.set(
        td,
        parts(td).reduce((sum, code) => add(sum, value(code, known, cells)), null),
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
      own.below.forEach((td) => show(td, total(td, known, own)));
    }
  }

  // The server's sums, except in columns that hold something it does not know yet.
  function accept(totals, isOpen) {
    for (const { division, indicator, value: text } of totals) {
      if (isOpen(indicator)) continue;
      const own = column(indicator);
      const plain = clean(text ?? "");
      const td = own.below.get(division);
      if (td) show(td, plain ? decimal(plain) : null);
    }
  }

  return { recalculate, accept };
}
