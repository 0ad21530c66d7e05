/**
 * The house's clock on a phone whose own may be wrong, and may be set right while scans wait: whatever is taken or sent
 * is told by it, so that only what the phone's clock did between two words of the house can shift a moment.
 */

/** A clock that was set, or a phone that slept, moves these two apart by more than any drift. */
const apart = () => Date.now() - performance.now();
const LEAP_MS = 2000;

export class HouseClock {
  /** @type {number | null} */
  #apart = null;

  /** @param {number} offset the house's clock less this phone's, as it was last known */
  constructor(offset) {
    this.offset = offset;
  }

  /** The house has just said that it is `now` there. */
  set(/** @type {number} */ now) {
    this.offset = Math.round(now) - Date.now();
    this.#apart = apart();
  }

  now() {
    return Date.now() + this.offset;
  }

  /** Whether the house told its time since this page was opened, and this phone's clock has gone on evenly since. */
  get isSure() {
    return this.#apart !== null && Math.abs(apart() - this.#apart) < LEAP_MS;
  }

  /** The date of any answer will do where nothing better is known; it tells whole seconds, begun half a second ago on average. */
  hear(/** @type {string | null} */ date) {
    const at = date === null ? Number.NaN : Date.parse(date);
    if (!this.isSure && !Number.isNaN(at)) this.set(at + 500);
  }
}
