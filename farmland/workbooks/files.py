"""A filled-in file of any noun, whatever its format: read into cells, and given back with its faults marked."""

from collections.abc import Iterable
from typing import BinaryIO

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from farmland.units import Unit
from farmland.workbooks.book import open_book
from farmland.workbooks.figures import read_json
from farmland.workbooks.filled import Fault, Filled, Unreadable
from farmland.workbooks.form import Expected
from farmland.workbooks.lines import csv_sheet
from farmland.workbooks.mark import mark
from farmland.workbooks.plain import read_csv, read_table
from farmland.workbooks.read import Progress, form_ids, read_form
from farmland.workbooks.tables import sheet_name

SPREADSHEETS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")


def read_file(file: BinaryIO, expected: Expected, unit: Unit | None, progress: Progress = None) -> Filled:
    """What a filled-in file says: an XLSX or ODS form of ours, a plain table (XLSX, ODS, CSV) or JSON.

    `unit` applies where the file does not say its own (None: the file has to); `progress` is called with rows done and all
    rows. Cells keep their order in the file; what cannot be taken is a fault with its place. Raises Unreadable for a file
    that is refused as a whole.
    """
    content = file.read(settings.EVIDENCE_MAX_BYTES + 1)
    if not content.strip():
        raise Unreadable("empty", _("文件是空的。"))
    if len(content) > settings.EVIDENCE_MAX_BYTES:
        most = settings.EVIDENCE_MAX_BYTES // 1_000_000
        raise Unreadable("too_large", _("文件超过 %d MB。") % most)
    chosen = unit.code if unit else ""
    if not content.startswith(SPREADSHEETS):
        if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"<", b"%"):  # a web page, a PDF
            raise Unreadable("not_a_spreadsheet", _("这不是电子表格。请上传 .xlsx、.ods、.csv 或 .json 文件。"))
        reads = read_json if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[") else read_csv
        return reads(content, expected, chosen, progress)
    found = open_book(content)
    ids = form_ids(found)
    if ids is not None:
        return read_form(found, ids, expected, progress)
    lists = list_names()
    filled = [
        sheet for sheet in found if sheet.name not in lists and any(any(v != "" for v in row) for row in sheet.rows)
    ]
    if len(filled) != 1:
        raise Unreadable("not_a_form", _("这不是本系统的填报表。请下载填报表后填写，或上传只有一张工作表的普通表格。"))
    return read_table(filled[0], expected, chosen, progress)


def list_names() -> set[str]:
    """What the sheet of faults in a marked file is called, in every language."""
    names = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            names.add(sheet_name(_("错误清单")))
    return names


def mark_file(file: BinaryIO, faults: Iterable[Fault]) -> bytes:
    """The file again as XLSX, its faulty cells red with the reason in a comment, and a list of them. Raises Unreadable
    as reading does; of a JSON file, which has no cells to mark, the list alone."""
    content = file.read(settings.EVIDENCE_MAX_BYTES + 1)
    if content.startswith(SPREADSHEETS):
        lists = list_names()  # a file that was marked before keeps no old list
        return mark([sheet for sheet in open_book(content) if sheet.name not in lists], faults)
    is_json = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")
    return mark([] if is_json else [csv_sheet(content)], faults)
