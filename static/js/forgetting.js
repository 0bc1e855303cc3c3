// What a statement's sheet kept in this browser goes with the person who signs out; a session that merely ends leaves it.
let leaving = false;
document.addEventListener("submit", (event) => {
  if (event.target.hasAttribute("data-sign-out") && !event.defaultPrevented) leaving = true;
});
// Not before: a page with unsaved cells asks first, and who stays keeps them.
addEventListener("pagehide", () => {
  if (!leaving) return;
  try {
    Object.keys(localStorage)
      .filter((key) => key.startsWith("sheet:"))
      .forEach((key) => localStorage.removeItem(key));
  } catch {
    return; // no storage in this browser
  }
});
