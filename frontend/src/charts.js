/**
 * Draws `[data-chart]` elements from the JSON in the script element named by `data-source`. The figures themselves
 * stand in a table beside each chart; the chart is the look, the table is the record.
 *
 * Shapes of the JSON (a share is 0..100 or null when nothing was reported; `label` is the text the server formatted):
 *   treemap  {nodes: [{name, size, share, label, href, children?}], missing}
 *   funnel   {steps: [{name, value, label, href}]}
 *   line     {days: [text], series: [{name, values: [number|null]}], target?: {name, value}, unit}
 *   bar      {rows: [{name, value, label, href}], unit}
 */
import { BarChart, LineChart, TreemapChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([
  BarChart, LineChart, TreemapChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent,
  TooltipComponent, SVGRenderer,
]);

const INK = "#1B1F24";
const LINE = "#E3E6EA";
const MISSING = "#D5D9DE";
/** Five steps of one hue, light to dark: read as less and more, and in grey print as well. */
const STEPS = [
  { below: 50, fill: "#DCE7F5", ink: INK },
  { below: 70, fill: "#B3CBE8", ink: INK },
  { below: 85, fill: "#7FA6D6", ink: INK },
  { below: 95, fill: "#3F72B5", ink: "#FFFFFF" },
  { below: Infinity, fill: "#1D4F91", ink: "#FFFFFF" },
];
const SERIES = ["#1D4F91", "#8A5A00", "#1A7F37", "#56606B"];
const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3]];

/** @param {number | null | undefined} share */
const step = (share) => (share === null || share === undefined ? { fill: MISSING, ink: INK } : STEPS.find(({ below }) => share < below) ?? STEPS[4]);

/** Tooltips are built as elements: text from the data is never read as HTML. */
function tip(/** @type {string} */ name, /** @type {string} */ label) {
  const box = document.createElement("div");
  box.className = "chart-tip";
  const head = document.createElement("strong");
  head.textContent = name;
  const words = document.createElement("span");
  words.textContent = label;
  box.append(head, words);
  return box;
}

const base = () => ({
  animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  animationDuration: 250,
  textStyle: { fontFamily: "'Be Vietnam Pro', sans-serif", fontSize: 13, color: INK },
  aria: { enabled: false },
});

/** @param {any} item */
const pointed = (item) => tip(item.name, item.data?.label ?? String(item.value ?? ""));

/** `edge`: the padding and the border on each side of a cell. */
const CELL_TYPE = { size: 12, line: 14, padding: 2, edge: 4 };
const KIND_OF_PLACE = /^(phường|xã|đặc khu) /i;

/** A name in two lines, broken at the blank nearest its middle. @param {string} name @returns {string[]} */
function halved(name) {
  const blanks = [...name.matchAll(/ /g)].map(({ index }) => index ?? 0);
  if (!blanks.length) return [name];
  const middle = name.length / 2;
  const at = blanks.reduce((best, one) => (Math.abs(one - middle) < Math.abs(best - middle) ? one : best));
  return [name.slice(0, at), name.slice(at + 1)];
}

/**
 * What a cell has room for: the whole name and the figure, else both shorter, else the bare name (the colour says the
 * share), else the share alone, else nothing. A name is never cut; the tip of the cell and the table below have it whole.
 * @param {string} name @param {string} label @param {{width: number, height: number}} cell
 */
function fitting(name, label, cell) {
  const share = label.split(" (")[0];
  const bare = name.replace(KIND_OF_PLACE, "");
  const texts = [[name, label], [...halved(name), label], [...halved(name), share], [bare, share], [...halved(bare), share], [bare], halved(bare), [share]];
  const [width, height] = [cell.width - 2 * CELL_TYPE.edge, cell.height - 2 * CELL_TYPE.edge];
  const font = `${CELL_TYPE.size}px 'Be Vietnam Pro', sans-serif`;
  const fits = (/** @type {string} */ line) => echarts.format.getTextRect(line, font).width <= width;
  const found = texts.find((lines) => lines.length * CELL_TYPE.line <= height && lines.every(fits));
  return found?.join("\n") ?? "";
}

/** @param {any} data @param {string} _id @param {any} chart */
function treemap(data, _id, chart) {
  const cellOf = (/** @type {number} */ index) => chart.getModel().getSeriesByIndex(0).getData().tree.getNodeByDataIndex(index).getLayout();
  /** @param {any} node @returns {any} */
  const shaped = (node) => {
    const { fill, ink } = step(node.share);
    const words = node.label ?? data.missing;
    return {
      name: node.name,
      value: node.size,
      words,
      href: node.href,
      itemStyle: { color: fill },
      label: { color: ink, formatter: (/** @type {any} */ item) => fitting(node.name, words, cellOf(item.dataIndex)) },
      children: node.children?.map(shaped),
    };
  };
  return {
    ...base(),
    tooltip: { formatter: (/** @type {any} */ item) => tip(item.name, item.data?.words ?? "") },
    series: [
      {
        type: "treemap",
        data: data.nodes.map(shaped),
        roam: false,
        nodeClick: false,
        breadcrumb: { show: false },
        left: 0, right: 0, top: 0, bottom: 0,
        label: { fontSize: CELL_TYPE.size, lineHeight: CELL_TYPE.line, padding: CELL_TYPE.padding, overflow: "none" },
        itemStyle: { borderColor: "#fff", borderWidth: 1, gapWidth: 1 },
      },
    ],
  };
}

/** Centred bars, each as wide as its count: a tapering funnel would make the last step look smaller than it is. @param {any} data */
function funnel(data) {
  const values = data.steps.map((/** @type {any} */ one) => one.value ?? 0);
  const widest = Math.max(1, ...values);
  const common = { type: "bar", stack: "step", barCategoryGap: "14%", silent: false };
  return {
    ...base(),
    tooltip: { formatter: (/** @type {any} */ item) => tip(item.name, item.data?.words ?? "") },
    grid: { left: 8, right: 8, top: 4, bottom: 4 },
    xAxis: { type: "value", min: 0, max: widest, show: false },
    yAxis: { type: "category", inverse: true, show: false, data: data.steps.map((/** @type {any} */ one) => one.name) },
    series: [
      { ...common, silent: true, tooltip: { show: false }, itemStyle: { color: "transparent" }, data: values.map((/** @type {number} */ value) => (widest - value) / 2) },
      {
        ...common,
        data: data.steps.map((/** @type {any} */ one, /** @type {number} */ i) => ({ name: one.name, value: values[i], words: one.label ?? data.missing, href: one.href })),
        itemStyle: { color: "#DCE7F5", borderColor: "#1D4F91", borderWidth: 1 },
      },
      {
        // The words stand in the middle whatever the width of the bar.
        type: "bar", barGap: "-100%", barCategoryGap: "14%", silent: true, tooltip: { show: false }, itemStyle: { color: "transparent" },
        data: data.steps.map(() => widest),
        label: { show: true, position: "inside", color: INK, fontWeight: 500, formatter: (/** @type {any} */ item) => `${data.steps[item.dataIndex].name}: ${data.steps[item.dataIndex].label ?? data.missing}` },
      },
    ],
  };
}

/** @param {any} data */
function line(data) {
  return {
    ...base(),
    tooltip: {
      trigger: "axis",
      formatter: (/** @type {any[]} */ items) => tip(items[0]?.axisValueLabel ?? "", items.map((item) => `${item.seriesName}: ${item.value ?? data.missing ?? "–"}${item.value === null ? "" : data.unit ?? ""}`).join(" · ")),
    },
    legend: { bottom: 0, itemWidth: 32, textStyle: { color: INK } },
    grid: { left: 48, right: 16, top: 16, bottom: 56 },
    xAxis: { type: "category", data: data.days, axisLabel: { color: INK }, axisLine: { lineStyle: { color: "#7A848E" } } },
    yAxis: { type: "value", min: 0, max: data.unit === " %" ? 100 : undefined, axisLabel: { color: INK }, splitLine: { lineStyle: { color: LINE } } },
    series: data.series.map((/** @type {any} */ one, /** @type {number} */ i) => ({
      type: "line",
      name: one.name,
      data: one.values,
      connectNulls: false,
      symbolSize: 6,
      symbol: ["circle", "rect", "triangle", "diamond"][i % 4],
      lineStyle: { color: SERIES[i % 4], width: 2, type: DASHES[i % 4] },
      itemStyle: { color: SERIES[i % 4] },
      markLine: i === 0 && data.target ? { silent: true, symbol: "none", lineStyle: { color: "#8E1616", type: "dashed" }, label: { formatter: data.target.name, position: "insideEndTop", color: INK }, data: [{ yAxis: data.target.value }] } : undefined,
    })),
  };
}

/** Names and figures stand left of the bars, so that neither is cut on a phone. @param {any} data */
function bar(data) {
  return {
    ...base(),
    tooltip: { formatter: (/** @type {any} */ item) => tip(item.name, item.data?.words ?? "") },
    grid: { left: 8, right: 24, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: "value", min: 0, max: data.unit === " %" ? 100 : undefined, interval: data.unit === " %" ? 25 : undefined, splitNumber: 4, axisLabel: { color: INK }, splitLine: { lineStyle: { color: LINE } } },
    yAxis: {
      type: "category",
      inverse: true,
      axisTick: { show: false },
      data: data.rows.map((/** @type {any} */ row) => row.name),
      axisLabel: { color: INK, width: 170, overflow: "break", lineHeight: 16, formatter: (/** @type {string} */ name, /** @type {number} */ i) => `${name}\n${data.rows[i].label ?? data.missing}` },
    },
    series: [
      {
        type: "bar",
        barMaxWidth: 24,
        data: data.rows.map((/** @type {any} */ row) => ({ name: row.name, value: row.value, words: row.label ?? data.missing, href: row.href })),
        itemStyle: { color: "#1D4F91" },
      },
    ],
  };
}

/** @type {Record<string, (data: any, id: string, chart: any) => any>} */
const KINDS = { treemap, funnel, line, bar };

/** @param {HTMLElement} element */
function start(element) {
  const source = element.dataset.source ?? "";
  const text = document.getElementById(source)?.textContent ?? "{}";
  const chart = echarts.init(element, null, { renderer: "svg" });
  chart.setOption(KINDS[element.dataset.chart ?? ""](JSON.parse(text), source, chart));
  chart.on("click", (item) => {
    const href = /** @type {any} */ (item.data)?.href;
    if (href) window.location.assign(href);
  });
  return chart;
}

/** @param {HTMLElement} element */
function draw(element) {
  if (element.dataset.drawn || !KINDS[element.dataset.chart ?? ""]) return;
  element.dataset.drawn = "1";
  const chart = start(element);
  let width = element.clientWidth;
  new ResizeObserver(() => {
    if (!element.isConnected) {
      chart.dispose();
      return;
    }
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    chart.resize();
  }).observe(element);
}

/** @param {ParentNode} within */
function drawAll(within) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (within.querySelectorAll("[data-chart]"))) draw(element);
}

drawAll(document);
document.addEventListener("htmx:load", (event) => drawAll(/** @type {Element} */ (/** @type {CustomEvent} */ (event).detail.elt)));
