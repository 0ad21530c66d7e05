/** Short words after an act, with ten seconds to take it back. */

const SECONDS = 10;

/**
 * @typedef {{text: string, undo?: string, error?: boolean}} Toast
 */

/**
 * Shows a toast built from the page's `<template id="toast-template">`.
 * @param {Toast} toast
 */
export function addToast(toast) {
  const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("toast-template"));
  const place = document.getElementById("toasts");
  if (!template || !place || !toast.text) return;
  const line = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild);
  const text = line.querySelector("[data-toast-text]");
  if (text) text.textContent = toast.text;
  line.classList.toggle("is-error", Boolean(toast.error));
  if (toast.undo) line.querySelector("[data-toast-undo]")?.setAttribute("data-toast-undo", toast.undo);
  else line.querySelector("[data-toast-undo]")?.remove();
  place.append(line);
  runDown(line);
}

/**
 * Counts ten seconds down and removes the line; hovering or focus stops the count, an error stays until closed.
 * @param {HTMLElement} line
 */
function runDown(line) {
  if (line.dataset.toastRuns) return;
  line.dataset.toastRuns = "1";
  if (line.classList.contains("is-error")) return;
  const left = line.querySelector("[data-toast-left]");
  let seconds = SECONDS;
  const timer = setInterval(() => {
    if (!line.isConnected) {
      clearInterval(timer);
      return;
    }
    if (line.matches(":hover, :focus-within")) return;
    seconds -= 1;
    if (left) left.textContent = String(seconds);
    if (seconds <= 0) {
      clearInterval(timer);
      line.remove();
    }
  }, 1000);
}

/** Watches for toasts the server sent, by the HX-Trigger header or swapped into #toasts. */
export function watchToasts() {
  document.addEventListener("toast", (event) => addToast(/** @type {CustomEvent<Toast>} */ (event).detail));
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const line = target.closest("[data-toast]");
    if (!line) return;
    if (target.closest("[data-toast-close]")) line.remove();
    const undo = target.closest("[data-toast-undo]");
    const address = undo?.getAttribute("data-toast-undo");
    if (!address) return;
    line.remove();
    const swap = undo?.getAttribute("data-toast-target");
    window.htmx.ajax("post", address, swap ? { target: swap, swap: "outerHTML" } : { target: "#toasts", swap: "beforeend" });
  });
  const place = document.getElementById("toasts");
  if (!place) return;
  for (const line of place.querySelectorAll("[data-toast]")) runDown(/** @type {HTMLElement} */ (line));
  new MutationObserver(() => {
    for (const line of place.querySelectorAll("[data-toast]")) runDown(/** @type {HTMLElement} */ (line));
  }).observe(place, { childList: true });
}
