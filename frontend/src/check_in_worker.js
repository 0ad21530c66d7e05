/**
 * Keeps the check-in page and what it needs on the phone, and answers with it whether there is a network or not. The
 * server puts `KEPT` before this text: `version`, the `pages` by language and the `files`. It touches no other page.
 */
/** @type {any} */
const worker = self;
const { version, page, pages, files } = worker.KEPT;
const PREFIX = "quantriet-check-in-";
const NAME = PREFIX + version;

worker.addEventListener("install", (/** @type {any} */ event) => {
  // Past the browser's own cache: what is kept is of this version, all of it or nothing.
  const wanted = [...Object.values(pages), ...files].map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(wanted)));
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  const clear = async () => {
    for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
    await worker.clients.claim();
  };
  event.waitUntil(clear());
});

worker.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data === "take over") worker.skipWaiting();
});

/** Under which address something is kept: a page by its language, whatever else its address says. */
function keptAs(/** @type {Request} */ request) {
  const address = new URL(request.url);
  if (address.origin !== worker.location.origin) return "";
  if (request.mode === "navigate") return address.pathname === page ? (pages[address.searchParams.get("ngon-ngu") ?? ""] ?? pages[""]) : "";
  return files.includes(address.pathname) ? address.pathname : "";
}

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const address = request.method === "GET" ? keptAs(request) : "";
  if (!address) return;
  const answer = async () => (await (await caches.open(NAME)).match(address, { ignoreVary: true })) ?? fetch(request);
  event.respondWith(answer());
});
