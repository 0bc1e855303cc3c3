// Sizes of text and round axes, so that margins and labels are decided before anything is drawn.

const context = document.createElement("canvas").getContext("2d");

/** Width in pixels of the widest of these texts. */
export function textWidth(texts, font, size = 12, weight = 400) {
  context.font = `${weight} ${size}px ${font}`;
  return Math.max(0, ...texts.filter(Boolean).map((text) => context.measureText(text).width));
}

/** A round axis around low…high: { min, max, interval, format }, of about `count` steps. */
export function axis(low, high, locale, count = 5) {
  const span = high - low || Math.abs(high) / 10 || 1;
  const power = 10 ** Math.floor(Math.log10(span / count));
  const interval = power * [1, 2, 2.5, 5, 10].find((step) => step * power * count >= span * 0.999);
  const digits = Math.max(0, -Math.floor(Math.log10(power)) + (interval === 2.5 * power ? 1 : 0));
  const numbers = new Intl.NumberFormat(locale, {
    maximumFractionDigits: digits,
    minimumFractionDigits: power < 1 ? digits : 0,
  });
  const round = (value) => Number(value.toFixed(10));
  const min = round(Math.floor(round(low / interval)) * interval);
  return {
    min,
    max: Math.max(round(Math.ceil(round(high / interval)) * interval), round(min + interval)),
    interval,
    format: (value) => numbers.format(value).replace("-", "−"),
  };
}

/** All tick values of an axis. */
export function ticks({ min, max, interval }) {
  return Array.from({ length: Math.round((max - min) / interval) + 1 }, (_, index) => min + index * interval);
}

/** The axis of values, its unit above it at the left edge. */
export function valueAxis(scale, unit, left, color) {
  return {
    type: "value",
    min: scale.min,
    max: scale.max,
    interval: scale.interval,
    name: unit,
    nameGap: 14,
    nameTextStyle: { color: color("ink-3"), fontSize: 12, align: "left", padding: [0, 0, 0, -left + 12] },
    axisLabel: { color: color("ink-2"), fontSize: 12, formatter: scale.format },
    splitLine: { lineStyle: { color: color("line") } },
  };
}
