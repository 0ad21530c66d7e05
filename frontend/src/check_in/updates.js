/** The worker that keeps this page for the time without a network, and how a new version takes its place. */

/**
 * Registers the worker; rejects where the browser keeps no pages. `found` is told when a newer version waits, and gets the act that lets it take over.
 * @param {string} address @param {(takeOver: () => void) => void} found
 */
export async function keepPage(address, found) {
  if (!("serviceWorker" in navigator)) throw new Error("this browser keeps no pages");
  let isKept = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // The first worker keeps the page as it is; each later one brings another page.
    if (isKept) window.location.reload();
    isKept = true;
  });
  const kept = await navigator.serviceWorker.register(address);
  const told = () => {
    const { waiting } = kept;
    if (waiting && navigator.serviceWorker.controller) found(() => waiting.postMessage("take over"));
  };
  told();
  kept.addEventListener("updatefound", () => kept.installing?.addEventListener("statechange", told));
}
