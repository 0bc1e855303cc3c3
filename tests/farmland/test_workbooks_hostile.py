"""Files that are no honest form: each gets a clear answer, none an exception, and nothing is taken for what it is not."""

import io
import os
import shutil
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable

import openpyxl
import pytest

from farmland.models import AnnualStatement
from farmland.workbooks.files import mark_file
from farmland.workbooks.filled import Filled, Unreadable
from tests.farmland.test_workbooks import draft, form_of, read_back, retyped

__all__ = ["draft"]


def refused(content: bytes, statement: AnnualStatement) -> str:
    with pytest.raises(Unreadable) as found:
        read_back(content, statement)
    assert len(found.value.detail) > 5
    return found.value.code


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def changed(
    content: bytes, more: dict[str, bytes] | None = None, edit: Callable[[str, bytes], bytes] | None = None
) -> bytes:
    """The workbook with more parts, or with its own edited."""
    source = zipfile.ZipFile(io.BytesIO(content))
    parts = {name: source.read(name) for name in source.namelist()}
    return zipped(**{name: edit(name, part) if edit else part for name, part in parts.items()} | (more or {}))


def in_first(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    """An edit of the first sheet."""

    def edit(name: str, part: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return part
        assert old in part
        return part.replace(old, new, 1)

    return edit


def lying(size: int) -> bytes:
    """A zip whose entry declares a few bytes and holds many."""
    content = bytearray(zipped(**{"xl/workbook.xml": b"0" * size}))
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    content[22:26] = struct.pack("<I", 10)
    return bytes(content)


def test_what_is_no_spreadsheet_is_refused_with_its_reason(draft, who) -> None:
    form = form_of(draft, who.reporter)
    bomb = zipped(**{"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b" " * 70_000_000})
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    lol = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><sst>&b;</sst>'
    answers = {
        "empty": b"", "not_a_spreadsheet": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "damaged": form[: len(form) // 2],
        "too_large": bomb, "encrypted": ole + "EncryptedPackage".encode("utf-16-le"), "old_format": ole,
        "macros": changed(form, {"xl/vbaProject.bin": b"x"}),
        "external": changed(form, {"xl/externalLinks/externalLink1.xml": b"<ddeLink/>"}),
        "entities": changed(form, {"xl/sharedStrings.xml": lol}),
    }  # fmt: skip
    assert {code: refused(content, draft) for code, content in answers.items()} == {code: code for code in answers}
    assert refused(lying(5_000_000), draft) == "damaged"
    assert refused(b"x" * 20_000_001, draft) == "too_large"
    assert refused(zipped(**{f"xl/{n}.xml": b"" for n in range(1_001)}), draft) == "too_large"
    assert refused(zipped(**{"../../etc/passwd": b"x"}), draft) == "damaged"
    assert refused(zipped(**{"inner.zip": zlib.compress(b"x")}), draft) == "not_a_spreadsheet"


def test_a_cell_far_out_is_refused_before_room_is_made_for_it(draft, who) -> None:
    form = form_of(draft, who.reporter)
    far = changed(
        form, edit=in_first(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    )
    assert refused(far, draft) == "too_large"
    odd = changed(
        form, edit=in_first(b"</sheetData>", b"<row r='9'><c\nr = 'XFD1048576'><v>1</v></c></row></sheetData>")
    )
    assert refused(odd, draft) == "too_large"
    empty = changed(
        form, edit=in_first(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>')
    )
    assert read_back(empty, draft).faults == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("=1+1", "formula"), ("-5", "negative"), (-5, "negative"), ("12%", "percent"), (True, "boolean"),
        ("'=cmd|' /C calc'!A0", "formula_text"), ("@SUM(A1)", "formula_text"), ("many", "number"),
        (0.1234567890123456, "decimals"), ("1e400", "number"), ("NaN", "number"), ("#REF!", "error"),
    ],
)  # fmt: skip
def test_what_is_no_figure_is_a_fault_at_its_cell(draft, who, value, code) -> None:
    found = read_back(retyped(form_of(draft, who.reporter), {("130224", "paddy"): value}), draft)
    assert [(f.code, f.sheet, f.place, f.division, f.indicator) for f in found.faults] == [
        (code, "耕地", "E11", "130224", "paddy")
    ]
    assert found.cells == []
    assert found.faults[0].detail


def edited(content: bytes, edit: Callable[[openpyxl.Workbook], object]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def swapped_heads(book: openpyxl.Workbook) -> None:
    book.worksheets[0]["E7"], book.worksheets[0]["F7"] = "水浇地", "水田"


def other_unit(book: openpyxl.Workbook) -> None:
    sheet = book.worksheets[0]
    cell = next(c for row in sheet.iter_rows() for c in row if str(c.value).startswith("计量单位"))
    cell.value = "计量单位：公顷"


def fact(name: str, value: str) -> Callable[[openpyxl.Workbook], None]:
    def edit(book: openpyxl.Workbook) -> None:
        cell = next(row[1] for row in book["_form"].iter_rows() if row[0].value == name)
        cell.value = value

    return edit


def test_a_changed_form_is_refused_and_says_what_was_changed(draft, who) -> None:
    form = form_of(draft, who.reporter)
    wanted = {
        "head": [swapped_heads, lambda b: b.worksheets[0].delete_cols(5)],
        "unit": [other_unit],
        "part_missing": [lambda b: b.remove(b.worksheets[1]), lambda b: b.worksheets[0].delete_rows(1)],
        "ids_missing": [lambda b: b.remove(b["_form"])],
        "another_form": [fact("object", "999"), fact("identity", "440000/2024/1")],
        "format_version": [fact("format_version", "0")],
    }  # fmt: skip
    for code, edits in wanted.items():
        for edit in edits:
            assert refused(edited(form, edit), draft) == code


def test_moved_rows_and_columns_are_read_where_they_belong_or_faulted(draft, who) -> None:
    form = retyped(form_of(draft, who.reporter), {("130225", "paddy"): 7})

    def one(found: Filled) -> list[tuple[str, str, str]]:
        return [(c.division, c.indicator, c.value) for c in found.cells]

    def swap_rows(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[0]
        for column in range(1, 8):
            a, b = sheet.cell(11, column), sheet.cell(12, column)
            a.value, b.value = b.value, a.value

    sorted_one = read_back(edited(form, swap_rows), draft)
    assert (one(sorted_one), sorted_one.faults) == ([("130225", "paddy", "7")], [])
    inserted = read_back(edited(form, lambda b: b.worksheets[0].insert_rows(2)), draft)
    assert one(inserted) == [("130225", "paddy", "7")]

    def copied(book: openpyxl.Workbook) -> None:
        book.copy_worksheet(book.worksheets[0])

    assert {f.code for f in read_back(edited(form, copied), draft).faults} == {"duplicate"}

    def stranger(book: openpyxl.Workbook) -> None:
        book.worksheets[0]["A11"] = "441900"

    assert [f.code for f in read_back(edited(form, stranger), draft).faults] == ["division"]

    def merged(book: openpyxl.Workbook) -> None:
        book.worksheets[0].merge_cells("E11:E12")

    assert "merged" in {f.code for f in read_back(edited(form, merged), draft).faults}

    def locked(book: openpyxl.Workbook) -> None:
        book.worksheets[0]["D9"] = 61

    assert [(f.code, f.place) for f in read_back(edited(form, locked), draft).faults] == [("locked", "D9")]


def test_a_marked_file_says_every_fault_at_its_cell_and_can_be_handed_in_again(draft, who) -> None:
    form = retyped(
        form_of(draft, who.reporter), {("130224", "paddy"): "=1+1", ("130225", "dry"): "many", ("130225", "paddy"): 7}
    )
    marked = mark_file(io.BytesIO(form), read_back(form, draft).faults)
    book = openpyxl.load_workbook(io.BytesIO(marked))
    assert [(row[0].value, row[1].value) for row in book["错误清单"].iter_rows(min_row=2)] == [
        ("耕地", "E11"),
        ("耕地", "G12"),
    ]
    cell = book["耕地"]["G12"]
    assert "不是数" in cell.comment.text
    assert cell.fill.fgColor.rgb == "FFF8C9C4"
    fixed = read_back(retyped(marked, {("130224", "paddy"): 3, ("130225", "dry"): 4}, part=1), draft)
    assert fixed.faults == []
    assert {(c.indicator, c.value) for c in fixed.cells} == {("paddy", "3"), ("dry", "4"), ("paddy", "7")}


def test_plain_tables_are_read_by_code_or_name(draft) -> None:
    wanted = [("130224", "paddy", "1234.5"), ("130225", "dry", "2")]
    for text in (
        'division,indicator,value\n130224,paddy,"1,234.5"\n乐亭县,旱地,2\n',
        "区划\t水田\tdry\n滦南县\t1234.5\t\n130225\t\t2\n",
        "区划;水田;旱地\n130224;１２３４．５;\n乐亭县;;2\n",
    ):
        for encoding in ("utf-8", "utf-8-sig", "gb18030"):
            found = read_back(text.encode(encoding), draft)
            assert [(c.division, c.indicator, c.value) for c in found.cells] == wanted
            assert found.faults == []
    bad = (
        "division,indicator,value\n441900,paddy,1\n130224,gold,1\n130224,paddy,1\n130224,paddy,2\n130225,paddy,=cmd|x\n"
    )
    assert [(f.code, f.place) for f in read_back(bad.encode(), draft).faults] == [
        ("division", "A2"), ("indicator", "B3"), ("duplicate", "C5"), ("formula_text", "C6"),
    ]  # fmt: skip


@pytest.mark.skipif(not shutil.which("soffice") and not os.environ.get("CI"), reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_form_that_libreoffice_saved_is_read_alike(draft, who, tmp_path, kind) -> None:
    form = retyped(
        form_of(draft, who.reporter), {("130224", "paddy"): 12.5, ("130225", "dry"): "空缺", ("130225", "paddy"): None}
    )
    (tmp_path / "form.xlsx").write_bytes(form)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(tmp_path / "out"), str(tmp_path / "form.xlsx")],
        check=True, timeout=120, capture_output=True,
    )  # fmt: skip
    saved, original = read_back((tmp_path / "out" / f"form.{kind}").read_bytes(), draft), read_back(form, draft)
    assert saved.faults == []
    assert saved.cells == original.cells
    assert len(saved.cells) == 3
