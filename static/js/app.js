import "htmx.org";
import "./forgetting.js";

// Without script the form has its button; with it, choosing by pointer is enough. Keys walk through a list: they
// choose when the form is sent, or every step would load a page.
let byKey = false;
document.addEventListener("keydown", () => (byKey = true), true);
document.addEventListener("pointerdown", () => (byKey = false), true);
document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-autosubmit]");
  if (field && !byKey) field.form.requestSubmit();
});

// Paper, and the menu that a click elsewhere or Esc closes. Buttons that need script are hidden without it.
function offerPaper() {
  document.querySelectorAll("[data-print]").forEach((button) => (button.hidden = false));
}
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((menu) => (menu.open = false));
});
document.addEventListener("htmx:after:swap", offerPaper);
offerPaper();

// The page to come back to after a switch is the one that stands in the address now, not the one that was loaded.
document.addEventListener("submit", (event) => {
  const next = event.target.closest(".switches")?.querySelector("[name=next]");
  if (next) next.value = location.pathname + location.search;
});

// A part of the page that did not come: the words stand ready in the page.
document.addEventListener("htmx:error", () => {
  const note = document.querySelector(".offline");
  if (note) note.hidden = false;
});
document.addEventListener("htmx:after:swap", () => {
  const note = document.querySelector(".offline");
  if (note) note.hidden = true;
});
