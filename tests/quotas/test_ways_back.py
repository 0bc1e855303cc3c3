"""What can be undone of targets, and what cannot: proposals, drafts, publications."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from farmland.models import Notice
from farmland.ui.notices import view
from farmland.workflow import Refused
from quotas.actions import With, apply_proposal, name_adjustment, record_paper, take_back, take_step
from quotas.models import QuotaNode, QuotaState, QuotaVersion, Redo
from quotas.selectors.handing_down import get_contents, get_deeds, get_parent
from tests import factories
from tests.quotas.handing import AT, PAPER, handed, opened, people, prefectures, published, stepped, typed

ENOUGH = {"130200": "1800", "130300": "1700", "130400": "1505"}
COUNTIES = {"130224": "900", "130225": "905"}


@pytest.fixture
def who(cast):
    prefectures()
    handed("130000", "5000")
    return people(cast)


@pytest.fixture
def draft(cast, who) -> QuotaVersion:
    version = opened(cast.hebei, who.reporter)
    typed(version, ENOUGH, who.reporter)
    return version


def refused(act, *args, **named) -> Refused:
    with pytest.raises(Refused) as found:
        act(*args, **named)
    return found.value


def texts(version: QuotaVersion) -> dict[str, str]:
    rows = version.nodes.values_list("division", "input_value", "input_decimals", "input_unit")
    return {code: f"{value:.{decimals}f} {unit}" for code, value, decimals, unit in rows}


def city_version(cast, who) -> QuotaVersion:
    version = opened(cast.tangshan, who.city)
    typed(version, COUNTIES, who.city)
    stepped(version, "submit", who.city)
    stepped(version, "approve", who.reviewer)
    return stepped(version, "publish", who.city_reviewer, paper=PAPER)


class TestProposal:
    def test_is_taken_back_as_it_was_typed(self, who, draft) -> None:
        before = texts(draft)
        draft.nodes.filter(division="130400").delete()
        draft.refresh_from_db()
        apply_proposal(draft, way="even", by=who.reporter, at=AT)
        draft.refresh_from_db()
        assert texts(draft) != before
        assert take_back(draft, revision=draft.nodes_revision, by=who.reporter, at=AT) == 3
        assert texts(draft) == {code: text for code, text in before.items() if code != "130400"}
        ways = [deed.pgh_context.metadata["action"] for deed in get_deeds(draft, 9)]
        assert {"proposal", "restore"} <= set(ways)

    def test_is_not_taken_back_over_what_was_typed_since(self, who, draft) -> None:
        apply_proposal(draft, way="even", by=who.reporter, at=AT)
        draft.refresh_from_db()
        revision = draft.nodes_revision
        typed(draft, {"130200": "1999"}, who.reporter)
        assert refused(take_back, draft, revision=revision, by=who.reporter, at=AT).status == 409
        assert refused(take_back, draft, revision=revision + 1, by=who.agri, at=AT).status == 403

    def test_the_page_offers_it_right_after(self, who, draft, client) -> None:
        factories.signed_in(who.reporter, client)
        response = client.post(reverse("quota_proposal", args=[draft.pk]), {"way": "even"})
        page = client.get(response["Location"]).content.decode()
        draft.refresh_from_db()
        assert f'name="revision" value="{draft.nodes_revision}"' in page
        client.post(reverse("quota_take_back", args=[draft.pk]), {"revision": draft.nodes_revision})
        assert texts(draft)["130200"] == "1800 wan_mu"
        assert "恢复填入以前" not in client.get(response["Location"]).content.decode()


class TestDiscarding:
    def test_keeps_the_draft_to_itself_and_another_may_follow(self, cast, who, draft, client) -> None:
        version = published(draft, who)
        second = opened(cast.hebei, who.reporter)
        assert refused(opened, cast.hebei, who.reporter).status == 409
        second = stepped(second, "discard", who.reporter)
        assert (second.state, second.supersedes) == ("discarded", None)
        for act in (lambda: second.nodes.update(value_mu=1), lambda: second.nodes.all().delete()):
            with pytest.raises(IntegrityError), transaction.atomic():
                act()
        address = reverse("quota_version", args=[second.pk])
        assert factories.signed_in(who.stranger, client).get(address).status_code == 404
        assert "已放弃" in factories.signed_in(who.reporter, client).get(address).content.decode()
        third = opened(cast.hebei, who.reporter)
        assert (third.version, third.supersedes) == (3, version)
        assert refused(typed, second, {"130200": "1"}, who.reporter).status == 409


class TestRevoking:
    def test_is_refused_while_anybody_below_hands_on_also_by_an_older_version(self, cast, who, draft) -> None:
        published(draft, who)
        city = city_version(cast, who)
        second = opened(cast.hebei, who.reporter)
        typed(second, {"130200": "1800.5"}, who.reporter)
        published(second, who)
        assert Redo.objects.filter(version=city, done_at=None).exists()
        assert refused(stepped, second, "revoke", who.ministry, comment="有误").code == "handed_on"
        assert QuotaNode.objects.published().filter(division="130200").exists()

    def test_a_later_version_is_held_against_what_was_revoked(self, cast, who, draft) -> None:
        first = published(draft, who)
        stepped(first, "revoke", who.ministry, comment="有误")
        again = opened(cast.hebei, who.reporter)
        assert (again.version, again.supersedes) == (2, first)
        typed(again, {"130200": "1795"}, who.reporter)
        assert "Q-7" in {finding.code for finding in get_contents(again).findings()}
        assert refused(stepped, again, "submit", who.reporter).code == "Q-7"
        name_adjustment(again, document=record_paper(PAPER, at=AT), by=who.reporter, at=AT)
        again = published(again, who)
        first.refresh_from_db()
        assert (first.state, again.state) == ("revoked", "published")

    def test_what_was_in_force_on_a_day_stays_so_after_it_was_revoked(self, who, draft) -> None:
        first = published(draft, who)
        earlier = QuotaNode.objects.published(AT + timedelta(days=1)).filter(division="130200")
        assert earlier.count() == 1
        take_step(first, "revoke", by=who.ministry, at=AT + timedelta(days=2), bringing=With(comment="有误"))
        assert earlier.count() == 1
        assert QuotaNode.objects.published(AT + timedelta(days=3)).filter(division="130200").count() == 0
        assert QuotaNode.objects.published().filter(division="130200").count() == 0


def test_a_superseded_version_shows_the_target_that_it_was_made_of(cast, who, draft) -> None:
    published(draft, who)
    city = city_version(cast, who)
    second = opened(cast.hebei, who.reporter)
    typed(second, {"130200": "1804"}, who.reporter)
    published(second, who)
    assert get_parent(city).value_mu == 18_040_000  # in force: what it is held to now
    redone = opened(cast.tangshan, who.city)
    typed(redone, {"130224": "905"}, who.city)
    stepped(redone, "submit", who.city)
    stepped(redone, "approve", who.reviewer)
    stepped(redone, "publish", who.city_reviewer, paper=PAPER)
    city.refresh_from_db()
    assert (city.state, get_parent(city).value_mu) == (QuotaState.SUPERSEDED, 18_000_000)


def test_a_child_that_falls_short_is_marked_whatever_was_in_force_between(cast, who, draft) -> None:
    published(draft, who)
    city = city_version(cast, who)
    second = opened(cast.hebei, who.reporter)
    QuotaVersion.objects.filter(pk=second.pk).update(supersedes=None)  # as after a gap in the chain
    QuotaVersion.objects.filter(owner=cast.hebei, state="published").update(state="superseded")
    typed(second, {"130200": "1810"}, who.reporter)
    published(QuotaVersion.objects.get(pk=second.pk), who)
    redo = Redo.objects.get(version=city, done_at=None)
    assert redo.now_mu == Decimal(18_100_000)


def test_a_day_that_has_passed_is_no_due_date(who, draft) -> None:
    stepped(draft, "submit", who.reporter)
    stepped(draft, "approve", who.ministry)
    found = refused(stepped, draft, "publish", who.reviewer, paper=PAPER, redo_due_on=date(2020, 1, 1))
    assert (found.status, found.code) == (422, "redo_due_on")
    draft.refresh_from_db()
    assert draft.state == "approved"


class TestNotices:
    def told(self) -> list[tuple[int, str]]:
        return list(Notice.objects.filter(kind="targets").values_list("user", "words__action"))

    def test_each_step_tells_whom_it_concerns(self, cast, who, draft, client) -> None:
        stepped(draft, "submit", who.reporter)
        stepped(draft, "return", who.ministry, comment="请核对邯郸")
        stepped(draft, "submit", who.reporter)
        stepped(draft, "approve", who.ministry)
        stepped(draft, "publish", who.reviewer, paper=PAPER)
        steps: dict[str, set[int]] = {}
        for user, action in self.told():
            steps.setdefault(action, set()).add(user)
        ministry = {who.ministry.pk, who.ministry_two.pk}
        assert steps == {
            "submit": ministry,
            "return": {who.reporter.pk, who.reviewer.pk},
            "approve": {who.reporter.pk, who.reviewer.pk},
            "publish": {who.reporter.pk, who.city.pk, who.city_reviewer.pk},
        }
        page = factories.signed_in(who.reporter, client).get(reverse("notice_list")).content.decode()
        assert "河北省的耕地保有量目标（2035 年）被退回" in page
        assert "请核对邯郸" in page
        assert {view(notice).address for notice in Notice.objects.filter(kind="targets")} == {
            reverse("quota_version", args=[draft.pk])
        }

    def test_a_raise_tells_who_must_redo_and_by_when(self, cast, who, draft) -> None:
        published(draft, who)
        city_version(cast, who)
        second = opened(cast.hebei, who.reporter)
        typed(second, {"130200": "1804"}, who.reporter)
        stepped(second, "submit", who.reporter)
        stepped(second, "approve", who.ministry)
        stepped(second, "publish", who.reviewer, paper=PAPER, redo_due_on=date(2027, 3, 1))
        redo = Notice.objects.filter(kind="targets", words__action="redo")
        assert {notice.user_id for notice in redo} == {who.city.pk, who.city_reviewer.pk}
        assert {notice.words["due_on"] for notice in redo} == {"2027-03-01"}


def test_the_ministry_begins_a_promise_from_the_list(cast, who, client) -> None:
    factories.signed_in(who.ministry_reporter, client)
    page = client.get(reverse("quota_list"), {"year": 2040}).content.decode()
    assert '<section class="card no-print" id="begin">' in page
    assert "上级下达以后" not in page
    assert (
        "high_standard_farmland"
        not in page[page.index('id="begin"') : page.index("</select>", page.index('id="begin"'))]
    )
    response = client.post(reverse("quota_open"), {"indicator": "cultivated_land", "year": 2040})
    page = client.get(response["Location"]).content.decode()
    assert "请先填写全国的目标" in page
    assert "尚未填写全国目标" in page
    assert 'id="begin"' not in factories.signed_in(who.reporter, client).get(reverse("quota_list")).content.decode()


def test_what_follows_from_a_save_is_answered_alone(who, draft, client) -> None:
    factories.signed_in(who.reporter, client)
    typed(draft, {"130400": "1495"}, who.reporter)
    parts = client.get(reverse("quota_version", args=[draft.pk]), headers={"HX-Request": "true"})
    assert "低于本级 5000.00，差 5.00" in parts.content.decode()
    assert "下级之和不低于本级" in parts.content.decode()
    assert 'id="history"' in parts.content.decode()
    assert '<table class="table table-sheet">' not in parts.content.decode()
    assert "HX-Request" in parts["Vary"]
    for name in ("stranger", "city"):
        address = reverse("quota_version", args=[draft.pk])
        assert (
            factories.signed_in(getattr(who, name), client).get(address, headers={"HX-Request": "true"}).status_code
            == 404
        )
