// How a cell looks and what a screen reader says of it. The mark itself is drawn by the style sheet from data-state.
const PLAIN = new Set(["blank", "locked"]); // said by the empty or read-only field itself

export function stating(word) {
  function set(cell, state, messages = [], choices = []) {
    const { td, input } = cell;
    td.dataset.state = state;
    delete td.dataset.severity; // until it is settled
    if (state === "invalid") input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    const flags = td.querySelector(".cell-flags") ?? td.appendChild(node("span", "cell-flags"));
    const said = node("span", "visually-hidden", [PLAIN.has(state) ? "" : word(state), ...messages].join(" ").trim());
    said.id = `state-${cell.division}-${cell.indicator}`;
    describe(input, said);
    flags.replaceChildren(said);
    if (!messages.length && !choices.length) return;
    const box = flags.appendChild(node("span", "cell-message"));
    messages.forEach((message) => box.appendChild(node("span", "", message)).setAttribute("aria-hidden", "true"));
    for (const { label, act } of choices) {
      const button = box.appendChild(node("button", "btn btn-small", label));
      button.type = "button";
      button.dataset.choice = act;
    }
  }

  // Two versions of one figure: the reporter decides, in the cell.
  function conflict(cell) {
    const values = { value: cell.theirs.value || word("empty"), by: cell.theirs.by ?? "" };
    set(cell, "conflict", [word("conflict-message", values)], [
      { act: "mine", label: word("keep-mine", { value: cell.wanted || word("empty") }) },
      { act: "theirs", label: word("take-theirs", values) },
    ]);
  }

  function settle(cell) {
    set(cell, cell.settled.state, cell.settled.messages);
    if (cell.settled.severity) cell.td.dataset.severity = cell.settled.severity;
  }

  // A cell that cannot be written has its mark alone.
  function remark(td, count) {
    if (count) td.dataset.state = "comment";
    else if (td.classList.contains("sum")) delete td.dataset.state;
    else td.dataset.state = "locked";
    td.querySelector(".cell-flags")?.remove();
    if (count) td.appendChild(node("span", "cell-flags")).appendChild(node("span", "visually-hidden", word("comment")));
  }

  return { set, conflict, settle, remark };
}

function node(tag, name, text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}

function describe(input, said) {
  const ids = (input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
  if (!ids.includes(said.id)) input.setAttribute("aria-describedby", [...ids, said.id].join(" "));
}
