"""A file on its way back: what stood in it where it stood, faulty cells red with the reason beside them, and a list of all."""

import io
from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _
from xlsxwriter.workbook import Workbook

from farmland.workbooks.filled import Fault
from farmland.workbooks.form import DOUBT, FORMAT, IDS, NOTES, SUM
from farmland.workbooks.places import cell_of
from farmland.workbooks.raw import SheetRead
from farmland.workbooks.read import Ids, marker_of
from farmland.workbooks.tables import safe, sheet_name
from farmland.workbooks.values import text_of

# What would pass for a figure once its formula, format or joined cells are gone stays text until somebody corrects it.
DOUBTFUL = {"formula", "formula_text", "percent", "date", "boolean", "error", "merged", "doubt"}
GREY, RED = "#EEF0EF", "#F8C9C4"


def mark(sheets: Sequence[SheetRead], faults: Iterable[Fault]) -> bytes:
    """The sheets as XLSX with every fault marked at its cell, and first a sheet 错误清单 that names each cell.

    Every cell keeps its place, so that a form of ours can be corrected in this file and handed in again.
    """
    faults = list(faults)
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    taken = {sheet_name(sheet.name).lower() for sheet in sheets}
    write_list(book, faults, taken)
    ids = next((Ids(sheet) for sheet in sheets if sheet.rows and sheet.rows[0][:1] == ["format"]), None)
    for sheet in sheets:
        write_marked(book, sheet, [fault for fault in faults if fault.sheet == sheet.name], ids)
    book.close()
    return buffer.getvalue()


def write_list(book: Workbook, faults: list[Fault], taken: set[str]) -> None:
    """The sheet that lists the faults, each with a link to its cell."""
    name = sheet_name(_("错误清单"))
    sheet = book.add_worksheet(name if name.lower() not in taken else f"{name[:27]} (2)")
    head = book.add_format({"bold": True, "bg_color": GREY, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_row(0, 0, [_("工作表"), _("单元格"), _("错误"), _("文件中的值"), _("区划代码"), _("指标")], head)
    for number, fault in enumerate(faults, start=1):
        words = (fault.sheet, fault.place, fault.detail, fault.value, fault.division, fault.indicator)
        for column, word in enumerate(words):
            sheet.write_string(number, column, safe(word), wrap)
    for column, width in enumerate((16, 9, 60, 24, 10, 24)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def write_marked(book: Workbook, sheet: SheetRead, faults: list[Fault], ids: Ids | None) -> None:
    """One sheet at its own places; of a form its hidden row and column stay hidden, what is not open stays grey."""
    out = book.add_worksheet(sheet_name(sheet.name or _("数据")))
    wrong: dict[tuple[int, int], list[str]] = {}
    doubtful: set[tuple[int, int]] = set()
    for fault in faults:
        if at := cell_of(fault.place):
            wrong.setdefault(at, []).append(fault.detail)
            if fault.code in DOUBTFUL:
                doubtful |= {at, *joined(sheet, at)}
    red = book.add_format({"bg_color": RED, "border": 2, "border_color": "#B3261E", "locked": 0})
    plain, grey = book.add_format({"locked": 0}), book.add_format({"bg_color": GREY})
    marker = marker_of(sheet)
    for number, row in enumerate(sheet.rows):
        for column, value in enumerate(row):
            is_free = not marker or marker[2] == NOTES or is_open(sheet, marker, number, column, ids)
            look = red if (number, column) in wrong else plain if is_free else grey
            is_doubtful = is_free and (number, column) in doubtful and not str(value).startswith(DOUBT)
            write_value(out, number, column, f"{DOUBT} {text_of(value)}" if is_doubtful else value, look)
    for (number, column), words in wrong.items():
        if not (number < len(sheet.rows) and column < len(sheet.rows[number])):
            out.write_blank(number, column, None, red)
        out.write_comment(number, column, "\n".join(words)[:2000], {"x_scale": 2})
    dress(out, sheet, marker)


def joined(sheet: SheetRead, at: tuple[int, int]) -> list[tuple[int, int]]:
    """All cells of the merged area that begins at a place."""
    found = []
    for first, left, last, right in sheet.merged:
        if (first, left) == at:
            found += [(row, column) for row in range(first, last + 1) for column in range(left, right + 1)]
    return found[:1_000]


def is_open(sheet: SheetRead, marker: tuple[int, int, str], number: int, column: int, ids: Ids | None) -> bool:
    """Whether a cell of a form may be typed in."""
    top, left, _part = marker
    head, row = sheet.rows[top], sheet.rows[number]
    if ids is None or number <= top or column >= len(head) or len(row) <= left:
        return False
    state = ids.states.get(text_of(row[left]), {}).get(text_of(head[column]), "x")
    return state[0] != "x" and not text_of(row[left]).startswith(SUM)


def write_value(out: Any, row: int, column: int, value: Any, look: Any) -> None:
    """A value as it was read; text stays text whatever it begins with."""
    if isinstance(value, float) and isfinite(value):
        out.write_number(row, column, value, look)
    elif value == "":
        out.write_blank(row, column, None, look)
    else:
        out.write_string(row, column, text_of(value)[:32_000], look)


def dress(out: Any, sheet: SheetRead, marker: tuple[int, int, str] | None) -> None:
    """Hide what a form hides; widths that show what stands there."""
    if sheet.rows and sheet.rows[0][:1] == ["format"] or sheet.name.startswith(IDS):
        out.very_hidden()
        return
    if not marker:
        for column in range(max(map(len, sheet.rows), default=0)):
            texts = [text_of(row[column]) for row in sheet.rows if column < len(row)]
            out.set_column(column, column, min(110, max([14, *(2 * len(text) for text in texts)])))
    else:
        out.set_column(0, 60, 14)
    out.set_landscape()
    out.set_paper(9)
    out.fit_to_pages(1, 0)
    if marker and str(sheet.rows[marker[0]][marker[1]]).startswith(FORMAT):
        out.set_row(marker[0], None, None, {"hidden": True})
        out.set_column(marker[1], marker[1], 2, None, {"hidden": True})
        out.set_column(marker[1] + 2, marker[1] + 2, 20)
        if marker[2] == NOTES:
            out.set_column(marker[1] + 4, marker[1] + 4, 70)
        out.protect("", {"format_columns": True, "format_rows": True, "format_cells": True})
