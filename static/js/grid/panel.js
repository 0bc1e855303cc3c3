// The panel beside the sheet: where the figure of the focused cell comes from, and its note.
const PAUSE = 250; // ms: who walks through cells does not load each of them

export function panelling(form, panel) {
  const address = form.dataset.panelUrl;
  let shown = null; // key of the cell
  let timer = 0;
  let control = null;

  function show(cell) {
    if (!panel || !address) return;
    leave();
    if (cell.key === shown) return;
    timer = setTimeout(() => load(cell), PAUSE);
  }

  function leave() {
    clearTimeout(timer);
    control?.abort();
    control = null;
    panel?.removeAttribute("aria-busy");
  }

  async function load(cell) {
    const own = (control = new AbortController());
    const url = address.replace(/\{(division|indicator)\}/g, (_, name) => encodeURIComponent(cell[name]));
    panel.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(url, { credentials: "same-origin", redirect: "manual", signal: own.signal });
      if (!response.ok) throw new Error(String(response.status));
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (control !== own) return;
      panel.replaceChildren(...page.body.childNodes);
      shown = cell.key;
      window.htmx?.process(panel);
    } catch {
      if (control === own) shown = null; // the next visit tries again
    } finally {
      if (control === own) panel.removeAttribute("aria-busy");
    }
  }

  // After a save of the figure that is shown, unless someone writes in the panel.
  function refresh(keys, cellOf) {
    if (!shown || !keys.has(shown) || panel.contains(document.activeElement)) return;
    const cell = cellOf(shown);
    shown = null;
    if (cell) show(cell);
  }

  return { show, refresh };
}
