// Gains and losses as bars from zero: upright, or lying where their texts would collide.
import { axis, textWidth, ticks, valueAxis } from "./text.js";
import { alongAxis } from "./tooltip.js";

const ROW = 26;
const TOP = 30;
const GAP = 6; // between a bar's end and its text

const known = (spec) => spec.series.flatMap(({ values }) => values).filter((value) => value != null);
const texts = (spec) => spec.series.flatMap((series) => series.value_texts ?? []);

// Bars of opposite signs share one slot; of the same sign they stand side by side.
const shared = (spec) =>
  spec.labels.every((_, index) => {
    const signs = spec.series.map(({ values }) => Math.sign(values[index] ?? 0)).filter(Boolean);
    return new Set(signs).size === signs.length;
  });

function lies(spec, width, font = getComputedStyle(document.body).fontFamily) {
  const slot = (width - 60) / Math.max(1, spec.labels.length);
  const words = spec.labels.flatMap((label) => label.split(/[\s-]+/));
  const lines = Math.max(0, ...spec.labels.map((label) => textWidth([label], font))) / slot;
  const bars = shared(spec) ? 1 : spec.series.length;
  return (
    textWidth(texts(spec), font, 12, 600) + 8 > slot / bars ||
    lines > (width < 480 ? 1 : 2) ||
    (/[a-z]/i.test(words.join("")) && textWidth(words, font) > slot - 4)
  );
}

/** Lying bars need a height by their number; null leaves it to the style sheet. */
export function height(spec, width) {
  return lies(spec, width) ? spec.labels.length * ROW * (shared(spec) ? 1 : spec.series.length * 0.8) + TOP + 8 : null;
}

export function option(spec, size) {
  return lies(spec, size.width, size.color.font) ? lying(spec, size) : upright(spec, size);
}

function upright(spec, { width, height: full, color }) {
  const values = [0, ...known(spec)];
  const low = Math.min(...values);
  const high = Math.max(...values) || (low < 0 ? 0 : 1); // nothing but zeros still has an axis
  const room = ((high - low || 1) * 20) / (full - TOP - 50); // a text's height beyond the outermost bars
  const scale = axis(low < 0 ? low - room : 0, high > 0 || !low ? high + room : 0, spec.locale);
  const left = Math.ceil(textWidth(ticks(scale).map(scale.format), color.font)) + 20;
  const slot = (width - left - 16) / Math.max(1, spec.labels.length);
  const wraps = textWidth(spec.labels, color.font) > slot - 6;
  return {
    tooltip: alongAxis(spec, "shadow", color),
    grid: { left, right: 16, top: TOP, bottom: wraps ? 42 : 28, outerBoundsMode: "none" },
    xAxis: {
      ...labels(spec, color),
      axisLabel: {
        color: color("ink-2"),
        fontSize: 12,
        interval: 0,
        width: slot - 6,
        overflow: "break",
        lineHeight: 15,
      },
    },
    yAxis: valueAxis(scale, spec.unit, left, color),
    series: bars(spec, color, ["top", "bottom"], { yAxis: 0 }),
  };
}

function lying(spec, { width, color }) {
  const values = [0, ...known(spec)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const name = Math.min(Math.ceil(textWidth(spec.labels, color.font)) + 2, width * 0.4);
  const text = textWidth(texts(spec), color.font, 12, 600) + GAP + 2;
  const [before, after] = [low < 0 ? text : 0, high > 0 ? text : 0]; // pixels for the texts beyond the bars
  const perPixel = (high - low || 1) / Math.max(40, width - name - 36 - before - after);
  return {
    tooltip: alongAxis(spec, "shadow", color),
    grid: { left: name + 20, right: 16, top: TOP, bottom: 8, outerBoundsMode: "none" },
    xAxis: {
      type: "value",
      position: "top",
      min: low - before * perPixel,
      max: high + after * perPixel,
      name: spec.unit,
      nameLocation: "start",
      nameGap: 4,
      nameTextStyle: {
        color: color("ink-3"),
        fontSize: 12,
        align: "left",
        verticalAlign: "bottom",
        padding: [0, 0, 6, -name - 8],
      },
      axisLabel: { show: false },
      splitLine: { show: false },
    },
    yAxis: {
      ...labels(spec, color),
      inverse: true,
      axisLabel: { color: color("ink"), fontSize: 12, interval: 0, width: name, overflow: "truncate" },
    },
    series: bars(spec, color, ["right", "left"], { xAxis: 0 }),
  };
}

function labels(spec, color) {
  return {
    type: "category",
    data: spec.labels,
    axisTick: { show: false },
    axisLine: { show: false, onZero: false },
    splitLine: { show: false },
  };
}

function bars(spec, color, [beyondGain, beyondLoss], zero) {
  return spec.series.map((series, order) => ({
    type: "bar",
    name: series.name,
    barMaxWidth: 48,
    barCategoryGap: "36%",
    barGap: shared(spec) ? "-100%" : "12%",
    emphasis: { disabled: true },
    data: series.values.map((value, index) => ({
      value,
      itemStyle: { color: color(value < 0 ? "loss" : "gain") },
      label: {
        show: value != null,
        position: value < 0 ? beyondLoss : beyondGain,
        distance: GAP - 2,
        formatter: () => series.value_texts?.[index] ?? "",
        color: color("ink"),
        fontSize: 12,
        fontWeight: 600,
      },
    })),
    markLine: order ? undefined : zeroRule(zero, color),
  }));
}

function zeroRule(zero, color) {
  return {
    symbol: "none",
    silent: true,
    label: { show: false },
    lineStyle: { color: color("ink-2"), width: 1, type: "solid" },
    data: [zero],
  };
}
