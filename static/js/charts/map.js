// Areas coloured by class, joined by division code; the South China Sea islands in an inset of their own.
import { layout, project } from "./map_layout.js";
import { place } from "./map_labels.js";
import { textWidth } from "./text.js";
import { note } from "./tooltip.js";

const packs = new Map(); // URL → promise of the parsed GeoJSON, once per page
const loaded = new Map(); // URL → parsed GeoJSON

/** Fetch the maps it needs, before it is drawn. A parsed object is registered: text would need eval. */
export async function prepare(spec, register) {
  await Promise.all(
    [spec.map, spec.inset].filter(Boolean).map((url) => {
      if (!packs.has(url)) packs.set(url, load(url, register));
      return packs.get(url);
    }),
  );
}

async function load(url, register) {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    const pack = await response.json();
    register(url, pack);
    loaded.set(url, pack);
  } catch (error) {
    packs.delete(url); // the next chart may try again
    throw error;
  }
}

export function click(spec, { data, event }) {
  if (!data?.url) return;
  if (event?.event?.ctrlKey || event?.event?.metaKey) window.open(data.url, "_blank", "noopener");
  else window.location.assign(data.url);
}

export function option(spec, { width, height, color }) {
  const [pack, inset] = [loaded.get(spec.map), spec.inset ? loaded.get(spec.inset) : null];
  const boxes = layout(pack, inset, width, height);
  const labels = place(pack, spec, { box: boxes.main, inset: boxes.inset, width, height, color });
  const series = [drawing(spec, spec.map, pack, boxes.main, labels, color)];
  if (inset)
    series.push(drawing(spec, spec.inset, inset, boxes.inset, frameLabel(spec, inset, boxes.inset, color), color));
  const formatter = ({ data }) => (data?.title ? note(data.title, data.rows) : "");
  return { tooltip: { trigger: "item", formatter }, series };
}

function drawing(spec, url, pack, { left, top, width, height }, labels, color) {
  const areas = new Map(spec.areas.map((area) => [area.code, area]));
  const features = new Map(pack.features.map((feature) => [feature.properties.name, feature]));
  return {
    type: "map",
    map: url,
    aspectScale: 1,
    selectedMode: false,
    roam: false,
    left,
    top,
    width,
    height,
    label: { show: false },
    itemStyle: { borderColor: color("map-rule"), borderWidth: 0.8 },
    data: [...features].map(([name, feature]) =>
      /Polygon$/.test(feature.geometry.type)
        ? shape(name, feature, areas.get(name), spec, labels.get(name), color)
        : line(name, url === spec.inset, labels.get(name), color),
    ),
  };
}

// A value would hide the label behind a legend symbol, so there is none: class and texts are the area's own.
function shape(name, feature, area, spec, label, color) {
  const level = area?.class ?? "none";
  const fill = color(`map-${level}`);
  const hatch = level === 0 || level === "none" ? color(`map-${level}-hatch`) : null;
  const itemStyle = { areaColor: fill, decal: hatch ? hatching(hatch, level === 0 ? 1 : -1) : undefined };
  return {
    name,
    title: area?.name ?? feature.properties.zh,
    rows: area ? (area.lines?.length ? area.lines : [area.label]).filter(Boolean) : [spec.no_data],
    url: area?.url,
    itemStyle,
    label: label ?? { show: false },
    emphasis: {
      itemStyle: { areaColor: fill, borderColor: color("ink"), borderWidth: 1.6 },
      label: label ?? { show: false },
    },
  };
}

function line(name, inset, label, color) {
  const style = {
    borderColor: color("map-outline"),
    borderWidth: (name === "dash" ? 1.6 : 0.9) * (inset && name !== "frame" ? 0.6 : 1),
  };
  return {
    name,
    silent: true,
    itemStyle: style,
    label: label ?? { show: false },
    emphasis: { disabled: true, itemStyle: style },
  };
}

function hatching(color, lean) {
  return {
    symbol: "rect",
    symbolSize: 1,
    color,
    dashArrayX: [1, 0],
    dashArrayY: [1.6, 4.4],
    rotation: (lean * Math.PI) / 4,
  };
}

// The inset's name at the foot of its frame.
function frameLabel(spec, inset, box, color) {
  const frame = inset.features.find(({ properties }) => properties.name === "frame");
  if (!frame || !spec.inset_label) return new Map();
  const fontSize = box.width < 54 ? 9 : 10;
  const across = (box.width - textWidth([spec.inset_label], color.font, fontSize)) / 2 - 3;
  if (across < -1) return new Map(); // a frame too narrow for its name goes without
  const center = project(
    box,
    frame.properties.cp ?? [(box.bounds[0] + box.bounds[2]) / 2, (box.bounds[1] + box.bounds[3]) / 2],
  );
  const offset = [
    box.left + box.width / 2 + Math.max(0, across) - center[0],
    box.top + box.height - fontSize / 2 - 4 - center[1],
  ];
  const text = { show: true, formatter: () => spec.inset_label, fontSize, offset, color: color("ink-2") };
  return new Map([["frame", { ...text, textBorderColor: color("surface"), textBorderWidth: 2 }]]);
}
