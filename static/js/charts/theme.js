// Colours come from the page's CSS variables alone; an element with its own data-theme has its own.

/** A reader of an element's colour tokens: color("ink") is the value of --ink, color.font the font family. */
export function tokens(element) {
  const style = getComputedStyle(element);
  const color = (name) => style.getPropertyValue(`--${name}`).trim();
  color.font = style.fontFamily;
  return color;
}

function luminance(hex) {
  const digits = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit) : hex.slice(1).match(/../g);
  const [red, green, blue] = digits.map((pair) => {
    const part = parseInt(pair, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The ink, dark or white, that reads better on this colour (#rgb or #rrggbb). */
export function inkOn(hex) {
  const ground = luminance(hex) + 0.05;
  return 1.05 / ground > ground / (luminance("#14201b") + 0.05) ? "#ffffff" : "#14201b";
}
