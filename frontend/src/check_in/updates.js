/** The worker that keeps this page for the time without a network, and how a new version takes its place. */

/**
 * Registers the worker; rejects where the browser keeps no pages. `waits` is told when a newer version is there, with
 * the act that lets it take over; `tookOver` when it has: browsers take their time, so much may have happened between.
 * @param {string} address @param {(takeOver: () => void) => void} waits @param {() => void} tookOver
 */
export async function keepPage(address, waits, tookOver) {
  if (!("serviceWorker" in navigator)) throw new Error("this browser keeps no pages");
  let isKept = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // The first worker keeps the page as it is; each later one brings another page.
    if (isKept) tookOver();
    isKept = true;
  });
  const kept = await navigator.serviceWorker.register(address);
  const told = () => {
    const { waiting } = kept;
    if (waiting && navigator.serviceWorker.controller) waits(() => waiting.postMessage("take over"));
  };
  told();
  kept.addEventListener("updatefound", () => kept.installing?.addEventListener("statechange", told));
}
