// The reviewer's list and the board: which row is open, how many are ticked, and ticking all. Without script links and boxes do.
const queue = document.getElementById("queue");
const boxes = () => [...queue.querySelectorAll("[name=statement], [name=unit]")];

function count() {
  const ticked = boxes().filter((box) => box.checked).length;
  const words = queue.querySelector("[data-ticked]");
  words.textContent = words.dataset.words.replace("{count}", ticked);
  const all = queue.querySelector("[data-tick-all]");
  all.checked = ticked > 0 && ticked === boxes().length;
  all.indeterminate = ticked > 0 && !all.checked;
}

if (queue) {
  const all = queue.querySelector("[data-tick-all]");
  all.hidden = false;
  queue.addEventListener("change", (event) => {
    if (event.target === all) boxes().forEach((box) => (box.checked = all.checked));
    count();
  });
  queue.addEventListener("click", (event) => {
    const link = event.target.closest("a[hx-get]");
    if (!link) return;
    queue.querySelectorAll("tr.current").forEach((row) => row.classList.remove("current"));
    queue.querySelectorAll("a[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    link.closest("tr").classList.add("current");
    link.setAttribute("aria-current", "true");
  });
  count();
}
