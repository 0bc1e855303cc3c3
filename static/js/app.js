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
