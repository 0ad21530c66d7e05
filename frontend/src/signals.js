/** What a clerk hears and feels without looking: one tone for taken, two even ones for known, two low ones for refused. */

/** @typedef {"done" | "known" | "refused"} Kind */

/** @type {Record<Kind, { tones: number[], shakes: number | number[] }>} */
const SIGNALS = {
  done: { tones: [880], shakes: 60 },
  known: { tones: [660, 660], shakes: [40, 60, 40] },
  refused: { tones: [220, 180], shakes: [80, 60, 160] },
};

/** @param {AudioContext | null} audio nothing is heard without one @param {Kind} kind */
export function signal(audio, kind) {
  const { tones, shakes } = SIGNALS[kind];
  if (audio)
    tones.forEach((frequency, i) => {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = frequency;
      volume.gain.value = 0.15;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + i * 0.18);
      tone.stop(audio.currentTime + i * 0.18 + 0.13);
    });
  navigator.vibrate?.(shakes);
}
