"""Every action of a statement is one transaction: it is made to fail at each of its queries and leaves nothing behind."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Correction, Figure, Transition
from farmland.units import WAN_MU
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import filled, people, walk
from tests.farmland.statement_checks import assert_consistent, dump

LATER = MOMENT + timedelta(days=30)
NOBODY = SimpleNamespace(metadata={})
UP = ("hand_in", "confirm", "submit", "give_opinion", "approve", "lock")


class FailAt:
    """An execute wrapper that lets some queries pass and fails at the next one."""

    def __init__(self, passing: int) -> None:
        self.passing, self.has_failed = passing, False

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if self.has_failed:  # what undoes the work must pass
            return execute(sql, params, many, context)
        if self.passing == 0:
            self.has_failed = True
            raise OperationalError("the database went away")
        self.passing -= 1
        return execute(sql, params, many, context)


def fails_at_each_query(act: Callable[[], object]) -> int:
    """Let an action fail at its first query, its second… until none is left; answers how many there were."""
    before = dump()
    for passing in range(200):
        failing = FailAt(passing)
        with connection.execute_wrapper(failing):
            try:
                act()
            except OperationalError:
                assert failing.has_failed
        if not failing.has_failed:
            assert dump() != before
            return passing
        after = dump()
        assert after == before, [name for name in before if before[name] != after[name]]
    raise AssertionError("it never succeeded")


def corrected(locked: AnnualStatement, who: SimpleNamespace) -> AnnualStatement:
    """The draft that corrects a locked statement."""
    ask_for_correction(locked, who)
    actions.take_step(locked, "approve_correction", by=who.ministry, at=LATER)
    return actions.take_step(locked, "approve_correction", by=who.ministry2, at=LATER)


def ask_for_correction(locked: AnnualStatement, who: SimpleNamespace) -> None:
    """The request, as the unit's reviewer makes it."""
    actions.take_step(
        locked, "request_correction", by=who.reviewer, at=LATER, comment="审计发现虚报", evidence=[factories.report()]
    )


# action, steps before it, who takes it, and the fewest queries that it can do with (so that a loop of none is noticed)
STEPS = [
    ("hand_in", 0, "reporter", 8),
    ("withdraw", 1, "reporter", 5),
    ("confirm", 1, "farm_reviewer", 5),
    ("return", 2, "reviewer", 5),
    ("submit", 2, "reviewer", 5),
    ("withdraw", 3, "reviewer", 5),
    ("give_opinion", 3, "farm_ministry", 5),
    ("return", 3, "ministry", 5),
    ("approve", 4, "ministry", 5),
    ("lock", 5, "ministry", 5),
    ("request_correction", 6, "reviewer", 5),
]


@pytest.mark.parametrize(("action", "steps", "name", "fewest"), STEPS)
def test_a_step_that_fails_anywhere_leaves_nothing(cast, who, action: str, steps: int, name: str, fewest: int) -> None:
    statement = walk(filled(cast, who.reporter), who, *UP[:steps])
    noted = Transition.objects.count() + Correction.objects.count()

    def act() -> None:
        evidence = [factories.report()] if action == "request_correction" else []
        actions.take_step(statement, action, by=getattr(who, name), at=LATER, comment="说明", evidence=evidence)

    assert fails_at_each_query(act) >= fewest
    assert Transition.objects.count() + Correction.objects.count() == noted + 1
    assert_consistent(statement.pk)


def test_an_approved_correction_supersedes_and_carries_its_release_at_once_or_not_at_all(cast, who) -> None:
    locked = walk(filled(cast, who.reporter), who, *UP)
    actions.release(locked, level="province", by=who.ministry, at=MOMENT)
    draft = corrected(locked, who)
    walk(draft, who, *UP[:4])
    queries = fails_at_each_query(lambda: actions.take_step(draft, "approve", by=who.ministry, at=LATER))
    assert queries >= 9
    old, new = AnnualStatement.objects.get(pk=locked.pk), AnnualStatement.objects.get(pk=draft.pk)
    assert (old.status, new.status, new.released_level) == ("superseded", "approved", "province")


def test_a_correction_is_granted_at_once_or_not_at_all(cast, who) -> None:
    locked = walk(filled(cast, who.reporter), who, *UP)
    ask_for_correction(locked, who)
    for by in (who.ministry, who.ministry2):

        def act(by=by) -> None:
            actions.take_step(locked, "approve_correction", by=by, at=LATER)

        assert fails_at_each_query(act) >= 5
    (draft,) = AnnualStatement.objects.filter(corrects=locked)
    assert Figure.objects.filter(statement=draft).count() == 10
    assert (Correction.objects.get().first_by, Correction.objects.get().approved_by) == (who.ministry, who.ministry2)


def test_release_opening_a_year_cells_and_remarks_are_made_at_once_or_not_at_all(cast, who) -> None:
    approved = walk(filled(cast, who.reporter), who, *UP[:5])
    draft = filled(cast, who.reporter, year=2023)
    factories.published(cast.luannan, "31", year=2023, basis="change_survey")
    cell = actions.Cell("130224", "paddy", "11", base_version=1)
    gap = actions.Cell("130225", "paddy", absence="blank", note="未测", base_version=1)
    row = {"division": "130224", "by": who.county, "at": LATER}
    remark = {"division": "130224", "indicator": "paddy", "text": "因", "at": LATER, "by": who.county}
    due = date(2026, 3, 1)
    for act in (
        lambda: actions.release(approved, level="province", by=who.ministry, at=LATER),
        lambda: actions.open_year(year=2025, county=due, prefecture=due, province=due, by=who.ministry, at=LATER),
        lambda: actions.save_cells(draft, cells=[cell, gap], unit=WAN_MU, by=who.reporter, at=LATER),
        lambda: actions.finish_row(draft, **row),
        lambda: actions.reopen_row(draft, **row),
        lambda: actions.give_reason(draft, rule="survey", **remark | {"indicator": "cultivated_land"}),
        lambda: actions.add_comment(draft, **remark),
        lambda: actions.resolve_comment(draft.comments.get(), by=who.reporter, at=LATER),
    ):
        assert fails_at_each_query(act) >= 3


@pytest.mark.django_db(transaction=True)  # where the whole test is one transaction, what it said once holds to its end
def test_everything_that_the_steps_write_is_in_the_history_with_who_did_it() -> None:
    cast = factories.tree()
    who = people(cast)
    statement = filled(cast, who.reporter)  # made by the test itself, by nobody
    locked = walk(statement, who, *UP)
    actions.release(locked, level="province", by=who.ministry, at=MOMENT)
    draft = corrected(locked, who)
    walk(draft, who, "hand_in", "confirm")
    actions.take_step(draft, "return", by=who.reviewer, at=LATER, comment="请核实")
    walk(draft, who, *UP[:5])
    for model, fewest in ((AnnualStatement, 15), (Figure, 40), (Correction, 3)):
        events = model.pgh_event_model.objects.exclude(pgh_obj_id=statement.pk, pgh_label="insert")
        assert events.count() >= fewest
        unsigned = [
            e for e in events.select_related("pgh_context") if not (e.pgh_context or NOBODY).metadata.get("user")
        ]
        assert not [(event.pgh_label, event.pgh_obj_id) for event in unsigned]


def shown(client, year: int = 2024) -> tuple[bool, bool, str | None]:
    """What the overview and the summary say of Hebei: whether 60.00 and 59.00 stand on the page, and the API's value."""
    page = client.get(f"/?year={year}").content.decode()
    summary = client.get(f"/api/v1/summary/?year={year}").json()
    hebei = next(row for row in summary["results"] if row["division"]["code"] == "130000")
    return "60.00" in page, "59.00" in page, hebei["figures"]["cultivated_land"]["value_mu"]


def test_what_was_approved_is_shown_by_the_next_request_and_a_failure_shows_nothing(cast, who) -> None:
    client = signed_in(who.ministry)
    statement = walk(filled(cast, who.reporter), who, *UP[:4])
    assert shown(client) == (False, False, None)
    assert shown(client) == (False, False, None)  # now out of every cache there is
    with connection.execute_wrapper(FailAt(5)), pytest.raises(OperationalError):
        actions.take_step(statement, "approve", by=who.ministry, at=MOMENT)
    assert shown(client) == (False, False, None)
    actions.take_step(statement, "approve", by=who.ministry, at=MOMENT)
    assert shown(client) == (True, False, "600000.000000")
    draft = corrected(walk(statement, who, "lock"), who)
    factories.typed(draft, {(cast.luannan, "paddy"): "9", (cast.luannan, "cultivated_land"): "29"}, by=who.reporter)
    walk(draft, who, *UP[:4])
    assert shown(client) == (True, False, "600000.000000")
    walk(draft, who, "approve")
    assert shown(client) == (False, True, "590000.000000")


def test_a_release_is_seen_by_a_strangers_next_request(cast, who) -> None:
    client = signed_in(who.stranger)
    statement = walk(filled(cast, who.reporter), who, *UP[:5])
    assert shown(client) == (False, False, None)
    actions.release(statement, level="province", by=who.ministry, at=MOMENT)
    assert shown(client) == (True, False, "600000.000000")
