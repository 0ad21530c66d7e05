/** The agenda of the live page: which item it is by the clock. Items carry their time, `data-from` and `data-until`. */

const EVERY_MS = 15000;

function mark() {
  const now = Date.now();
  for (const item of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-agenda] [data-from]"))) {
    const isNow = Date.parse(item.dataset.from ?? "") <= now && now < Date.parse(item.dataset.until ?? "");
    if (isNow) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
}

export function watchAgenda() {
  mark();
  setInterval(mark, EVERY_MS);
  document.addEventListener("htmx:afterSettle", mark);
}
