/** Native dialogs: opened by a button, and one shared question before an act that cannot be taken back lightly. */

/**
 * Asks the question in the page's #ask dialog; resolves to whether the person agreed. The button that agrees carries
 * the words of the button that was pressed.
 * @param {string} question
 * @param {Element | null} pressed
 * @returns {Promise<boolean>}
 */
function ask(question, pressed) {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("ask"));
  if (!dialog) return Promise.resolve(window.confirm(question));
  const text = dialog.querySelector("[data-ask-text]");
  if (text) text.textContent = question;
  const yes = /** @type {HTMLElement | null} */ (dialog.querySelector("button[value=yes]"));
  if (yes) {
    yes.dataset.usual ??= yes.textContent ?? "";
    yes.textContent = pressed?.textContent?.trim() || yes.dataset.usual;
  }
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** Listens for openers, closers, hx-confirm and data-confirm on plain forms. */
export function watchDialogs() {
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const opener = target.closest("[data-opens]");
    if (opener) /** @type {HTMLDialogElement | null} */ (document.getElementById(opener.getAttribute("data-opens") ?? ""))?.showModal();
    if (target.closest("[data-closes]")) target.closest("dialog")?.close();
  });
  document.addEventListener("htmx:confirm", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (!detail.question) return;
    event.preventDefault();
    ask(detail.question, detail.elt?.closest("button, a") ?? null).then((yes) => {
      if (yes) detail.issueRequest(true);
    });
  });
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const submitter = /** @type {HTMLElement | null} */ (event.submitter);
    const question = submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!question || form.dataset.agreed) return;
    event.preventDefault();
    ask(question, submitter).then((yes) => {
      if (!yes) return;
      form.dataset.agreed = "1";
      form.requestSubmit(submitter);
      delete form.dataset.agreed;
    });
  });
}
