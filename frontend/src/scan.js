/**
 * Reads QR codes with the phone's camera and sends each through the form of the page (htmx or plain).
 *
 * `<div data-scan data-wasm="…/zxing_reader.wasm" data-form="#scan-form">` holds a <video>, a button
 * `[data-scan-start]`, a button `[data-scan-stop]` and a live line `[data-scan-words]`; the form has `name="code"`.
 */
import { openCamera } from "./camera.js";
import { asDevice } from "./device.js";
import { signal } from "./signals.js";

/** @param {HTMLElement} root */
function scanner(root) {
  const video = root.querySelector("video");
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector(root.dataset.form ?? ""));
  const words = root.querySelector("[data-scan-words]");
  const start = /** @type {HTMLButtonElement | null} */ (root.querySelector("[data-scan-start]"));
  const stop = /** @type {HTMLButtonElement | null} */ (root.querySelector("[data-scan-stop]"));
  if (!video || !form || !start) return;
  /** @type {{ close: () => void } | null} */
  let camera = null;
  /** @type {AudioContext | null} */
  let audio = null;

  const say = (/** @type {string} */ name) => {
    if (words) words.textContent = root.getAttribute(`data-words-${name}`) ?? "";
  };

  const close = () => {
    camera?.close();
    camera = null;
    start.hidden = false;
    if (stop) stop.hidden = true;
    say("stopped");
  };

  const take = (/** @type {string} */ code) => {
    const field = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("code"));
    if (!field) return;
    field.value = code;
    say("read");
    form.requestSubmit();
  };

  const open = async () => {
    audio ??= new AudioContext();
    try {
      camera = await openCamera(video, root.dataset.wasm ?? "", take);
    } catch {
      say("no-camera");
      return;
    }
    start.hidden = true;
    if (stop) stop.hidden = false;
    say("looking");
  };

  const heard = (/** @type {boolean} */ good) => {
    if (audio) signal(audio, good ? "done" : "refused");
  };
  start.addEventListener("click", open);
  stop?.addEventListener("click", close);
  window.addEventListener("pagehide", close);
  form.addEventListener("htmx:afterRequest", (event) => {
    const { successful } = /** @type {CustomEvent} */ (event).detail;
    heard(successful && !form.querySelector("[data-refused]"));
  });
  root.addEventListener("scan:refused", () => heard(false));
  asDevice(form, heard);
}

for (const root of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-scan]"))) scanner(root);
