// Numbers as people type and copy them, turned into plain decimal strings, and sums of these in whole numbers (BigInt):
// no value ever becomes a floating-point number.

const NOTHING = /^(?:[-‐‑‒–—―−﹣]+|\/)?$/;
const PLAIN = /^([-−﹣+])?(\d+(?:\.\d*)?|\.\d+)(?:e([-−﹣+]?\d{1,2}))?$/i;
const GROUPED = /^([-−﹣+]?)(\d{1,3}(?:([, ])\d{3})(?:\3\d{3})*)(\.\d*)?$/;

// "１，２３４．５", "(66)" and "1.2e3" become "1234.5", "-66" and "1200"; "" stands for no figure; null is not a number.
export function clean(text) {
  let bare = halfWidth(text).replace(/\s+/g, " ").trim().replace(/^'/, "");
  if (NOTHING.test(bare)) return "";
  const bracketed = /^\( ?([^-−﹣+].*?) ?\)$/.exec(bare);
  if (bracketed) bare = `-${bracketed[1]}`;
  bare = bare.replace(/^([-−﹣+]) /, "$1");
  const grouped = GROUPED.exec(bare);
  // Only groups of three are separators: "1,5" may mean one and a half, and is refused.
  if (grouped) bare = grouped[1] + grouped[2].replaceAll(grouped[3], "") + (grouped[4] ?? "");
  const found = PLAIN.exec(bare);
  if (!found) return null;
  const [, sign, digits, exponent] = found;
  const plain = tidy(exponent ? shift(digits, Number(exponent.replace(/[−﹣]/, "-"))) : digits);
  return sign && sign !== "+" && /[1-9]/.test(plain) ? `-${plain}` : plain;
}

// Full-width forms have their own block; nothing else is converted ("5²" must not become 52).
const halfWidth = (text) =>
  text.replace(/[！-～]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, " ");

function tidy(digits) {
  const [whole, fraction] = digits.split(".");
  return (whole.replace(/^0+(?=\d)/, "") || "0") + (fraction ? `.${fraction}` : "");
}

function shift(digits, places) {
  const [whole, fraction = ""] = digits.split(".");
  const point = whole.length + places;
  if (point <= 0) return `0.${"0".repeat(-point)}${whole}${fraction}`;
  const all = (whole + fraction).padEnd(point, "0");
  return point < all.length ? `${all.slice(0, point)}.${all.slice(point)}` : all;
}

// The same number, however it is written; texts that are no numbers are compared as they are.
export function same(one, other) {
  const [left, right] = [one, other].map((text) => {
    const plain = clean(text ?? "");
    return plain === null ? text : plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain;
  });
  return left === right || (isZero(left) && isZero(right));
}

const isZero = (plain) => /^-?0$/.test(plain);

// A plain decimal as { digits: BigInt, scale }: its value is digits / 10^scale.
export function decimal(plain) {
  const [whole, fraction = ""] = plain.split(".");
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

export function add(one, other) {
  if (!one || !other) return one ?? other ?? null;
  const scale = Math.max(one.scale, other.scale);
  const at = ({ digits, scale: own }) => digits * 10n ** BigInt(scale - own);
  return { digits: at(one) + at(other), scale };
}

// As the tables print: rounded half up, grouped, with a minus that is as wide as a digit.
export function format({ digits, scale }, decimals) {
  const negative = digits < 0n;
  let size = negative ? -digits : digits;
  if (scale > decimals) {
    const unit = 10n ** BigInt(scale - decimals);
    size = (size * 2n + unit) / (unit * 2n);
  } else {
    size *= 10n ** BigInt(decimals - scale);
  }
  const text = size.toString().padStart(decimals + 1, "0");
  const whole = text.slice(0, text.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  return (negative && size ? "−" : "") + whole + (decimals ? `.${text.slice(-decimals)}` : "");
}
