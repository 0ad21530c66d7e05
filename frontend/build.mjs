/**
 * Builds the assets that are committed under src/quantriet/web/static/quantriet/.
 *
 * The same lock gives the same bytes. Nothing here runs on a server or on a user's machine.
 */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as esbuild from "esbuild";
import postcss from "postcss";
import { OUTLINE_ICONS, SHAPES } from "./icons.mjs";

const require = createRequire(import.meta.url);
const here = import.meta.dirname;
const out = path.join(here, "../src/quantriet/web/static/quantriet");
const work = path.join(here, "node_modules/.build");
const packageFolder = (name) => path.join(here, "node_modules", name);

/**
 * Families of Tabler that this product never uses: our own shell replaces the navigation bars, <dialog> and
 * <details> replace the scripted widgets, and states have our seven colours only.
 */
const DROPPED = [
  /^\.(navbar|nav-segmented|offcanvas|carousel|accordion|ribbon|theme|otp|popover|tooltip|calendar|signal|sparkline)/,
  /^\.(sortable|divide|mention|strength|chart|markdown|steps?|form-imagecheck|form-colorinput|layout|page|legend)/,
  /^\.(star-rating|chat|payment|flag|social|browser|hover-elevate|tracking|lightbox|fancybox|plyr|tom-select|ts-)/,
  /^\.(noUi|litepicker|datepicker|apexcharts|jvm|dropzone|tinymce|tox|hugerte|clr-|fslightbox|litepicker|fc)/,
  /^\.(bs-|toast|modal|switch-icon|object|demo|icon-pulse|icon-tada|typed|countup|apexcharts)/,
  /-(blue|azure|indigo|purple|pink|red|orange|yellow|lime|green|teal|cyan|x|facebook|twitter|linkedin|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|rss|flickr|bitbucket|tabler)(-|$|\b)/,
  /data-bs-theme|data-vc|\[data-bs-|\.is-valid|was-validated|:valid/,
];

/** Tabler without the dropped families; embedded images become files so that the CSP needs no `data:`. */
function prunedTabler() {
  const root = postcss.parse(readFileSync(path.join(packageFolder("@tabler/core"), "dist/css/tabler.min.css"), "utf8"));
  root.walkRules((rule) => {
    if (rule.parent?.type === "atrule" && /keyframes/.test(rule.parent.name)) return;
    const kept = rule.selectors.filter((selector) => !DROPPED.some((pattern) => pattern.test(selector.trim())));
    if (kept.length === 0) rule.remove();
    else rule.selectors = kept;
  });
  root.walkAtRules((rule) => {
    if (rule.name === "charset" || (rule.nodes && rule.nodes.length === 0)) rule.remove();
  });
  root.walkDecls((decl) => {
    decl.value = decl.value.replace(/url\((["']?)data:image\/svg\+xml,(.*?)\1\)/g, (_all, _quote, body) => {
      const svg = decodeURIComponent(body);
      const name = `tabler-${createHash("sha256").update(svg).digest("hex").slice(0, 8)}.svg`;
      mkdirSync(path.join(work, "img"), { recursive: true });
      writeFileSync(path.join(work, "img", name), `${svg}\n`);
      return `url("./img/${name}")`;
    });
  });
  return root.toString();
}

/** The four weights we set type in, for Latin and Vietnamese letters, woff2 only. */
function fontFaces() {
  const faces = [];
  for (const weight of [400, 500, 600, 700]) {
    for (const subset of ["vietnamese", "latin"]) {
      const css = readFileSync(path.join(packageFolder("@fontsource/be-vietnam-pro"), `${subset}-${weight}.css`), "utf8");
      faces.push(css.replace(/,\s*url\([^)]*\.woff\)\s*format\(["']woff["']\)/g, ""));
    }
  }
  const from = path.join(packageFolder("@fontsource/be-vietnam-pro"), "files");
  cpSync(from, path.join(work, "files"), { recursive: true });
  const unicode = JSON.parse(readFileSync(path.join(packageFolder("@fontsource/be-vietnam-pro"), "unicode.json"), "utf8"));
  // A subset file of one script does not say which letters it is for; without the range all eight would load.
  return faces
    .map((face, i) => (face.includes("unicode-range") ? face : face.replace(/}\s*$/, `unicode-range:${unicode[i % 2 === 0 ? "vietnamese" : "latin"]};}`)))
    .join("\n");
}

/** One sprite: the chosen outline icons of Tabler and our own shapes of states and evidence. */
function sprite() {
  const symbols = Object.entries(SHAPES).map(([name, body]) => `<symbol id="${name}" viewBox="0 0 16 16">${body}</symbol>`);
  for (const name of OUTLINE_ICONS) {
    const svg = readFileSync(path.join(packageFolder("@tabler/icons"), `icons/outline/${name}.svg`), "utf8");
    const body = svg
      .replace(/<!--[\s\S]*?-->/g, "")
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
      .replace(/^[\s\S]*?<svg[^>]*>/, "")
      .replace(/<\/svg>\s*$/, "")
      .replace(/\s+/g, " ")
      .trim();
    symbols.push(
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`,
    );
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

function noticeText() {
  const parts = [
    "Files in this folder contain the following works of others.",
    "The build stands in frontend/ of the source tree; versions are those of its lock.",
    "",
  ];
  const works = ["@tabler/core", "@tabler/icons", "htmx.org", "htmx-ext-sse", "echarts", "zrender", "tslib", "@fontsource/be-vietnam-pro", "barcode-detector", "zxing-wasm", "hls.js"];
  for (const name of works) {
    const meta = JSON.parse(readFileSync(path.join(packageFolder(name), "package.json"), "utf8"));
    const licenceFile = readdirSync(packageFolder(name)).find((file) => /^licen[cs]e/i.test(file));
    parts.push("=".repeat(80), `${name} ${meta.version}, ${meta.license ?? "0BSD"}`, "=".repeat(80));
    parts.push(licenceFile ? readFileSync(path.join(packageFolder(name), licenceFile), "utf8").trim() : `Licence: ${meta.license ?? "0BSD"}.`);
    parts.push("");
  }
  parts.push("=".repeat(80), "Bootstrap 5.3 (within @tabler/core), MIT", "=".repeat(80), "Copyright (c) 2011-2025 The Bootstrap Authors. The MIT licence text of @tabler/core above applies.", "");
  parts.push("=".repeat(80), "ZXing-C++ (within zxing_reader.wasm), Apache-2.0", "=".repeat(80), "Copyright the ZXing authors. The Apache licence text of echarts above applies.", "");
  return parts.join("\n");
}

/** Every file with its size and hash: a test compares the committed files with this list. */
function writeManifest() {
  const files = {};
  const walk = (folder) => {
    for (const name of readdirSync(folder).sort()) {
      const full = path.join(folder, name);
      if (statSync(full).isDirectory()) walk(full);
      else if (name !== "assets.json") {
        files[path.relative(out, full)] = createHash("sha256").update(readFileSync(full)).digest("hex");
      }
    }
  };
  walk(out);
  const { devDependencies } = JSON.parse(readFileSync(path.join(here, "package.json"), "utf8"));
  writeFileSync(path.join(out, "assets.json"), `${JSON.stringify({ packages: devDependencies, files }, null, 2)}\n`);
}

rmSync(out, { recursive: true, force: true });
rmSync(work, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
mkdirSync(work, { recursive: true });
writeFileSync(path.join(work, "tabler.css"), prunedTabler());
writeFileSync(path.join(work, "fonts.css"), fontFaces());

const common = { bundle: true, minify: true, legalComments: "none", logLevel: "warning", outdir: out, charset: "utf8" };
await esbuild.build({
  ...common,
  entryPoints: [path.join(here, "src/quantriet.css")],
  alias: { "built-tabler": path.join(work, "tabler.css"), "built-fonts": path.join(work, "fonts.css") },
  loader: { ".woff2": "file", ".svg": "file" },
  assetNames: "[ext]/[name]",
  target: ["chrome100", "firefox100", "safari15"],
});
await esbuild.build({
  ...common,
  entryPoints: ["quantriet", "charts", "scan", "live", "line_test", "roll_photo"].map((name) => path.join(here, `src/${name}.js`)),
  format: "iife",
  target: ["es2020"],
});
// The check-in page: it waits for its store at the top, so it is a module. Its worker stays readable text of its own,
// because the server puts the list of what is kept before it.
await esbuild.build({
  ...common,
  entryPoints: [path.join(here, "src/check_in.js")],
  format: "esm",
  target: ["chrome100", "firefox115", "safari16"],
});
await esbuild.build({
  ...common,
  entryPoints: [path.join(here, "src/check_in_worker.js")],
  format: "iife",
  target: ["es2020"],
});
writeFileSync(path.join(out, "icons.svg"), sprite());
for (const picture of ["mark.svg", "mark-192.png", "mark-512.png"]) cpSync(path.join(here, "src", picture), path.join(out, picture));
// barcode-detector is compiled against exactly this zxing-wasm; another version crashes in the browser.
const reader = require.resolve("zxing-wasm/reader/zxing_reader.wasm", { paths: [packageFolder("barcode-detector")] });
cpSync(reader, path.join(out, "zxing_reader.wasm"));
// What takes a stream apart works beside the page; it must be of the same version as the player.
const hlsWorker = readFileSync(path.join(packageFolder("hls.js"), "dist/hls.worker.js"), "utf8");
writeFileSync(path.join(out, "hls.worker.js"), hlsWorker.replace(/^\/\/# sourceMappingURL=.*\n?/m, ""));
writeFileSync(path.join(out, "NOTICE.txt"), noticeText());
writeManifest();
