// What the rules find in the cells, and how a stored cell stands because of it: the gravest first.
const OWED = { hard: "invalid", soft: "reason" };

export function marking(sheet, states) {
  let marked = null; // keys of the cells that say something now

  // Those that ask for something: a reason answers a soft one, and an empty cell is not shouted at.
  function byCell(findings) {
    const found = new Map();
    for (const finding of findings) {
      const { code, severity, division, indicator, reason } = finding;
      if (!OWED[severity] || code === "mandatory" || (severity === "soft" && reason?.trim())) continue;
      const key = `${division}:${indicator}`;
      found.set(key, [...(found.get(key) ?? []), finding]);
    }
    return found;
  }

  function settled(cell, findings, { state, message = "", value = "", absence = "" }) {
    const severity = ["hard", "soft"].find((level) => findings.some((finding) => finding.severity === level));
    const details = findings.filter((finding) => finding.severity === severity).map(({ detail }) => detail);
    return {
      ...look(cell, state === "saved" && value === "" ? absence || "blank" : state, severity),
      messages: [...new Set([message, ...details].filter(Boolean))],
    };
  }

  const look = (cell, plain, severity) => ({
    state: OWED[severity] ?? ("commented" in cell.td.dataset ? "comment" : plain),
    severity,
  });

  // The other cells of the sheet whose findings came or went with what was saved.
  function spread(found, sent, open) {
    marked ??= new Set([...sheet.table.querySelectorAll("td[data-severity]")].map((td) => sheet.cell(td)?.key));
    const done = new Set([...sent.keys()].map(({ key }) => key));
    for (const key of new Set([...marked, ...found.keys()])) {
      const cell = sheet.cell(sheet.at(key));
      if (!cell || done.has(key)) continue;
      const next = settled(cell, found.get(key) ?? [], held(cell));
      if (same(next, cell.settled)) continue;
      cell.settled = next;
      if (!open.has(cell)) states.settle(cell);
    }
    marked = new Set(found.keys());
  }

  const held = ({ saved, savedAbsence }) => ({ state: "saved", value: saved, absence: savedAbsence });
  const same = (one, other) => one.state === other.state && one.messages.join() === other.messages.join();

  // A comment or a reason came or went: the cell stands as before, with or without its mark.
  function said(td, { comments, severity, message }, open) {
    const cell = sheet.cell(td);
    if (!cell) return states.remark(td, comments);
    if (comments) td.dataset.commented = "";
    else delete td.dataset.commented;
    if (open.has(cell)) return;
    const next = settled(cell, severity ? [{ severity, detail: message }] : [], held(cell));
    if (same(next, cell.settled)) return;
    cell.settled = next;
    states.settle(cell);
    if (severity) marked?.add(cell.key);
  }

  return { byCell, settled, spread, said };
}
