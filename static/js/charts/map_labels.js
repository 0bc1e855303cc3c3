// Names on the map: inside their area where they fit, else beside it with a halo, else not at all.
import { bounds, meet, project, samples, within } from "./map_layout.js";
import { textWidth } from "./text.js";
import { inkOn } from "./theme.js";

const STEPS = [0, -8, 8, -16, 16, -24, 24];
const NEAR = STEPS.flatMap((x) => STEPS.map((y) => [x, y])).sort((a, b) => Math.hypot(...a) - Math.hypot(...b));
const SMALL = 36; // pixels: an area below this size is not covered by names
const LOW = 1; // classes up to this one also print their figure, and come first

/** Code → ECharts label for every area that gets a name. */
export function place(pack, spec, { box, inset, width, height, color }) {
  if (spec.labels === "none") return new Map();
  const fontSize = width < 480 ? 11 : 12;
  const regions = collect(pack, spec, box, Math.min(SMALL, width / 15));
  const taken = regions.filter(({ small }) => small).map(({ code, rect }) => ({ code, rect }));
  if (inset) taken.push({ rect: [inset.left, inset.top, inset.left + inset.width, inset.top + inset.height] });
  const found = new Map();
  for (const region of regions.filter(({ rank }) => spec.labels === "all" || rank <= LOW)) {
    const label = fit(region, regions, taken, { fontSize, width, height, color });
    if (!label) continue;
    taken.push({ rect: label.rect });
    found.set(region.code, style(region, label, fontSize, color));
  }
  return found;
}

// Low classes first, areas without figures last; among equals the small ones, which have the least choice.
function collect(pack, spec, box, small) {
  const areas = new Map(spec.areas.map((area) => [area.code, area]));
  const regions = pack.features
    .filter(({ geometry, properties }) => /Polygon$/.test(geometry.type) && properties.cp)
    .map((feature) => {
      const { name: code, zh, cp } = feature.properties;
      const { type, coordinates } = feature.geometry;
      const rings = (type === "Polygon" ? [coordinates] : coordinates)
        .flat()
        .map((ring) => ring.map((point) => project(box, point)));
      const [x0, y0, x1, y1] = bounds([{ geometry: { coordinates: rings } }]);
      const area = areas.get(code);
      const rank = area ? (Number.isInteger(area.class) ? area.class : 5) : 6;
      const names = { name: area?.short ?? zh ?? area?.name, value: rank <= LOW ? area.label : "" };
      return {
        code,
        area,
        rank,
        ...names,
        rings,
        center: project(box, cp),
        rect: [x0, y0, x1, y1],
        small: Math.sqrt((x1 - x0) * (y1 - y0)) < small,
      };
    });
  const size = ({ rect: [x0, y0, x1, y1] }) => (x1 - x0) * (y1 - y0);
  return regions.sort(
    (a, b) =>
      Math.min(a.rank, LOW + 1) + (a.rank === 6) - Math.min(b.rank, LOW + 1) - (b.rank === 6) || size(a) - size(b),
  );
}

function fit(region, regions, taken, { fontSize, width, height, color }) {
  const free = (rect) =>
    rect[0] >= 1 &&
    rect[1] >= 1 &&
    rect[2] <= width - 1 &&
    rect[3] <= height - 1 &&
    taken.every((other) => other.code === region.code || !meet(rect, other.rect));
  for (const lines of [[region.name, region.value], [region.name]].filter((texts) => texts.every(Boolean))) {
    const half = [textWidth(lines, color.font, fontSize) / 2 + 1, (lines.length * (fontSize + 2)) / 2];
    const at = ([dx, dy]) => {
      const [x, y] = [region.center[0] + dx, region.center[1] + dy];
      return { lines, offset: [dx, dy], rect: [x - half[0], y - half[1], x + half[0], y + half[1]] };
    };
    const inside = NEAR.map(at).find(({ rect }) => samples(rect).every((point) => within(point, region)) && free(rect));
    if (inside) return { ...inside, inside: 1 };
    const own = ({ rect }) => samples(rect).filter((point) => within(point, region)).length / 6;
    const others = (rect) =>
      regions.some((other) => other !== region && samples(rect).some((point) => within(point, other)));
    // Only a small area's name may stand on a neighbour; any other has its middle on its own area, or is at sea.
    const fair = ({ rect, offset: [dx, dy] }) =>
      within([region.center[0] + dx, region.center[1] + dy], region) || (region.small && (!dx || !dy)) || !others(rect);
    const places = around(region, half)
      .map(at)
      .filter((label) => free(label.rect) && fair(label));
    const cost = ({ rect, offset }) =>
      Math.hypot(...offset) / 12 +
      (region.small && offset.every((step) => step === 0) ? 2 : 0) + // it would cover the area
      ambiguity(offset, region, regions) +
      samples(rect).filter((point) => regions.some((other) => other !== region && within(point, other))).length;
    const best = places.length ? places.reduce((least, next) => (cost(next) < cost(least) ? next : least)) : null;
    if (best) return { ...best, inside: own(best) };
  }
  return null;
}

// A name must not stand nearer to another small area than to its own.
function ambiguity([dx, dy], region, regions) {
  const [x, y] = [region.center[0] + dx, region.center[1] + dy];
  const away = ({ center }) => Math.hypot(center[0] - x, center[1] - y);
  return regions.some((other) => other !== region && other.small && away(other) < away(region)) ? 6 : 0;
}

// On the area or close by, and on each side of it where it is small.
function around({ center: [x, y], rect: [x0, y0, x1, y1], small }, [w, h]) {
  if (!small) return NEAR.filter(([dx, dy]) => Math.hypot(dx, dy) < 20);
  const [right, left, below, above] = [x1 - x + w + 2, x0 - x - w - 2, y1 - y + h + 2, y0 - y - h - 2];
  return [
    [0, 0],
    [right, 0],
    [0, above],
    [0, below],
    [left, 0],
    [right, below],
    [right + w / 2, below],
    [right + w / 2, 0],
    [right, above],
    [left, below],
    [left, above],
  ];
}

// The halo is the area's own colour on it, so that hatching stays off the letters, and the page's beside it.
function style({ area }, { lines, offset, inside }, fontSize, color) {
  const fill = color(`map-${area?.class ?? "none"}`);
  const clean = inside === 1 && (area?.class ?? 0) !== 0;
  const on = inside > 0.6;
  return {
    show: true,
    formatter: () => lines.join("\n"),
    offset,
    fontSize,
    lineHeight: fontSize + 2,
    color: on ? inkOn(fill) : color("ink"),
    textBorderColor: on ? fill : color("surface"),
    textBorderWidth: clean ? 0 : 2.5,
  };
}
