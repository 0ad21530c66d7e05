/**
 * The stream of the hall on the live page of a conference: plays it, says how it stands, comes back by itself.
 *
 * `<section data-live data-address="https://…/hall.m3u8" data-worker="…/hls.worker.js">` holds a <video>, buttons
 * `[data-live-play]` and `[data-live-sound]`, one `[data-live-state="…"]` for each word and parts `[data-live-plain]`
 * for who has no script. Nothing of what is watched is told to anybody: only the media server is asked.
 */
import Hls from "hls.js/light";
import { look } from "./live/playlist.js";
import { watchAgenda } from "./live/agenda.js";

const SECOND_MS = 1000;
const SAY_AFTER_MS = 6000; // the picture stands still: it is said, the player still tries
const GIVE_UP_AFTER_MS = 15000; // then everything is begun anew, with the lowest quality
const STANDS_STILL_MS = 20000; // a playlist that did not grow for so long is what is left of a stream
const LOOK_AGAIN_MS = 3000;
const LOOK_AGAIN_AT_MOST_MS = 15000;
const TELL_SILENCE_MS = 180000;
const BEHIND_S = 30;

/** For a bad line: the lowest quality first, little kept ahead, nothing behind. */
const CONFIG = {
  startLevel: 0,
  abrEwmaDefaultEstimate: 300000,
  maxBufferLength: 20,
  maxMaxBufferLength: 40,
  backBufferLength: 10,
};

/** @typedef {"waiting" | "live" | "playing" | "paused" | "lost" | "over"} State */

class Player {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.video = /** @type {HTMLVideoElement} */ (root.querySelector("video"));
    this.playButton = /** @type {HTMLButtonElement} */ (root.querySelector("[data-live-play]"));
    this.soundButton = /** @type {HTMLButtonElement} */ (root.querySelector("[data-live-sound]"));
    /** @type {Hls | null} */
    this.hls = null;
    this.isOn = false; // something is being played
    this.isWanted = false; // somebody wants to watch
    this.isSoundOnly = false;
    this.wasLost = false;
    this.isOver = false;
    this.pause = LOOK_AGAIN_MS;
    /** The media playlist as it was seen last, and since when. */
    this.last = { text: "", at: 0 };
    /** Where the picture was last, and when it moved. */
    this.moved = { to: 0, at: 0 };
    this.silentSince = Date.now();
    /** @type {number | undefined} */
    this.timer = undefined;
    this.turn = 0; // which look is the newest: an older one that comes back late is not heard
  }

  begin() {
    for (const part of this.root.querySelectorAll("[data-live-plain]")) /** @type {HTMLElement} */ (part).hidden = true;
    for (const part of this.root.querySelectorAll("[data-live-scripted]")) /** @type {HTMLElement} */ (part).hidden = false;
    this.playButton.addEventListener("click", () => this.want());
    this.soundButton.addEventListener("click", () => this.switchSound());
    this.video.addEventListener("pause", () => this.isOn && this.hls?.stopLoad());
    this.video.addEventListener("play", () => this.goOn());
    this.video.addEventListener("error", () => this.isOn && !this.hls && this.lose());
    window.addEventListener("online", () => this.lookSoon());
    document.body.addEventListener("conference-over", () => this.end());
    setInterval(() => this.watch(), SECOND_MS);
    this.lookNow();
  }

  /** @param {State} state */
  show(state) {
    if (this.root.dataset.state === state) return;
    this.root.dataset.state = state;
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll("[data-live-state]"))) {
      part.hidden = part.dataset.liveState !== state;
    }
    this.playButton.hidden = !(state === "live" || (state === "waiting" && !this.isWanted) || (state === "lost" && !this.isWanted));
  }

  want() {
    this.isWanted = true;
    this.playButton.hidden = true;
    this.lookSoon();
  }

  switchSound() {
    this.isSoundOnly = !this.isSoundOnly;
    this.soundButton.setAttribute("aria-pressed", String(this.isSoundOnly));
    this.root.toggleAttribute("data-sound-only", this.isSoundOnly);
    this.stop();
    this.want();
  }

  lookSoon() {
    if (this.isOn || this.isOver) return;
    clearTimeout(this.timer);
    this.pause = LOOK_AGAIN_MS;
    this.lookNow();
  }

  async lookNow() {
    this.turn += 1;
    const turn = this.turn;
    const found = await look(this.root.dataset.address ?? "");
    if (this.isOn || this.isOver || turn !== this.turn) return;
    if (found?.isOver) {
      this.end();
      return;
    }
    const isLive = found !== null && this.goesOn(found.text);
    if (found) this.soundButton.hidden = found.sound === "";
    if (isLive && found && this.isWanted) {
      this.start(this.isSoundOnly && found.sound ? found.sound : (this.root.dataset.address ?? ""));
      return;
    }
    this.show(isLive ? "live" : this.wasLost ? "lost" : "waiting");
    if (!isLive) this.tellSilence();
    // Many wait at once: not all of them ask in the same moment.
    this.timer = window.setTimeout(() => this.lookNow(), this.pause * (0.8 + 0.4 * Math.random()));
    this.pause = Math.min(this.pause * 1.25, LOOK_AGAIN_AT_MOST_MS);
  }

  /**
   * Whether the playlist grows. After a loss it has to be seen growing; else it may stand a while.
   * @param {string} text
   */
  goesOn(text) {
    if (text === this.last.text) return !this.wasLost && Date.now() - this.last.at < STANDS_STILL_MS;
    const isFirst = this.last.text === "";
    this.last = { text, at: Date.now() };
    return !(isFirst && this.wasLost);
  }

  /** @param {string} address */
  start(address) {
    this.isOn = true;
    this.moved = { to: 0, at: Date.now() };
    this.video.controls = true;
    if (Hls.isSupported()) {
      this.hls = new Hls({ ...CONFIG, workerPath: this.root.dataset.worker ?? null });
      this.hls.on(Hls.Events.ERROR, (_event, data) => data.fatal && this.lose());
      this.hls.on(Hls.Events.MANIFEST_PARSED, () => {
        if (this.hls && savesData()) this.hls.autoLevelCapping = 0;
        this.play();
      });
      this.hls.loadSource(address);
      this.hls.attachMedia(this.video);
    } else {
      this.video.src = address; // a browser that plays HLS by itself
      this.play();
    }
  }

  async play() {
    try {
      await this.video.play();
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "NotAllowedError") return; // taken away while it began
      this.isWanted = false;
      this.stop();
      this.show("live");
    }
  }

  /** Somebody plays on after a pause: where the hall is now, not where he left it. */
  goOn() {
    if (!this.isOn || !this.hls) return;
    this.hls.startLoad(-1);
    const now = this.hls.liveSyncPosition;
    if (now && now - this.video.currentTime > BEHIND_S) this.video.currentTime = now;
  }

  /** Once a second: does the picture move? */
  watch() {
    if (!this.isOn) return;
    const at = this.video.currentTime;
    if (at !== this.moved.to) {
      this.moved = { to: at, at: Date.now() };
      this.wasLost = false;
      this.pause = LOOK_AGAIN_MS;
      this.show("playing");
    } else if (this.video.paused && this.moved.to > 0) {
      this.moved.at = Date.now();
      this.show("paused");
    } else if (Date.now() - this.moved.at > GIVE_UP_AFTER_MS) {
      this.lose();
    } else if (Date.now() - this.moved.at > SAY_AFTER_MS) {
      this.show("lost");
    }
  }

  lose() {
    this.stop();
    this.wasLost = true;
    this.last = { text: "", at: 0 };
    this.silentSince = Date.now() - Math.random() * TELL_SILENCE_MS; // thousands lose it in one moment
    this.show("lost");
    this.lookSoon();
  }

  stop() {
    this.isOn = false;
    this.hls?.destroy();
    this.hls = null;
    this.video.removeAttribute("src");
    this.video.load();
    this.video.controls = false;
  }

  end() {
    this.isOver = true;
    clearTimeout(this.timer);
    this.stop();
    this.soundButton.hidden = true;
    this.show("over");
  }

  /** A long silence may be the end of the conference: the page asks its own server, every few minutes. */
  tellSilence() {
    if (Date.now() - this.silentSince < TELL_SILENCE_MS) return;
    this.silentSince = Date.now();
    this.root.dispatchEvent(new CustomEvent("silence", { bubbles: true }));
  }
}

function savesData() {
  const line = /** @type {{ connection?: { saveData?: boolean } }} */ (navigator).connection;
  return line?.saveData === true;
}

for (const root of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-live]"))) new Player(root).begin();
watchAgenda();
