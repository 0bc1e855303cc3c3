// Where the map and its inset stand in the plot, and what lies where. Coordinates are kilometres; y grows to the north.

const INSET_SHARE = 0.125; // the inset's width, of the map's
const INSET_OUT = 0.02; // how far it reaches beyond the map's right edge
const PAD = 6; // pixels around everything

/** Every point of a feature, in kilometres. */
export function* points({ geometry }) {
  const stack = [geometry.coordinates];
  while (stack.length) {
    const item = stack.pop();
    if (typeof item[0] === "number") yield item;
    else stack.push(...item);
  }
}

export function bounds(features) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const feature of features)
    for (const [x, y] of points(feature)) {
      if (x < box[0]) box[0] = x;
      if (y < box[1]) box[1] = y;
      if (x > box[2]) box[2] = x;
      if (y > box[3]) box[3] = y;
    }
  return box;
}

/** Pixel boxes { left, top, width, height, bounds, scale } of map and inset, as large as the plot allows. */
export function layout(pack, inset, width, height) {
  const main = bounds(pack.features);
  const corner = inset ? insetPlace(pack, main, bounds(inset.features)) : null;
  const all = corner ? [main[0], Math.min(main[1], corner[1]), Math.max(main[2], corner[2]), main[3]] : main;
  const scale = Math.min((width - 2 * PAD) / (all[2] - all[0]), (height - 2 * PAD) / (all[3] - all[1]));
  const left = (width - (all[2] - all[0]) * scale) / 2;
  const top = (height - (all[3] - all[1]) * scale) / 2;
  const box = ([x0, y0, x1, y1]) => ({
    left: left + (x0 - all[0]) * scale,
    top: top + (all[3] - y1) * scale,
    width: (x1 - x0) * scale,
    height: (y1 - y0) * scale,
  });
  const insetBox = corner && { ...box(corner), bounds: bounds(inset.features) };
  return {
    main: { ...box(main), bounds: main, scale },
    inset: insetBox && { ...insetBox, scale: insetBox.width / (insetBox.bounds[2] - insetBox.bounds[0]) },
  };
}

// At the lower right corner: its foot at the map's, or lower where points stand above it.
function insetPlace(pack, main, own) {
  const span = main[2] - main[0];
  const right = main[2] + span * INSET_OUT;
  const left = right - span * INSET_SHARE;
  let ceiling = main[3];
  for (const feature of pack.features)
    for (const [x, y] of points(feature)) if (x > left - span * 0.008 && y < ceiling) ceiling = y;
  const tall = ((right - left) * (own[3] - own[1])) / (own[2] - own[0]);
  const top = Math.min(ceiling - span * 0.012, main[1] + tall);
  return [left, top - tall, right, top];
}

/** A point in kilometres → pixels of the plot. */
export const project = ({ left, top, bounds: [x0, , , y1], scale }, [x, y]) => [
  left + (x - x0) * scale,
  top + (y1 - y) * scale,
];

/** Whether two rectangles [left, top, right, bottom] overlap. */
export const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/** Six points on a rectangle's upper and lower edge. */
export const samples = ([x0, y0, x1, y1]) => [x0, (x0 + x1) / 2, x1].flatMap((x) => [y0, y1].map((y) => [x, y]));

/** Whether a pixel lies on an area: { rings, rect } in pixels. */
export function within([x, y], { rings, rect }) {
  if (x < rect[0] || x > rect[2] || y < rect[1] || y > rect[3]) return false;
  let odd = false;
  for (const ring of rings)
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [[ax, ay], [bx, by]] = [ring[i], ring[j]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
    }
  return odd;
}
