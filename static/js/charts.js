// Draws every figure[data-chart]: on load, after an htmx swap, when its size or the theme changes, and for paper.
import { BarChart, LineChart, MapChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, registerMap, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import * as bullet from "./charts/bullet.js";
import * as change from "./charts/change.js";
import * as map from "./charts/map.js";
import { tokens } from "./charts/theme.js";
import { box } from "./charts/tooltip.js";
import * as trend from "./charts/trend.js";

use([BarChart, LineChart, MapChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

const KINDS = { bullet, change, map, trend };
const NEW = "figure[data-chart]:not([data-ready]):not([data-failed])";

// plot element → { figure, plot, source, spec, kind, chart, width, height }; chart is null until it was drawn.
const entries = new Map();
const resized = new ResizeObserver((changes) => changes.forEach(({ target }) => refit(target)));
let printing = false;

function scan() {
  [...entries.keys()].filter((plot) => !plot.isConnected).forEach(forget);
  document.querySelectorAll(NEW).forEach(start);
}

async function start(figure) {
  const plot = figure.querySelector(".chart-plot");
  const source = figure.querySelector('script[type="application/json"]')?.textContent;
  const known = entries.get(plot);
  if (known?.source === source && !known.chart) return; // its map is still on the way
  if (known) forget(plot); // a morphing swap kept the element and gave it another specification
  const entry = { figure, plot, source, chart: null };
  entries.set(plot, entry);
  try {
    entry.spec = JSON.parse(source);
    entry.kind = KINDS[entry.spec.kind];
    if (!entry.kind) throw new Error(`unknown kind “${entry.spec.kind}”`);
    await entry.kind.prepare?.(entry.spec, registerMap);
  } catch (error) {
    fail(entry, error);
  }
  if (entries.get(plot) !== entry) return; // removed or replaced while its map was on the way
  draw(entry);
  if (entries.get(plot) === entry) resized.observe(plot); // hidden and without a size yet, it is drawn when it gets one
}

function draw(entry) {
  const { figure, plot, spec, kind } = entry;
  try {
    const rows = kind.height?.(spec, plot.clientWidth);
    plot.style.height = rows ? `${rows}px` : "";
    const [width, height] = [plot.clientWidth, plot.clientHeight];
    if (!width || !height) return;
    if (!entry.chart) {
      entry.chart = init(plot, null, { renderer: "svg", width, height });
      plot.setAttribute("role", "img");
      plot.setAttribute("aria-label", spec.description ?? "");
      entry.chart.on("click", (event) => kind.click?.(spec, event));
      // The library shows a hand over everything.
      entry.chart.on("mousemove", ({ data }) => entry.chart.getZr().setCursorStyle(data?.url ? "pointer" : "default"));
    } else if (width !== entry.width || height !== entry.height) {
      entry.chart.resize({ width, height });
    }
    Object.assign(entry, { width, height });
    const color = tokens(plot);
    const option = kind.option(spec, { width, height, color });
    const common = {
      animation: false,
      textStyle: { fontFamily: color.font, color: color("ink-2") },
      tooltip: box(color),
    };
    entry.chart.setOption({ ...common, ...option, tooltip: { ...common.tooltip, ...option.tooltip } }, true);
    entry.chart.getZr().flush(); // painted now: "ready" is true, and paper does not wait for the next frame
    figure.toggleAttribute("data-ready", true);
  } catch (error) {
    fail(entry, error);
  }
}

// The table beside the chart remains, and is opened.
function fail({ figure, plot }, error) {
  console.warn(`Chart ${figure.id} was not drawn:`, error);
  forget(plot);
  plot.hidden = true;
  figure.removeAttribute("data-ready");
  figure.toggleAttribute("data-failed", true);
  const words = figure.querySelector(".chart-failed");
  if (words) words.hidden = false;
  figure.querySelector("details.chart-table")?.setAttribute("open", "");
}

function forget(plot) {
  resized.unobserve(plot);
  entries.get(plot)?.chart?.dispose();
  entries.delete(plot);
}

function refit(plot) {
  const entry = entries.get(plot);
  if (!entry) return;
  if (!plot.isConnected) return forget(plot);
  // Paper scales what was drawn; a hidden chart (size 0) keeps its last drawing.
  if (!printing && (plot.clientWidth !== entry.width || plot.clientHeight !== entry.height)) draw(entry);
}

const drawn = () => [...entries.values()].filter((entry) => entry.chart);

// Paper is always light, whatever the screen shows; the viewBox lets the drawing shrink with its box.
function print(begins) {
  printing = begins;
  for (const entry of drawn()) {
    if (begins) entry.plot.dataset.theme = "light";
    else delete entry.plot.dataset.theme;
    draw(entry);
    const svg = entry.plot.querySelector("svg");
    if (begins) svg?.setAttribute("viewBox", `0 0 ${entry.width} ${entry.height}`);
    else svg?.removeAttribute("viewBox");
  }
}

const recolor = () => drawn().forEach(draw);
addEventListener("beforeprint", () => print(true));
addEventListener("afterprint", () => print(false));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolor);
new MutationObserver(recolor).observe(document.documentElement, { attributeFilter: ["data-theme"] });
document.addEventListener("htmx:after:swap", scan);
scan(); // the script is deferred: the page is there
