"""A spreadsheet as rows of values, with what the values alone do not say: formulas, percentages, errors, merged cells."""

import posixpath
import re
from bisect import bisect_right
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from farmland.workbooks import archive
from farmland.workbooks.filled import Unreadable
from farmland.workbooks.ods import read_ods
from farmland.workbooks.places import MOST_COLUMNS, MOST_ROWS, cell_of, range_of
from farmland.workbooks.raw import Place, SheetRead

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# What lies further out than a form: columns from DA, rows from 20,000. The reader would make room for all between.
OUT = rb"(?:[A-Za-z]{3}|[D-Zd-z][A-Za-z]|[A-Za-z]{0,2}0*(?:[2-9][0-9]{4}|[1-9][0-9]{5}))"
FAR, FAR_PLAIN = re.compile(rb"""\sr\s*=\s*["']\s*""" + OUT), re.compile(rb' r="' + OUT)
OPENED = re.compile(rb"<(?:\w+:)?c(\s[^>]*)?>")
NAMED = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3}[0-9]{1,7})["']""")
STYLED = re.compile(rb"""\ss\s*=\s*["']([0-9]+)["']""")
PLACED = re.compile(rb'<c r="([A-Z]+[0-9]+)"')
FORMULA = re.compile(rb"<(?:\w+:)?f(\s[^>]*)?/?>")
RANGE = re.compile(rb"""\sref\s*=\s*["']([A-Z0-9:$]+)["']""")
MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*ref\s*=\s*["']([A-Z0-9:$]+)["']""")
ERROR = re.compile(rb"""<(?:\w+:)?c\s[^>]*\bt\s*=\s*["']e["']""")
PERCENT_FORMATS = {9, 10}


def open_book(content: bytes) -> list[SheetRead]:
    """The sheets of an XLSX or ODS file, hidden ones too.

    Raises Unreadable with a reason for what is no such file, or one that nobody should open.
    """
    if content[:8] == OLE:
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise archive.encrypted()
        raise Unreadable("old_format", _("不支持旧版 .xls 文件（无法核对其中的公式和宏）。请另存为 .xlsx 再上传。"))
    parts = archive.parts_of(content)
    if "content.xml" in parts and parts.get("mimetype", b"").startswith(
        b"application/vnd.oasis.opendocument.spreadsheet"
    ):
        return read_ods(parts)
    if "xl/workbook.xml" not in parts:
        raise not_a_spreadsheet()
    archive.check_links(parts)
    return read_xlsx(parts)


def not_a_spreadsheet() -> Unreadable:
    """The words for any other file."""
    return Unreadable("not_a_spreadsheet", _("这不是电子表格。请上传 .xlsx、.ods、.csv 或 .json 文件。"))


def read_xlsx(parts: dict[str, bytes]) -> list[SheetRead]:
    """The sheets in the order of the workbook."""
    sheets = sheets_of(parts)
    for xml in sheets.values():
        check_extent(xml)
        check_once(xml)
    try:
        with CalamineWorkbook.from_filelike(archive.repacked(parts)) as book:
            read = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in sheets}
    except (CalamineError, ValueError, OSError, OverflowError):
        raise archive.damaged() from None
    percents = percent_styles(parts.get("xl/styles.xml", b""))
    return [
        SheetRead(name, rows, odd_cells(sheets[name], percents), merged_in(sheets[name])) for name, rows in read.items()
    ]


def sheets_of(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The XML of each worksheet by the sheet's name."""
    links = archive.tree_of(parts.get("xl/_rels/workbook.xml.rels", b""))
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    found: dict[str, bytes] = {}
    for element in archive.tree_of(parts["xl/workbook.xml"]).iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        target = targets.get(element.get(RELATION), "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        if not archive.SHEETS.fullmatch(path):
            raise archive.macros() if "macrosheet" in path.lower() else archive.damaged()
        name = element.get("name") or ""
        if path not in parts or name in found:
            raise archive.damaged()
        found[name] = parts[path]
    if not found:
        raise not_a_spreadsheet()
    return found


def check_extent(xml: bytes) -> None:
    """Refuse a sheet with something far out. Empty cells and rows that only carry a format count for nothing."""
    for count, far in enumerate((FAR_PLAIN if is_plain(xml) else FAR).finditer(xml)):
        start, end = xml.rfind(b"<", 0, far.start()), xml.find(b">", far.end())
        if xml[start:end].partition(b":")[2].startswith(b"row") or xml[start : start + 4] == b"<row":
            row = xml[end : xml.find(b"</", end)] if xml[end - 1 : end] != b"/" else b""
            row = xml[end : max(xml.find(b"row>", end), end + len(row))] if row else b""
            cells = [cell[1] or b"" for cell in OPENED.finditer(row)]
            if count > 20_000 or not all(NAMED.search(cell) for cell in cells):
                raise archive.too_large()
            continue
        is_empty = end > 0 and (xml[end - 1 : end] == b"/" or xml[end + 1 : end + 40].lstrip()[:2] == b"</")
        if count > 20_000 or not is_empty or start < 0:
            raise archive.too_large()


def check_once(xml: bytes) -> None:
    """Refuse a sheet in which a cell stands twice: the reader would take the last."""
    places = PLACED.findall(xml)
    if len(places) != xml.count(b"<c ") or b":c " in xml:  # written in another way than usual
        places = [named[1] for cell in OPENED.finditer(xml) if (named := NAMED.search(cell[1] or b""))]
    if len(set(places)) != len(places):
        raise archive.damaged()


def is_plain(xml: bytes) -> bool:
    """Whether attributes are written as all spreadsheet programs do, so that they are found by plain text."""
    odd = (b"='", b" =", b"= ", b"\t")
    return xml.count(b"\n") < 3 and xml.count(b"\r") < 3 and not any(sign in xml for sign in odd)


def odd_cells(xml: bytes, percents: set[int]) -> dict[Place, str]:
    """What cells are beside their value. Costs next to nothing where there is nothing odd."""
    odd: dict[Place, str] = {}
    if percents or (b't="e"' in xml if is_plain(xml) else ERROR.search(xml)):
        for opened in OPENED.finditer(xml):
            said = opened[1] or b""
            style = STYLED.search(said)
            if b'"e"' in said or b"'e'" in said:
                odd[where(said)] = "error"
            elif style and int(style[1]) in percents:
                odd[where(said)] = "percent"
    begins = [at for at in (xml.find(b"<f"), xml.find(b":f")) if at >= 0]
    formulas = list(FORMULA.finditer(xml, max(0, min(begins) - 50))) if begins else []
    if not formulas:
        return odd
    cells = list(OPENED.finditer(xml))
    starts = [cell.start() for cell in cells]
    for formula in formulas:
        before = bisect_right(starts, formula.start()) - 1
        if before < 0:
            raise archive.damaged()
        odd[where(cells[before][1] or b"")] = "formula"
        if (spread := RANGE.search(formula[1] or b"")) and b"shared" not in (formula[1] or b""):
            first, left, last, right = range_of(spread[1].decode()) or (0, 0, MOST_ROWS, MOST_COLUMNS)
            if (last - first + 1) * (right - left + 1) > 100_000:
                raise archive.too_large()
            odd |= {(row, column): "formula" for row in range(first, last + 1) for column in range(left, right + 1)}
    return odd


def where(attributes: bytes) -> Place:
    """The place that a cell names. One that names none cannot be pointed at: the file is refused."""
    named = NAMED.search(attributes)
    found = cell_of(named[1].decode()) if named else None
    if found is None:
        raise Unreadable(
            "formula",
            _("文件中有公式、百分比或错误值，且不能确定其单元格。请用 Excel、WPS 或 LibreOffice 另存后再上传。"),
        )
    return found


def merged_in(xml: bytes) -> list[tuple[int, int, int, int]]:
    """The merged ranges of a sheet."""
    begin = max(0, xml.find(b"mergeCell") - 50)
    found = (range_of(match[1].decode()) for match in MERGED.finditer(xml, begin)) if b"mergeCell" in xml else ()
    return [one for one in found if one]


def percent_styles(styles: bytes) -> set[int]:
    """The numbers of the cell styles that print percentages."""
    if not styles:
        return set()
    formats, percents = set(PERCENT_FORMATS), set()
    tree: Any = archive.tree_of(styles)
    for element in tree.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "numFmt" and "%" in (element.get("formatCode") or ""):
            formats.add(number_of(element.get("numFmtId")))
        if tag == "cellXfs":
            percents = {n for n, style in enumerate(element) if number_of(style.get("numFmtId")) in formats}
    return percents


def number_of(text: str | None) -> int:
    """A number of the file's; -1 for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1
