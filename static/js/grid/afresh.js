// What the rules find, what changed and how many rows are filled, read anew after a save.
const PAUSE = 500; // ms: of several saves in a row the last is followed

export function refreshing(form) {
  const address = new URL(form.dataset.page, location.href);
  address.searchParams.set("unit", form.dataset.unit);
  let timer = 0;
  let control = null;

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(read, PAUSE);
  }

  async function read() {
    control?.abort();
    const own = (control = new AbortController());
    try {
      const headers = { "HX-Request": "true" };
      const response = await fetch(address, { credentials: "same-origin", redirect: "manual", headers, signal: own.signal });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (control === own) [...page.body.children].forEach(replace);
    } catch {
      // the next save tries again
    }
  }

  // Where somebody writes a reason or stands, what they see stays.
  function replace(fresh) {
    const standing = document.getElementById(fresh.id);
    if (!standing || standing.contains(document.activeElement)) return;
    const isWritten = ({ value, defaultValue }) => value !== defaultValue;
    if ([...standing.querySelectorAll("input[type=text]")].some(isWritten)) return;
    const open = Boolean(standing.querySelector("details[open]"));
    standing.replaceWith(fresh);
    fresh.querySelectorAll("details").forEach((details) => (details.open = open));
  }

  form.addEventListener("sheet:saved", soon);
  form.addEventListener("sheet:remarked", soon);
}
