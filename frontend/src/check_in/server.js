/** The three questions this page asks the server. A device proves itself; no cookie goes along. */
import { mac } from "./vault.js";

const PATIENCE_MS = 20_000;

/** The server answered, and said no: `code` for us, `sentence` for the clerk. */
export class Refusal extends Error {
  /** @param {number} status @param {string} code @param {string} sentence */
  constructor(status, code, sentence) {
    super(code);
    this.status = status;
    this.code = code;
    this.sentence = sentence;
  }
}

/** @param {string} path @param {string} body @param {string} proof @param {import("./clock.js").HouseClock | null} clock @returns {Promise<any>} */
async function ask(path, body, proof, clock = null) {
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  const said = await fetch(path, {
    method: "POST",
    body,
    headers: proof ? { ...headers, Authorization: proof } : headers,
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  clock?.hear(said.headers.get("Date"));
  const told = await said.json().catch(() => ({}));
  if (said.ok) return told;
  throw new Refusal(said.status, told.code ?? "", told.detail ?? "");
}

/** @typedef {{ claim: string, roll: string, scans: string }} Addresses */
/** @typedef {{ id: string, code: string, sentence: string, is_done: boolean, name: string, state: string }} Answer */

/** Number and key of the device that a one-time code makes of this phone. */
export const claim = (/** @type {Addresses} */ at, /** @type {string} */ code) => ask(at.claim, JSON.stringify({ code }), "");

/** @param {import("./vault.js").Keys} keys @param {number} device @param {string} body */
const proof = async (keys, device, body) => `Quantriet-Device ${device}:${await mac(keys, body)}`;

/** The roll of this device's site, sealed. @param {Addresses} at @param {import("./vault.js").Keys} keys @param {number} device @param {string} asked @param {import("./clock.js").HouseClock} clock @returns {Promise<{ roll: string }>} */
export async function askRoll(at, keys, device, asked, clock) {
  const body = JSON.stringify({ asked });
  return ask(at.roll, body, await proof(keys, device, body), clock);
}

/** Sends events with what the clock by which they were taken shows now. @param {Addresses} at @param {import("./vault.js").Keys} keys @param {number} device @param {object[]} events @param {import("./clock.js").HouseClock} clock @returns {Promise<Answer[]>} */
export async function sendScans(at, keys, device, events, clock) {
  const body = JSON.stringify({ clock: clock.now(), events });
  return (await ask(at.scans, body, await proof(keys, device, body), clock)).answers;
}
