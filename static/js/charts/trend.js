// Lines over the years with target and red line. The axis starts near the figures and is labelled.
import { axis, textWidth, ticks, valueAxis } from "./text.js";
import { alongAxis } from "./tooltip.js";
import { marks } from "./trend_marks.js";

const TOP = 30; // the unit stands above the axis
const BOTTOM = 26;

export function option(spec, { width, height, color }) {
  const { font } = color;
  const all = [...spec.series.flatMap(({ values }) => values), ...(spec.lines ?? []).map(({ value }) => value)].filter(
    (value) => value != null,
  );
  const low = all.length ? Math.min(...all) : 0;
  const high = all.length ? Math.max(...all) : 1;
  const room = (high - low) * 0.1; // for the labels of the highest point and the lowest line
  const scale = axis(low < 0 ? low - room : Math.max(0, low - room), high + room, spec.locale, height < 220 ? 4 : 5);
  const left = Math.ceil(textWidth(ticks(scale).map(scale.format), font)) + 20;
  const right = Math.ceil(textWidth(spec.labels, font) / 2) + 8;
  const frame = { left, right, top: TOP, bottom: BOTTOM, width: width - left - right, height: height - TOP - BOTTOM };
  const step = labelStep(spec.labels, frame.width, font);
  return {
    tooltip: alongAxis(spec, "line", color),
    grid: { left, right, top: TOP, bottom: BOTTOM, outerBoundsMode: "none" },
    xAxis: {
      type: "category",
      data: spec.labels,
      boundaryGap: false,
      axisTick: { show: false },
      axisLine: { onZero: false, lineStyle: { color: color("line-strong") } },
      axisLabel: { color: color("ink-2"), fontSize: 12, hideOverlap: false, interval: (index) => index % step === 0 },
    },
    yAxis: valueAxis(scale, spec.unit, left, color),
    series: [
      ...spec.series.flatMap((series) => segments(series, spec, color)),
      { type: "line", data: [], silent: true, markLine: marks(spec, scale, frame, color) },
    ],
  };
}

// Every n-th label so that they stand apart, reaching the last one where a divisor does.
function labelStep(labels, width, font) {
  const gaps = Math.max(1, labels.length - 1);
  const least = Math.max(1, Math.ceil(((textWidth(labels, font) + 12) * gaps) / width));
  for (let step = least; step <= Math.min(gaps, least * 2); step += 1) if (gaps % step === 0) return step;
  return least;
}

// The labelled points: first and last actual figure, last projected one.
function ends(spec) {
  return spec.series.flatMap((series) => {
    const known = series.values.flatMap((value, index) => (value == null ? [] : [index]));
    const chosen = series.role === "projection" ? known.slice(-1) : [...new Set([known[0], known[known.length - 1]])];
    return chosen
      .filter((index) => index != null)
      .map((index) => ({ series, index, text: series.value_texts?.[index] ?? "" }));
  });
}

// A break (a changed survey basis before labels[index]) divides the line in two.
function segments(series, spec, color) {
  const cuts = [0, ...(spec.breaks ?? []), series.values.length];
  const projected = series.role === "projection";
  const labelled = new Map(
    ends(spec)
      .filter((end) => end.series === series)
      .map((end) => [end.index, end.text]),
  );
  return cuts.slice(1).map((end, part) => ({
    type: "line",
    name: series.name,
    connectNulls: false,
    color: color("series"),
    lineStyle: { width: 2, type: projected ? [5, 4] : "solid" },
    symbolSize: projected ? 4 : 6,
    showAllSymbol: true,
    emphasis: { disabled: true },
    z: projected ? 2 : 3,
    data: series.values.map((value, index) => {
      const inside = index >= cuts[part] && index < end;
      const point = { value: inside ? value : null, symbol: projected && !labelled.has(index) ? "none" : "circle" };
      if (series.demo?.[index]) Object.assign(point, hollow(color));
      if (inside && labelled.has(index))
        point.label = endLabel(labelled.get(index), place(series, index), projected, color);
      return point;
    }),
  }));
}

// A demo figure's point. ECharts' own hollow symbols are white inside on any ground.
const hollow = (color) => ({
  symbolSize: 7,
  itemStyle: { color: color("surface"), borderColor: color("series"), borderWidth: 1.5 },
});

// At the edges a label stands inward, off the axis and the edge of the plot; under the point where the line is above.
function place({ values }, index) {
  const last = values.length - 1;
  const beside = [values[index - 1], values[index + 1]].filter((value) => value != null);
  const above = beside.reduce((sum, value) => sum + value - values[index], 0) > 0;
  const align = last && index === 0 ? "left" : last && index === last ? "right" : "center";
  return { align, position: above ? "bottom" : "top" };
}

function endLabel(text, placed, projected, color) {
  return {
    show: true,
    ...placed,
    distance: 6,
    formatter: () => text,
    color: color(projected ? "ink-2" : "ink"),
    fontSize: 12,
    fontWeight: projected ? 400 : 600,
    textBorderColor: color("surface"),
    textBorderWidth: 3,
  };
}
