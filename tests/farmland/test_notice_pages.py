"""The pages and the REST answers of notices: the own ones alone, read by POST, chosen by kind."""

import json
import re

import pytest
from django.test import Client

from farmland.actions.notices import notify
from farmland.models import MailState, Notice, NoticeChoice, NoticeKind
from tests import factories
from tests.factories import MOMENT, signed_in

LIST, CHOICES = "/notices/", "/accounts/preferences/mail/"


@pytest.fixture
def told(statement, who) -> list[Notice]:
    """Three notices of Hebei's reporter, and one of somebody else."""
    kinds = (NoticeKind.RETURNED, NoticeKind.DECIDED, NoticeKind.COMMENTED)
    words = {"comment": "<b>水田</b>", "action": "approve", "text": "请核实", "division": "130224", "place": "滦南县",
             "indicator": "paddy"}  # fmt: skip
    made = [
        notify(kind, [who.reporter], by=who.ministry, at=MOMENT, statement=statement, words=words)[0] for kind in kinds
    ]
    notify(NoticeKind.DECIDED, [who.reviewer], by=who.ministry, at=MOMENT, statement=statement)
    return made


def test_the_list_shows_the_own_ones_unread_first_and_escapes_what_people_wrote(told, who) -> None:
    Notice.objects.filter(pk=told[2].pk).update(read_at=MOMENT, mail=MailState.FAILED)
    page = signed_in(who.reporter).get(LIST).content.decode()
    assert re.findall(r'action="/notices/(\d+)/read/"><input[^>]*>(?=<button)', page) == [
        str(told[1].pk), str(told[0].pk), str(told[2].pk),
    ]  # fmt: skip
    assert "&lt;b&gt;水田&lt;/b&gt;" in page
    assert "河北省 2024 年度报表收到意见：滦南县 水田" in page
    assert "邮件没有送达" in page
    assert "2 条未读" in page


def test_the_list_is_filtered_by_kind_and_says_when_there_is_nothing(told, who) -> None:
    client = signed_in(who.reporter)
    page = client.get(LIST, {"kind": "returned"}).content.decode()
    assert ("被退回" in page, "收到意见：" in page) == (True, False)
    assert "没有这一类通知" in client.get(LIST, {"kind": "upload"}).content.decode()
    assert client.get(LIST, {"kind": "nonsense"}).content.decode().count('class="notice unread"') == 3
    assert "还没有通知" in signed_in(who.admin, Client()).get(LIST).content.decode()


def test_opening_a_notice_leads_to_its_place_and_marks_it_once(told, who, statement) -> None:
    client = signed_in(who.reporter)
    answer = client.post(f"/notices/{told[2].pk}/read/", {"open": "1"})
    assert (answer.status_code, answer["Location"]) == (302, f"/statements/{statement.pk}/?group=land#c-130224-paddy")
    first = Notice.objects.get(pk=told[2].pk).read_at
    again = client.post(f"/notices/{told[2].pk}/read/", {"next": "/notices/?kind=returned"})
    assert again["Location"] == "/notices/?kind=returned"
    assert Notice.objects.get(pk=told[2].pk).read_at == first
    assert signed_in(who.reviewer, Client()).post(f"/notices/{told[0].pk}/read/").status_code == 404
    assert Notice.objects.get(pk=told[0].pk).read_at is None


def test_all_are_marked_up_to_what_was_seen(told, who, statement) -> None:
    notify(NoticeKind.DECIDED, [who.reporter], by=who.ministry, at=MOMENT, statement=statement)  # came meanwhile
    last = Notice.objects.get(user=who.reviewer)  # somebody else's, older than the latest that was seen
    answer = signed_in(who.reporter).post("/notices/read/", {"until": last.pk, "next": "//evil.example/"})
    assert answer["Location"] == "/home/"
    unread = Notice.objects.filter(read_at=None).order_by("pk")
    assert [(notice.user, notice.pk > last.pk) for notice in unread] == [(who.reviewer, False), (who.reporter, True)]


def test_the_bell_counts_the_own_unread_ones(told, who) -> None:
    assert "3 条未读" in signed_in(who.reporter).get("/accounts/preferences/").content.decode()
    assert "条未读" not in signed_in(who.admin, Client()).get("/accounts/preferences/").content.decode()


def test_the_list_costs_as_many_queries_for_many_as_for_few(told, who, statement, django_assert_num_queries) -> None:
    client = signed_in(who.reporter)
    with django_assert_num_queries(5):  # session, user, count, page, unread
        client.get(LIST)
    for _ in range(30):
        notify(NoticeKind.DECIDED, [who.reporter], by=who.ministry, at=MOMENT, statement=statement)
    with django_assert_num_queries(5):
        assert 'href="?page=2"' in client.get(LIST).content.decode()


def test_what_comes_by_mail_is_chosen_on_the_preferences_page(who) -> None:
    client = signed_in(who.reporter)
    page = client.get("/accounts/preferences/").content.decode()
    assert re.findall(r'value="(\w+)" id="mail_kinds_\d+"( checked)?', page)[:5] == [
        ("year_opened", " checked"), ("for_review", " checked"), ("returned", " checked"), ("decided", " checked"),
        ("commented", ""),
    ]  # fmt: skip
    assert client.post(CHOICES, {"kinds": ["commented"]}).status_code == 302
    chosen = dict(NoticeChoice.objects.filter(user=who.reporter).values_list("kind", "by_mail"))
    assert chosen == {kind: kind == "commented" for kind in NoticeKind.values}
    assert client.post(CHOICES, {"kinds": ["gold"]}).status_code == 422
    assert 'value="commented" id="mail_kinds_4" checked' in client.get("/accounts/preferences/").content.decode()


def test_programs_read_mark_and_choose_like_people(told, who, statement) -> None:
    client = signed_in(who.reporter)
    page = client.get("/api/v1/notices/?limit=2").json()
    assert [row["id"] for row in page["results"]] == [told[2].pk, told[1].pk]
    assert [row["id"] for row in client.get(page["next"]).json()["results"]] == [told[0].pk]
    row = client.get("/api/v1/notices/?kind=returned").json()["results"][0]
    assert (row["title"], row["detail"]) == ("河北省 2024 年度报表被退回", "<b>水田</b>")
    assert (row["statement"], row["by"], row["read_at"]) == (statement.pk, who.ministry.username, None)
    marked = client.post(f"/api/v1/notices/{told[0].pk}/read/").json()
    assert marked["read_at"]
    assert [row["id"] for row in client.get("/api/v1/notices/?unread=true").json()["results"]] == [
        told[2].pk, told[1].pk,
    ]  # fmt: skip
    other = signed_in(who.reviewer, Client())
    assert other.post(f"/api/v1/notices/{told[1].pk}/read/").status_code == 404
    assert client.get("/api/v1/notices/?kind=gold").status_code == 400


def test_programs_choose_what_comes_by_mail(who) -> None:
    client, address = signed_in(who.reporter), "/api/v1/notices/choices/"
    assert client.get(address).json()["commented"] is False

    def put(data: object):
        return client.put(address, json.dumps(data), content_type="application/json")

    answer = put({"commented": True})
    assert (answer.status_code, answer.json()["commented"], answer.json()["returned"]) == (200, True, True)
    for wrong in ({"gold": True}, {"commented": "perhaps"}, [], None):
        assert put(wrong).status_code == 400, wrong
    assert NoticeChoice.objects.count() == 1


def test_every_kind_reads_well_in_both_languages_whatever_its_words(statement, who) -> None:
    for kind in NoticeKind.values:
        for words in ({}, {"due_on": "2025-04-01", "on": "2025-03-25", "text": "请尽快"}):
            notify(kind, [who.reporter], by=None, at=MOMENT, statement=statement, words=words)
        notify(kind, [who.reporter], by=None, at=MOMENT, year=2025)
    for language in ("zh-hans", "en"):
        factories.User.objects.filter(pk=who.reporter.pk).update(language=language)
        client = signed_in(factories.User.objects.get(pk=who.reporter.pk), Client())
        for number in (1, 2):
            page = client.get(LIST, {"page": number})
            assert page.status_code == 200
            assert "%(" not in page.content.decode()
