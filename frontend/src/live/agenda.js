/** The agenda of the live page: which item it is by the clock. Items carry when they begin, `data-from`. */

const EVERY_MS = 15000;

function mark() {
  const now = Date.now();
  for (const list of document.querySelectorAll("[data-agenda]")) {
    const items = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-from]")]);
    const begun = items.filter((item) => Date.parse(item.dataset.from ?? "") <= now);
    const isOver = Date.parse(list.getAttribute("data-until") ?? "") <= now;
    const current = isOver ? undefined : begun.at(-1);
    for (const item of items) {
      if (item === current) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    }
  }
}

export function watchAgenda() {
  mark();
  setInterval(mark, EVERY_MS);
  document.addEventListener("htmx:afterSettle", mark);
}
