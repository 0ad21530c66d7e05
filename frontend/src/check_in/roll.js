/** Who a code is, by the roll this device holds; and what is no code of this conference at all. */
import { askRoll } from "./server.js";
import { drawQuestion, indexOf, openRoll } from "./vault.js";

/** A personal code as printed on cards, and a short one as typed; letters that people confuse as `codes.meant` reads them. */
const PERSONAL = /^QT1\.([1-9]\d{0,17})\.[1-9]\d{0,17}\.[0-9A-HJKMNP-TV-Z]{26}$/;
const SHORT = /^[0-9A-HJKMNP-TV-Z]{8}$/;

/** `place`: which line of the roll. @typedef {{ place: number, name: string, unit: string }} Person */
/** @typedef {{ site: string, conference: string, conference_id: number, valid_until: number, now: number, people: [string, string][], codes: Record<string, number> }} Told */

/** The form in which codes are sent and indexed (`device_rolls.plain`). */
export function plain(/** @type {string} */ text) {
  const bare = text.replace(/\s+/g, "").toUpperCase();
  return bare.includes(".") ? bare : bare.replace(/-/g, "").replace(/[IL]/g, "1").replace(/O/g, "0").replace(/U/g, "V");
}

/**
 * `nothing`: no code at all; `foreign`: of another conference; else a code, of whomever.
 * @param {string} code @param {Roll | null} roll
 */
export function kindOf(code, roll) {
  const found = PERSONAL.exec(code);
  if (found) return roll && Number(found[1]) !== roll.told.conference_id ? "foreign" : "code";
  return SHORT.test(code) ? "code" : "nothing";
}

export class Roll {
  /** @param {Told} told */
  constructor(told) {
    this.told = told;
  }

  get count() {
    return this.told.people.length;
  }

  /** Whose code it is; nobody whom this roll does not know. @returns {Promise<Person | null>} */
  async whose(/** @type {import("./vault.js").Keys} */ keys, /** @type {string} */ code) {
    const place = this.told.codes[await indexOf(keys, code)];
    if (place === undefined) return null;
    const [name, unit] = this.told.people[place];
    return { place, name, unit };
  }
}

/** The roll that lies on this phone; none when there is none or when it was tampered with. @returns {Promise<Roll | null>} */
export async function keptRoll(/** @type {import("./store.js").Store} */ store, /** @type {import("./vault.js").Keys} */ keys, /** @type {number} */ device) {
  const kept = await store.roll();
  if (!kept) return null;
  try {
    return new Roll(await openRoll(keys, device, kept.asked, kept.roll));
  } catch {
    await store.dropRoll();
    return null;
  }
}

/** Fetches the roll anew and keeps it as the server sealed it. @param {import("./store.js").Store} store @param {import("./server.js").Addresses} addresses @param {import("./vault.js").Keys} keys @param {number} device @param {import("./clock.js").HouseClock} clock */
export async function fetchRoll(store, addresses, keys, device, clock) {
  const asked = drawQuestion();
  const { roll } = await askRoll(addresses, keys, device, asked, clock);
  const told = await openRoll(keys, device, asked, roll);
  await store.keepRoll({ asked, roll });
  clock.set(told.now);
  await store.keepDevice({ validUntil: told.valid_until, offset: clock.offset });
  return new Roll(told);
}
