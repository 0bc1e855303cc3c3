"""Responsibility letters on their pages: who sees and records what, what has changed since, and the signed copy."""

from datetime import date, timedelta

import pytest
from django.test import Client

from quotas.actions import Signed, record_signatures
from quotas.models import Letter
from quotas.selectors.letters import LetterState, count_states, get_items, state_of
from tests import factories
from tests.quotas.handing import AT, BASIC, PAPER, STATE_PAPER, handed, opened, published, stepped, typed

ENOUGH = {"130200": "1800", "130300": "1700", "130400": "1505"}
DAY = date(2026, 11, 29)  # after the document of the first version was recorded


@pytest.fixture
def letter(cast, who) -> Letter:
    """Tangshan's letter with Hebei."""
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    published(version, who)
    return Letter.objects.get(lower="130200")


def client_of(user) -> Client:
    return factories.signed_in(user, Client())


def page(user, address: str, status: int = 200) -> str:
    response = client_of(user).get(address)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def said(letter: Letter, **more) -> dict[str, object]:
    return {
        "party_signatory": "张书记", "party_signed_on": "2026-11-25", "government_signatory": "李市长",
        "government_signed_on": "2026-11-25", "note": "", "base_version": letter.revision,
    } | more  # fmt: skip


def sign(letter: Letter, by, day: date = DAY) -> None:
    both = Signed("张书记", day, "李市长", day, base_version=letter.revision)
    record_signatures(letter, both, by=by, at=AT + timedelta(days=3), copy=factories.report("签订件.pdf"))


def test_the_list_goes_up_and_down_with_states_and_the_share_that_is_signed(cast, who, letter) -> None:
    Letter.objects.filter(lower="130300").update(party_signatory="王", party_signed_on=DAY, note="市长空缺")
    Letter.objects.filter(lower="130400").update(government_signatory="赵", government_signed_on=DAY, note="书记空缺")
    sign(letter, who.city)
    found = page(who.reviewer, "/quotas/letters/")
    assert '<span class="figure-value">1</span> <small>/ 3</small>' in found
    assert "33%" in found
    assert [word in found for word in ("已签", "仅党委", "仅政府", "市长空缺")] == [True] * 4
    assert {state_of(row): row.lower_id for row in Letter.objects.all()} == {
        LetterState.SIGNED: "130200", LetterState.PARTY: "130300", LetterState.GOVERNMENT: "130400",
    }  # fmt: skip
    assert count_states(Letter.objects.all())[LetterState.UNSIGNED] == 0
    only = page(who.reviewer, "/quotas/letters/?state=party")
    assert ("秦皇岛市" in only, "唐山市</a>" in only) == (True, False)
    city = page(who.city, "/quotas/letters/")
    assert ("唐山市" in city, "秦皇岛市" in city) == (True, False)
    assert "没有符合条件的责任书" in page(who.stranger, "/quotas/letters/")
    assert "秦皇岛市" in page(who.viewer, "/quotas/letters/?side=all")
    assert "秦皇岛市" not in page(who.viewer, "/quotas/letters/")


def test_both_signatories_and_the_copy_are_recorded_on_the_page(cast, who, letter) -> None:
    address = f"/quotas/letters/{letter.pk}/"
    sent = client_of(who.city).post(address, said(letter, copy=factories.report("责任书.pdf")))
    assert (sent.status_code, sent["Location"]) == (302, address)
    letter.refresh_from_db()
    assert (letter.is_signed, letter.name, letter.by) == (True, "责任书.pdf", who.city)
    found = page(who.reviewer, address)
    assert ("张书记" in found, "李市长" in found, "登记签订情况" in found, "1,800.00" in found) == (True,) * 4
    assert "登记签订情况" not in page(who.viewer, address)
    assert "党委签订日期" in found.split("修改记录")[1]


@pytest.mark.parametrize(
    ("more", "status", "word"),
    [
        (
            {"government_signatory": "", "government_signed_on": ""},
            422,
            "党政同责：只有党委或政府一方签订，须写明原因。",
        ),
        ({"party_signatory": ""}, 422, "请写明签订人姓名。"),
        ({"party_signed_on": "2999-01-01"}, 422, "签订日期不能晚于今天。"),
        ({"party_signed_on": "昨天"}, 422, "field-error"),
        ({"base_version": 99}, 409, "他人已修改这份责任书"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason_and_kept_in_the_form(who, letter, more, status, word) -> None:
    sent = client_of(who.city).post(f"/quotas/letters/{letter.pk}/", said(letter, **more))
    text = sent.content.decode()
    assert (sent.status_code, word in text, "李市长" in text or "government_signatory" in more) == (status, True, True)
    letter.refresh_from_db()
    assert (letter.is_signed, letter.revision) == (False, 1)


def test_nothing_is_recorded_of_an_empty_form_nor_emptied_beside_a_signed_copy(who, letter) -> None:
    address, client = f"/quotas/letters/{letter.pk}/", client_of(who.city)
    nobody = {"party_signatory": "", "party_signed_on": "", "government_signatory": "", "government_signed_on": ""}
    sent = client.post(address, said(letter, **nobody))
    assert (sent.status_code, "请填写签订人和签订日期" in sent.content.decode()) == (422, True)
    sent = client.post(address, said(letter, party_signed_on="1900-01-01"))
    assert (sent.status_code, "签订日期不能早于 2000-01-01" in sent.content.decode()) == (422, True)
    assert client.post(address, said(letter, copy=factories.report("责任书.pdf"))).status_code == 302
    letter.refresh_from_db()
    sent = client.post(address, said(letter, **nobody))
    assert (sent.status_code, "已有签订件" in sent.content.decode()) == (422, True)
    letter.refresh_from_db()
    assert letter.is_signed


def test_one_signature_with_a_reason_is_taken(who, letter) -> None:
    alone = said(letter, government_signatory="", government_signed_on="", note="市长空缺")
    assert client_of(who.reviewer).post(f"/quotas/letters/{letter.pk}/", alone).status_code == 302
    assert "仅党委" in page(who.city, f"/quotas/letters/{letter.pk}/")


def test_a_file_that_is_no_picture_is_refused(who, letter) -> None:
    sent = client_of(who.city).post(
        f"/quotas/letters/{letter.pk}/", said(letter, copy=factories.report("x.txt", b"text"))
    )
    assert (sent.status_code, "签订件须为 PDF、PNG 或 JPG。" in sent.content.decode()) == (422, True)


def test_the_copy_is_for_the_two_divisions_and_those_above_and_is_never_shown(who, letter) -> None:
    address = f"/quotas/letters/{letter.pk}/file/"
    assert client_of(who.city).get(address).status_code == 404
    sign(letter, who.city)
    for user in (who.stranger, who.stranger_reviewer, who.county):
        assert client_of(user).get(address).status_code == 404
        assert client_of(user).get(f"/quotas/letters/{letter.pk}/").status_code == 404
        assert client_of(user).post(f"/quotas/letters/{letter.pk}/", said(letter)).status_code == 404
    for user in (who.city, who.reviewer, who.viewer):
        answer = client_of(user).get(address)
        assert b"".join(answer.streaming_content) == b"%PDF-1.7 audit"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert client_of(who.viewer).post(f"/quotas/letters/{letter.pk}/", said(letter)).status_code == 403


def test_a_letter_says_when_a_target_was_handed_down_after_it_was_signed(cast, who, letter) -> None:
    address = f"/quotas/letters/{letter.pk}/"
    assert [item.is_later for item in get_items([letter])[letter.pk]] == [False]
    sign(letter, who.city)
    assert "签订以后" not in page(who.city, address)
    before = date(2026, 11, 27)
    Letter.objects.update(
        party_signed_on=before, government_signed_on=before, party_signatory="张", government_signatory="李"
    )
    found = page(who.city, address)
    assert ("签订后下达" in found, "签订以后，目标有新下达或调整" in found) == (True, True)


def test_only_a_changed_value_is_an_adjustment(cast, who, letter) -> None:
    sign(letter, who.city)
    second = opened(cast.hebei, who.reporter)
    typed(second, {"130200": "1810"}, who.reporter)
    stepped(stepped(second, "submit", who.reporter), "approve", who.ministry)
    second = stepped(second, "publish", who.reviewer, paper=STATE_PAPER)
    second.document.__class__.objects.filter(pk=second.document_id).update(known_on=DAY + timedelta(days=1))
    letter.refresh_from_db()
    [item] = get_items([letter])[letter.pk]
    assert (item.is_later, item.before_mu, item.node.value_mu) == (True, 18_000_000, 18_100_000)
    found = page(who.city, f"/quotas/letters/{letter.pk}/")
    assert "签订后调整，签订时为 1,800.00 万亩" in found
    assert "签订后目标已变" in page(who.city, "/quotas/letters/")
    other = Letter.objects.get(lower="130300")
    sign(other, who.reporter)
    other.refresh_from_db()
    [item] = get_items([other])[other.pk]
    assert (item.is_later, item.before_mu) == (False, None)


def test_what_a_target_was_is_its_last_version_before_the_signing(cast, who, letter) -> None:
    second = opened(cast.hebei, who.reporter)
    typed(second, {"130200": "1810"}, who.reporter)
    published(second, who)
    sign(letter, who.city)
    third = opened(cast.hebei, who.reporter)
    typed(third, {"130200": "1820"}, who.reporter)
    stepped(stepped(third, "submit", who.reporter), "approve", who.ministry)
    third = stepped(third, "publish", who.reviewer, paper=STATE_PAPER)
    third.document.__class__.objects.filter(pk=third.document_id).update(known_on=DAY + timedelta(days=1))
    factories.target(cast.tangshan, "7", owner=cast.hebei, is_demo=True)
    letter.refresh_from_db()
    [item] = get_items([letter])[letter.pk]  # the demonstration's stands behind the official one
    assert (item.is_later, item.before_mu, item.node.value_mu) == (True, 18_100_000, 18_200_000)


def test_the_letter_lists_every_target_of_the_pair_with_its_version_and_document(cast, who, letter) -> None:
    handed("130200", "1500", indicator=BASIC, owner="130000")
    found = page(who.city, f"/quotas/letters/{letter.pk}/")
    assert f"第 1 版 · {PAPER.number}" in found
    assert ("永久基本农田" in found, "1,500.00 万亩" in found, "不低于" in found) == (True, True, True)


def test_the_list_costs_the_same_however_long_it_is_and_leaves_as_a_safe_file(
    cast, who, letter, django_assert_max_num_queries
) -> None:
    client = client_of(who.reviewer)
    client.get("/quotas/letters/")
    with django_assert_max_num_queries(30) as one:
        client.get("/quotas/letters/?state=unsigned")
    Letter.objects.exclude(pk=letter.pk).update(target_year=2030)
    with django_assert_max_num_queries(len(one)):
        client.get("/quotas/letters/?state=unsigned")
    Letter.objects.filter(pk=letter.pk).update(party_signatory="=1+1", party_signed_on=DAY, note="x")
    text = client.get("/quotas/letters/?year=2035&export=csv").content.decode("utf-8-sig")
    assert "# 状态,全部" in text
    assert "2035,130000,河北省,130200,唐山市,仅党委,'=1+1,2026-11-29" in text
