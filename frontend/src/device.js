/**
 * The browser of a signed-in clerk as a device of the site: what the scan form takes in is signed and sent to
 * `/api/v1/scans`. Whenever that way is not open the form goes its own way, and nobody notices.
 *
 * The form holds `data-device-enrol` (address that gives number and key) and `data-device-scans` (where events go), and
 * two templates `[data-device-done]` and `[data-device-refused]` with `[data-device-name]` and `[data-device-sentence]`.
 */
const PATIENCE_MS = 4000;

/** @typedef {{ number: number, key: CryptoKey }} Device */

const hex = (/** @type {ArrayBuffer} */ bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** HMAC-SHA-256 in hexadecimal digits. */
async function mac(/** @type {CryptoKey} */ key, /** @type {string} */ text) {
  return hex(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
}

/**
 * Number and key of this session's device; the key stays in the memory of this page and cannot be read out of it.
 * @returns {Promise<Device | null>}
 */
async function enrol(/** @type {string} */ address, /** @type {string} */ csrf) {
  const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": csrf } });
  if (!answer.ok) return null;
  const told = await answer.json();
  const raw = Uint8Array.from(told.key.match(/../g) ?? [], (/** @type {string} */ byte) => parseInt(byte, 16));
  return { number: told.device, key: await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]) };
}

/** @typedef {{ id: string, seq: number, act: string, code: string, at: number }} Scan */

/** What was read, at the moment it was; its number is the time, so that two tabs of one session do not meet. */
function scanned(/** @type {string} */ act, /** @type {string} */ code) {
  const at = Date.now();
  return { id: crypto.randomUUID(), seq: at * 1000 + Math.floor(Math.random() * 1000), act, code, at };
}

/** One event, signed. */
async function signed(/** @type {Device} */ device, /** @type {Scan} */ one) {
  const said = ["QT1", device.number, one.id, one.seq, one.act, one.at, one.code].join("\n");
  return { ...one, mac: await mac(device.key, said) };
}

/** The answer to one event, or nothing when this way is not open. */
async function send(/** @type {Device} */ device, /** @type {string} */ address, /** @type {object} */ one) {
  const body = JSON.stringify({ clock: Date.now(), events: [one] });
  const headers = {
    "Content-Type": "application/json",
    "Accept-Language": document.documentElement.lang || "vi",
    Authorization: `Quantriet-Device ${device.number}:${await mac(device.key, body)}`,
  };
  const answer = await fetch(address, { method: "POST", body, headers, credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) return null;
  const told = (await answer.json()).answers[0];
  // What stops the device does not stop its clerk: the page asks for his own right.
  return told.code.startsWith("device.") || told.code === "scan.later" || told.code === "scan.unwritable" ? null : told;
}

/** @param {HTMLFormElement} form @param {(good: boolean) => void} heard */
export function asDevice(form, heard) {
  const { deviceEnrol, deviceScans } = form.dataset;
  if (!deviceEnrol || !deviceScans || !window.crypto?.subtle) return;
  const csrf = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("csrfmiddlewaretoken"));
  let open = enrol(deviceEnrol, csrf?.value ?? "").catch(() => null);

  const show = (/** @type {{ is_done: boolean, name: string, sentence: string }} */ told) => {
    const kind = told.is_done ? "done" : "refused";
    const template = /** @type {HTMLTemplateElement | null} */ (form.querySelector(`template[data-device-${kind}]`));
    const place = form.querySelector("#scan-answer");
    if (!template || !place) return;
    const filled = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    for (const name of /** @type {const} */ (["name", "sentence"])) {
      const spot = filled.querySelector(`[data-device-${name}]`);
      if (spot) spot.textContent = told[name];
    }
    place.querySelectorAll(":scope > :not(input)").forEach((old) => old.remove());
    place.toggleAttribute("data-refused", !told.is_done);
    place.append(filled);
    if (told.is_done) form.dispatchEvent(new Event("recorded", { bubbles: true })); // the figures above are asked for anew
  };

  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("code"));

  /** The scan that goes the form's own way now, whatever stands in the fields meanwhile. @type {Scan | null} */
  let plain = null;
  form.addEventListener("htmx:configRequest", (asked) => {
    if (!plain || asked.target !== form) return;
    const { parameters } = /** @type {CustomEvent} */ (asked).detail;
    parameters.code = plain.code;
    parameters.act = plain.act;
    parameters.client = plain.id; // sent by both ways it is one
  });
  const itsOwnWay = (/** @type {Scan} */ one) =>
    new Promise((done) => {
      const ended = (/** @type {Event} */ answered) => {
        if (answered.target !== form) return;
        form.removeEventListener("htmx:afterRequest", ended);
        if (field.value === one.code) field.value = "";
        setTimeout(done); // htmx is ready for the next one then
      };
      form.addEventListener("htmx:afterRequest", ended);
      if (!field.value) field.value = one.code; // an empty field would stop the form
      plain = one;
      form.requestSubmit();
      plain = null;
    });

  const settle = async (/** @type {Scan} */ one) => {
    const device = await open;
    const told = device && (await send(device, deviceScans, await signed(device, one)));
    if (!told) return itsOwnWay(one);
    show(told);
    heard(told.is_done);
  };

  // Scans stand in a line: each is settled, by the one way or the other, before the next begins.
  let line = Promise.resolve();
  form.addEventListener(
    "submit",
    (asked) => {
      if (plain) return;
      asked.preventDefault();
      asked.stopImmediatePropagation();
      const one = scanned(String(new FormData(form).get("act") ?? "in"), field.value.trim());
      field.value = "";
      line = line.then(() =>
        settle(one).catch(() => {
          open = Promise.resolve(null);
          return itsOwnWay(one);
        }),
      );
    },
    { capture: true },
  );
}
