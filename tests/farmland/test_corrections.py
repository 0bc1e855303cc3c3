"""Correction after the lock (F15): the old version stays readable and is found by as-of reads."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Correction, Figure
from farmland.workflow import Refused
from tests import factories
from tests.factories import MOMENT
from tests.farmland.test_workflow import filled, people, walk

LATER = MOMENT + timedelta(days=30)


@pytest.fixture
def who(cast: SimpleNamespace) -> SimpleNamespace:
    return people(cast)


@pytest.fixture
def locked(cast, who) -> AnnualStatement:
    steps = ("hand_in", "confirm", "submit", "give_opinion", "approve", "lock")
    return walk(filled(cast, who.reporter), who, *steps)


def begin(locked: AnnualStatement, who: SimpleNamespace) -> AnnualStatement:
    actions.take_step(locked, "request_correction", by=who.reviewer, at=LATER, comment="审计发现虚报")
    assert actions.take_step(locked, "approve_correction", by=who.ministry, at=LATER) == locked
    return actions.take_step(locked, "approve_correction", by=who.ministry2, at=LATER)


def test_f15_a_correction_becomes_version_two_and_the_first_stays_readable(locked, who, cast) -> None:
    actions.release(locked, level="province", by=who.ministry, at=MOMENT)
    draft = begin(locked, who)
    assert (draft.version, draft.status, draft.corrects) == (2, "draft", locked)
    assert AnnualStatement.objects.get(pk=locked.pk).status == "locked"
    factories.typed(draft, {(cast.luannan, "paddy"): "9", (cast.luannan, "cultivated_land"): "29"}, by=who.reporter)
    by = {"hand_in": who.reporter, "confirm": who.farm_reviewer, "submit": who.reviewer,
          "give_opinion": who.farm_ministry, "approve": who.ministry}  # fmt: skip
    for step, person in by.items():
        actions.take_step(draft, step, by=person, at=LATER, comment="同意")
    old, new = AnnualStatement.objects.get(pk=locked.pk), AnnualStatement.objects.get(pk=draft.pk)
    assert (old.status, new.status, new.released_level) == ("superseded", "approved", "province")

    def land(moment=None):
        rows = Figure.objects.known_at(moment).filter(division="130000", indicator="cultivated_land", year=2024)
        return [row.value_mu for row in rows]

    assert land() == [590_000]
    assert land(LATER - timedelta(seconds=1)) == [600_000]
    assert Figure.objects.filter(statement=old, division="130224", indicator="paddy").get().value_mu == 100_000


def test_two_different_people_of_the_ministry_approve(locked, who) -> None:
    actions.take_step(locked, "request_correction", by=who.reviewer, at=LATER, comment="审计发现虚报")
    actions.take_step(locked, "approve_correction", by=who.ministry, at=LATER)
    with pytest.raises(Refused) as refused:
        actions.take_step(locked, "approve_correction", by=who.ministry, at=LATER)
    assert refused.value.status == 409
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.update(approved_by=who.ministry, approved_at=LATER)


@pytest.mark.parametrize("name", ["reporter", "farm_reviewer", "ministry", "viewer", "stranger"])
def test_only_the_units_reviewer_asks_and_says_why(locked, who, name: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.take_step(locked, "request_correction", by=getattr(who, name), at=LATER, comment="x")
    assert refused.value.status == 403
    with pytest.raises(Refused) as refused:
        actions.take_step(locked, "request_correction", by=who.reviewer, at=LATER, comment="")
    assert refused.value.status == 422


def test_there_is_one_correction_at_a_time_and_none_of_what_is_open(locked, who, cast) -> None:
    begin(locked, who)
    assert actions.correction_actions(locked, who.reviewer) == []
    with pytest.raises(Refused):
        actions.take_step(locked, "request_correction", by=who.reviewer, at=LATER, comment="再来")
    with pytest.raises(Refused) as refused:
        actions.take_step(
            filled(cast, who.reporter, year=2025), "request_correction", by=who.reviewer, at=LATER, comment="x"
        )
    assert refused.value.status == 409


def test_what_was_checked_against_a_corrected_year_says_so_and_stays_as_it_is(locked, who, cast) -> None:
    following = filled(cast, who.reporter, year=2025)
    following = actions.take_step(following, "hand_in", by=who.reporter, at=LATER)
    assert following.based_on == locked
    draft = begin(locked, who)
    assert not AnnualStatement.objects.get(pk=following.pk).basis_changed, "not yet approved"
    by = {"hand_in": who.reporter, "confirm": who.farm_reviewer, "submit": who.reviewer,
          "give_opinion": who.farm_ministry, "approve": who.ministry}  # fmt: skip
    for step, person in by.items():
        actions.take_step(draft, step, by=person, at=LATER, comment="同意")
    assert AnnualStatement.objects.get(pk=following.pk).basis_changed
    page = factories.signed_in(who.reporter).get(f"/statements/{following.pk}/").content.decode()
    assert "BASIS_CHANGED" in page
    assert f"/statements/{locked.pk}/" in page
    actions.take_step(following, "withdraw", by=who.reporter, at=LATER)
    again = actions.take_step(following, "hand_in", by=who.reporter, at=LATER)
    assert again.based_on == draft
    assert not AnnualStatement.objects.get(pk=following.pk).basis_changed, "checked again, against the correction"
