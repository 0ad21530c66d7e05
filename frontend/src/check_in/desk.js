/** An opened device at work: takes codes, tells at once what is known, brings them to the server, shows what is left. */
import { openCamera } from "../camera.js";
import { signal } from "../signals.js";
import { HouseClock } from "./clock.js";
import { fetchRoll, keptRoll, kindOf, plain } from "./roll.js";
import { age, clearAnswer, count, hour, moment, one, showAnswer, tell, word } from "./screen.js";
import { Sender } from "./sending.js";
import { Refusal } from "./server.js";
import { mac, open, seal } from "./vault.js";

/** Scattered by a quarter, so that 31,000 sites do not ask in the same minute. */
const ROLL_EVERY_MS = 30 * 60_000;
const ROLL_AGAIN_MS = 5 * 60_000;
/** A name does not stay before the next person in line. */
const KIOSK_SHOWS_MS = 6000;
const LISTED = 50;

/** @typedef {{ id: string, seq: number, act: string, code: string, at: number, mac: string, refusal?: { code: string, sentence: string } }} Event */
/** @typedef {{ store: import("./store.js").Store, addresses: import("./server.js").Addresses, keys: import("./vault.js").Keys, number: number, offset: number, wasm: string }} Opened */

export class Desk {
  /** @type {import("./roll.js").Roll | null} */
  #roll = null;
  #rollDueAt = 0;
  /** What this device took of each person since it was opened, or still has waiting. @type {Map<string, { act: string, at: number }>} */
  #taken = new Map();
  /** The event whose answer stands on the page. */
  #shown = "";
  /** @type {{ close: () => void } | null} */
  #camera = null;
  /** @type {AudioContext | null} */
  #audio = null;
  #isSilent = false;
  /** @type {Promise<unknown>} */
  #line = Promise.resolve();
  #isOver = false;

  /** @param {Opened} opened @param {(sentence: string, lost: string[]) => Promise<void>} revoked told with what could not be sent */
  constructor(opened, revoked) {
    this.at = opened;
    this.revoked = revoked;
    this.clock = new HouseClock(opened.offset);
    this.sender = new Sender(opened.store, opened.addresses, opened.keys, opened.number, this.clock, {
      line: (line) => this.#tellLine(line),
      settled: (event, answer) => this.#settled(event, answer),
      stopped: (code, sentence) => this.#stopped(code, sentence),
      changed: () => this.paint(),
      unsure: () => this.fetchRoll(),
    });
  }

  /** Ready to take codes, with or without a line. */
  async start() {
    const { store, keys, number } = this.at;
    this.#roll = await keptRoll(store, keys, number);
    for (const row of await store.waiting()) {
      const event = await open(keys, row.seq, row).catch(() => null);
      if (event) this.#taken.set(await this.#key(event.code), { act: event.act, at: event.at });
    }
    this.#audio = new AudioContext(); // whoever opened the device has just pressed a button: it may sound
    clearAnswer();
    await this.paint();
    await this.refresh();
  }

  /** Nothing of this desk goes on: its device was locked or wiped. */
  end() {
    this.#isOver = true;
    this.sender.end();
    this.closeCamera();
    this.#audio?.close();
    for (const list of document.querySelectorAll("[data-list]")) list.replaceChildren();
    for (const name of ["site", "conference", "answer-name", "answer-unit", "answer-sentence"]) tell(name, "");
  }

  /** Sends what waits, and fetches the roll anew where it is old. */
  async refresh() {
    await this.renew();
    await this.sender.send();
  }

  /** Fetches the roll anew where it is old, and brings the figures up to the minute. */
  async renew() {
    if (Date.now() >= this.#rollDueAt) await this.fetchRoll();
    else await this.paint();
  }

  async fetchRoll() {
    const { store, addresses, keys, number } = this.at;
    this.#rollDueAt = Date.now() + ROLL_AGAIN_MS;
    try {
      this.#roll = await fetchRoll(store, addresses, keys, number, this.clock);
      this.#rollDueAt = Date.now() + ROLL_EVERY_MS * (0.75 + Math.random() / 2);
      this.#tellLine("up");
      tell("refusal", "");
    } catch (fault) {
      if (!(fault instanceof Refusal)) this.#tellLine("down");
      else if (fault.status === 403 || fault.status === 401) await this.#stopped(fault.code, fault.sentence);
      else this.#tellLine("busy");
    }
    if (!this.#isOver) await this.paint();
  }

  /** Takes a code, scanned or typed: kept on the phone first, told then. @param {string} text @returns {Promise<unknown>} */
  take(text) {
    const at = this.clock.now();
    const act = /** @type {HTMLInputElement} */ (one("input[name=act]:checked")).value;
    const taken = this.#line.then(async () => {
      if (!this.#isOver) await this.#take(plain(text), act, at);
    });
    this.#line = taken.catch(() => undefined);
    return taken;
  }

  async #take(/** @type {string} */ code, /** @type {string} */ act, /** @type {number} */ at) {
    const kind = kindOf(code, this.#roll);
    if (kind !== "code") return this.#answer("", "refused", { sentence: word(kind === "foreign" ? "foreign" : "no-code") });
    const person = this.#roll && (await this.#roll.whose(this.at.keys, code));
    const key = await this.#key(code);
    const before = this.#taken.get(key);
    const event = await this.#keep(code, act, at).catch(() => null);
    if (!event) return this.#answer("", "refused", { ...person, sentence: word("not-kept") });
    this.#taken.set(key, { act, at });
    if (!person) this.#answer(event.id, "refused", { sentence: word(this.#roll ? "unknown" : "no-roll") });
    else if (before?.act === act) this.#answer(event.id, "known", { ...person, sentence: word("taken-before", { hour: hour(before.at) }) });
    else this.#answer(event.id, "waits", { ...person, sentence: word(act === "out" ? "waits-out" : "waits-in") });
    await this.paint();
    this.sender.send();
  }

  /** Numbered, signed, sealed and on the phone's storage when this is done. @returns {Promise<Event>} */
  async #keep(/** @type {string} */ code, /** @type {string} */ act, /** @type {number} */ at) {
    const { store, keys, number } = this.at;
    const seq = await store.nextNumber();
    const said = { id: crypto.randomUUID(), seq, act, code, at };
    const event = { ...said, mac: await mac(keys, ["QT1", number, said.id, seq, act, at, code].join("\n")) };
    await store.enqueue({ seq, at, ...(await seal(keys, seq, event)) });
    return event;
  }

  /** One person is one, by card or by typed code. @param {string} code */
  async #key(code) {
    const person = this.#roll && (await this.#roll.whose(this.at.keys, code));
    return person ? `person ${person.place}` : code;
  }

  /** @param {string} id of the event the answer is to @param {"waits" | "done" | "known" | "refused"} kind @param {{ name?: string, unit?: string, sentence: string }} said */
  #answer(id, kind, said) {
    const isNew = id === "" || id !== this.#shown;
    this.#shown = id;
    showAnswer(kind, said);
    if ((isNew || kind === "refused") && !this.#isSilent) signal(this.#audio, kind === "waits" ? "done" : kind);
    if (document.body.classList.contains("kiosk")) setTimeout(() => this.#shown === id && clearAnswer(), KIOSK_SHOWS_MS);
  }

  async #settled(/** @type {Event} */ event, /** @type {import("./server.js").Answer} */ answer) {
    if (event.id !== this.#shown) return;
    const person = await this.#roll?.whose(this.at.keys, event.code);
    const kind = !answer.is_done ? "refused" : answer.code === "attendance.already" ? "known" : "done";
    this.#answer(event.id, kind, { name: answer.name || person?.name, unit: person?.unit, sentence: answer.sentence });
  }

  async #stopped(/** @type {string} */ code, /** @type {string} */ sentence) {
    this.#tellLine("up");
    if (code === "device.revoked") {
      const lost = await this.#lost();
      this.end();
      await this.revoked(sentence, lost);
      return;
    }
    if (code === "device.expired") {
      await this.at.store.dropRoll();
      this.#roll = null;
    }
    tell("refusal", sentence || word("no-device"));
    if (code === "device.unknown") this.sender.end();
  }

  /** Who stands in what could never be sent, so that a clerk can write it down elsewhere. */
  async #lost() {
    const { store, keys } = this.at;
    const rows = [...(await store.waiting()), ...(await store.refused())];
    return Promise.all(rows.map(async (row) => this.#lineOf(await open(keys, row.seq, row).catch(() => null), row.at)));
  }

  async #lineOf(/** @type {Event | null} */ event, /** @type {number} */ at) {
    const person = event && (await this.#roll?.whose(this.at.keys, event.code));
    const act = word(event?.act === "out" ? "out" : "in");
    return `${hour(at)} · ${act} · ${person ? `${person.name}, ${person.unit}` : (event?.code ?? word("damaged"))}`;
  }

  #tellLine(/** @type {import("./sending.js").Line} */ line) {
    if (this.#isOver) return;
    tell("line", word(`line-${line}`));
    one("[data-line-state]").setAttribute("data-line-state", line);
  }

  /** The honest figures: how much waits and since when, the last success, what was refused; and the rows behind them. */
  async paint() {
    const { store } = this.at;
    const [counts, device] = await Promise.all([store.counts(), store.device()]);
    if (this.#isOver || !device) return;
    const now = this.clock.now();
    if (now > device.validUntil) this.#roll = null;
    tell("waiting", count(counts.waiting));
    tell("oldest", counts.waiting ? word("oldest", { age: age(counts.oldest, now) }) : "");
    tell("sent", device.sentAt ? hour(device.sentAt) : word("never"));
    tell("refused", count(counts.refused));
    tell("site", this.#roll?.told.site ?? word("no-site"));
    tell("conference", this.#roll?.told.conference ?? "");
    tell("roll", this.#roll ? word("roll", { count: count(this.#roll.count), at: moment(this.#roll.told.now), until: moment(device.validUntil) }) : word("no-roll"));
    if (one("[data-list=waiting]").closest("details")?.open) await this.#list("waiting", await store.waiting(LISTED));
    await this.#list("refused", (await store.refused()).slice(0, LISTED));
  }

  async #list(/** @type {"waiting" | "refused"} */ name, /** @type {import("./store.js").Row[]} */ rows) {
    const { keys } = this.at;
    const lines = [];
    for (const row of rows) {
      const event = await open(keys, row.seq, row).catch(() => null);
      const template = /** @type {HTMLTemplateElement} */ (one(`template[data-row="${name}"]`));
      const line = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
      one("[data-row-what]", line).textContent = await this.#lineOf(event, row.at);
      if (name === "refused") this.#dealings(line, row, event);
      lines.push(line);
    }
    if (!this.#isOver) one(`[data-list="${name}"]`).replaceChildren(...lines);
  }

  #dealings(/** @type {DocumentFragment} */ line, /** @type {import("./store.js").Row} */ row, /** @type {Event | null} */ event) {
    const { store, keys } = this.at;
    one("[data-row-why]", line).textContent = event?.refusal?.sentence || word("damaged");
    one("[data-row-dismiss]", line).addEventListener("click", () => store.dismiss(row.seq).then(() => this.paint()));
    const again = /** @type {HTMLButtonElement} */ (one("[data-row-again]", line));
    again.hidden = !event?.id;
    again.addEventListener("click", async () => {
      if (!event) return;
      const { refusal: _refusal, ...asItWas } = event;
      await store.sendAgain({ seq: row.seq, at: row.at, ...(await seal(keys, row.seq, asItWas)) });
      await this.paint();
      this.sender.send();
    });
  }

  async openCamera() {
    await this.#audio?.resume();
    try {
      this.#camera = await openCamera(one("video"), this.at.wasm, (code) => this.take(code));
    } catch {
      tell("camera", word("no-camera"));
      return;
    }
    this.#showCamera(true);
  }

  closeCamera() {
    this.#camera?.close();
    this.#camera = null;
    this.#showCamera(false);
  }

  #showCamera(/** @type {boolean} */ isOpen) {
    tell("camera", isOpen ? word("looking") : "");
    /** @type {HTMLElement} */ (one("[data-do=camera-on]")).hidden = isOpen;
    /** @type {HTMLElement} */ (one("[data-do=camera-off]")).hidden = !isOpen;
    /** @type {HTMLElement} */ (one("[data-camera]")).hidden = !isOpen;
  }

  /** Sounds on or off; vibration goes with them. */
  silence(/** @type {boolean} */ isSilent) {
    this.#isSilent = isSilent;
  }
}
