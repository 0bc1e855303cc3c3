// Every text comes from the server, as data-word-… on the form.
export function wording(form) {
  // Read once: any property of a form is first looked for among its thousands of fields.
  const words = new Map([...form.attributes].map(({ name, value }) => [name, value]));
  return (name, values = {}) =>
    (words.get(`data-word-${name}`) ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

// Said in the status line: what was just done, and how saving stands.
export function statusLine(form, word) {
  const line = form.querySelector(".sheet-status") ?? document.createElement("p"); // nothing is saved where all is read-only
  const [notice, standing] = [document.createElement("span"), document.createElement("span")];
  line.replaceChildren(...line.childNodes, notice, standing);
  const original = [...line.childNodes].slice(0, -2); // what the server wrote is true until something happens
  let later = 0;

  function write(span, text) {
    original.splice(0).forEach((node) => node.remove());
    if (span.textContent !== text) span.textContent = text;
  }

  return {
    note: (name, values) => write(notice, name ? word(name, values) : ""),
    // A save that is answered at once is not announced as under way.
    stand(name, values, tone = "", patience = 0) {
      clearTimeout(later);
      const say = () => {
        write(standing, word(name, values));
        line.dataset.tone = tone;
      };
      if (patience) later = setTimeout(say, patience);
      else say();
    },
  };
}

export const clock = () =>
  new Date().toLocaleTimeString(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit" });
