/**
 * Reads the square code on photographs of a signature list and chooses the site it names. Where none is read the site
 * is chosen by hand; nothing is sent before the form is.
 *
 * `<form data-roll-photo data-wasm="…">` holds the field of files, a `<select name="site">` whose options carry
 * `data-code`, and a live line `[data-roll-photo-words]`.
 */
import { readPicture } from "./camera.js";

/** The form of these codes; others may stand on the sheet. */
const OURS = /^QT1R\.[0-9]+\.[0-9]+$/;

/** @param {HTMLFormElement} form */
function chooser(form) {
  const files = /** @type {HTMLInputElement | null} */ (form.querySelector('input[type="file"]'));
  const site = /** @type {HTMLSelectElement | null} */ (form.querySelector('select[name="site"]'));
  const words = form.querySelector("[data-roll-photo-words]");
  if (!files || !site) return;

  const say = (/** @type {string} */ name) => {
    if (words) words.textContent = form.getAttribute(`data-words-${name}`) ?? "";
  };

  const codeIn = async (/** @type {File[]} */ pictures) => {
    for (const picture of pictures) {
      try {
        const found = (await readPicture(picture, form.dataset.wasm ?? "")).find((code) => OURS.test(code));
        if (found) return found;
      } catch {
        // A picture that this phone cannot open is judged by the server when it is sent.
      }
    }
    return "";
  };

  files.addEventListener("change", async () => {
    const chosen = [...(files.files ?? [])];
    if (chosen.length === 0) return;
    say("looking");
    const code = await codeIn(chosen);
    const option = code && [...site.options].find((one) => one.dataset.code === code);
    if (option) site.value = option.value;
    say(option ? "found" : code ? "foreign" : "none");
  });
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("[data-roll-photo]"))) chooser(form);
