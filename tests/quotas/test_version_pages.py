"""The pages on which targets are handed down: who sees them, what they say, and what works without script."""

import io
import json

import openpyxl
import pytest
from django.urls import reverse

from farmland.models import Division
from quotas.models import QuotaNode, QuotaVersion
from tests.factories import signed_in
from tests.quotas.handing import PAPER, opened, published, stepped, typed

SET = {"130200": "1800", "130300": "1700", "130400": "1505"}
DOCUMENT = {"number": PAPER.number, "title": PAPER.title, "issuer": PAPER.issuer, "issued_on": "2026-11-20"}


@pytest.fixture
def draft(cast, who) -> QuotaVersion:
    version = opened(cast.hebei, who.reporter)
    typed(version, SET, who.reporter)
    return version


def test_a_draft_is_its_owners_and_what_was_handed_down_is_everybodys(cast, who, draft) -> None:
    address = reverse("quota_version", args=[draft.pk])
    readers = {
        name: signed_in(getattr(who, name)).get(address).status_code for name in ("reporter", "reviewer", "agri", "city", "county", "ministry", "stranger", "viewer")
    }  # fmt: skip
    assert readers == {
        "reporter": 200, "reviewer": 200, "agri": 200, "city": 404, "county": 404, "ministry": 404, "stranger": 404,
        "viewer": 404,
    }  # fmt: skip
    published(draft, who)
    for name in readers:
        page = signed_in(getattr(who, name)).get(address).content.decode()
        assert "1,800" in page
        assert PAPER.number in page
        assert "保存草稿" not in page
    assert signed_in(who.stranger).get(address).content.decode().count("校验结果") == 0


def test_the_list_says_what_was_handed_what_is_left_and_what_is_next(cast, who, draft) -> None:
    page = signed_in(who.reporter).get(reverse("quota_list")).content.decode()
    for words in ("5,000.00", "5,005.00", "+5.00", "高于本级", "上报", "国函〔2024〕1号"):
        assert words in page
    empty = signed_in(who.city).get(reverse("quota_list")).content.decode()
    assert "还没有下达给本单位的目标" in empty
    stepped(draft, "submit", who.reporter)
    assert "待我办理" in signed_in(who.ministry).get(reverse("quota_list")).content.decode()
    book = signed_in(who.reporter).get(reverse("quota_list") + "?export=xlsx").content
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows()]
    assert ["130000", "河北省", "耕地保有量", 2035, 5000, 5005, -5, "已上报", 1, "国函〔2024〕1号"] in [
        row[:10] for row in rows
    ]
    assert signed_in(who.reporter).get(reverse("quota_list") + "?indicator=permanent_basic_farmland").status_code == 200


def test_it_is_begun_and_adjusted_from_the_list(cast, who) -> None:
    client = signed_in(who.reporter)
    said = {"indicator": "cultivated_land", "year": 2035}
    response = client.post(reverse("quota_open"), said)
    version = QuotaVersion.objects.get(owner="130000")
    assert response.url == reverse("quota_version", args=[version.pk])
    assert signed_in(who.reviewer).post(reverse("quota_open"), said).status_code == 403
    assert client.post(reverse("quota_open"), said | {"owner": "440000"}).status_code == 404
    assert client.post(reverse("quota_open"), said | {"year": 1}).status_code == 404
    typed(version, SET, who.reporter)
    published(version, who)
    client.post(reverse("quota_open"), said)
    assert QuotaVersion.objects.get(owner="130000", state="draft").supersedes == version


def test_cells_are_saved_without_script(cast, who, draft) -> None:
    client, address = signed_in(who.reporter), reverse("quota_cells", args=[draft.pk])
    node = draft.nodes.get(division="130200")
    sent = {
        f"c:130200:value:{node.revision}": "1801",
        "c:130300:value:99": "5",
        "c:130400:plan:0": "abc",
        "unit": "wan_mu",
    }
    response = client.post(address, sent)
    assert response.status_code == 422
    page = response.content.decode()
    for words in ("已保存 1 格", "2 格未能保存", "“abc”不是数，请填写零或正数", "他人已修改这一格"):
        assert words in page
    assert draft.nodes.get(division="130200").value_mu == 18_010_000
    again = draft.nodes.get(division="130200").revision
    assert client.post(address, {f"c:130200:value:{again}": "1802", "unit": "wan_mu"}).status_code == 302
    assert signed_in(who.agri).post(address, {f"c:130200:value:{again + 1}": "9"}).status_code == 403
    assert signed_in(who.stranger).post(address, sent).status_code == 404


def test_every_step_is_taken_on_the_page_and_what_refuses_is_said(cast, who, draft) -> None:
    def step(user, action: str, **said: str) -> str:
        address = reverse("quota_step", args=[draft.pk, action])
        return signed_in(user).post(address, said, follow=True).content.decode()

    typed(draft, {"130400": "1495"}, who.reporter)
    assert "下级之和 4995.00 低于本级 5000.00，差 5.00" in step(who.reporter, "submit")
    typed(draft, {"130400": "1700"}, who.reporter)
    assert "请更正，或写明理由" in step(who.reporter, "submit")
    reason = reverse("quota_reason", args=[draft.pk])
    said = {"code": "Q-10", "division": "130000", "text": "留有余地"}
    assert "留有余地" in signed_in(who.reporter).post(reason, said, follow=True).content.decode()
    assert "已办理" in step(who.reporter, "submit")
    assert "请写明理由或意见" in step(who.ministry, "return")
    assert "已办理" in step(who.ministry, "approve")
    assert "请写明下达文件的文号、标题和日期" in step(who.reviewer, "publish")
    assert "已办理" in step(who.reviewer, "publish", **DOCUMENT)
    draft.refresh_from_db()
    assert (draft.state, draft.document.number) == ("published", PAPER.number)
    assert signed_in(who.reviewer).post(reverse("quota_step", args=[draft.pk, "explode"])).status_code == 404
    assert signed_in(who.city).post(reverse("quota_step", args=[draft.pk, "revoke"])).status_code == 404


def test_proposals_and_the_document_of_an_adjustment(cast, who, draft) -> None:
    client = signed_in(who.reporter)
    client.post(reverse("quota_proposal", args=[draft.pk]), {"way": "even"})
    assert sum(draft.nodes.values_list("value_mu", flat=True)) == 50_000_000
    assert (
        "不能按此提出建议"
        in client.post(reverse("quota_proposal", args=[draft.pk]), {"way": "area"}, follow=True).content.decode()
    )
    address = reverse("quota_adjustment", args=[draft.pk])
    said = {f"adjustment-{name}": value for name, value in DOCUMENT.items()}
    client.post(address, said)
    draft.refresh_from_db()
    assert draft.adjusted_by.number == PAPER.number
    client.post(address, {"forget": "1"})
    draft.refresh_from_db()
    assert draft.adjusted_by is None


def test_many_below_are_handed_in_approved_and_published_at_once(cast, who, draft) -> None:
    Division.objects.filter(pk="130300").update(is_leaf=False)
    Division.objects.create(code="130321", name="青龙县", level="county", parent_id="130300")
    published(draft, who)
    for code, values in (("130200", {"130224": "900", "130225": "900"}), ("130300", {"130321": "1700"})):
        typed(opened(Division.objects.get(pk=code), who.reporter), values, who.reporter)

    def below(user, action: str, **said: str) -> str:
        address = reverse("quota_steps_below", args=[draft.pk, action])
        return signed_in(user).post(address, said, follow=True).content.decode()

    assert "上报下级 2 份" in signed_in(who.reporter).get(reverse("quota_version", args=[draft.pk])).content.decode()
    assert "已办理 2 个下级的目标" in below(who.reporter, "submit")
    assert "已办理 2 个下级的目标" in below(who.reviewer, "approve")
    assert "请写明下达文件" in below(who.reviewer, "publish")
    assert "已办理 2 个下级的目标" in below(who.reviewer, "publish", **DOCUMENT)
    assert QuotaNode.objects.published().filter(division__in=["130224", "130225", "130321"]).count() == 3


def test_the_grid_saves_over_the_interface(cast, who, draft) -> None:
    client, address = signed_in(who.reporter), reverse("api_quota_nodes", args=[draft.pk])
    node = draft.nodes.get(division="130400")

    def put(user, *figures: dict[str, object], **more: object):
        body = {"unit": "wan_mu", "figures": list(figures)} | more
        return (client if user is who.reporter else signed_in(user)).put(address, json.dumps(body), "application/json")

    response = put(who.reporter, {"division": "130400", "indicator": "value", "value": "1495", "base_version": node.revision},
                   {"division": "130300", "indicator": "value", "value": "1", "base_version": 99})  # fmt: skip
    body = response.json()
    assert [(one["state"], one["value"]) for one in body["figures"]] == [("saved", "1495"), ("conflict", "")]
    assert body["figures"][1]["theirs"] == "1700"
    assert body["figures"][0]["value_mu"] == "14950000.000000"
    assert [(one["code"], one["severity"]) for one in body["findings"]] == [("Q-1", "hard")]
    assert (body["balance"]["left"], body["balance"]["word"]) == ("5.00", "尚未分完")
    assert put(who.agri, {"division": "130400", "value": "1"}).status_code == 403
    assert put(who.stranger, {"division": "130400", "value": "1"}).status_code == 404
    assert put(who.reporter, {"division": "130400", "indicator": "gold", "value": "1"}).status_code == 400
    dry = put(who.reporter, {"division": "130400", "value": "9", "base_version": node.revision + 1}, dry_run=True)
    assert dry.json()["figures"][0]["state"] == "saved"
    assert draft.nodes.get(division="130400").value_mu == 14_950_000
    stepped(typed(draft, {"130400": "1505"}, who.reporter).contents.version, "submit", who.reporter)
    assert put(who.reporter, {"division": "130400", "value": "9"}).status_code == 409


def test_the_page_asks_a_constant_number_of_queries(cast, who, draft, django_assert_max_num_queries) -> None:
    client = signed_in(who.reporter)
    address = reverse("quota_version", args=[draft.pk])
    client.get(address)
    with django_assert_max_num_queries(34):
        client.get(address)
    more = [Division(code=f"13{n}00", name=f"市{n}", level="prefecture", parent_id="130000") for n in range(60, 90)]
    Division.objects.bulk_create(more)
    with django_assert_max_num_queries(34):
        client.get(address)
    with django_assert_max_num_queries(18):
        client.get(reverse("quota_list"))
