"""What the rules find of a checked file: how grave it is, told while it is being found, and told whole."""

import io

import openpyxl
import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from farmland.actions import statements as typing
from farmland.actions import uploads as actions
from farmland.models import Upload
from farmland.selectors import uploads as selectors
from farmland.selectors.statements import read
from tests import factories
from tests.factories import MOMENT
from tests.farmland.filling import applied, checked, filled_file, hand_in_file, work_off
from tests.farmland.hebei import filled

pytestmark = pytest.mark.django_db
LUANNAN, LETING = "130224", "130225"


def address(upload: Upload, name: str = "statement_upload", **more: str) -> str:
    return reverse(name, kwargs={"pk": upload.object_id, "upload": upload.pk, **more})


def versions(place) -> dict[tuple[str, str], int]:
    return {(f.division_id, f.indicator): f.revision for f in place.draft.figures.all()}


def test_a_hint_says_what_it_asks_for_once_the_file_is_written(place):
    rows = [(LUANNAN, "dry", "12"), (LUANNAN, "unstable_sand", "0.5")]
    upload = checked(place.draft, filled_file(rows, versions=versions(place)), by=place.who.reporter)
    hints = {hint.code: hint.demand for hint in upload.issues.filter(kind="notice")}
    assert hints["I-1"] == "hard"
    assert upload.counts["hard"] == upload.issues.filter(demand="hard").count() > 0
    client = factories.signed_in(place.who.reporter)
    text = client.get(address(upload)).text
    assert f"<b>{upload.counts['hard']}</b> 写入后须更正" in text
    assert "写入后须更正</span>" in text.split('id="issues"')[1]
    assert "写入后须更正" in client.get(address(upload, "statement_upload_issues"), {"export": "csv"}).content.decode()
    found = orjson.loads(client.get(f"/api/v1/statements/{place.draft.pk}/uploads/{upload.pk}/").content)
    assert {issue["code"]: issue["severity"] for issue in found["issues"]}["I-1"] == "hard"
    assert not {"hard", "soft"} & set(applied(upload).counts)


def test_a_soft_finding_asks_for_a_reason_until_one_is_written(place):
    old = filled(place.cast, place.who.reporter, year=2023)
    factories.typed(old, {(place.cast.luannan, "unstable_sand"): "3"}, by=place.who.reporter)
    old.__class__.objects.filter(pk=old.pk).update(
        status="approved", approved_at=MOMENT, approved_by=place.who.ministry, handed_in_by=place.who.reporter
    )

    def demands(value: str) -> set[str]:
        upload = checked(
            place.draft,
            filled_file([(LUANNAN, "unstable_sand", value)], versions=versions(place)),
            by=place.who.reporter,
        )
        return set(upload.issues.filter(code="vanished").values_list("demand", flat=True))

    assert demands("0") == {"soft"}
    factories.typed(place.draft, {(place.cast.luannan, "unstable_sand"): "0"}, by=place.who.reporter)
    typing.give_reason(
        place.draft,
        rule="vanished",
        division=LUANNAN,
        indicator="unstable_sand",
        text="已治理",
        by=place.who.reporter,
        at=MOMENT,
    )
    assert demands("0.0") == {"info"}


def test_empty_mandatory_cells_are_one_line(place):
    names = ("cultivated_land", "paddy", "irrigated", "dry", "permanent_basic_farmland")
    rows = [(LUANNAN, name, "") for name in names]
    upload = checked(place.draft, filled_file(rows, versions=versions(place)), by=place.who.reporter)
    missing = sum(f.code == "mandatory" for f in read(place.draft).findings)
    (line,) = upload.issues.filter(code="mandatory")
    assert line.detail.startswith(f"尚有 {missing + upload.counts['emptied']} 格必填未填")
    assert "尚未填写" not in factories.signed_in(place.who.reporter).get(address(upload)).text


def test_while_hints_are_made_anew_the_page_says_so_and_asks_again(place):
    upload = checked(place.draft, filled_file([(LUANNAN, "dry", "12")]), by=place.who.reporter)
    client, step = factories.signed_in(place.who.reporter), {"action": "decide"}
    assert "请选择后写入" in client.get(address(upload)).text.split('id="log"')[0]
    client.post(address(upload, "statement_upload_step", **step), {"decision": "mine"})
    text = client.get(address(upload)).text.split('id="log"')[0]
    assert "正在重新校验" in text
    assert 'hx-trigger="every 1s"' in text
    assert "请选择后写入" not in text
    assert "HX-Refresh" not in client.get(address(upload), headers={"HX-Request": "true"}).headers
    program = f"/api/v1/statements/{place.draft.pk}/uploads/{upload.pk}/"
    assert orjson.loads(client.get(program).content)["hints_pending"] is True
    work_off()
    assert client.get(address(upload), headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    text = client.get(address(upload)).text.split('id="log"')[0]
    assert "冲突已全部选择，可以写入" in text
    assert "every 1s" not in text
    assert "写入后须更正" in text
    assert orjson.loads(client.get(program).content)["hints_pending"] is False


def test_hints_that_could_not_be_made_are_not_waited_for_ever(place, monkeypatch):
    upload = checked(place.draft, filled_file([(LUANNAN, "dry", "12")]), by=place.who.reporter)
    actions.decide(upload, issues=None, decision="mine", by=place.who.reporter, at=MOMENT)

    def broken(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr("farmland.actions.uploads.statements.rows_after", broken)
    with pytest.raises(RuntimeError):
        work_off()
    assert "every 1s" not in factories.signed_in(place.who.reporter).get(address(upload)).text


def test_a_file_of_the_changes_says_how_many_there_are(place, monkeypatch):
    rows = [(LUANNAN, "unstable_sand", "1"), (LETING, "unstable_sand", "2")]
    client = factories.signed_in(place.who.reporter)

    def lines(upload: Upload) -> str:
        return client.get(address(upload, "statement_upload_issues"), {"export": "csv"}).content.decode()

    assert "将要写入的内容,共 2 条，全部列出" in lines(checked(place.draft, filled_file(rows), by=place.who.reporter))
    for module in (selectors, __import__("farmland.actions.uploads.changes", fromlist=["x"])):
        monkeypatch.setattr(module, "MOST_CHANGES", 1)
    assert "将要写入的内容,共 2 条，只列出前 1 条" in lines(
        checked(place.draft, filled_file(rows), by=place.who.reporter)
    )


def test_sheet_and_cell_of_a_change_are_apart_and_what_stood_is_named_so(place):
    form = factories.signed_in(place.who.reporter).get(reverse("statement_form", args=[place.draft.pk])).content
    book = openpyxl.load_workbook(io.BytesIO(form))
    sheet = next(
        sheet
        for sheet in book
        if sheet.sheet_state == "visible" and any(c.value == "滦南县" for r in sheet.iter_rows(max_row=30) for c in r)
    )
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == 10 and not c.protection.locked)
    cell.value = 11
    changed = io.BytesIO()
    book.save(changed)
    upload = checked(place.draft, changed.getvalue(), by=place.who.reporter)
    client = factories.signed_in(place.who.reporter)
    table = client.get(address(upload, "statement_upload_issues"), {"export": "csv"}).content.decode()
    assert f"修改,{sheet.title},{cell.coordinate},{LUANNAN}" in table
    assert "写入前的值" in table
    assert "现有的值" not in table


def test_after_writing_the_value_of_a_conflict_is_that_from_before(place):
    upload = checked(place.draft, filled_file([(LUANNAN, "dry", "12")]), by=place.who.reporter)
    client = factories.signed_in(place.who.reporter)
    assert "现有的值" in client.get(address(upload)).text
    actions.decide(upload, issues=None, decision="mine", by=place.who.reporter, at=MOMENT)
    work_off()
    applied(upload)
    assert "现有的值" not in client.get(address(upload)).text


def test_all_files_of_a_statement_are_listed_a_page_at_a_time(place):
    for number in range(7):
        hand_in_file(
            place.draft, filled_file([(LETING, "dry", str(number))]), by=place.who.reporter, name=f"第{number}份.csv"
        )
    client, base = factories.signed_in(place.who.reporter), reverse("statement_uploads", args=[place.draft.pk])
    detail = client.get(reverse("statement_detail", args=[place.draft.pk])).text
    assert "第0份.csv" not in detail
    assert f'href="{base}">全部' in detail
    assert "第0份.csv" in client.get(base).text
    table = client.get(base, {"export": "csv"}).content.decode()
    assert "第0份.csv" in table
    assert "共 7 条，全部列出" in table
    assert "第0份.csv" not in factories.signed_in(place.who.farm_reporter).get(base).text
    assert factories.signed_in(place.who.stranger).get(base).status_code == 404
    more = client.post(base, {"file": SimpleUploadedFile("又.csv", filled_file()), "unit": ""})
    assert more.status_code == 302
