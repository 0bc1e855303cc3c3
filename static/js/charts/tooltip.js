// Tooltips are DOM nodes: a string would carry style attributes, which the content security policy blocks.

/** The look of the box around every tooltip. */
export function box(color) {
  return {
    confine: true,
    transitionDuration: 0,
    className: "chart-tooltip",
    backgroundColor: color("surface"),
    borderColor: color("line-strong"),
    borderWidth: 1,
    padding: [6, 10],
    textStyle: { color: color("ink"), fontFamily: color.font, fontSize: 13 },
  };
}

/** A heading with its unit, and rows under it: a row is a text, or [name, value]. */
export function note(title, rows, unit = "") {
  const node = document.createElement("div");
  const heading = element("strong", title);
  if (unit) heading.append(element("small", unit));
  node.append(heading);
  for (const row of rows) {
    const line = element("div", "");
    line.append(...(Array.isArray(row) ? [element("span", row[0]), element("b", row[1])] : [row]));
    node.append(line);
  }
  return node;
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** The tooltip of a chart with labels along an axis: every series' text at the hovered label. */
export function alongAxis(spec, pointer, color) {
  const rows = (index) =>
    spec.series
      .filter(({ values }) => values[index] != null)
      .map((series) => [series.name, series.value_texts?.[index] ?? ""]);
  return {
    trigger: "axis",
    axisPointer: {
      type: pointer,
      z: 1, // behind lines and bars
      lineStyle: { color: color("line-strong") },
      shadowStyle: { color: color("surface-3"), opacity: 1 },
    },
    formatter: ([{ dataIndex }]) => {
      const found = rows(dataIndex);
      return found.length ? note(spec.labels[dataIndex], found, spec.unit) : ""; // "" shows no box
    },
  };
}
