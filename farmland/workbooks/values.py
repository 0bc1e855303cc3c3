"""What stands in a cell: as text, as digits, as a word for why there are none, or what is wrong with it."""

import datetime
from collections.abc import Mapping
from typing import Any

from farmland.workbooks.form import DOUBT
from farmland.workbooks.numbers import MOST_DECIMALS, of_float, of_text


def text_of(value: Any) -> str:
    """A cell as text: a code that a program turned into a number as its digits."""
    return value.strip() if isinstance(value, str) else of_float(value) if isinstance(value, float) else str(value)


def unquoted(text: str) -> str:
    """Text without the sign that kept a spreadsheet from running it."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r") else text


def parse(value: Any, odd: str, words: Mapping[str, str]) -> tuple[str, str, str]:
    """What stands in a cell as digits, as a word for why there are none, or what is wrong with it."""
    if odd:
        return "", "", odd
    if isinstance(value, str):
        if value.startswith(DOUBT):
            return "", "", "doubt"
        if absence := words.get(value.strip().lower()):
            return "", absence, ""
        text, problem = of_text(value)
        return text, "", problem
    if isinstance(value, bool):
        return "", "", "boolean"
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return "", "", "date"
    text = of_float(value)
    if not text or text[0] == "-":
        return "", "", "negative" if text else "number"
    if len(text) > MOST_DECIMALS + 2 and len(text.partition(".")[2]) > MOST_DECIMALS:
        return "", "", "decimals"
    return text, "", "number" if len(text) > 40 else ""


def padded(text: str, decimals: int) -> str:
    """The digits with the decimals that the cell shows."""
    whole, _point, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(decimals, '0')}"
