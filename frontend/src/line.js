/**
 * The state of the line, always visible. The browser's own word is not enough (a hall's Wi-Fi without a way out is
 * "online"), so the server is asked as well, seldom.
 */

const EVERY_MS = 30000;

/**
 * Shows the parts marked `data-when="up"` or `"down"` and opens the bar when the line is down or something waits.
 * @param {boolean} up
 */
function show(up) {
  const now = up ? "up" : "down";
  for (const holder of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-line], [data-line-bar]"))) {
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (holder.querySelectorAll("[data-when]"))) part.hidden = part.dataset.when !== now;
    if (holder.hasAttribute("data-line-bar")) holder.hidden = up && !Number(holder.dataset.waiting ?? "0");
  }
}

/** Pages that keep a queue tell how much waits: `document.dispatchEvent(new CustomEvent("queue", {detail: {waiting, saved}}))`. */
function showQueue(/** @type {CustomEvent<{waiting: number, saved: string}>} */ event) {
  for (const bar of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-line-bar]"))) {
    bar.dataset.waiting = String(event.detail.waiting);
    const words = /** @type {HTMLElement | null} */ (bar.querySelector("[data-queue]"));
    if (!words) continue;
    words.hidden = event.detail.waiting === 0;
    words.textContent = (words.dataset.words ?? "").replace("{count}", String(event.detail.waiting)).replace("{time}", event.detail.saved);
  }
  show(navigator.onLine);
}

/** Starts watching; the address to ask stands in `<body data-line-url>`. */
export function watchLine() {
  const address = document.body.dataset.lineUrl;
  const check = async () => {
    if (!navigator.onLine) {
      show(false);
      return;
    }
    if (!address) {
      show(true);
      return;
    }
    try {
      // Any answer tells that the line is up; a server in trouble says so itself.
      await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(8000) });
      show(true);
    } catch {
      show(false);
    }
  };
  window.addEventListener("online", check);
  window.addEventListener("offline", () => show(false));
  document.addEventListener("htmx:sendError", () => show(false));
  document.addEventListener("htmx:afterOnLoad", () => show(true));
  document.addEventListener("queue", (event) => showQueue(/** @type {CustomEvent} */ (event)));
  show(navigator.onLine);
  if (address) setInterval(() => document.visibilityState === "visible" && check(), EVERY_MS);
}
