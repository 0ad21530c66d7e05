/**
 * Passkeys: asks the server what to ask, asks the device, sends its answer back. Holds no words.
 *
 * `<… data-passkey="get|create" data-begin="…" data-finish="…" data-next="…" data-words-cancelled="…" hidden>` holds a
 * button `[data-passkey-start]` or is a form, and a line `[data-passkey-words]`. Shown only where the browser can.
 */
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !window.isSecureContext) return;

  const token = () => document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  async function send(address, body) {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(body),
    });
    return { ok: answer.ok, told: await answer.json() };
  }

  function asked(options) {
    const wanted = { ...options, challenge: bytes(options.challenge) };
    if (options.user) wanted.user = { ...options.user, id: bytes(options.user.id) };
    for (const list of ["allowCredentials", "excludeCredentials"]) {
      if (options[list]) wanted[list] = options[list].map((each) => ({ ...each, id: bytes(each.id) }));
    }
    return wanted;
  }

  function answered(credential) {
    const response = { clientDataJSON: text(credential.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[part]) response[part] = text(credential.response[part]);
    }
    return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
  }

  async function run(root) {
    const words = root.querySelector("[data-passkey-words]");
    const say = (sentence) => { if (words) words.textContent = sentence; };
    say("");
    try {
      const begun = await send(root.dataset.begin, {});
      if (begun.told.next) return window.location.assign(begun.told.next);
      const publicKey = asked(begun.told.publicKey);
      const credential = await navigator.credentials[root.dataset.passkey]({ publicKey });
      const name = root.querySelector("[name=name]")?.value ?? "";
      const done = await send(root.dataset.finish, { credential: answered(credential), name, next: root.dataset.next });
      if (done.ok) return window.location.assign(done.told.next);
      return say(done.told.sentence);
    } catch {
      return say(root.dataset.wordsCancelled);
    }
  }

  for (const root of document.querySelectorAll("[data-passkey]")) {
    root.hidden = false;
    if (root.parentElement?.hasAttribute("data-passkey-section")) root.parentElement.hidden = false;
    if (root.tagName === "FORM") {
      root.addEventListener("submit", (event) => { event.preventDefault(); run(root); });
    } else {
      root.querySelector("[data-passkey-start]").addEventListener("click", () => run(root));
    }
  }
})();
