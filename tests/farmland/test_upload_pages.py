"""The pages and the interface of filled-in files."""

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from farmland.models import Figure, Notice, Upload
from farmland.ui.notices import view
from tests import factories
from tests.farmland.filling import checked, filled_file, hand_in_file, work_off

pytestmark = pytest.mark.django_db
LUANNAN, LETING = "130224", "130225"


def page(upload: Upload, name: str = "statement_upload", **more: str) -> str:
    return reverse(name, kwargs={"pk": upload.object_id, "upload": upload.pk, **more})


def test_a_file_goes_from_the_statement_s_page_into_the_tables(place):
    client = factories.signed_in(place.who.reporter)
    detail = client.get(reverse("statement_detail", args=[place.draft.pk]))
    assert "上传并校验" in detail.text
    file = SimpleUploadedFile("耕地.csv", filled_file([(LETING, "unstable_sand", "1.5")]))
    sent = client.post(reverse("statement_uploads", args=[place.draft.pk]), {"file": file, "unit": "wan_mu"})
    upload = Upload.objects.get()
    assert sent["Location"] == page(upload)
    waiting = client.get(page(upload)).text
    assert 'hx-trigger="every 1s"' in waiting
    assert "刷新" in waiting
    polled = client.get(page(upload), headers={"HX-Request": "true"})
    assert "<html" not in polled.text
    assert "HX-Refresh" not in polled.headers
    work_off()
    assert client.get(page(upload), headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "写入 1 格" in client.get(page(upload)).text
    client.post(page(upload, "statement_upload_step", action="apply"))
    work_off()
    assert Figure.objects.get(statement=place.draft, indicator="unstable_sand").value_mu == 15_000
    done = client.get(page(upload)).text
    assert "已写入" in done
    assert "耕地.csv" in client.get(reverse("statement_history", args=[place.draft.pk])).text


def test_every_error_stands_on_the_page_and_in_the_tables_to_keep(place):
    rows = [(LUANNAN, "cultivated_land", "x"), ("999999", "dry", "1"), (LETING, "dry", "=1+1")]
    upload = checked(place.draft, filled_file(rows), by=place.who.reporter)
    client = factories.signed_in(place.who.reporter)
    text = client.get(page(upload)).text
    for word in ("C2", "A3", "C4", "999999", "滦南县", "耕地保有量"):
        assert word in text
    assert "写入 " not in text
    assert "下载标注错误的文件" in text
    assert client.get(page(upload, "statement_upload_marked")).content.startswith(b"PK")
    table = client.get(page(upload, "statement_upload_issues"), {"export": "csv"})
    assert "'=1+1" in table.content.decode()
    assert "# 导出" in table.content.decode()
    assert client.get(page(upload, "statement_upload_issues")).content.startswith(b"PK")
    assert b"".join(client.get(page(upload, "statement_upload_file"))) == filled_file(rows)


def test_conflicts_are_decided_one_by_one_or_all_at_once(place):
    rows = [(LUANNAN, "dry", "7"), (LETING, "dry", "6")]
    upload = checked(place.draft, filled_file(rows), by=place.who.reporter)
    client = factories.signed_in(place.who.reporter)
    assert "还有 2 处冲突没有选择" in client.get(page(upload)).text
    step = page(upload, "statement_upload_step", action="decide")
    client.post(step, {"decision": "theirs"})
    client.post(step, {"decision": "mine", "issue": upload.issues.filter(kind="conflict").first().pk})
    assert list(upload.issues.filter(kind="conflict").values_list("decision", flat=True)) == ["mine", "theirs"]
    assert "写入 1 格" in client.get(page(upload)).text


def test_the_page_says_that_nobody_takes_the_file_up(place):
    upload = hand_in_file(place.draft, filled_file(), by=place.who.reporter)
    client = factories.signed_in(place.who.reporter)
    assert "还没有后台程序处理" in client.get(page(upload)).text  # received at MOMENT, long ago
    upload.log = [[timezone.now().isoformat(), "已收到文件"]]
    upload.save()
    assert "还没有后台程序处理" not in client.get(page(upload)).text


def test_uploads_of_others_are_not_there_and_colleagues_only_look(place):
    upload = checked(place.draft, filled_file([(LETING, "unstable_sand", "1")]), by=place.who.reporter)
    for who in ("county", "farm_reporter", "ministry", "stranger", "admin"):
        client = factories.signed_in(getattr(place.who, who))
        assert client.get(page(upload)).status_code == 404
        assert client.post(page(upload, "statement_upload_step", action="apply")).status_code == 404
    client = factories.signed_in(place.who.reviewer)
    assert client.get(page(upload)).status_code == 200
    assert client.post(page(upload, "statement_upload_step", action="apply")).status_code == 403
    assert (
        client.post(
            reverse("statement_uploads", args=[place.draft.pk]), {"file": SimpleUploadedFile("a.csv", b"a")}
        ).status_code
        == 403
    )


def test_a_program_does_the_same(place):
    client = factories.signed_in(place.who.reporter)
    root = f"/api/v1/statements/{place.draft.pk}/uploads/"
    old = {(f.division_id, f.indicator): f.revision for f in place.draft.figures.all()}
    factories.typed(place.draft, {(place.cast.luannan, "dry"): "9"}, by=place.who.reporter)
    file = SimpleUploadedFile(
        "a.csv", filled_file([(LUANNAN, "dry", "7"), (LETING, "unstable_sand", "1")], versions=old)
    )
    sent = client.post(root, {"file": file, "unit": "wan_mu"})
    assert sent.status_code == 202
    address = f"{root}{orjson.loads(sent.content)['id']}/"
    assert orjson.loads(client.get(address).content)["status"] == "waiting"
    assert client.post(f"{address}apply/", {}, content_type="application/json").status_code == 409
    work_off()
    found = orjson.loads(client.get(address).content)
    assert found["counts"].items() >= {"new": 1, "conflict": 1}.items()
    (conflict,) = [issue for issue in found["issues"] if issue["kind"] == "conflict"]
    assert (conflict["value"], conflict["theirs"], conflict["cell"]) == ("7", "9", "C2")
    assert client.post(f"{address}apply/", {}, content_type="application/json").status_code == 422
    said = {"decision": "mine", "issues": [conflict["id"]]}
    assert client.post(f"{address}decide/", said, content_type="application/json").status_code == 200
    assert client.post(f"{address}apply/", {}, content_type="application/json").status_code == 200
    work_off()
    assert orjson.loads(client.get(address).content)["status"] == "applied"
    assert client.post(f"{address}cancel/", {}, content_type="application/json").status_code == 409
    assert client.post(f"{address}nothing/", {}, content_type="application/json").status_code == 404
    assert [row["status"] for row in orjson.loads(client.get(root).content)] == ["applied"]
    assert factories.signed_in(place.who.stranger).get(address).status_code == 404
    viewer = factories.signed_in(place.who.viewer).post(root, {"file": SimpleUploadedFile("a.csv", b"a")})
    assert viewer.status_code == 403


def test_what_would_change_stands_on_the_page_over_rest_and_in_the_table(place):
    old = {(f.division_id, f.indicator): f.revision for f in place.draft.figures.all()}
    rows = [(LUANNAN, "dry", "7.25"), (LETING, "dry", "")]
    upload = checked(place.draft, filled_file(rows, versions=old), by=place.who.reporter)
    client = factories.signed_in(place.who.reporter)
    text = client.get(page(upload)).text
    for word in ("将要写入的内容", "7.25", "清空", "计量单位：万亩", "写入前的值"):
        assert word in text
    found = orjson.loads(client.get(f"/api/v1/statements/{place.draft.pk}/uploads/{upload.pk}/").content)
    assert found["changes"][0] == {
        "cell": "C2", "division": LUANNAN, "indicator": "dry", "before": "10", "after": "7.25", "kind": "changed",
        "note_before": None, "note_after": None,
    }  # fmt: skip
    assert found["changes"][1]["kind"] == "emptied"
    assert "changes" not in found["counts"]
    assert "7.25" in client.get(page(upload, "statement_upload_issues"), {"export": "csv"}).content.decode()


def test_where_nothing_is_to_be_written_there_is_a_sentence_and_no_button(place):
    upload = checked(place.draft, filled_file([(LUANNAN, "dry", "10")]), by=place.who.reporter)
    text = factories.signed_in(place.who.reporter).get(page(upload)).text
    assert "没有需要写入的" in text.split('id="log"')[0]
    assert "写入 0 格" not in text


def test_a_file_in_another_unit_than_was_chosen_says_so(place):
    figures = [{"division": LETING, "indicator": "unstable_sand", "value": "1.5"}]
    upload = checked(place.draft, orjson.dumps({"unit": "mu", "figures": figures}), by=place.who.reporter)
    client = factories.signed_in(place.who.reporter)
    for _time in range(2):
        text = client.get(page(upload)).text
        assert "文件的计量单位是亩，与上传时选择的万亩不同" in text
        found = orjson.loads(client.get(f"/api/v1/statements/{place.draft.pk}/uploads/{upload.pk}/").content)
        assert (found["unit"], found["chosen_unit"]) == ("mu", "wan_mu")
        client.post(page(upload, "statement_upload_step", action="apply"))
        work_off()
    same = checked(place.draft, filled_file([(LETING, "unstable_sand", "2")]), by=place.who.reporter)
    assert "与上传时选择的" not in client.get(page(same)).text


@pytest.mark.parametrize(
    ("content", "title"),
    [([(LETING, "unstable_sand", "1")], "导入待确认"), ([(LETING, "unstable_sand", "x")], "导入有错误")],
)
def test_a_notice_says_how_the_file_stands(place, content, title):
    upload = checked(place.draft, filled_file(content), by=place.who.reporter)
    shown = view(Notice.objects.get(upload=upload))
    assert (shown.tag.word, shown.title) == ("导入结果", f"{title}：耕地.csv")
    assert shown.detail == upload.detail != ""


def test_the_history_over_rest_names_the_file_as_the_page_does(place):
    upload = checked(place.draft, filled_file([(LETING, "unstable_sand", "1")]), by=place.who.reporter)
    client = factories.signed_in(place.who.reporter)
    client.post(page(upload, "statement_upload_step", action="apply"))
    work_off()
    found = orjson.loads(client.get(f"/api/v1/statements/{place.draft.pk}/history/").content)
    assert {change["source"] for change in found["changes"]} == {"耕地.csv", None}
