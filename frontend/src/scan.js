/**
 * Reads QR codes with the phone's camera and sends each through the form of the page (htmx or plain).
 *
 * `<div data-scan data-wasm="…/zxing_reader.wasm" data-form="#scan-form">` holds a <video>, a button
 * `[data-scan-start]`, a button `[data-scan-stop]` and a live line `[data-scan-words]`; the form has `name="code"`.
 */
import { BarcodeDetector as Ponyfill, prepareZXingModule } from "barcode-detector/ponyfill";
import { asDevice } from "./device.js";

const EVERY_MS = 180;
/** The same card held before the camera is one reading. */
const SAME_CODE_MS = 4000;

/** Native where the phone has it, the bundled reader elsewhere. */
async function makeDetector(/** @type {string} */ wasm) {
  const native = /** @type {any} */ (window).BarcodeDetector;
  if (native && (await native.getSupportedFormats()).includes("qr_code")) return new native({ formats: ["qr_code"] });
  prepareZXingModule({ overrides: { locateFile: (/** @type {string} */ file, /** @type {string} */ prefix) => (file.endsWith(".wasm") ? wasm : prefix + file) } });
  return new Ponyfill({ formats: ["qr_code"] });
}

/** One high tone for heard, two low ones for refused; with a short vibration where the phone can. */
function signal(/** @type {AudioContext} */ audio, /** @type {boolean} */ good) {
  const tones = good ? [880] : [220, 180];
  tones.forEach((frequency, i) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = frequency;
    volume.gain.value = 0.15;
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + i * 0.18);
    tone.stop(audio.currentTime + i * 0.18 + 0.13);
  });
  navigator.vibrate?.(good ? 60 : [80, 60, 80]);
}

/** @param {HTMLElement} root */
function scanner(root) {
  const video = root.querySelector("video");
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector(root.dataset.form ?? ""));
  const words = root.querySelector("[data-scan-words]");
  const start = /** @type {HTMLButtonElement | null} */ (root.querySelector("[data-scan-start]"));
  const stop = /** @type {HTMLButtonElement | null} */ (root.querySelector("[data-scan-stop]"));
  if (!video || !form || !start) return;
  /** @type {MediaStream | null} */
  let stream = null;
  /** @type {AudioContext | null} */
  let audio = null;
  /** @type {Map<string, number>} */
  const seen = new Map();

  const say = (/** @type {string} */ name) => {
    if (words) words.textContent = root.getAttribute(`data-words-${name}`) ?? "";
  };

  const close = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    start.hidden = false;
    if (stop) stop.hidden = true;
    say("stopped");
  };

  const take = (/** @type {string} */ code) => {
    const now = Date.now();
    if (now - (seen.get(code) ?? 0) < SAME_CODE_MS) return;
    seen.set(code, now);
    const field = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("code"));
    if (!field) return;
    field.value = code;
    say("read");
    form.requestSubmit();
  };

  const open = async () => {
    audio ??= new AudioContext();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
    } catch {
      say("no-camera");
      return;
    }
    video.srcObject = stream;
    await video.play();
    start.hidden = true;
    if (stop) stop.hidden = false;
    say("looking");
    const detector = await makeDetector(root.dataset.wasm ?? "");
    while (stream && root.isConnected) {
      try {
        for (const { rawValue } of await detector.detect(video)) take(rawValue);
      } catch {
        // A frame that is not ready yet is not a fault: the next one comes in a moment.
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    if (!root.isConnected) close();
  };

  start.addEventListener("click", open);
  stop?.addEventListener("click", close);
  window.addEventListener("pagehide", close);
  form.addEventListener("htmx:afterRequest", (event) => {
    const { successful } = /** @type {CustomEvent} */ (event).detail;
    if (audio) signal(audio, successful && !form.querySelector("[data-refused]"));
  });
  root.addEventListener("scan:refused", () => audio && signal(audio, false));
  asDevice(form, (good) => audio && signal(audio, good));
}

for (const root of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-scan]"))) scanner(root);
