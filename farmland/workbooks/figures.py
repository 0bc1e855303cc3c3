"""Figures as JSON, in the shape that programs send them to the interface."""

import json
from types import NoneType
from typing import Any

from django.utils.translation import gettext as _

from farmland.workbooks.filled import Filled, Unreadable
from farmland.workbooks.form import Expected
from farmland.workbooks.lines import MOST_LINES
from farmland.workbooks.plain import LINE, TableReader, check_facts, unit_of, with_unit
from farmland.workbooks.raw import SheetRead
from farmland.workbooks.read import Progress


class Digits(str):
    """A number of a JSON file, as its digits stood there."""


def read_json(content: bytes, expected: Expected, unit: str, progress: Progress = None) -> Filled:
    """The shape of PUT /api/v1/statements/{id}/figures/. Raises Unreadable where it is another."""
    try:
        data = json.loads(content.decode("utf-8-sig"), parse_float=Digits, parse_int=Digits, parse_constant=Digits)
    except (ValueError, RecursionError):
        raise Unreadable("not_json", _("文件不是有效的 JSON（UTF-8）。")) from None
    figures = data.get("figures") if isinstance(data, dict) else data
    if not isinstance(figures, list):
        raise Unreadable("head", _('JSON 应为 {"unit": …, "figures": [{"division": …, "indicator": …, "value": …}]}。'))
    facts = {key: str(value) for key, value in data.items() if key != "figures"} if isinstance(data, dict) else {}
    check_facts(facts, expected)
    if len(figures) > MOST_LINES:
        raise Unreadable("too_large", _("文件最多 %d 行。") % MOST_LINES)
    filled = Filled(unit=unit_of(facts.get("unit", ""), unit, expected))
    sheet = SheetRead("", [list(LINE), *(line_of(figure) for figure in figures)])
    reader = FigureReader(sheet, expected, filled, progress)
    for number, figure in enumerate(figures, start=1):
        if isinstance(figure, dict) and type(figure.get("note")) not in (str, NoneType):
            reader.fault(number, LINE.index("note"), "note", _("说明须为文字。"), str(figure["note"]))
    reader.read_long(0, list(LINE))
    return with_unit(filled, expected)


class FigureReader(TableReader):
    """Reads figures of a JSON file, and calls their places as programs do."""

    def place(self, row: int, column: int) -> str:
        """figures[0].value"""
        return f"figures[{row - 1}].{LINE[column]}"


def line_of(figure: Any) -> list[Any]:
    """One figure as a line of a table; what is no figure at all names no division, and is refused there."""
    if not isinstance(figure, dict):
        return [str(figure)[:60] or "?", *[""] * (len(LINE) - 1)]
    words: list[Any] = []
    for name in LINE:
        value = figure.get(name)
        words.append("" if value is None else value if isinstance(value, (str, bool)) else str(value)[:60])
    return words
