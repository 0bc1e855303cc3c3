import "htmx.org";

// Without script the form has its button; with it, choosing is enough.
document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-autosubmit]");
  if (field) field.form.requestSubmit();
});
