"""An OpenDocument spreadsheet as rows of values. Read here and not by the fast reader, which tells no formulas."""

from typing import Any
from xml.etree import ElementTree

from django.utils.translation import gettext as _

from farmland.workbooks import archive
from farmland.workbooks.filled import Unreadable
from farmland.workbooks.places import MOST_COLUMNS, MOST_ROWS
from farmland.workbooks.raw import SheetRead

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
ODD = {"percentage": "percent", "date": "date", "time": "date", "boolean": "boolean"}


def read_ods(parts: dict[str, bytes]) -> list[SheetRead]:
    """The sheets in their order. Raises Unreadable for what is encrypted, damaged or wider than any form."""
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise archive.encrypted()
    tree = archive.tree_of(parts["content.xml"])
    if any(True for _found in tree.iter(f"{TABLE}dde-link")) or any(
        True for _found in tree.iter(f"{TABLE}table-source")
    ):
        raise Unreadable("external", _("文件含有外部链接、数据连接或嵌入对象。请断开后另存为 .xlsx 再上传。"))
    return [sheet_of(table) for table in tree.iter(f"{TABLE}table")]


def sheet_of(table: ElementTree.Element) -> SheetRead:
    """One table: repeated rows and cells are written out where something stands in them."""
    sheet = SheetRead(table.get(f"{TABLE}name") or "", [])
    waiting = 0  # empty rows, which count only where something follows
    for row in table.iter(f"{TABLE}table-row"):
        times = count_of(row, "rows")
        number = len(sheet.rows) + waiting
        values = row_of(row, number, sheet)
        if not values:
            waiting += times
            continue
        if number + times > MOST_ROWS:
            raise archive.too_large()
        sheet.rows += [[] for _empty in range(waiting)]
        waiting = 0
        odd = {column: word for (at, column), word in sheet.odd.items() if at == number} if times > 1 else {}
        for again in range(times):
            sheet.rows.append(list(values))
            sheet.odd |= {(number + again, column): word for column, word in odd.items()}
    return sheet


def row_of(row: ElementTree.Element, number: int, sheet: SheetRead) -> list[Any]:
    """The values of a row up to the last that is not empty; what is odd or merged is written into the sheet."""
    values: list[Any] = []
    waiting = 0
    for cell in row:
        if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            continue
        times, column = count_of(cell, "columns"), len(values) + waiting
        value, odd = value_of(cell)
        down, right = count_of(cell, "rows", "spanned"), count_of(cell, "columns", "spanned")
        if down > 1 or right > 1:
            sheet.merged.append((number, column, number + down - 1, column + right - 1))
        if value == "" and not odd:
            waiting += times
            continue
        if column + times > MOST_COLUMNS:
            raise archive.too_large()
        values += [""] * waiting + [value] * times
        waiting = 0
        if odd:
            sheet.odd |= {(number, column + again): odd for again in range(times)}
    return values


def value_of(cell: ElementTree.Element) -> tuple[Any, str]:
    """What stands in a cell, and what is odd about it."""
    kind = cell.get(f"{OFFICE}value-type") or ""
    odd = "formula" if cell.get(f"{TABLE}formula") else ODD.get(kind, "")
    if cell.get(f"{CALC}value-type") == "error":
        odd = "error"
    text = "\n".join("".join(part.itertext()) for part in cell.findall(f"{TEXT}p"))
    if kind in ("float", "currency"):
        try:
            return float(cell.get(f"{OFFICE}value") or ""), odd
        except ValueError:
            return text, odd or "error"
    return text, odd


def count_of(element: ElementTree.Element, what: str, how: str = "repeated") -> int:
    """How often an element is repeated, or how many rows or columns it spans."""
    said = element.get(f"{TABLE}number-{what}-{how}") or "1"
    if not said.isascii() or not said.isdigit() or len(said) > 7:
        raise archive.damaged()
    return max(1, int(said))
