"""The statement as a spreadsheet: written for a reader, filled in, and read back to the same cells."""

import io

import openpyxl
import pytest

from farmland.models import AnnualStatement, User
from farmland.selectors.statements import read
from farmland.units import HA, WAN_MU
from farmland.workbooks.filled import Filled
from farmland.workbooks.statements import (
    read_statement_file,
    write_statement_csv,
    write_statement_form,
    write_statement_json,
)
from tests import factories
from tests.farmland.hebei import filled


@pytest.fixture
def draft(cast, who) -> AnnualStatement:
    """Hebei's draft, with a figure that keeps its zeros and one with more digits than a spreadsheet's number."""
    statement = filled(cast, who.reporter)
    factories.typed(statement, {(cast.luannan, "paddy"): "10.00"}, by=who.reporter)
    factories.typed(statement, {(cast.leting, "unstable_sand"): "123456789012.123456"}, by=who.reporter, unit="mu")
    return statement


def form_of(statement: AnnualStatement, user: User, unit=WAN_MU) -> bytes:
    return write_statement_form(read(statement).within(statement.part_shown_to(user)), user, unit=unit)


def read_back(content: bytes, statement: AnnualStatement, unit=WAN_MU) -> Filled:
    return read_statement_file(io.BytesIO(content), statement=statement, rows=read(statement).rows, unit=unit)


def cells_of(found: Filled) -> set[tuple[str, str, str, int]]:
    return {(cell.division, cell.indicator, cell.value, cell.base_version) for cell in found.cells}


def retyped(content: bytes, typed: dict[tuple[str, str], object], part: int = 0) -> bytes:
    """The form with other values in some cells, as another program saves it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[part]
    column = {cell.value: cell.column for cell in sheet[1]}
    row = {cell.value: cell.row for cell in sheet["A"]}
    for (code, indicator), value in typed.items():
        sheet.cell(row[code], column[indicator]).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_what_nobody_touched_says_nothing(draft, who) -> None:
    """Neither a change nor a conflict, even where the unit of the form rounds what was typed in another."""
    reading = read(draft)
    form = form_of(draft, who.reporter)
    for content in (
        form,
        retyped(form, {}),
        *(w(reading, who.reporter, unit=WAN_MU) for w in (write_statement_csv, write_statement_json)),
    ):
        found = read_back(content, draft, HA)
        assert (found.cells, found.faults, found.unit) == ([], [], "wan_mu")
        assert found.rows > 0


def test_what_is_typed_into_the_form_comes_back(draft, who) -> None:
    """A number with the decimals that its cell shows; an emptied cell on the version that it empties; words for gaps."""
    typed = {
        ("130224", "paddy"): 12.5, ("130224", "dry"): None, ("130225", "paddy"): "不适用", ("130225", "dry"): 0.00001,
        ("130225", "irrigated"): "１，２３４．５", ("130224", "irrigated"): 0,
    }  # fmt: skip
    found = read_back(retyped(form_of(draft, who.reporter), typed), draft)
    assert found.faults == []
    cells = {(c.division, c.indicator): (c.value, c.absence, c.base_version) for c in found.cells}
    assert cells == {
        ("130224", "paddy"): ("12.5", "", 2), ("130224", "dry"): ("", "", 1),
        ("130225", "paddy"): ("", "not_applicable", 1), ("130225", "dry"): ("0.00001", "", 1),
        ("130225", "irrigated"): ("1234.5", "", 1), ("130224", "irrigated"): ("0", "", 1),
    }  # fmt: skip
    assert found.cells[0].place == "E11"


def test_the_form_is_downloaded_in_scope(draft, who, client) -> None:
    """On the page and over REST; the unit's own draft is nobody else's, an unknown format or unit is none."""
    for user, status in ((who.reporter, 200), (who.county, 200), (who.ministry, 404), (who.stranger, 404)):
        client = factories.signed_in(user)
        for kind in ("xlsx", "csv", "json"):
            for address in (f"/statements/{draft.pk}/form/", f"/api/v1/statements/{draft.pk}/form/"):
                response = client.get(f"{address}?format={kind}&unit=mu")
                assert response.status_code == status, (address, kind, user)
                if status == 200:
                    assert read_back(response.content, draft).unit == "mu"
        for address in (f"/statements/{draft.pk}/form/", f"/api/v1/statements/{draft.pk}/form/"):
            assert client.get(f"{address}?format=exe").status_code == 404
            assert client.get(f"{address}?unit=foo").status_code == 404
            assert client.get(f"{address}?unit=g_per_kg").status_code == 404


def test_a_county_sees_and_opens_its_own_row_alone(draft, who) -> None:
    book = openpyxl.load_workbook(io.BytesIO(form_of(draft, who.county)))
    sheet = book.worksheets[0]
    keys = [cell.value for cell in sheet["A"] if cell.value and cell.value[0].isdigit()]
    assert keys == ["130224"]
    assert not any("130225" in str(cell.value) for one in book for row in one.iter_rows() for cell in row)
    locked = {cell.column_letter for cell in sheet[9] if cell.protection.locked}
    assert {"D", "E", "F", "G"}.isdisjoint(locked)


def test_every_part_fits_and_is_signed(draft, who) -> None:
    """A4 across, heads on every page; who signs is there however narrow the table; nothing sorts what is protected."""
    book = openpyxl.load_workbook(io.BytesIO(form_of(draft, who.reporter)))
    for sheet in book.worksheets[:9]:
        words = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value}
        assert {"单位负责人：", "审核人：", "填报人：", "联系电话：", "（盖章）"} <= words, sheet.title
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.paperSize, sheet.sheet_properties.pageSetUpPr.fitToPage) == (9, True)
        assert sheet.print_title_rows == f"$6:${sheet.freeze_panes and int(sheet.freeze_panes[1:]) - 1}"
        assert sheet.protection.sheet
        assert sheet.protection.sort  # True: not allowed
    guide = [row[1].value for row in book["填表说明"].iter_rows() if row[1].value]
    assert not any("排序" in line for line in guide)
    assert any("（本级）" in line for line in guide)
