/**
 * Measures a line against our own server and fills the figures in. Nothing is sent to anybody else; what somebody
 * changes by hand afterwards no longer equals `measured`, so the server keeps it as typed.
 */

const ROUNDS = 3;
const BYTES = 256 * 1024;
const LONGEST_MS = 60000;

/** @param {string} address @param {RequestInit} [how] @returns {Promise<{ms: number, bytes: number}>} */
async function timed(address, how = {}) {
  const begun = performance.now();
  const answer = await fetch(address, { ...how, cache: "no-store", signal: AbortSignal.timeout(LONGEST_MS) });
  if (!answer.ok) throw new Error(String(answer.status));
  const { byteLength } = await answer.arrayBuffer();
  return { ms: performance.now() - begun, bytes: byteLength };
}

/** The time of the way there and back: the shortest of some, for what is longer was waiting elsewhere. */
async function delayOf(/** @type {string} */ address) {
  const found = [];
  for (let round = 0; round < ROUNDS; round += 1) found.push((await timed(`${address}?nho=${round}`)).ms);
  return Math.min(...found);
}

/** Mbit/s of some bytes in a time, without the way there and back; one decimal. */
function speed(/** @type {number} */ bytes, /** @type {number} */ ms, /** @type {number} */ delay) {
  return Math.max(0.1, (bytes * 8) / 1000 / Math.max(ms - delay, 1)).toFixed(1);
}

/** @param {string} address @param {string} token */
async function measure(address, token) {
  const delay = await delayOf(address);
  const down = await timed(address);
  const body = crypto.getRandomValues(new Uint8Array(65536));
  const chunks = Array.from({ length: BYTES / body.length }, () => body);
  const up = await timed(address, { method: "POST", body: new Blob(chunks), headers: { "X-CSRFToken": token } });
  return { down: speed(down.bytes, down.ms, delay), up: speed(BYTES, up.ms, delay), delay: String(Math.round(delay)) };
}

/** @param {HTMLFormElement} form */
function offer(form) {
  const button = /** @type {HTMLButtonElement | null} */ (form.querySelector("[data-line-start]"));
  const words = /** @type {HTMLElement | null} */ (form.querySelector("[data-line-words]"));
  if (!button || !words) return;
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const say = (/** @type {string} */ what) => {
    words.textContent = words.getAttribute(`data-words-${what}`) ?? "";
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    say("running");
    try {
      const found = await measure(form.dataset.lineTest ?? "", field("csrfmiddlewaretoken").value);
      const comma = document.documentElement.lang.startsWith("vi") ? "," : ".";
      field("down").value = found.down.replace(".", comma);
      field("up").value = found.up.replace(".", comma);
      field("delay").value = found.delay;
      field("measured").value = `${found.down}/${found.up}/${found.delay}`;
      say("done");
    } catch {
      say("failed");
    }
    button.disabled = false;
  });
}

for (const form of document.querySelectorAll("form[data-line-test]")) offer(/** @type {HTMLFormElement} */ (form));
