/** Reads QR codes from the phone's camera, without a network once this page has loaded its reader. */
import { BarcodeDetector as Ponyfill, prepareZXingModule } from "barcode-detector/ponyfill";

const EVERY_MS = 180;
/** The same card held before the camera is one reading, however long: it is read again when it was away for so long. */
const SAME_CODE_MS = 4000;

/** Native where the phone has it, the bundled reader elsewhere. */
async function makeDetector(/** @type {string} */ wasm) {
  const native = /** @type {any} */ (window).BarcodeDetector;
  if (native && (await native.getSupportedFormats()).includes("qr_code")) return new native({ formats: ["qr_code"] });
  prepareZXingModule({ overrides: { locateFile: (/** @type {string} */ file, /** @type {string} */ prefix) => (file.endsWith(".wasm") ? wasm : prefix + file) } });
  return new Ponyfill({ formats: ["qr_code"] });
}

/**
 * The codes in one picture.
 * @param {Blob} picture
 * @param {string} wasm address of the reader
 * @returns {Promise<string[]>}
 */
export async function readPicture(picture, wasm) {
  const detector = await makeDetector(wasm);
  const bitmap = await createImageBitmap(picture);
  try {
    return (await detector.detect(bitmap)).map((/** @type {{ rawValue: string }} */ { rawValue }) => rawValue);
  } finally {
    bitmap.close();
  }
}

/**
 * Opens the camera and hands over each code it reads, until `close` or until `video` left the page.
 * Rejects when the camera cannot be opened.
 * @param {HTMLVideoElement} video
 * @param {string} wasm address of the reader
 * @param {(code: string) => void} take
 * @returns {Promise<{ close: () => void }>}
 */
export async function openCamera(video, wasm, take) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
  /** @type {Map<string, number>} */
  const seen = new Map();
  let isOpen = true;
  const close = () => {
    isOpen = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  const heard = (/** @type {string} */ code) => {
    const now = Date.now();
    const before = seen.get(code) ?? 0;
    seen.set(code, now);
    if (now - before > SAME_CODE_MS) take(code);
  };
  const look = async () => {
    const detector = await makeDetector(wasm);
    while (isOpen && video.isConnected) {
      try {
        for (const { rawValue } of await detector.detect(video)) if (isOpen) heard(rawValue);
      } catch {
        // A frame that is not ready yet is not a fault: the next one comes in a moment.
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    if (isOpen) close();
  };
  try {
    video.srcObject = stream;
    await video.play();
  } catch (fault) {
    close();
    throw fault;
  }
  look();
  return { close };
}
