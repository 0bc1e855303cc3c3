// Tasks done, in percent, as lying bars from zero with a rule at the task.
import { textWidth } from "./text.js";
import { alongAxis } from "./tooltip.js";

const TOP = 26; // the rule's name stands above
const ROW = 32;
const TONES = ["ok", "warn", "bad", "none"];

export const height = (spec) => spec.labels.length * ROW + TOP + 8;

export function option(spec, { width, color }) {
  const values = spec.series.flatMap((series) => series.values).filter((value) => value != null);
  const rule = spec.lines?.[0]?.value ?? 100;
  const most = Math.max(rule * 1.15, ...values.map((value) => value * 1.04)); // the track reaches past the task
  const name = Math.min(Math.ceil(textWidth(spec.labels, color.font)) + 2, width * 0.4);
  const first = spec.series[0]?.value_texts ?? [];
  const text = Math.ceil(textWidth(first, color.font, 12, 600));
  const category = {
    type: "category",
    data: spec.labels,
    inverse: true,
    axisTick: { show: false },
    axisLine: { show: false },
  };
  return {
    tooltip: alongAxis({ ...spec, unit: "" }, "shadow", color), // each figure carries its per cent sign
    grid: { left: name + 20, right: text + 22, top: TOP, bottom: 8, outerBoundsMode: "none" },
    xAxis: { type: "value", min: 0, max: most, axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: [
      { ...category, axisLabel: { color: color("ink"), fontSize: 12, interval: 0, width: name, overflow: "truncate" } },
      // The figures in one column at the right, where the rule cannot cross them.
      {
        ...category,
        data: first.map((value) => value || " "),
        position: "right",
        axisLabel: { color: color("ink"), fontSize: 12, fontWeight: 600, interval: 0 },
      },
    ],
    series: spec.series.map((series, order) => ({
      type: "bar",
      name: series.name,
      barCategoryGap: "56%",
      showBackground: true,
      backgroundStyle: { color: color("surface-3") },
      emphasis: { disabled: true },
      data: series.values.map((value, index) => ({ value, itemStyle: { color: tone(series.tones?.[index], color) } })),
      markLine: order ? undefined : rules(spec, color),
    })),
  };
}

const tone = (name, color) =>
  TONES.includes(name) ? color(name === "none" ? "none" : `${name}-fill`) : color("series");

function rules(spec, color) {
  return {
    symbol: "none",
    silent: true,
    lineStyle: { color: color("ink"), width: 2, type: "solid" },
    label: { position: "start", distance: 6, color: color("ink"), fontSize: 12 },
    data: (spec.lines ?? []).map((line) => ({ xAxis: line.value, label: { formatter: () => line.name } })),
  };
}
