"""What a form may hold beside figures, in XLSX and ODS; and what is exported never starts a formula."""

import csv
import io
import os
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl.worksheet.formula import ArrayFormula

from farmland.models import Division
from farmland.selectors.statements import read
from farmland.units import HA, MU
from farmland.workbooks.files import mark_file
from farmland.workbooks.filled import Fault, Unreadable
from farmland.workbooks.mark import mark
from farmland.workbooks.raw import SheetRead
from farmland.workbooks.statements import write_statement_csv, write_statement_form
from tests import factories
from tests.farmland.filling import checked
from tests.farmland.test_workbooks import draft, form_of, read_back, retyped
from tests.farmland.test_workbooks_hostile import changed, edited, other_unit, refused, swapped_heads, zipped

__all__ = ["draft"]
needs_office = pytest.mark.skipif(
    not shutil.which("soffice") and not os.environ.get("CI"), reason="LibreOffice is not installed"
)
PADDY = "E11"  # of 130224


def hide(book: openpyxl.Workbook) -> None:
    sheet = book.worksheets[0]
    sheet[PADDY] = 7
    sheet.row_dimensions[11].hidden = sheet.column_dimensions["E"].hidden = True
    book.worksheets[0].sheet_state = "hidden"


def percent(book: openpyxl.Workbook) -> None:
    cell = book.worksheets[0][PADDY]
    cell.value, cell.number_format = 0.5, "0.0%"


def dated(book: openpyxl.Workbook) -> None:
    book.worksheets[0][PADDY] = date(2024, 12, 31)


def array(book: openpyxl.Workbook) -> None:
    book.worksheets[0][PADDY] = ArrayFormula("E11:E12", "=D11:D12")


@pytest.mark.parametrize(
    ("edit", "faults", "cells"),
    [
        (hide, [], [("130224", "paddy", "7")]),
        (percent, [("percent", "E11")], []),
        (dated, [("date", "E11")], []),
        (array, [("formula", "E11"), ("formula", "E12")], []),
    ],
)  # fmt: skip
def test_odd_cells_of_a_form(draft, who, edit, faults, cells) -> None:
    """Hidden rows and columns count as shown ones do; a date, a percentage and a formula are no figures."""
    found = read_back(edited(form_of(draft, who.reporter), edit), draft)
    assert [(f.code, f.place) for f in found.faults] == faults
    assert [(c.division, c.indicator, c.value) for c in found.cells] == cells


@pytest.mark.parametrize(("value", "shape", "code"), [("=1+1", "General", "formula"), (0.5, "0%", "percent")])
def test_an_odd_cell_that_was_empty_is_a_fault_too(draft, who, value, shape: str, code: str) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[1]
        column = next(cell.column for cell in sheet[1] if cell.value == "unstable_lakebed")
        row = next(cell.row for cell in sheet["A"] if cell.value == "130224")
        assert sheet.cell(row, column).value is None
        sheet.cell(row, column).value, sheet.cell(row, column).number_format = value, shape

    found = read_back(edited(form_of(draft, who.reporter), edit), draft)
    assert [(fault.code, fault.division, fault.indicator) for fault in found.faults] == [
        (code, "130224", "unstable_lakebed")
    ]
    assert found.cells == []


def test_every_cell_of_a_shared_formula_is_a_formula(draft, who) -> None:
    """The second one names no formula of its own, only the number of the first; both carry a result."""

    def shared(name: str, part: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return part
        for place, formula in (
            (b"E11", b'<f t="shared" ref="E11:E12" si="0">D11</f>'),
            (b"E12", b'<f t="shared" si="0"/>'),
        ):
            at = part.index(b'<c r="' + place)
            at = part.index(b"<v>", at)
            part = part[:at] + formula + part[at:]
        return part

    found = read_back(changed(form_of(draft, who.reporter), edit=shared), draft)
    assert [(f.code, f.place) for f in found.faults] == [("formula", "E11"), ("formula", "E12")]
    assert found.cells == []


def test_a_macro_sheet_of_the_old_kind_is_refused(draft, who) -> None:
    form = form_of(draft, who.reporter)
    assert refused(changed(form, {"xl/macrosheets/sheet1.xml": b"<x/>"}), draft) == "macros"

    def linked(name: str, part: bytes) -> bytes:
        return part.replace(b"worksheets/sheet1.xml", b"Macrosheets/x.xml") if name.endswith("book.xml.rels") else part

    assert refused(changed(form, edit=linked), draft) == "macros"


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="t">{}</table:table></office:spreadsheet></office:body></office:document-content>'
)
HEAD = "".join(
    f'<table:table-cell office:value-type="string"><text:p>{word}</text:p></table:table-cell>'
    for word in ("区划", "paddy")
)
LINE = (
    f"<table:table-row>{HEAD}</table:table-row><table:table-row><table:table-cell office:value-type='string'>"
    "<text:p>130224</text:p></table:table-cell>{}</table:table-row>"
)
FIVE = "<table:table-cell {}office:value-type='{}' office:value='5'><text:p>5</text:p></table:table-cell>"


def ods(body: str, more: dict[str, bytes] | None = None) -> bytes:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped(mimetype=kind, **{"content.xml": ODS.format(body).encode()}, **(more or {}))


@pytest.mark.parametrize(
    ("cell", "faults", "values"),
    [
        (FIVE.format("", "float"), [], ["5"]),
        (FIVE.format("table:formula='of:=1+4' ", "float"), ["formula"], []),
        (FIVE.format("", "percentage"), ["percent"], []),
        (FIVE.format("", "date"), ["date"], []),
        (FIVE.format("", "boolean"), ["boolean"], []),
    ],
)
def test_odd_cells_of_an_open_document(draft, cell, faults, values) -> None:
    found = read_back(ods(LINE.format(cell)), draft)
    assert ([f.code for f in found.faults], [c.value for c in found.cells]) == (faults, values)


@pytest.mark.parametrize(
    ("code", "body", "more"),
    [
        ("macros", LINE.format(""), {"Basic/Standard/Module1.xml": b"<x/>"}),
        ("macros", LINE.format(""), {"Scripts/python/x.py": b"x"}),
        ("external", LINE.format(""), {"Object 1/content.xml": b"<x/>"}),
        ("external", LINE.format("<table:table-source/>"), None),
        ("encrypted", LINE.format(""), {"META-INF/manifest.xml": b"<manifest:encryption-data/>"}),
        ("too_large", LINE.format(FIVE.format("table:number-columns-repeated='1000000' ", "float")), None),
        ("too_large", LINE.replace("table-row><table:table-row>",
            "table-row><table:table-row table:number-rows-repeated='1000000'>").format(""), None),
        ("damaged", LINE.format("<table:table-cell table:number-columns-repeated='99999999999'/>"), None),
        ("damaged", "<table:table-row>", None),
        ("entities", LINE.format(""), {"styles.xml": b"<!DOCTYPE x><x/>"}),
    ],
)  # fmt: skip
def test_hostile_open_documents_are_refused(draft, code, body, more) -> None:
    assert refused(ods(body, more), draft) == code


def test_a_workbook_that_is_no_form_gets_clear_words(draft) -> None:
    """Several sheets without our ids are none of ours; one sheet is a plain table; without a head it says which one."""

    def book(*sheets: list[list[object]]) -> bytes:
        made, buffer = openpyxl.Workbook(), io.BytesIO()
        made.remove(made.active)
        for rows in sheets:
            sheet = made.create_sheet()
            for row in rows:
                sheet.append(row)
        made.save(buffer)
        return buffer.getvalue()

    table: list[list[object]] = [["区划", "水田"], ["滦南县", 5]]
    assert refused(book(table, table), draft) == "not_a_form"
    assert [c.value for c in read_back(book(table, []), draft).cells] == ["5"]
    assert refused(book([["甲", "乙"], ["x", 1]]), draft) == "head"
    twice = read_back(book([*table, ["130224", 6]]), draft)
    assert [(f.code, f.place) for f in twice.faults] == [("duplicate", "A3")]


def test_a_form_is_read_back_whatever_the_language_of_the_reader(draft, who) -> None:
    for written, reading in (("en", "zh-hans"), ("zh-hans", "en"), ("en", "en")):
        with translation.override(written):
            form = retyped(form_of(draft, who.reporter, MU), {("130224", "paddy"): 3, ("130225", "dry"): "空缺"})
        with translation.override(reading):
            found = read_back(form, draft, HA)
        assert (found.faults, found.unit) == ([], "mu")
        assert [(c.indicator, c.absence) for c in found.cells] == [("paddy", ""), ("dry", "blank")]


RISKY = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"]


def with_risky_words(draft, who) -> tuple[bytes, bytes, bytes]:
    """The form, its CSV and a marked file, with every kind of dangerous text for a name, a remark and a wrong value."""
    Division.objects.filter(pk="130224").update(name=RISKY[0])
    Division.objects.filter(pk="130225").update(name=RISKY[3])
    for indicator, note in zip(
        ("paddy", "dry", "irrigated", "cultivated_land", "permanent_basic_farmland"), RISKY[1:6], strict=True
    ):
        factories.typed(draft, {(draft.division.children.first().children.first(), indicator): "9"}, by=who.reporter)
        draft.figures.filter(indicator=indicator).update(note=note)
    reading = read(draft)
    form = write_statement_form(reading, who.reporter, unit=MU)
    faults = [Fault(word[:3], "A1", "x", word, word, word[:6], word) for word in RISKY]
    return form, write_statement_csv(reading, who.reporter, unit=MU), mark([], faults)


def test_what_is_exported_is_text_in_every_file(draft, who) -> None:
    form, table, marked = with_risky_words(draft, who)
    for content in (form, marked):
        archive = zipfile.ZipFile(io.BytesIO(content))
        for name in archive.namelist():
            if "worksheets/" in name:
                assert b"<f" not in archive.read(name).replace(b"<formula", b""), name
        book = openpyxl.load_workbook(io.BytesIO(content))
        seen = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value]
        assert any("1+1" in word for word in seen)
        assert not [word for word in seen if word.startswith(("=", "+", "-1", "@", "\t"))]
    seen = [word for row in csv.reader(io.StringIO(table.decode("utf-8-sig"))) for word in row]
    assert "'=1+1" in seen
    assert not [word for word in seen if word.startswith(("=", "+", "-", "@", "\t"))]


@needs_office
@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_libreoffice_finds_no_formula_in_what_is_exported(draft, who, tmp_path: Path, kind: str) -> None:
    form, table, marked = with_risky_words(draft, who)
    files = {"form.xlsx": form, "table.csv": table, "marked.xlsx": marked}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", kind,
         "--outdir", str(tmp_path / "out"), *(str(tmp_path / name) for name in files)],
        check=True, timeout=120, capture_output=True,
    )  # fmt: skip
    for name in files:
        archive = zipfile.ZipFile(tmp_path / "out" / f"{name.partition('.')[0]}.{kind}")
        parts = [one for one in archive.namelist() if one == "content.xml" or "worksheets/" in one]
        assert parts
        for part in parts:
            text = archive.read(part)
            assert b"table:formula=" not in text, (name, part)
            assert b"<f" not in text.replace(b"<formula", b""), (name, part)


def test_a_number_at_the_edge_is_never_taken_for_another(draft) -> None:
    """The fast way and the slow way read the same digits."""

    def table(value: str) -> bytes:
        return ods(LINE.format(FIVE.format("", "float").replace("'5'", f"'{value}'")))

    for value, text in (("0", "0"), ("0.0001", "0.0001"), ("0.00001", "0.00001"), ("1e16", "10000000000000000"),
                        ("0.1", "0.1"), ("12", "12"), ("999999999999.5", "999999999999.5")):  # fmt: skip
        assert [c.value for c in read_back(table(value), draft).cells] == [text]
    for value, code in (("-0.5", "negative"), ("0.1234567890123", "decimals"), ("inf", "number"), ("nan", "number")):
        assert [f.code for f in read_back(table(value), draft).faults] == [code]


def test_a_form_refused_for_one_cell_comes_back_with_it_marked(draft, who) -> None:
    """The head and the unit are named by sheet and cell: in the answer, in the list of errors and in the marked file."""
    form = form_of(draft, who.reporter)
    for edit, code, place in ((swapped_heads, "head", "E7"), (other_unit, "unit", "G5")):
        upload = checked(draft, edited(form, edit), by=who.reporter)
        assert (upload.status, upload.code, upload.counts) == ("refused", code, {"error": 1})
        assert upload.detail.startswith(f"耕地 {place}：")
        assert [(i.kind, i.sheet, i.cell, i.code) for i in upload.issues.all()] == [("error", "耕地", place, code)]
        client = factories.signed_in(who.reporter)
        address = reverse("statement_upload_marked", kwargs={"pk": draft.pk, "upload": upload.pk})
        book = openpyxl.load_workbook(io.BytesIO(client.get(address).content))
        assert book["耕地"][place].fill.fgColor.rgb == "FFF8C9C4"
        assert [row[1].value for row in book["错误清单"].iter_rows(min_row=2)] == [place]


def merge(book: openpyxl.Workbook) -> None:
    book.worksheets[0].merge_cells("E11:F11")


def formula(book: openpyxl.Workbook) -> None:
    book.worksheets[0][PADDY] = "=1+1"


@pytest.mark.parametrize("edit", [percent, dated, array, merge, formula])
def test_a_marked_file_handed_in_unedited_has_the_same_faults(draft, who, edit) -> None:
    """What would pass once its formula, format or joined cells are gone stays a fault until somebody corrects it."""
    content = edited(form_of(draft, who.reporter), edit)
    faults = read_back(content, draft).faults
    assert faults
    again = read_back(mark_file(io.BytesIO(content), faults), draft)
    assert {fault.place for fault in faults} <= {fault.place for fault in again.faults}
    assert not {cell.place for cell in again.cells} & {"E11", "F11", "E12"}


def test_a_unit_line_that_was_changed_or_taken_away_is_refused(draft, who) -> None:
    for text in ("单位：亩", "", "计量单位 亩"):

        def edit(book: openpyxl.Workbook, text: str = text) -> None:
            for row in book.worksheets[0].iter_rows(max_row=8):
                for cell in row:
                    if isinstance(cell.value, str) and cell.value.startswith("计量单位"):
                        cell.value = text

        assert refused(edited(form_of(draft, who.reporter), edit), draft) == "unit"


def test_a_file_that_names_no_unit_while_none_was_chosen_is_refused(draft) -> None:
    content = b"division,indicator,value\n130224,paddy,8\n"
    with pytest.raises(Unreadable, match="面积单位"):
        read_back(content, draft, None)
    assert read_back(content, draft, MU).unit == "mu"
    assert read_back(b"# unit,ha\n" + content, draft, None).unit == "ha"


def above(book: openpyxl.Workbook) -> None:
    sheet = book.worksheets[0]
    first = next(cell.row for cell in sheet["A"] if str(cell.value).startswith("Σ"))
    sheet.insert_rows(first)
    sheet.cell(first, 4).value = 4321


def between(book: openpyxl.Workbook) -> None:
    book.worksheets[0].insert_cols(5)
    book.worksheets[0]["E11"] = 4321


def aside(book: openpyxl.Workbook) -> None:
    book.worksheets[0]["J12"] = "4321"


@pytest.mark.parametrize(
    ("edit", "code", "place"), [(above, "row", "D9"), (between, "column", "E11"), (aside, "column", "J12")]
)
def test_a_figure_that_belongs_to_nothing_is_never_dropped_in_silence(draft, who, edit, code: str, place: str) -> None:
    found = read_back(edited(form_of(draft, who.reporter), edit), draft)
    assert (code, place) in [(fault.code, fault.place) for fault in found.faults]


def test_a_figure_of_a_table_under_no_head_is_a_fault(draft) -> None:
    found = read_back("区划,恢复耕地,,新开垦\n滦南县,7,99,1.5\n".encode(), draft)
    assert [(fault.code, fault.place) for fault in found.faults] == [("head", "C2")]
    with pytest.raises(Unreadable, match="重复"):
        read_back(b"division,indicator,value,value\n130224,paddy,8,9\n", draft)


def test_a_file_is_marked_again_and_again(draft, who) -> None:
    content = edited(form_of(draft, who.reporter), formula)
    for _round in range(3):
        content = mark_file(io.BytesIO(content), read_back(content, draft).faults)
    assert [fault.place for fault in read_back(content, draft).faults] == ["E11"]
    plain = "区划,恢复耕地\n滦南县,abc\n".encode()
    for _round in range(3):
        plain = mark_file(io.BytesIO(plain), read_back(plain, draft).faults)
    assert [fault.code for fault in read_back(plain, draft).faults] == ["number"]
    assert mark([SheetRead("数", [[float("inf")]])], [])


@pytest.mark.parametrize("content", [b"<html><table><tr><td>1</td></tr></table></html>", b"%PDF-1.7\n1,2\n"])
def test_a_web_page_or_a_pdf_is_no_spreadsheet(draft, content: bytes) -> None:
    assert refused(content, draft) == "not_a_spreadsheet"
