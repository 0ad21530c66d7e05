/** Brings what waits to the server, oldest first, until nothing waits; retries by itself, never twice at a time. */
import { Refusal, sendScans } from "./server.js";
import { open, seal } from "./vault.js";

export const A_CALL = 500;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** The pause before try number `failures` + 1: doubled each time up to a minute, and scattered, so that a hall full of phones does not come back at once. */
export const pauseAfter = (/** @type {number} */ failures) => Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);

/** @typedef {import("./server.js").Answer} Answer */
/** @typedef {"up" | "busy" | "down"} Line */

/** What is told of a row that lies damaged on this phone, and of one the server said nothing of. */
const DAMAGED = { code: "scan.damaged", sentence: "", is_done: false };
const LATER = { code: "scan.later", sentence: "", is_done: false };

/**
 * `line`: whether the server was reached and answered; `settled`: an event with its answer; `stopped`: this device may do nothing
 * any more, with the code of the refusal; `changed`: what waits is another number; `unsure`: the house must say first how
 * late it is there.
 * @typedef {{ line: (line: Line) => void, settled: (event: any, answer: Answer) => Promise<void>, stopped: (code: string, sentence: string) => Promise<void>, changed: () => void, unsure: () => Promise<void> }} Heard
 */

export class Sender {
  #failures = 0;
  #atMost = A_CALL;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Promise<void> | null} */
  #running = null;
  #again = false;
  #ended = false;

  /**
   * @param {import("./store.js").Store} store
   * @param {import("./server.js").Addresses} addresses
   * @param {import("./vault.js").Keys} keys
   * @param {number} device
   * @param {import("./clock.js").HouseClock} clock
   * @param {Heard} heard
   */
  constructor(store, addresses, keys, device, clock, heard) {
    this.store = store;
    this.addresses = addresses;
    this.keys = keys;
    this.device = device;
    this.clock = clock;
    this.heard = heard;
  }

  /** Sends now; what comes in while a call is under way goes with the next one. @returns {Promise<void>} */
  send() {
    if (this.#ended) return Promise.resolve();
    clearTimeout(this.#timer);
    this.#again = true;
    this.#running ??= this.#all().finally(() => (this.#running = null));
    return this.#running;
  }

  /** Ends for good: the device was locked or wiped. */
  end() {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  async #all() {
    while (this.#again && !this.#ended) {
      this.#again = false;
      try {
        while (!this.#ended && (await this.#call()));
      } catch (fault) {
        await this.#failed(fault);
      }
    }
  }

  /** One call; whether another one should follow at once. */
  async #call() {
    const rows = await this.store.waiting(this.#atMost);
    if (rows.length === 0 || this.#ended) return false;
    if (!this.clock.isSure) await this.heard.unsure();
    if (this.#ended) return false;
    if (!this.clock.isSure) throw new Error("the house was not reached");
    const events = await Promise.all(rows.map((row) => open(this.keys, row.seq, row).catch(() => null)));
    const whole = events.filter((event) => event !== null);
    const answers = whole.length ? await this.#answers(whole) : [];
    if (answers === null) return true;
    this.heard.line("up");
    const went = await this.#settle(rows, events, answers);
    this.#atMost = A_CALL;
    if (went > 0) this.#failures = 0;
    else this.#pause();
    return went > 0;
  }

  /** The answers to events; none when they must go in smaller calls, so that one that does not fit stops no other. @returns {Promise<Answer[] | null>} */
  async #answers(/** @type {any[]} */ events) {
    try {
      return await sendScans(this.addresses, this.keys, this.device, events, this.clock);
    } catch (fault) {
      if (!(fault instanceof Refusal) || (fault.status !== 413 && fault.status !== 422)) throw fault;
      if (events.length === 1) return [{ id: events[0].id, code: fault.code, sentence: fault.sentence, is_done: false, name: "", state: "" }];
      this.#atMost = Math.ceil(events.length / 2);
      return null;
    }
  }

  /** @param {import("./store.js").Row[]} rows @param {any[]} events @param {Answer[]} answers to those events that are whole */
  async #settle(rows, events, answers) {
    const told = new Map(answers.map((answer) => [answer.id, answer]));
    const stopped = answers.find((answer) => answer.code === "device.revoked");
    if (stopped) {
      await this.heard.stopped(stopped.code, stopped.sentence);
      return 0;
    }
    const done = [];
    const refused = [];
    for (const [at, row] of rows.entries()) {
      const answer = events[at] === null ? DAMAGED : (told.get(events[at].id) ?? LATER);
      if (answer.is_done) done.push(row.seq);
      else if (answer.code !== LATER.code) {
        const kept = { ...events[at], refusal: { code: answer.code, sentence: answer.sentence } };
        refused.push({ seq: row.seq, at: row.at, ...(await seal(this.keys, row.seq, kept)) });
      }
    }
    await this.store.settle(done, refused, this.clock.now());
    for (const event of events) if (event !== null && told.has(event.id)) await this.heard.settled(event, /** @type {Answer} */ (told.get(event.id)));
    this.heard.changed();
    return done.length + refused.length;
  }

  async #failed(/** @type {unknown} */ fault) {
    if (fault instanceof Refusal && fault.status === 401) {
      this.heard.line("up");
      await this.heard.stopped(fault.code, fault.sentence);
      return;
    }
    this.heard.line(fault instanceof Refusal ? "busy" : "down");
    this.#pause();
  }

  #pause() {
    if (this.#ended) return;
    this.#failures += 1;
    this.#timer = setTimeout(() => this.send(), pauseAfter(this.#failures));
  }
}
