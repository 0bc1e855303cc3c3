"""What a file would change, as it is said before it is written: notes, decided conflicts, rows that are done, the order."""

from types import SimpleNamespace

import openpyxl
import orjson
import pytest
from django.urls import reverse

from farmland.actions import statements as typing
from farmland.actions import uploads as actions
from farmland.actions.uploads.order import by_place, sheets_of
from farmland.models import AnnualStatement, FinishedRow, Upload
from farmland.selectors.statements import read
from farmland.units import WAN_MU
from farmland.workbooks.filled import Fault
from farmland.workbooks.statements import write_statement_form
from tests import factories
from tests.factories import MOMENT
from tests.farmland.filling import applied, checked, filled_file
from tests.farmland.hebei import walk

pytestmark = pytest.mark.django_db
LUANNAN, LETING = "130224", "130225"
TINY = "0.00000000001"  # less than can be stored


def versions(draft: AnnualStatement) -> dict[tuple[str, str], int]:
    return {(f.division_id, f.indicator): f.revision for f in draft.figures.all()}


def noted_file(*rows: tuple[str, str, str, str | None], known: dict[tuple[str, str], int]) -> bytes:
    """Figures with notes, as JSON: division, indicator, value, note (None: the file says none)."""
    figures = [
        {"division": d, "indicator": i, "value": v, "base_version": known[d, i], "was": "?"}
        | ({"note": n} if n else {})
        for d, i, v, n in rows
    ]
    return orjson.dumps({"unit": "wan_mu", "figures": figures})


def page(upload: Upload, name: str = "statement_upload", **more: str) -> str:
    return reverse(name, kwargs={"pk": upload.object_id, "upload": upload.pk, **more})


def shape(client, upload: Upload) -> dict:
    return orjson.loads(client.get(f"/api/v1/statements/{upload.object_id}/uploads/{upload.pk}/").content)


def noted(place: SimpleNamespace, division: str, note: str) -> None:
    """Give the figure of a row a note."""
    cell = typing.Cell(division, "dry", "10", note=note, base_version=versions(place.draft)[division, "dry"])
    (outcome,) = typing.save_cells(place.draft, cells=[cell], unit=WAN_MU, by=place.who.reporter, at=MOMENT)
    assert outcome.state == "saved"


def test_a_change_of_the_note_alone_says_what_it_was_and_what_it_will_be(place):
    noted(place, LUANNAN, "旧的说明")
    rows = [(LUANNAN, "dry", "10.0", "新的说明"), (LETING, "dry", "10", "初次说明"), (LETING, "paddy", "11", None)]
    content = noted_file(*rows, known=versions(place.draft))
    upload = checked(place.draft, content, by=place.who.reporter)
    client = factories.signed_in(place.who.reporter)
    text = client.get(page(upload)).text
    for words in ("改说明", "说明由“旧的说明”改为“新的说明”", "加上说明“初次说明”"):
        assert words in text
    table = client.get(page(upload, "statement_upload_issues"), {"export": "csv"}).content.decode()
    assert "说明由“旧的说明”改为“新的说明”" in table
    changes = {(c["division"], c["indicator"]): c for c in shape(client, upload)["changes"]}
    assert changes[LUANNAN, "dry"].items() >= {
        "kind": "noted", "note_before": "旧的说明", "note_after": "新的说明",
    }.items()  # fmt: skip
    assert changes[LETING, "paddy"].items() >= {"kind": "changed", "note_before": None, "note_after": None}.items()
    assert "说明由“旧的说明”改为“新的说明”" in client.get(page(applied(upload))).text


def test_an_emptied_cell_takes_its_note_with_it_and_says_so(place):
    noted(place, LUANNAN, "旧的说明")
    upload = checked(
        place.draft, filled_file([(LUANNAN, "dry", "")], versions=versions(place.draft)), by=place.who.reporter
    )
    text = factories.signed_in(place.who.reporter).get(page(upload)).text
    assert "删去说明“旧的说明”" in text


def test_what_was_decided_for_the_file_is_listed_before_it_is_written(place):
    known = versions(place.draft)
    noted(place, LUANNAN, "他人的说明")
    factories.typed(place.draft, {(place.cast.leting, "dry"): "8"}, by=place.who.reporter)
    rows = [(LUANNAN, "dry", "7", "文件的说明"), (LETING, "dry", "6", None), (LETING, "paddy", "11", None)]
    upload = checked(place.draft, noted_file(*rows, known=known), by=place.who.reporter)
    client = factories.signed_in(place.who.reporter)
    assert [c["division"] for c in shape(client, upload)["changes"]] == [LETING]
    first, second = upload.issues.filter(kind="conflict")
    decide = page(upload, "statement_upload_step", action="decide")
    client.post(decide, {"decision": "mine", "issue": first.pk})
    client.post(decide, {"decision": "theirs", "issue": second.pk})
    text = client.get(page(upload)).text.split('id="changes"')[1]
    assert "说明由“他人的说明”改为“文件的说明”" in text
    changes = shape(client, upload)["changes"]
    assert [(c["division"], c["indicator"], c["before"], c["after"]) for c in changes] == [
        (LUANNAN, "dry", "10", "7"), (LETING, "paddy", "10", "11"),
    ]  # fmt: skip
    written = shape(client, applied(upload))["changes"]
    assert sorted(map(orjson.dumps, written)) == sorted(map(orjson.dumps, changes))


def test_a_conflict_that_empties_a_cell_is_counted_as_emptying(place):
    known = versions(place.draft)
    factories.typed(place.draft, {(place.cast.luannan, "dry"): "9"}, by=place.who.reporter)
    upload = checked(place.draft, filled_file([(LUANNAN, "dry", "")], versions=known), by=place.who.reporter)
    actions.decide(upload, issues=None, decision="mine", by=place.who.reporter, at=MOMENT)
    client = factories.signed_in(place.who.reporter)
    assert "写入 0 格，清空 1 格" in client.get(page(upload)).text
    assert "清空 1 格" in client.get(page(applied(upload))).text


def test_nothing_is_decided_or_applied_once_the_statement_was_handed_in(place):
    rows = [(LUANNAN, "dry", "7"), (LETING, "dry", "6")]
    upload = checked(place.draft, filled_file(rows), by=place.who.reporter)
    walk(place.draft, place.who, "hand_in")
    client, said = factories.signed_in(place.who.reporter), "报表现为“待本级审核”，不能录入。"
    for step, data in (("decide", {"decision": "mine"}), ("apply", {})):
        address = f"/api/v1/statements/{place.draft.pk}/uploads/{upload.pk}/{step}/"
        answer = client.post(address, data, content_type="application/json")
        assert (answer.status_code, orjson.loads(answer.content)["errors"][0]["detail"]) == (409, said)
        shown = client.post(page(upload, "statement_upload_step", action=step), data, follow=True).text
        assert said in shown
    assert not upload.issues.exclude(decision="").exists()
    assert "不能录入。撤回或退回后可以继续写入" in shown
    assert "全部用文件中的" not in shown
    assert 'value="mine"' not in shown


def test_errors_stand_in_the_order_of_the_file_whoever_found_them(place):
    rows = [
        (LUANNAN, "dry", TINY), (LETING, "dry", "x"), (LUANNAN, "paddy", TINY), (LETING, "paddy", "y"),
    ]  # fmt: skip
    upload = checked(place.draft, filled_file(rows, versions=versions(place.draft)), by=place.who.reporter)
    assert [(i.cell, i.code) for i in upload.issues.all()] == [
        ("C2", "U-1"), ("C3", "number"), ("C4", "U-1"), ("C5", "number"),
    ]  # fmt: skip


def test_errors_of_a_workbook_go_sheet_by_sheet(place, tmp_path):
    reading = read(place.draft).within(place.cast.hebei)
    path = tmp_path / "form.xlsx"
    path.write_bytes(write_statement_form(reading, place.who.reporter, unit=WAN_MU))
    book = openpyxl.load_workbook(path)
    bad = {"耕地": {"130224": TINY, "130225": "x"}, "永久基本农田": {"130224": "y", "130225": TINY}}
    for title, values in bad.items():
        sheet = next(sheet for sheet in book if sheet.title.startswith(title))
        for row in sheet.iter_rows():
            code = str(row[1].value)
            if code in values and str(row[0].value) == code:
                cell = next(cell for cell in row[3:] if not cell.protection.locked)
                cell.value = values[code]
    book.save(path)
    upload = checked(place.draft, path.read_bytes(), by=place.who.reporter)
    found = [(issue.sheet[:2], int(issue.cell[1:]) if issue.cell[1:].isdigit() else 0) for issue in upload.issues.all()]
    assert len(found) == 4
    assert [sheet for sheet, _row in found] == ["耕地", "耕地", "永久", "永久"]
    assert found == sorted(found, key=lambda one: (one[0] != "耕地", one[1]))


def test_a_sheet_of_faults_alone_has_its_place_and_columns_go_by_their_letters():
    def at(sheet: str, place: str) -> Fault:
        return Fault(sheet, place, "number", "")

    faults = [at("一", "B1"), at("二", "A1"), at("三", "B1")]
    sheets = sheets_of([at("一", "A1"), at("三", "A1"), at("四", "A1")], faults)
    assert sheets == ["一", "二", "三", "四"]
    places = [at("二", "AA2"), at("四", "A1"), at("二", "Z2"), at("二", ""), at("二", "B10")]
    places.sort(key=by_place(sheets))
    assert [(one.sheet, one.place) for one in places] == [
        ("二", ""), ("二", "Z2"), ("二", "AA2"), ("二", "B10"), ("四", "A1"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_without_a_file_is_told_which_field_it_lacks(place, kind: str):
    client = factories.signed_in(place.who.reporter)
    address = f"/api/v1/statements/{place.draft.pk}/uploads/"
    content = b"unit=mu" if "x-www" in kind else b"--x--\r\n"
    answer = client.generic("POST", address, content, content_type=kind)
    (error,) = orjson.loads(answer.content)["errors"]
    assert (answer.status_code, error["attr"], error["code"]) == (400, "file", "required")
    assert "file" in error["detail"]
    assert client.generic("POST", address, b"<a/>", content_type="text/xml").status_code == 415


def test_a_file_into_finished_rows_says_how_many_and_leaves_their_marks(place):
    for division in (LUANNAN, LETING):
        typing.finish_row(place.draft, division=division, by=place.who.reporter, at=MOMENT)
    known = versions(place.draft)
    content = filled_file([(LUANNAN, "dry", "7"), (LETING, "dry", "6")], versions=known)
    upload = checked(place.draft, content, by=place.who.reporter)
    hint = upload.issues.get(code="finished_row")
    assert "2 个已标为完成的行：滦南县、乐亭县" in hint.detail
    assert hint.detail in factories.signed_in(place.who.reporter).get(page(upload)).text
    assert upload.counts["notice"] == upload.issues.filter(kind="notice").count()
    cell = typing.Cell(LUANNAN, "paddy", "11", base_version=known[LUANNAN, "paddy"])
    typing.save_cells(place.draft, cells=[cell], unit=WAN_MU, by=place.who.reporter, at=MOMENT)
    assert applied(upload).status == "applied"
    assert FinishedRow.objects.filter(statement=place.draft).count() == 2


def test_a_row_that_another_department_finished_or_that_stays_is_no_hint(place):
    FinishedRow.objects.create(
        statement=place.draft,
        division=place.cast.luannan,
        department="agriculture",
        by=place.who.farm_reporter,
        at=MOMENT,
    )
    typing.finish_row(place.draft, division=LETING, by=place.who.reporter, at=MOMENT)
    rows = [(LUANNAN, "dry", "7"), (LETING, "dry", "10")]
    upload = checked(place.draft, filled_file(rows, versions=versions(place.draft)), by=place.who.reporter)
    assert not upload.issues.filter(code="finished_row").exists()


def test_the_history_leads_to_the_file_for_who_may_see_it_alone(place):
    upload = applied(checked(place.draft, filled_file([(LETING, "unstable_sand", "1")]), by=place.who.reporter))
    for address in ("statement_history", "statement_detail"):
        address = reverse(address, args=[place.draft.pk])
        text = factories.signed_in(place.who.reporter).get(address).text
        assert f'href="{page(upload)}">自文件 耕地.csv</a>' in text
        other = factories.signed_in(place.who.farm_reporter).get(address).text
        assert "自文件 耕地.csv" in other
        assert f'{page(upload)}"' not in other


def test_a_refused_file_shows_no_columns_of_conflicts_and_promises_nothing(place):
    rows = [(LUANNAN, "dry", "x"), (LETING, "unstable_sand", "1")]
    upload = checked(place.draft, filled_file(rows, versions=versions(place.draft)), by=place.who.reporter)
    client = factories.signed_in(place.who.reporter)
    text = client.get(page(upload)).text
    assert "没有写入的内容" in text
    for words in ("将要写入的内容", "现有的值", "决定</th>"):
        assert words not in text
    asked = checked(place.draft, filled_file([(LUANNAN, "dry", "7")]), by=place.who.reporter)
    text = client.get(page(asked)).text
    assert "现有的值" in text
    assert "决定</th>" in text
    assert text.count("计量单位：万亩") == 1
