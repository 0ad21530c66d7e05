/**
 * What every page needs beside its HTML: htmx, the state of the line, toasts with undo, dialogs, large type and
 * the filter of a list. It holds no words: every sentence shown stands translated in the page.
 */
import "./htmx-global.js";
import "htmx-ext-sse";
import { watchLine } from "./line.js";
import { watchLists } from "./lists.js";
import { addToast, watchToasts } from "./toasts.js";
import { watchDialogs } from "./dialogs.js";

const { htmx } = window;
const YEAR_IN_SECONDS = 31536000;

/** The token of this page; htmx sends it with every write. */
function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
}

document.addEventListener("htmx:configRequest", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail.verb !== "get") detail.headers["X-CSRFToken"] = csrfToken();
});

/** Sentences the server put into the page for faults the server cannot tell us itself. */
function sentence(/** @type {string} */ name) {
  return document.getElementById("sentences")?.getAttribute(`data-${name}`) ?? "";
}

document.addEventListener("htmx:sendError", () => addToast({ text: sentence("not-sent"), error: true }));
document.addEventListener("htmx:timeout", () => addToast({ text: sentence("not-sent"), error: true }));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = /** @type {CustomEvent} */ (event).detail;
  addToast({ text: xhr.getResponseHeader("X-Sentence") ? decodeURIComponent(xhr.getResponseHeader("X-Sentence")) : sentence("failed"), error: true });
});

/** A refused answer is swapped only where the server said so; a whole error page never lands inside a list. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail.xhr.status < 400 || detail.xhr.status === 422 || detail.xhr.getResponseHeader("HX-Retarget")) return;
  detail.shouldSwap = false;
  addToast({ text: sentence("failed"), error: true });
});

/** Large type is a cookie, so that the server already sends the page large. */
document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const button = target.closest("[data-large-type]");
  if (button) {
    const large = document.documentElement.classList.toggle("large-type");
    document.cookie = `type_size=${large ? "large" : "normal"}; path=/; max-age=${YEAR_IN_SECONDS}; samesite=lax`;
    button.setAttribute("aria-pressed", String(large));
  }
  if (target.closest("[data-print]")) window.print();
  const copy = target.closest("[data-copy]");
  if (copy) {
    const text = document.querySelector(copy.getAttribute("data-copy") ?? "")?.textContent ?? "";
    navigator.clipboard.writeText(text.trim()).then(() => addToast({ text: copy.getAttribute("data-copied") ?? "" }));
  }
});

/** A menu closes when something else is touched, and on Escape gives the focus back. */
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.removeAttribute("open");
  menu.querySelector("summary")?.focus();
});

/** A select that is a filter sends its form at once; without a script the button beside it does. */
document.addEventListener("change", (event) => {
  const field = /** @type {HTMLElement} */ (event.target);
  if (field.matches("[data-sends-form]")) /** @type {HTMLSelectElement} */ (field).form?.requestSubmit();
});

/** After an error the summary takes the focus, on first load and after a swap. */
function focusSummary(/** @type {ParentNode} */ within) {
  /** @type {HTMLElement | null} */ (within.querySelector("[data-error-summary]"))?.focus();
}

/** Of more tabs than fit, the one that is open stands in sight. */
function showOpenTab(/** @type {ParentNode} */ within) {
  const open = /** @type {HTMLElement | null} */ (within.querySelector(".tab-bar .tab[aria-current]"));
  const bar = /** @type {HTMLElement | null} */ (open?.closest(".tab-bar") ?? null);
  if (open && bar) bar.scrollLeft = open.offsetLeft - bar.offsetLeft - (bar.clientWidth - open.offsetWidth) / 2;
}

htmx.onLoad((node) => {
  if (!(node instanceof Element)) return;
  focusSummary(node);
  showOpenTab(node);
});
watchToasts();
watchDialogs();
watchLists();
watchLine();
focusSummary(document);
showOpenTab(document);
