// The lines across a trend: target, red line, and where the survey's basis changed.

/** Target and red line each carry their name where the figures leave room; breaks are dotted uprights. */
export function marks(spec, scale, frame, color) {
  const across = (position) => frame.left + (frame.width * position) / Math.max(1, spec.labels.length - 1);
  const lines = (spec.lines ?? []).map((line) => ({
    yAxis: line.value,
    lineStyle: { color: color(line.role === "red_line" ? "bad-fill" : "ink"), width: 1.5, type: "solid" },
    label: {
      formatter: () => line.name,
      position: position(line, spec, scale, frame),
      color: color(line.role === "red_line" ? "bad" : "ink"),
    },
  }));
  const uprights = (spec.breaks ?? []).map((index) => [
    {
      x: across(index - 0.5),
      y: frame.top,
      lineStyle: { color: color("line-strong"), width: 1, type: [2, 3] },
      label: { show: false },
    },
    { x: across(index - 0.5), y: frame.top + frame.height },
  ]);
  const label = { distance: 4, fontSize: 12, textBorderColor: color("surface"), textBorderWidth: 3 };
  // The library would round the place of a line to two decimals.
  return { symbol: "none", silent: true, precision: 12, label, data: [...lines, ...uprights] };
}

// Of the four places of a line's name the one farthest from figures and other lines.
function position(line, spec, scale, frame) {
  const pixel = (value) => ((value - scale.min) / (scale.max - scale.min)) * frame.height;
  const third = Math.ceil(spec.labels.length / 3);
  const clear = (side, above) => {
    const near = spec.series.flatMap(({ values }) =>
      side === "Start" ? values.slice(0, third + 1) : values.slice(-third - 1),
    );
    const others = (spec.lines ?? []).filter((other) => other !== line).map(({ value }) => value);
    const gaps = [...near.filter((value) => value != null), ...others].map(
      (value) => (pixel(value) - pixel(line.value)) * (above ? 1 : -1),
    );
    const edge = above ? frame.height - pixel(line.value) : pixel(line.value);
    return Math.min(edge, ...gaps.filter((gap) => gap > -8).map(Math.abs), 40);
  };
  const places = [
    ["Start", false],
    ["Start", true],
    ["End", true],
    ["End", false],
  ];
  const [side, above] = places.reduce((best, place) => (clear(...place) > clear(...best) ? place : best));
  return `inside${side}${above ? "Top" : "Bottom"}`;
}
