// What is handed out and what is left of a target, kept true while it is typed: the server says it with every save.
document.querySelector("#sheet")?.addEventListener("sheet:saved", ({ detail }) => {
  for (const [name, text] of Object.entries(detail.balance ?? {})) {
    const place = document.querySelector(`[data-balance="${name}"]`);
    if (place) place.textContent = text;
  }
  const box = document.querySelector("#balance");
  if (box && detail.balance) box.dataset.tone = detail.balance.tone;
});
