// One request to the server and what its answer means: { kind: ok | invalid | session | user | refused | offline }.
const TIMEOUT = 30_000; // ms

export function transport(form) {
  const token = () => form.elements.csrfmiddlewaretoken;

  async function put(figures) {
    const first = await attempt(figures);
    if (first.status !== 403) return meaning(first);
    // Signing in again, in another tab, gave the session a new token.
    const renewed = await renew();
    return renewed === "ok" ? meaning(await attempt(figures)) : { kind: renewed };
  }

  async function attempt(figures) {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token().value };
    const body = JSON.stringify({ unit: form.dataset.unit, figures });
    return request(form.dataset.url, { method: "PUT", headers, body });
  }

  // { status, body, after }; a request without any answer has status 0, a redirect (to the sign-in page) status 302.
  async function request(url, options) {
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), Number(form.dataset.timeout ?? TIMEOUT));
    try {
      const response = await fetch(url, {
        credentials: "same-origin",
        redirect: "manual",
        cache: "no-store",
        signal: control.signal,
        ...options,
      });
      if (response.type === "opaqueredirect") return { status: 302 };
      const text = await response.text();
      return { status: response.status, text, after: Number(response.headers.get("Retry-After")) || 0 };
    } catch {
      return { status: 0 };
    } finally {
      clearTimeout(timer);
    }
  }

  function meaning({ status, text, after }) {
    const body = read(text);
    if (status === 200) return Array.isArray(body?.figures) ? { kind: "ok", body } : { kind: "offline" };
    if (status === 302 || status === 401) return { kind: "session" };
    if ([0, 408, 425, 429].includes(status) || status >= 500) return { kind: "offline", after };
    const errors = Array.isArray(body?.errors) ? body.errors : [];
    const figures = new Map(); // position in the request → what is wrong there
    for (const { attr, detail } of errors) {
      const position = /^figures\.(\d+)/.exec(attr ?? "")?.[1];
      if (position) figures.set(Number(position), [...(figures.get(Number(position)) ?? []), detail]);
    }
    if ((status === 422 || status === 400) && figures.size) return { kind: "invalid", figures };
    return { kind: "refused", detail: errors.map(({ detail }) => detail).join(" ") || (body?.detail ?? "") };
  }

  // A fresh token from the page itself, if it still belongs to the same person.
  async function renew() {
    const { status, text } = await request(form.dataset.page ?? location.href, { headers: { Accept: "text/html" } });
    if (status === 302 || status === 401) return "session";
    if (status !== 200) return status === 0 || status >= 500 ? "offline" : "refused";
    const page = new DOMParser().parseFromString(text, "text/html");
    const sheet = page.querySelector("#sheet");
    const value = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (sheet && sheet.dataset.user !== form.dataset.user) return "user";
    if (!value) return "session"; // a page to sign in, or none of ours
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => (field.value = value));
    const shared = "hx-headers:inherited"; // the token for what htmx sends
    if (page.body.hasAttribute(shared)) document.body.setAttribute(shared, page.body.getAttribute(shared));
    return "ok";
  }

  return { put };
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
