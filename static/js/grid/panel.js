// The panel beside the sheet: what the cell in hand is held against, what is said of it, and the forms for that.
const PAUSE = 250; // ms: who walks through cells does not load each of them

export function panelling(form, panel, { word, onShown }) {
  const address = form.dataset.panelUrl;
  let shown = null; // key of the cell
  let timer = 0;
  let control = null;

  // A cell is { key, division, indicator }.
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
      replace(page.body.childNodes);
      shown = cell.key;
      const { openComments = 0, severity = "", message = "" } = panel.querySelector("[data-key]")?.dataset ?? {};
      onShown(cell.key, { comments: Number(openComments), severity, message });
    } catch {
      if (control === own) shown = null; // the next visit tries again
    } finally {
      if (control === own) panel.removeAttribute("aria-busy");
    }
  }

  // Who stood in the panel stays in it: at the same field, else at its start.
  function replace(nodes) {
    const active = panel.contains(document.activeElement) ? document.activeElement : null;
    const open = Boolean(panel.querySelector("details[open]"));
    panel.replaceChildren(...nodes);
    panel.querySelectorAll("details").forEach((details) => (details.open = open));
    if (!active) return;
    const tag = active.tagName.toLowerCase();
    const same = active.name && panel.querySelector(`${tag}[name="${CSS.escape(active.name)}"]`);
    const heading = panel.querySelector("h2");
    if (heading) heading.tabIndex = -1;
    (same || heading)?.focus();
  }

  const isWritten = ({ value, defaultValue }) => value !== defaultValue;
  const again = (cell) => ((shown = null), leave(), load(cell));

  // After a save of the figure that is shown, unless someone is writing in the panel.
  function refresh(keys, cellOf) {
    if (!shown || !keys.has(shown) || [...panel.querySelectorAll("textarea")].some(isWritten)) return;
    const cell = cellOf(shown);
    if (cell) again(cell);
  }

  // A comment or a reason is sent from here; the page stays, and what became of it is read anew.
  async function send(own) {
    const button = own.querySelector("button");
    button.disabled = true;
    const said = await post(own);
    button.disabled = false;
    if (said) return complain(own, said);
    const [division, indicator] = shown.split(":");
    await again({ key: shown, division, indicator });
    form.dispatchEvent(new CustomEvent("sheet:remarked", { bubbles: true, detail: { division, indicator } }));
  }

  // What was wrong, in words; "" where nothing was.
  async function post(own) {
    const body = new FormData(own);
    const fresh = form.elements.csrfmiddlewaretoken; // renewed after another sign-in
    if (fresh) body.set("csrfmiddlewaretoken", fresh.value);
    try {
      const headers = { Accept: "application/json" };
      const response = await fetch(own.action, { method: "POST", body, headers, redirect: "manual" });
      if (response.ok) return "";
      const { detail } = response.status === 422 ? await response.json() : {};
      return detail || word("not-sent");
    } catch {
      return word("not-sent");
    }
  }

  function complain(own, text) {
    const line = own.querySelector("[role=alert]") ?? own.appendChild(document.createElement("p"));
    line.className = "bad";
    line.setAttribute("role", "alert");
    line.textContent = text;
  }

  panel?.addEventListener("submit", (event) => {
    if (!event.target.hasAttribute("data-beside")) return;
    event.preventDefault();
    send(event.target);
  });

  return { show, refresh };
}
