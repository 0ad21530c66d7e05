/**
 * The page as this script sees it. `data-screen` names the one part that shows, `data-spot` a place for a text,
 * `data-do` a button, `data-word` a sentence that stands translated in the page, with places like `{count}`.
 */

const HOUR = new Intl.DateTimeFormat("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit", minute: "2-digit", hour12: false });
const DAY = new Intl.DateTimeFormat("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", year: "numeric" });
const COUNT = new Intl.NumberFormat("vi-VN");

/** @param {number} at milliseconds */
export const hour = (at) => HOUR.format(at);

/** Hour and day. @param {number} at milliseconds */
export const moment = (at) => `${HOUR.format(at)} ${DAY.format(at)}`;

/** @param {number} number */
export const count = (number) => COUNT.format(number);

/** How long ago, coarse. @param {number} since milliseconds @param {number} now */
export function age(since, now) {
  const minutes = Math.max(0, Math.floor((now - since) / 60_000));
  if (minutes < 1) return word("just-now");
  return minutes < 60 ? word("minutes", { count: count(minutes) }) : word("hours", { count: count(Math.floor(minutes / 60)) });
}

/** @template {Element} T @param {string} selector @param {ParentNode} [within] @returns {T} */
export function one(selector, within = document) {
  const found = within.querySelector(selector);
  if (!found) throw new Error(`the page lacks ${selector}`);
  return /** @type {T} */ (found);
}

/** A sentence of the page with its places filled in. @param {string} name @param {Record<string, string>} [places] */
export function word(name, places = {}) {
  const sentence = one(`[data-word="${name}"]`).textContent ?? "";
  return sentence.replace(/\{(\w+)\}/g, (all, place) => places[place] ?? all);
}

/** @param {string} name @param {string} text */
export function tell(name, text) {
  for (const spot of document.querySelectorAll(`[data-spot="${name}"]`)) {
    spot.textContent = text;
    /** @type {HTMLElement} */ (spot.closest("[data-with-spot]") ?? spot).hidden = text === "";
  }
}

/** Shows one part of the page and takes the reader to its heading. @param {string} name */
export function show(name) {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-screen]"))) part.hidden = part.dataset.screen !== name;
  const heading = /** @type {HTMLElement} */ (one(`[data-screen="${name}"] [tabindex="-1"]`));
  heading.focus();
}

/** @param {string} name @param {() => unknown} act */
export function onPress(name, act) {
  for (const button of document.querySelectorAll(`[data-do="${name}"]`)) button.addEventListener("click", act);
}

/** What a form was told; its button rests until that is done. @param {string} name @param {(typed: string, form: HTMLFormElement) => Promise<unknown>} act */
export function onForm(name, act) {
  const form = /** @type {HTMLFormElement} */ (one(`form[data-form="${name}"]`));
  form.addEventListener("submit", async (asked) => {
    asked.preventDefault();
    const field = /** @type {HTMLInputElement} */ (one("input[type=text]", form));
    const button = /** @type {HTMLButtonElement} */ (one("button[type=submit]", form));
    if (button.disabled) return;
    button.disabled = true;
    try {
      await act(field.value, form);
    } finally {
      button.disabled = false;
    }
  });
}

/** The answer to what was scanned, large: by colour, shape and word. @param {"waits" | "done" | "known" | "refused"} kind @param {{ name?: string, unit?: string, sentence: string }} said */
export function showAnswer(kind, { name = "", unit = "", sentence }) {
  const panel = /** @type {HTMLElement} */ (one("[data-answer]"));
  panel.dataset.answer = kind;
  for (const shape of /** @type {NodeListOf<SVGElement>} */ (panel.querySelectorAll("[data-shape]"))) shape.toggleAttribute("hidden", shape.getAttribute("data-shape") !== kind);
  tell("answer-name", name);
  tell("answer-unit", unit);
  tell("answer-sentence", sentence);
}

/** Nothing is left of the last answer. */
export function clearAnswer() {
  const panel = /** @type {HTMLElement} */ (one("[data-answer]"));
  panel.dataset.answer = "";
  for (const shape of panel.querySelectorAll("[data-shape]")) shape.toggleAttribute("hidden", true);
  for (const name of ["answer-name", "answer-unit"]) tell(name, "");
  tell("answer-sentence", word("ready"));
}
