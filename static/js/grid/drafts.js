// What the server does not hold yet, kept in this browser: one entry for each cell, by statement, user and unit.
export function drafting(form, onFull) {
  const { statement = form.dataset.url, user = "", unit } = form.dataset;
  const own = `sheet:${statement}:${user}:`;
  const prefix = `${own}${unit}:`;
  const fresh = (value) => value !== undefined && value !== "";

  function put(cell) {
    const { absence, note, tried } = cell;
    // While two figures wait for a decision, the one that was typed stays based on what its reporter had seen.
    const version = cell.theirs ? (cell.since ?? cell.version) : cell.version;
    const draft = { value: cell.input.value, version };
    if (fresh(absence)) draft.absence = absence;
    if (note !== undefined) draft.note = note;
    if (tried.length) draft.tried = tried;
    try {
      localStorage.setItem(prefix + cell.key, JSON.stringify(draft));
    } catch {
      onFull();
    }
  }

  function remove(cell) {
    try {
      localStorage.removeItem(prefix + cell.key);
    } catch {
      onFull();
    }
  }

  const keys = (start) => Object.keys(localStorage).filter((key) => key.startsWith(start));

  // [[cell key, draft]]; what cannot be read is left out.
  function all() {
    try {
      return keys(prefix).flatMap((key) => {
        const draft = parse(localStorage.getItem(key));
        return draft ? [[key.slice(prefix.length), draft]] : [];
      });
    } catch {
      return []; // no storage in this browser
    }
  }

  // Typed in another unit, and therefore not shown here: { unit: count }.
  function elsewhere() {
    const counts = {};
    try {
      for (const key of keys(own)) {
        const other = key.slice(own.length).split(":")[0];
        if (other !== unit) counts[other] = (counts[other] ?? 0) + 1;
      }
    } catch {
      return counts;
    }
    return counts;
  }

  return { put, remove, all, elsewhere };
}

function parse(text) {
  try {
    const draft = JSON.parse(text);
    return typeof draft?.value === "string" ? draft : null;
  } catch {
    return null;
  }
}
