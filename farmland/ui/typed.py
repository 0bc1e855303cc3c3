"""Numbers as people type and copy them."""

import re

NOTHING = re.compile(r"(?:[-‐‑‒–—―−﹣]+|/)?")
GROUPED = re.compile(r"([-−﹣+]?)([0-9]{1,3}(?:([, ])[0-9]{3})(?:\3[0-9]{3})*)(\.[0-9]*)?")
PLAIN = re.compile(r"([-−﹣+])?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}


def clean(text: str) -> str:
    """A number as people type and copy it, as plain digits: 「１，２３４．５」 becomes 1234.5, a dash is no figure.

    The same as `clean` of static/js/grid/numbers.js; what is no number stays as it was typed, to be refused by name.
    """
    bare = re.sub(r"\s+", " ", text.translate(FULL_WIDTH)).strip().removeprefix("'")
    if NOTHING.fullmatch(bare):
        return ""
    if grouped := GROUPED.fullmatch(bare):
        bare = grouped[1] + grouped[2].replace(grouped[3], "") + (grouped[4] or "")
    found = PLAIN.fullmatch(bare)
    if not found:
        return text.strip()
    whole, _point, fraction = found[2].partition(".")
    plain = (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
    return f"-{plain}" if found[1] and found[1] != "+" and plain.strip("0.") else plain
