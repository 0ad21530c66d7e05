/**
 * Everything secret about a device. Its key is wrapped under a code that only its clerk knows; all other keys are
 * drawn from it and live in the memory of the page, where they cannot be read out. docs/adr/0016 tells why.
 */

const ROUNDS = 600_000;
const CODE_DIGITS = 12;
const NONCE_BYTES = 12;

const bytesOf = (/** @type {string} */ text) => new TextEncoder().encode(text);

/** @typedef {{ rounds: number, salt: Uint8Array<ArrayBuffer>, nonce: Uint8Array<ArrayBuffer>, sealed: ArrayBuffer }} Wrapped */
/** @typedef {{ nonce: Uint8Array<ArrayBuffer>, sealed: ArrayBuffer }} Sealed */
/** @typedef {{ mac: CryptoKey, rows: CryptoKey, roll: CryptoKey, index: CryptoKey }} Keys */

const random = (/** @type {number} */ count) => crypto.getRandomValues(new Uint8Array(count));

const hex = (/** @type {ArrayBuffer | Uint8Array} */ bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const fromHex = (/** @type {string} */ text) => Uint8Array.from(text.match(/../g) ?? [], (byte) => parseInt(byte, 16));

/** A code to open this device with: 12 digits, 40 bits. Digits, because keyboards that write Vietnamese change letters. */
export function drawCode() {
  // 250 and above are drawn again: every digit is as likely as any other.
  let code = "";
  while (code.length < CODE_DIGITS) for (const byte of random(CODE_DIGITS)) if (byte < 250 && code.length < CODE_DIGITS) code += byte % 10;
  return code;
}

/** The code in groups of four, to be read and written down. */
export const shownCode = (/** @type {string} */ code) => code.match(/.{4}/g)?.join(" ") ?? "";

const digits = (/** @type {string} */ typed) => typed.replace(/\D/g, "");

/** 32 hexadecimal digits, drawn anew. */
export const drawQuestion = () => hex(random(16));

async function wrappingKey(/** @type {string} */ code, /** @type {Uint8Array<ArrayBuffer>} */ salt, /** @type {number} */ rounds) {
  const typed = await crypto.subtle.importKey("raw", bytesOf(digits(code)), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const aboutKey = (/** @type {number} */ device) => bytesOf(`QT1 key\n${device}`);

/** A device's key, opened by `code` only. @returns {Promise<Wrapped>} */
export async function wrap(/** @type {number} */ device, /** @type {string} */ keyInHex, /** @type {string} */ code) {
  const [salt, nonce, key] = [random(16), random(NONCE_BYTES), fromHex(keyInHex)];
  const under = await wrappingKey(code, salt, ROUNDS);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: aboutKey(device) }, under, key);
  key.fill(0);
  return { rounds: ROUNDS, salt, nonce, sealed };
}

/** The keys of a device, or nothing with a wrong code. @returns {Promise<Keys | null>} */
export async function unwrap(/** @type {number} */ device, /** @type {Wrapped} */ { rounds, salt, nonce, sealed }, /** @type {string} */ code) {
  const under = await wrappingKey(code, salt, rounds);
  let key;
  try {
    key = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData: aboutKey(device) }, under, sealed));
  } catch {
    return null;
  }
  const keys = await drawn(key, salt);
  key.fill(0);
  return keys;
}

/** @returns {Promise<Keys>} */
async function drawn(/** @type {Uint8Array<ArrayBuffer>} */ key, /** @type {Uint8Array<ArrayBuffer>} */ salt) {
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  const aes = { name: "AES-GCM", length: 256 };
  const root = await crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveKey"]);
  const from = (/** @type {string} */ use, /** @type {Uint8Array<ArrayBuffer>} */ salted) => ({ name: "HKDF", hash: "SHA-256", salt: salted, info: bytesOf(use) });
  const none = new Uint8Array(0);
  return {
    mac: await crypto.subtle.importKey("raw", key, hmac, false, ["sign"]),
    rows: await crypto.subtle.deriveKey(from("QT1 rows", salt), root, aes, false, ["encrypt", "decrypt"]),
    roll: await crypto.subtle.deriveKey(from("QT1 roll", none), root, aes, false, ["decrypt"]),
    index: await crypto.subtle.deriveKey(from("QT1 index", none), root, hmac, false, ["sign"]),
  };
}

/** HMAC-SHA-256 under the device's key in hexadecimal digits, as the server proves it. */
export async function mac(/** @type {Keys} */ keys, /** @type {string} */ text) {
  return hex(await crypto.subtle.sign("HMAC", keys.mac, bytesOf(text)));
}

/** A row of this device's queue, sealed for its number. @returns {Promise<Sealed>} */
export async function seal(/** @type {Keys} */ keys, /** @type {number} */ seq, /** @type {object} */ row) {
  const nonce = random(NONCE_BYTES);
  const how = { name: "AES-GCM", iv: nonce, additionalData: bytesOf(`QT1 row\n${seq}`) };
  return { nonce, sealed: await crypto.subtle.encrypt(how, keys.rows, bytesOf(JSON.stringify(row))) };
}

/** What `seal` sealed; rejects what was changed. @returns {Promise<any>} */
export async function open(/** @type {Keys} */ keys, /** @type {number} */ seq, /** @type {Sealed} */ { nonce, sealed }) {
  const how = { name: "AES-GCM", iv: nonce, additionalData: bytesOf(`QT1 row\n${seq}`) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, keys.rows, sealed)));
}

/** A roll as the server sealed it for this device and this question; rejects any other. @returns {Promise<any>} */
export async function openRoll(/** @type {Keys} */ keys, /** @type {number} */ device, /** @type {string} */ asked, /** @type {string} */ roll) {
  const raw = Uint8Array.from(atob(roll), (letter) => letter.charCodeAt(0));
  const how = { name: "AES-GCM", iv: raw.subarray(0, NONCE_BYTES), additionalData: bytesOf(`QT1 roll\n${device}\n${asked}`) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, keys.roll, raw.subarray(NONCE_BYTES))));
}

/** The blind index of a code in the roll (`device_rolls.index`). */
export async function indexOf(/** @type {Keys} */ keys, /** @type {string} */ code) {
  const cut = new Uint8Array(await crypto.subtle.sign("HMAC", keys.index, bytesOf(code))).subarray(0, 12);
  return btoa(String.fromCharCode(...cut)).replace(/\+/g, "-").replace(/\//g, "_");
}
