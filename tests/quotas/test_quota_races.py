"""Two people at one promise at once: threads on the real database, the second in the very middle of the first."""

from types import SimpleNamespace

import pytest
from django.db import connection

from farmland.units import WAN_MU
from quotas.actions import locks, nodes, open_draft
from quotas.actions import steps as step_actions
from quotas.models import QuotaNode, QuotaVersion, Redo
from tests import factories
from tests.farmland.test_statement_races import overlapped
from tests.quotas import handing
from tests.quotas.handing import AT, CAP, CULTIVATED, PAPER, opened, published, stepped, typed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]


@pytest.fixture
def place(transactional_db: None) -> SimpleNamespace:
    cast = factories.tree()
    handing.prefectures()
    return SimpleNamespace(cast=cast, who=handing.people(cast))


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product without the lock of the parent."""

    def none(codes: object) -> None:
        """Nothing is locked."""

    def read(record: QuotaVersion) -> QuotaVersion:
        return QuotaVersion.objects.select_related("owner", "owner__parent").get(pk=record.pk)

    for module in (locks, step_actions):
        monkeypatch.setattr(module, "lock_divisions", none)
    for module in (nodes, step_actions):
        monkeypatch.setattr(module, "lock_version", read)


def last_mu(place: SimpleNamespace) -> tuple[QuotaVersion, list[object]]:
    """Two tabs that each hand out the last mu of a cap to another prefecture; answers the version and what became of them."""
    handing.handed("130000", "12", indicator=CAP, year=2026)
    version = opened(place.cast.hebei, place.who.reporter, indicator=CAP, year=2026)
    typed(version, {"130200": "5", "130300": "4", "130400": "2"}, place.who.reporter)

    def one(code: str, value: str):
        def act() -> object:
            typed(version, {code: value}, place.who.reporter)
            return "saved"

        return act

    return version, list(overlapped(one("130200", "6"), one("130300", "5"), after_writes=1))


def test_two_tabs_cannot_both_hand_out_the_last_of_a_cap(place) -> None:
    version, found = last_mu(place)
    assert sorted(map(str, found)) == ["422", "saved"]
    assert sum(version.nodes.values_list("value_mu", flat=True)) == 12 * WAN_MU.factor


def test_without_the_lock_both_hand_it_out(place, unlocked) -> None:
    """What the lock is for: the same two, and the cap is exceeded."""
    version, _found = last_mu(place)
    assert sum(version.nodes.values_list("value_mu", flat=True)) > 12 * WAN_MU.factor


def handed_down(place: SimpleNamespace) -> QuotaVersion:
    """Hebei's draft that just holds its floor."""
    handing.handed("130000", "5000")
    version = opened(place.cast.hebei, place.who.reporter)
    typed(version, {"130200": "1800", "130300": "1700", "130400": "1500"}, place.who.reporter)
    return version


def test_a_target_cannot_be_lowered_while_its_version_is_handed_in(place) -> None:
    version = handed_down(place)

    def lower() -> object:
        typed(version, {"130400": "1499"}, place.who.reporter)
        return "lowered"

    found = overlapped(lambda: stepped(version, "submit", place.who.reporter).state, lower)
    assert found == ("submitted", 409)
    assert sum(version.nodes.values_list("value_mu", flat=True)) == 50_000_000


def test_two_cannot_approve_or_publish_the_same_version(place) -> None:
    version = handed_down(place)
    stepped(version, "submit", place.who.reporter)
    found = overlapped(
        lambda: stepped(version, "approve", place.who.ministry).state,
        lambda: stepped(version, "return", place.who.ministry_two, comment="x").state,
    )
    assert found[0] == "approved"
    assert found[1] in ("returned", 409)  # what was approved may still be returned
    version.refresh_from_db()
    assert version.state in ("approved", "returned")


def test_a_child_cannot_hand_down_on_a_target_that_is_being_raised(place) -> None:
    """The prefecture's publication and its province's raise, at once: whoever comes second sees the first, so that either
    the prefecture is refused or its version is marked to be redone."""
    first = published(handed_down(place), place.who)
    city = opened(place.cast.tangshan, place.who.city)
    typed(city, {"130224": "900", "130225": "900"}, place.who.city)
    stepped(city, "submit", place.who.city)
    stepped(city, "approve", place.who.reviewer)
    second = opened(place.cast.hebei, place.who.reporter)
    typed(second, {"130200": "1810"}, place.who.reporter)
    stepped(second, "submit", place.who.reporter)
    stepped(second, "approve", place.who.ministry)
    found = overlapped(
        lambda: stepped(second, "publish", place.who.reviewer, paper=PAPER).state,
        lambda: stepped(city, "publish", place.who.city_reviewer, paper=PAPER).state,
        after_writes=3,
    )
    assert found[0] == "published"
    city.refresh_from_db()
    marked = Redo.objects.filter(version=city, done_at=None).exists()
    assert (found[1], city.state, marked) in [(422, "approved", False), ("published", "published", True)]
    first.refresh_from_db()
    assert first.state == "superseded"


def test_two_cannot_open_the_same_promise(place) -> None:
    handing.handed("130000", "5000")

    def act() -> object:
        version = open_draft(
            indicator=CULTIVATED, owner=place.cast.hebei, target_year=2035, by=place.who.reporter, at=AT
        )
        return version.state

    assert sorted(map(str, overlapped(act, act))) == ["409", "draft"]
    assert QuotaVersion.objects.filter(owner="130000").count() == 1


def test_nobody_waits_in_a_ring(place) -> None:
    """A province publishes while its prefecture types: one waits for the other and both end."""
    version = handed_down(place)
    stepped(version, "submit", place.who.reporter)
    stepped(version, "approve", place.who.ministry)
    handing.handed("130200", "100", indicator=CAP, year=2026, owner="130000")
    city = opened(place.cast.tangshan, place.who.city, indicator=CAP, year=2026)

    def type_below() -> object:
        typed(city, {"130224": "10"}, place.who.city)
        return "typed"

    found = overlapped(
        lambda: stepped(version, "publish", place.who.reviewer, paper=PAPER).state, type_below, after_writes=2
    )
    assert found == ("published", "typed")
    assert QuotaNode.objects.filter(version=city).count() == 1
    connection.close()
