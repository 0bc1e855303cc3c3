"""Numbers of a spreadsheet as plain digits and back, without a digit gained or lost."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from farmland.ui.typed import clean

MOST_EXACT = 15  # significant digits that every spreadsheet program keeps of a number
MOST_DECIMALS = 12
PLAIN = re.compile(r"[0-9]{1,40}(\.[0-9]{1,12})?")
SCIENTIFIC = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{0,30})?[eE][+-]?[0-9]{1,3}")


def canonical(text: str) -> str:
    """The same number without zeros at its end."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_float(text: str) -> float | None:
    """The number that a spreadsheet keeps exactly; None where it must stay text."""
    digits = text.replace(".", "").lstrip("0")
    if len(digits) > MOST_EXACT or not PLAIN.fullmatch(text):
        return None
    return float(text)


def of_float(value: float) -> str:
    """The shortest digits that are this number: 0.1, never 0.1000000000000000055; "" for what is no number at all."""
    text = repr(value)
    if text[-2:] == ".0":
        text = text[:-2]
    if "e" in text:
        text = f"{Decimal(text):f}"
        return canonical(text)
    return "" if text in ("inf", "-inf", "nan") else text


def ordinary(value: Any) -> str:
    """The digits of a number that needs no closer look; "" for all else. Nearly every cell of a file is one."""
    if value.__class__ is float and 1e-4 <= value < 1e15:  # within them no number is written with an exponent
        text = repr(value)
        if len(text) <= MOST_DECIMALS + 2:
            return text[:-2] if text[-2:] == ".0" else text
    return ""


def of_text(text: str) -> tuple[str, str]:
    """Typed text as plain digits, or a code for why it is no figure."""
    bare = clean(text)
    if not bare or PLAIN.fullmatch(bare):
        return bare, ""
    if SCIENTIFIC.fullmatch(bare):
        try:
            exact = canonical(f"{Decimal(bare):f}")
        except InvalidOperation:
            return bare, "number"
        return exact, why_not(exact)
    return bare, why_not(bare)


def why_not(text: str) -> str:
    """Why digits cannot be taken; "" where they can."""
    if PLAIN.fullmatch(text):
        return ""
    if text.lstrip(" '")[:1] in ("=", "+", "@") or re.match(r"-[^0-9.]", text):
        return "formula_text"
    if text[:1] == "-" and PLAIN.fullmatch(text[1:]):
        return "negative"
    if text[-1:] == "%":
        return "percent"
    whole, point, fraction = text.partition(".")
    if point and len(fraction) > MOST_DECIMALS and (whole + fraction).isascii() and (whole + fraction).isdigit():
        return "decimals"
    return "number"


def sentence(code: str, text: str) -> str:
    """What is wrong with a cell, and what to do."""
    shown = text if len(text) <= 40 else text[:39] + "…"
    return {
        "formula": _("这一格是公式，请改为数值（复制后“选择性粘贴—数值”）。"),
        "formula_text": _("“%s”以公式符号开头，不是数。请填写数值。"),
        "doubt": _("这一格上次有错误，还没有改正。请填写数值或文字，并去掉开头的“⚠”。"),
        "percent": _("这一格是百分比，请按面积等原有计量单位填写数值。"),
        "date": _("这一格是日期或时间，请改为数值，并把单元格格式设为“常规”。"),
        "boolean": _("这一格是逻辑值，请填写数值。"),
        "error": _("这一格是错误值，请改为数值。"),
        "negative": _("“%s”是负数，请填写零或正数。"),
        "decimals": _("“%s”的小数超过 12 位，多为计算所得。请四舍五入到需要的位数。"),
        "number": _("“%s”不是数，请填写数值（年度报表中也可填“不适用”或“空缺”）。"),
    }[code].replace("%s", shown)
