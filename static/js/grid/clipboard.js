// Blocks to and from Excel and WPS: tab-separated text, in which a cell with a tab, a quote or a line end is quoted.
import { clean } from "./numbers.js";

// Text → rows of cells. A quote counts only where it opens a cell and its partner closes it.
export function parse(text) {
  const rows = [[]];
  const quoted = /"((?:[^"]|"")*)"(?=\t|\r?\n|\r|$)/y;
  const bare = /[^\t\r\n]*/y;
  const end = /\t|\r?\n|\r|$/y;
  for (let at = 0; ; ) {
    quoted.lastIndex = bare.lastIndex = at;
    const found = quoted.exec(text);
    const cell = found ? found[1].replaceAll('""', '"') : bare.exec(text)[0];
    rows[rows.length - 1].push(cell);
    end.lastIndex = found ? quoted.lastIndex : bare.lastIndex;
    const [stop] = end.exec(text);
    at = end.lastIndex;
    if (!stop || at >= text.length) {
      if (stop === "\t") rows[rows.length - 1].push(""); // a last tab opens a cell, a last line end no row
      return rows;
    }
    if (stop !== "\t") rows.push([]);
  }
}

const quote = (cell) => (/[\t\r\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
export const write = (rows) => rows.map((row) => row.map(quote).join("\t")).join("\r\n");

export const isBlock = (rows) => rows.length > 1 || rows[0].length > 1;

// What a block means from this cell on: the changes, and how many of its values met no cell or one that cannot be
// written. A text that is no number is kept for the reporter to see; an input would drop its line ends and join digits.
export function plan(sheet, td, rows) {
  const { row, column } = sheet.position(td);
  const grid = sheet.grid();
  const result = { changes: [], outside: 0, skipped: 0 };
  rows.forEach((values, down) =>
    values.forEach((text, right) => {
      const target = grid[row + down]?.[column + right];
      const cell = target && sheet.cell(target);
      if (cell) result.changes.push({ cell, to: clean(text) ?? text.replace(/[\r\n]+/g, " ") });
      else if (text.trim()) result[target ? "skipped" : "outside"] += 1;
    }),
  );
  return result;
}

// The selected cells as a spreadsheet reads them: plain numbers, without separators.
export function copy(sheet, tds) {
  return write(tds.map((row) => row.map((td) => clean(sheet.text(td)) ?? sheet.text(td))));
}
