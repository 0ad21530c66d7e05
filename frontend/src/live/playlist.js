/** Reading what the media server offers (RFC 8216), without playing it. */

const PATIENCE_MS = 8000;

/**
 * @typedef {object} Found
 * @property {string} text the media playlist: of a stream that goes on it changes with every part
 * @property {string} sound the address of a variant with sound only, or nothing
 * @property {boolean} isOver the playlist says that nothing more comes
 */

/**
 * What stands at the address of a stream; `null` when there is nothing (yet) or the line is down.
 * @param {string} address
 * @returns {Promise<Found | null>}
 */
export async function look(address) {
  try {
    const text = await read(address);
    const variants = variantsOf(text, address);
    const sound = variants.find((variant) => variant.isSound)?.address ?? "";
    const lowest = variants.filter((variant) => !variant.isSound).sort((a, b) => a.bandwidth - b.bandwidth)[0] ?? variants[0];
    const media = lowest ? await read(lowest.address) : text;
    return { text: media, sound, isOver: /^#EXT-X-ENDLIST/m.test(media) };
  } catch {
    return null;
  }
}

/** @param {string} address */
async function read(address) {
  const answer = await fetch(address, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS) });
  const text = answer.ok ? await answer.text() : "";
  if (!text.startsWith("#EXTM3U")) throw new Error("no playlist");
  return text;
}

/**
 * The variants a master playlist names; none in a media playlist.
 * @param {string} text
 * @param {string} base
 */
function variantsOf(text, base) {
  const lines = text.split(/\r?\n/);
  return lines.flatMap((line, at) => {
    if (!line.startsWith("#EXT-X-STREAM-INF:")) return [];
    const next = lines.slice(at + 1).find((one) => one !== "" && !one.startsWith("#"));
    if (!next) return [];
    const bandwidth = Number(/[:,]BANDWIDTH=(\d+)/.exec(line)?.[1] ?? 0);
    const isSound = /CODECS="(?:mp4a|ac-3|ec-3)[^",]*"/.test(line) && !line.includes("RESOLUTION=");
    return [{ bandwidth, isSound, address: new URL(next, base).href }];
  });
}
