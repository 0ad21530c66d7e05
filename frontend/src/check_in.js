/**
 * The check-in page: a phone becomes a device of one site, is opened with its code, takes codes without a network, and
 * brings them in when there is one. This file is what may happen to the device; `check_in/desk.js` is its work.
 */
import { Desk } from "./check_in/desk.js";
import { age, count, onForm, onPress, one, show, tell, word } from "./check_in/screen.js";
import { Refusal, claim } from "./check_in/server.js";
import { openStore } from "./check_in/store.js";
import { keepPage } from "./check_in/updates.js";
import { drawCode, shownCode, unwrap, wrap } from "./check_in/vault.js";

/** A phone that lay in a pocket for so long is locked. */
const LOCK_AFTER_MS = 10 * 60_000;
/** After so many wrong codes in a row the names go; after that each try has to wait. */
const TRIES = 5;
const WAIT_MS = 30_000;
/** So long after its end a device keeps what it could not send. */
const KEPT_AFTER_MS = 7 * 24 * 3_600_000;
const EVERY_MS = 30_000;

const root = /** @type {HTMLElement} */ (one("[data-check-in]"));
const { claimAddress = "", rollAddress = "", scansAddress = "", workerAddress = "", wasm = "" } = root.dataset;
const addresses = { claim: claimAddress, roll: rollAddress, scans: scansAddress };
/** Tells why this page cannot work here, and goes no further. @param {string} name @returns {never} */
function stop(name) {
  tell("page-kept", word(name));
  throw new Error(name);
}

if (!window.isSecureContext) stop("not-secure");
const store = await openStore().catch(() => stop("no-store"));
/** @type {Desk | null} */
let desk = null;
/** @type {import("./check_in/vault.js").Keys | null} */
let keysOfNew = null;
let hiddenAt = 0;
/** @type {(() => void) | null} */
let newer = null;

/** What the page shows when it opens or was locked. */
async function begin() {
  const device = await store.device();
  if (!device) {
    show("enrol");
    return;
  }
  await forgetWhatIsOver();
  const { waiting, oldest } = await store.counts();
  tell("locked-waiting", waiting ? word("locked-waiting", { count: count(waiting), age: age(oldest, Date.now() + device.offset) }) : "");
  show((await store.device()) ? "locked" : "enrol");
}

/** The roll goes when the device has ended, everything a week later; for that nothing need be opened. */
async function forgetWhatIsOver() {
  const device = await store.device();
  if (!device) return;
  const over = Date.now() + device.offset - device.validUntil;
  if (over > 0) await store.dropRoll();
  if (over > KEPT_AFTER_MS) await store.wipe();
}

/** @param {string} typed */
async function enrol(typed) {
  tell("enrol-fault", "");
  try {
    const told = await claim(addresses, typed);
    const code = drawCode();
    const wrapped = await wrap(told.device, told.key, code);
    await store.keepDevice({ number: told.device, wrapped, validUntil: Date.parse(told.valid_until), offset: 0, seq: 0, tries: 0, sentAt: 0 });
    keysOfNew = await unwrap(told.device, wrapped, code);
    await navigator.storage?.persist?.();
    tell("new-code", shownCode(code));
    show("note");
  } catch (fault) {
    tell("enrol-fault", fault instanceof Refusal ? fault.sentence : word("enrol-no-line"));
  }
}

/** Opens the device with a code; tells in `spot` why not. @param {string} typed @param {string} spot */
async function tryCode(typed, spot) {
  const device = await store.device();
  if (!device) return null;
  tell(spot, word("opening"));
  // Counted before it is tried: who closes the page at once has tried all the same.
  await store.keepDevice({ tries: device.tries + 1 });
  if (device.tries >= TRIES) await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  const keys = await unwrap(device.number, device.wrapped, typed);
  if (keys) {
    await store.keepDevice({ tries: 0 });
    tell(spot, "");
    return keys;
  }
  if (device.tries + 1 >= TRIES) await store.dropRoll();
  tell(spot, word(device.tries + 1 >= TRIES ? "wrong-often" : "wrong", { left: count(TRIES - device.tries - 1) }));
  return null;
}

/** @param {import("./check_in/vault.js").Keys} keys */
async function work(keys) {
  const device = await store.device();
  if (!device) return;
  show("desk");
  desk = new Desk({ store, addresses, keys, number: device.number, offset: device.offset, wasm }, revoked);
  await desk.start();
}

async function lock() {
  leaveKiosk();
  desk?.end();
  desk = null;
  await begin();
}

/** The server stopped this device: nothing of it stays, but what was lost is told as long as this page is open. @param {string} sentence @param {string[]} lost */
async function revoked(sentence, lost) {
  leaveKiosk();
  desk = null;
  await store.wipe();
  tell("gone", sentence);
  tell("lost", lost.length ? word("lost", { count: count(lost.length) }) : word("lost-nothing"));
  const lines = lost.map((text) => Object.assign(document.createElement("li"), { textContent: text }));
  one("[data-lost]").replaceChildren(...lines);
  show("gone");
}

/** @type {WakeLockSentinel | null} */
let awake = null;

async function stayAwake() {
  awake = document.body.classList.contains("kiosk") ? await navigator.wakeLock?.request("screen").catch(() => null) : null;
}

/** In or out is the clerk's to choose, not of whoever stands before the phone. */
const acts = /** @type {HTMLFieldSetElement} */ (one("fieldset:has(input[name=act])"));

async function enterKiosk() {
  acts.disabled = true;
  document.body.classList.add("kiosk");
  await document.documentElement.requestFullscreen?.().catch(() => undefined);
  await stayAwake();
}

function leaveKiosk() {
  acts.disabled = false;
  document.body.classList.remove("kiosk");
  awake?.release();
  if (document.fullscreenElement) document.exitFullscreen();
}

const asking = /** @type {HTMLDialogElement} */ (one("dialog[data-leave]"));

onForm("enrol", enrol);
onForm("note", async (typed) => {
  const device = await store.device();
  const isNoted = device && (await unwrap(device.number, device.wrapped, typed));
  if (!isNoted || !keysOfNew) {
    tell("note-fault", word("noted-wrong"));
    return;
  }
  tell("new-code", "");
  await work(keysOfNew);
  keysOfNew = null;
});
onForm("unlock", async (typed, form) => {
  form.reset();
  const keys = await tryCode(typed, "unlock-fault");
  if (keys) await work(keys);
});
onForm("typed", async (typed, form) => {
  form.reset();
  await desk?.take(typed);
});
onForm("leave", async (typed, form) => {
  form.reset();
  const keys = await tryCode(typed, "leave-fault");
  const device = await store.device();
  if (!keys && device && device.tries < TRIES) return;
  asking.close();
  if (keys) leaveKiosk();
  else await lock();
});
onPress("camera-on", () => desk?.openCamera());
onPress("camera-off", () => desk?.closeCamera());
onPress("send", () => desk?.refresh());
onPress("roll", () => desk?.fetchRoll());
onPress("lock", lock);
onPress("kiosk", enterKiosk);
onPress("leave", () => asking.showModal());
onPress("stay", () => asking.close());
onPress("again", begin);
onPress("update", () => newer?.());
onPress("wipe", async () => {
  const sure = [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-sure]"))];
  if (!sure.some((box) => box.checked && box.closest("[data-screen]:not([hidden])"))) return tell("wipe-fault", word("not-sure"));
  sure.forEach((box) => (box.checked = false));
  desk?.end();
  desk = null;
  await store.wipe();
  tell("wipe-fault", "");
  show("enrol");
});
one("[data-list=waiting]").closest("details")?.addEventListener("toggle", () => desk?.paint());
one("[data-silent]").addEventListener("change", (event) => desk?.silence(/** @type {HTMLInputElement} */ (event.target).checked));

window.addEventListener("online", () => desk?.refresh());
window.addEventListener("offline", () => desk?.refresh());
window.addEventListener("pagehide", () => desk?.closeCamera());
window.addEventListener("beforeunload", (event) => document.body.classList.contains("kiosk") && event.preventDefault());
document.addEventListener("visibilitychange", async () => {
  if (document.visibilityState === "hidden") {
    hiddenAt = Date.now();
    return;
  }
  if (desk && Date.now() - hiddenAt > LOCK_AFTER_MS) return lock();
  await stayAwake();
  await desk?.refresh();
});
setInterval(async () => {
  const isAway = document.visibilityState === "hidden" && Date.now() - hiddenAt > LOCK_AFTER_MS;
  await forgetWhatIsOver();
  if (desk && isAway) await lock();
  else await desk?.renew();
}, EVERY_MS);

// The code of a link stands behind the #: no server and no log sees it, and it does not stay in the address.
const given = new URLSearchParams(window.location.hash.slice(1)).get("ma");
if (given) {
  /** @type {HTMLInputElement} */ (one("form[data-form=enrol] input")).value = given;
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
}
/** Whether a reload takes nothing away: no device is open, no code is being noted or typed. */
function isIdle() {
  const fields = [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[type=text]"))];
  return !desk && !keysOfNew && fields.every((field) => field.value === "");
}

/** A newer version comes in at once while nobody works, else when the clerk says so: he must open the device again. @param {() => void} act */
function offer(act) {
  newer = act;
  if (isIdle()) act();
  else /** @type {HTMLElement} */ (one("[data-update]")).hidden = false;
}

const reload = () => window.location.reload();
let isAsked = false;
const waits = (/** @type {() => void} */ takeOver) =>
  offer(() => {
    isAsked = !isIdle();
    takeOver();
  });
const tookOver = () => (isAsked ? reload() : offer(reload));

await begin();
keepPage(workerAddress, waits, tookOver).catch(() => tell("page-kept", word("page-not-kept")));
