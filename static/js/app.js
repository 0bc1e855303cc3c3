import "htmx.org";

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
