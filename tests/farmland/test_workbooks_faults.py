"""What a file may say wrongly in quiet places: remarks, units, heads of plain tables, JSON; each is a fault, none is dropped."""

import io
import json
import struct
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from django.utils import translation

from farmland.units import MU
from farmland.workbooks.files import mark_file
from farmland.workbooks.filled import Unreadable
from tests.farmland.test_workbooks import draft, form_of, read_back, retyped
from tests.farmland.test_workbooks_hostile import changed, edited, in_first, refused

__all__ = ["draft"]


def places(found) -> list[tuple[str, str]]:
    return [(fault.code, fault.place) for fault in found.faults]


def remarks(*lines: tuple[str, str, str]) -> Callable[[openpyxl.Workbook], None]:
    """Remarks written from the first line of their sheet on."""

    def edit(book: openpyxl.Workbook) -> None:
        for number, (where, label, note) in enumerate(lines, start=5):
            for column, word in ((2, where), (4, label), (5, note)):
                book["说明"].cell(number, column).value = word

    return edit


def test_a_formula_among_the_remarks_stays_a_fault_until_it_is_rewritten(draft, who) -> None:
    content = edited(form_of(draft, who.reporter), remarks(("130224", "水田", '="a"&"b"')))
    for _round in range(3):
        faults = read_back(content, draft).faults
        assert [(fault.sheet, fault.place) for fault in faults] == [("说明", "E5")]
        content = mark_file(io.BytesIO(content), faults)
    fixed = edited(content, remarks(("130224", "水田", "核对过")))
    assert [(c.indicator, c.note) for c in read_back(fixed, draft).cells] == [("paddy", "核对过")]


def test_two_remarks_on_one_cell_are_a_fault(draft, who) -> None:
    twice = remarks(("130224", "水田", "一"), ("130224 滦南县", "水田", "二"))
    assert places(read_back(edited(form_of(draft, who.reporter), twice), draft)) == [("duplicate", "E6")]


def test_a_remark_whose_line_was_taken_out_is_taken_away(draft, who) -> None:
    """As one that was emptied is; what stands in its cell stays."""
    draft.figures.filter(division="130224", indicator="paddy").update(note="旧说明")
    form = form_of(draft, who.reporter)
    assert read_back(form, draft).cells == []
    for edit in (lambda book: book["说明"].delete_rows(5), remarks(("", "", "")), remarks(("130224", "水田", ""))):
        found = read_back(edited(form, edit), draft)
        assert [(c.indicator, c.value, c.note) for c in found.cells] == [("paddy", "10.00", "")]


@pytest.mark.parametrize("value", ["1e400", "-1e400"])
def test_a_number_beyond_all_bounds_is_quoted(draft, who, value: str) -> None:
    def edit(name: str, part: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return part
        at = part.index(b"<v>", part.index(b'<c r="E11"')) + 3
        return part[:at] + value.encode() + part[part.index(b"</v>", at) :]

    (fault,) = read_back(changed(form_of(draft, who.reporter), edit=edit), draft).faults
    assert fault.place == "E11"
    assert fault.value.endswith("inf")
    assert "“”" not in fault.detail


def test_a_cell_that_stands_twice_is_refused(draft, who) -> None:
    form = form_of(draft, who.reporter)
    for cell in (b'<c r="A1"><v>1</v></c>', b"<c  r='A1'><v>1</v></c>"):
        row = b'<row r="900">' + cell.replace(b"A1", b"A900") + cell.replace(b"A1", b"A900") + b"</row>"
        twice = changed(form, edit=in_first(b"</sheetData>", row + b"</sheetData>"))
        assert refused(twice, draft) == "damaged"


def test_a_csv_whose_quote_is_never_closed_is_refused(draft) -> None:
    assert refused(b'division,indicator,value\n130224,paddy,"5\n130225,dry,6\n', draft) == "damaged"


@pytest.mark.parametrize(
    ("line", "unit"),
    [("# unit,ha", "ha"), ("# 单位,亩", ""), ("# 计量单位,亩", "mu"), ("计量单位：亩", "mu"), (",,计量单位:公顷", "ha"),
     ("Unit of area: mu", "mu"), ("计量单位：石", "refused")],
)  # fmt: skip
def test_a_unit_above_a_plain_table_is_taken_at_its_word(draft, line: str, unit: str) -> None:
    content = f"{line}\n区划,水田\n滦南县,7\n".encode()
    with translation.override("en"):
        from django.utils.translation import gettext

        line_in_english = gettext("计量单位：%s") % "mu"
    if line.startswith("Unit"):
        content = content.replace(line.encode(), line_in_english.encode())
    if unit in ("", "refused"):
        with pytest.raises(Unreadable) as found:
            read_back(content, draft, None)
        assert found.value.code == "unit"
    else:
        assert read_back(content, draft, None).unit == unit


def test_a_file_without_areas_needs_no_unit(draft) -> None:
    found = read_back("区划,土壤有机质平均含量\n滦南县,7\n".encode(), draft, None)
    assert (found.faults, len(found.cells)) == ([], 1)
    with pytest.raises(Unreadable, match="面积单位"):
        read_back("区划,土壤有机质平均含量,水田\n滦南县,7,5\n".encode(), draft, None)


def test_every_stray_cell_is_a_fault(draft, who) -> None:
    assert places(read_back("区划,水田,,\n滦南县,7,1,2,3\n".encode(), draft)) == [
        ("head", "C2"), ("head", "D2"), ("head", "E2"),
    ]  # fmt: skip
    long = "division,name,indicator,value,备注\n130224,滦南县,paddy,5,看这里\n130225,,paddy,5,,9\n".encode()
    assert places(read_back(long, draft)) == [("head", "E2"), ("head", "F3")]

    def inserted(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[0]
        sheet.insert_rows(12)
        sheet["E12"], sheet["F12"] = 1, 2

    assert places(read_back(edited(form_of(draft, who.reporter), inserted), draft)) == [("row", "E12"), ("row", "F12")]


def test_merged_cells_of_a_plain_table_are_faults(draft) -> None:
    def book(merged: str) -> bytes:
        made, buffer = openpyxl.Workbook(), io.BytesIO()
        for row in (["区划", "水田", "旱地"], ["滦南县", 5, 6], ["乐亭县", 7, 8]):
            made.active.append(row)
        made.active.merge_cells(merged)
        made.save(buffer)
        return buffer.getvalue()

    assert places(read_back(book("B2:B3"), draft)) == [("merged", "B2")]
    assert places(read_back(book("B1:B2"), draft)) == [("merged", "B1")]
    assert places(read_back(book("E1:F1"), draft)) == []


def test_a_merged_area_marks_no_cell_that_is_locked(draft, who) -> None:
    """What nobody may type in comes back as it was read, or the file could never be put right."""
    content = edited(form_of(draft, who.reporter), lambda b: b.worksheets[0].merge_cells("E9:E11"))
    marked = mark_file(io.BytesIO(content), read_back(content, draft).faults)
    book = openpyxl.load_workbook(io.BytesIO(marked))
    assert not str(book["耕地"]["E9"].value).startswith("⚠")
    assert str(book["耕地"]["E11"].value).startswith("⚠")


def test_json_of_the_wrong_types_is_named_as_programs_name_it(draft) -> None:
    figures = [
        {"division": "130224", "indicator": "paddy", "value": True},
        {"division": "130224", "indicator": "dry", "value": [1]},
        {"division": "130224", "indicator": "irrigated", "value": "1", "note": 5},
        {"division": "130225", "indicator": "paddy", "value": "1", "note": {"a": 1}},
        "x",
        {"division": "130225", "indicator": "gold", "value": "1"},
    ]
    found = read_back(json.dumps({"unit": "mu", "figures": figures}).encode(), draft)
    assert {fault.place: fault.code for fault in found.faults} == {
        "figures[0].value": "boolean", "figures[1].value": "number", "figures[2].note": "note",
        "figures[3].note": "note", "figures[4].division": "division", "figures[5].indicator": "indicator",
    }  # fmt: skip
    with pytest.raises(Unreadable, match="计量单位"):
        read_back(b'{"unit": 5, "figures": []}', draft)


def test_a_code_that_contradicts_its_hidden_key_is_a_fault(draft, who) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book.worksheets[0]["B11"] = "130225"

    assert places(read_back(edited(form_of(draft, who.reporter), edit), draft)) == [("row", "B11")]


@pytest.mark.parametrize(("at", "value"), [(24, 10), (16, 0x12345678)])
def test_an_archive_that_lies_about_size_or_digest_is_refused(draft, who, at: int, value: int) -> None:
    """In the directory alone: whatever it says, what was unpacked must be what it says."""
    content = bytearray(form_of(draft, who.reporter))
    name = next(n for n in zipfile.ZipFile(io.BytesIO(content)).namelist() if n.endswith("sheet1.xml"))
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(name.encode()))
    content[entry + at : entry + at + 4] = struct.pack("<I", value)
    assert refused(bytes(content), draft) == "damaged"


def test_an_english_form_has_whole_words(draft, who) -> None:
    with translation.override("en"):
        form = form_of(draft, who.reporter, MU)
    names = openpyxl.load_workbook(io.BytesIO(form)).sheetnames
    assert all(len(name) <= 31 for name in names)
    assert "High-standard farmland and" in names

    def swap(book: openpyxl.Workbook) -> None:
        book.worksheets[0]["E7"] = "x"

    with translation.override("en"), pytest.raises(Unreadable, match="Paddy"):
        read_back(edited(form, swap), draft)
    assert retyped(form, {})
