/**
 * What this device keeps on the phone. In the clear stand only numbers and moments: how much waits must be told while
 * the device is locked. Everything else was sealed by `vault.js` before it came here.
 */

const NAME = "quantriet-check-in";
const ONE = "one";

/** @typedef {import("./vault.js").Sealed} Sealed */
/** @typedef {import("./vault.js").Wrapped} Wrapped */
/**
 * `offset`: the house's clock less this phone's, in milliseconds, when it last said so. `tries`: wrong codes in a row. `sentAt`: last
 * success, by the house's clock as are the moments of rows.
 * @typedef {{ number: number, wrapped: Wrapped, validUntil: number, offset: number, seq: number, tries: number, sentAt: number }} Device
 */
/** @typedef {{ seq: number, at: number } & Sealed} Row */
/** @typedef {{ asked: string, roll: string }} KeptRoll */
/** @typedef {{ waiting: number, oldest: number, refused: number }} Counts */

/** @returns {Promise<any>} */
const answer = (/** @type {IDBRequest} */ asked) =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

const end = (/** @type {IDBTransaction} */ one) =>
  new Promise((resolve, reject) => {
    one.oncomplete = resolve;
    one.onabort = () => reject(one.error);
  });

/** Opens the store of this browser. */
export async function openStore() {
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => {
    const made = asked.result;
    made.createObjectStore("device");
    made.createObjectStore("roll");
    made.createObjectStore("queue", { keyPath: "seq" });
    made.createObjectStore("refused", { keyPath: "seq" });
  };
  const base = /** @type {IDBDatabase} */ (await answer(asked));
  return new Store(base);
}

export class Store {
  /** @param {IDBDatabase} base */
  constructor(base) {
    this.base = base;
  }

  #read(/** @type {string} */ name) {
    return this.base.transaction(name).objectStore(name);
  }

  /** A transaction that is on the phone's storage, not only on its way there, when it ends. */
  #writing(/** @type {string[]} */ names) {
    return this.base.transaction(names, "readwrite", { durability: "strict" });
  }

  /** @returns {Promise<Device | undefined>} */
  device() {
    return answer(this.#read("device").get(ONE));
  }

  /** Keeps what changed of the device, a new one as a whole. */
  async keepDevice(/** @type {Partial<Device>} */ changed) {
    const one = this.#writing(["device"]);
    const kept = one.objectStore("device");
    const asked = kept.get(ONE);
    asked.onsuccess = () => kept.put({ ...asked.result, ...changed }, ONE);
    await end(one);
  }

  /** The next number of this device, used by nobody else whatever happens now. @returns {Promise<number>} */
  async nextNumber() {
    const one = this.#writing(["device"]);
    const kept = one.objectStore("device");
    const asked = kept.get(ONE);
    let seq = 0;
    asked.onsuccess = () => {
      seq = asked.result.seq + 1;
      kept.put({ ...asked.result, seq }, ONE);
    };
    await end(one);
    return seq;
  }

  /** Keeps an event. Only after this may the clerk be told that it was taken. */
  async enqueue(/** @type {Row} */ row) {
    const one = this.#writing(["queue"]);
    one.objectStore("queue").add(row);
    await end(one);
  }

  /** What waits, in the order of its numbers: the oldest ones, or all. @returns {Promise<Row[]>} */
  waiting(/** @type {number | undefined} */ atMost = undefined) {
    return answer(this.#read("queue").getAll(null, atMost));
  }

  /** @returns {Promise<Row[]>} */
  refused() {
    return answer(this.#read("refused").getAll());
  }

  /** What the server answered: done ones go, refused ones go over to the clerk, all at once or not at all. */
  async settle(/** @type {number[]} */ done, /** @type {Row[]} */ refused, /** @type {number} */ sentAt) {
    const one = this.#writing(["queue", "refused", "device"]);
    for (const seq of done) one.objectStore("queue").delete(seq);
    for (const row of refused) {
      one.objectStore("queue").delete(row.seq);
      one.objectStore("refused").put(row);
    }
    const kept = one.objectStore("device");
    const asked = kept.get(ONE);
    asked.onsuccess = () => asked.result && kept.put({ ...asked.result, sentAt }, ONE);
    await end(one);
  }

  /** The clerk has dealt with a refused event. */
  async dismiss(/** @type {number} */ seq) {
    const one = this.#writing(["refused"]);
    one.objectStore("refused").delete(seq);
    await end(one);
  }

  /** A refused event waits to be sent again as it was. */
  async sendAgain(/** @type {Row} */ row) {
    const one = this.#writing(["queue", "refused"]);
    one.objectStore("refused").delete(row.seq);
    one.objectStore("queue").put(row);
    await end(one);
  }

  /** @returns {Promise<Counts>} */
  async counts() {
    const one = this.base.transaction(["queue", "refused"]);
    const [waiting, first, refused] = await Promise.all([
      answer(one.objectStore("queue").count()),
      answer(one.objectStore("queue").getAll(null, 1)),
      answer(one.objectStore("refused").count()),
    ]);
    return { waiting, oldest: first[0]?.at ?? 0, refused };
  }

  /** @returns {Promise<KeptRoll | undefined>} */
  roll() {
    return answer(this.#read("roll").get(ONE));
  }

  async keepRoll(/** @type {KeptRoll} */ roll) {
    const one = this.#writing(["roll"]);
    one.objectStore("roll").put(roll, ONE);
    await end(one);
  }

  async dropRoll() {
    const one = this.#writing(["roll"]);
    one.objectStore("roll").clear();
    await end(one);
  }

  /** Nothing of this device is left. */
  async wipe() {
    const names = ["device", "roll", "queue", "refused"];
    const one = this.#writing(names);
    for (const name of names) one.objectStore(name).clear();
    await end(one);
  }
}
