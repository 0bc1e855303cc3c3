"""Two people at one statement at once: threads on the real database, the second in the very middle of the first."""

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models import QuerySet

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Comment, Correction, Figure, FinishedRow, Transition
from farmland.units import WAN_MU
from farmland.workflow import Refused
from tests import factories
from tests.farmland.hebei import filled, people, walk
from tests.farmland.statement_checks import assert_consistent
from tests.farmland.test_faults import LATER, UP, ask_for_correction, corrected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]
WRITES = ("INSERT", "UPDATE", "DELETE")
Act = Callable[[], object]


@pytest.fixture
def place(transactional_db: None) -> SimpleNamespace:
    cast = factories.tree()
    return SimpleNamespace(cast=cast, who=people(cast))


def outcome(act: Act) -> object:
    """What became of an action: its answer, the status it was refused with, or the database's error."""
    try:
        return act() or "done"
    except Refused as refused:
        return refused.status
    except OperationalError as error:
        return str(error)
    finally:
        connection.close()


def waits_for_a_lock() -> bool:
    """Whether any connection to this database waits for a lock now."""
    with connection.cursor() as cursor:
        # Locks are those of the whole server, on which other tests run as well.
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def overlapped(first: Act, second: Act, *, after_writes: int = 0) -> tuple[Any, Any]:
    """Hold `first` inside its transaction, before its first write or after some, until `second` is done or waits for it.

    Answers what became of each.
    """
    inside, is_over, results = threading.Event(), threading.Event(), {}
    writes = 0

    def hold(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        nonlocal writes
        is_write = any(f"{word} " in str(sql)[:400] for word in WRITES)
        if is_write and writes == after_writes:
            inside.set()
            until = time.monotonic() + 5
            while not is_over.is_set() and not waits_for_a_lock() and time.monotonic() < until:
                time.sleep(0.01)
        writes += is_write
        return execute(sql, params, many, context)

    def run_first() -> None:
        with connection.execute_wrapper(hold):
            results["first"] = outcome(first)
        inside.set()

    def run_second() -> None:
        inside.wait(10)
        results["second"] = outcome(second)
        is_over.set()

    threads = [threading.Thread(target=run) for run in (run_first, run_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert writes, "the first one wrote nothing to be held at"
    return results["first"], results["second"]


def step(statement: AnnualStatement, action: str, by: object) -> Act:
    """A step, as an action to be run in a thread."""
    evidence = [factories.report()] if action == "request_correction" else []
    return lambda: actions.take_step(statement, action, by=by, at=LATER, comment="说明", evidence=evidence).status


def save(statement: AnnualStatement, by: object, value: str) -> Act:
    """滦南's rice fields typed on the first version, answering what became of the cell."""
    cell = actions.Cell("130224", "paddy", value, base_version=1)
    return lambda: actions.save_cells(statement, cells=[cell], unit=WAN_MU, by=by, at=LATER)[0].state


def rivals(place: SimpleNamespace, name: str) -> tuple[AnnualStatement, Act, Act, list[object]]:
    """A statement, two actions that exclude each other, and what comes of them whichever is first."""
    who = place.who
    draft = filled(place.cast, who.reporter)
    if name == "approve or return":
        walk(draft, who, *UP[:4])
        return (
            draft,
            step(draft, "approve", who.ministry),
            step(draft, "return", who.ministry2),
            ["approved", "returned"],
        )
    if name == "submit or withdraw":
        walk(draft, who, *UP[:2])
        return draft, step(draft, "submit", who.reviewer), step(draft, "withdraw", who.reporter), ["submitted", "draft"]
    if name == "give opinion or withdraw":
        walk(draft, who, *UP[:3])
        pair = step(draft, "give_opinion", who.farm_ministry), step(draft, "withdraw", who.reviewer)
        return draft, *pair, ["submitted", "handed_in"]
    if name == "the same cell":
        return draft, save(draft, who.reporter, "11"), save(draft, who.county, "12"), ["saved", "saved"]
    walk(draft, who, *UP[:5])

    def release(by: object) -> Act:
        return lambda: actions.release(draft, level="province", by=by, at=LATER).released_level

    return draft, release(who.ministry), release(who.ministry2), ["province", "province"]


PAIRS = ["approve or return", "submit or withdraw", "give opinion or withdraw", "the same cell", "release twice"]
TOO_LATE = {403, 409, "conflict"}


def end_of(statement: AnnualStatement, results: list[Any], wanted: list[Any]) -> None:
    """One of the two succeeded, the other was told so, and the statement is whole."""
    first, second = results
    assert (first == wanted[0] and second in TOO_LATE) or (second == wanted[1] and first in TOO_LATE), results
    assert_consistent(statement.pk)


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("name", PAIRS)
def test_of_two_that_exclude_each_other_one_succeeds(place, name: str, is_turned: bool) -> None:
    statement, one, other, wanted = rivals(place, name)
    results = overlapped(other, one)[::-1] if is_turned else overlapped(one, other)
    end_of(statement, list(results), wanted)
    value = Figure.objects.get(statement=statement, division="130224", indicator="paddy").value_mu
    assert value == {"11": 110_000, "12": 120_000}.get("12" if is_turned else "11") or name != "the same cell"


@pytest.mark.parametrize("name", PAIRS)
def test_without_the_lock_both_would_succeed(place, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    statement, one, other, wanted = rivals(place, name)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows.all())
    results = overlapped(one, other)
    with pytest.raises(AssertionError):
        end_of(statement, list(results), wanted)


@pytest.mark.parametrize("is_turned", [False, True])
def test_a_cell_typed_while_it_is_handed_in_is_in_the_sums_or_refused(place, is_turned: bool) -> None:
    draft, who = filled(place.cast, place.who.reporter), place.who
    hand_in, cell = step(draft, "hand_in", who.reporter), actions.Cell("130224", "basic_not_cultivated", "1")

    def save_one() -> str:
        return actions.save_cells(draft, cells=[cell], unit=WAN_MU, by=who.county, at=LATER)[0].state

    results = overlapped(save_one, hand_in)[::-1] if is_turned else overlapped(hand_in, save_one)
    assert results == (("handed_in", "saved") if is_turned else ("handed_in", 409))
    assert_consistent(draft.pk)
    assert Figure.objects.filter(statement=draft, indicator="basic_not_cultivated").count() == 3 * is_turned


def test_without_the_lock_a_cell_would_be_missing_from_the_sums(place, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, who = filled(place.cast, place.who.reporter), place.who
    cell = actions.Cell("130224", "basic_not_cultivated", "1")
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows.all())

    def save_one() -> str:
        return actions.save_cells(draft, cells=[cell], unit=WAN_MU, by=who.county, at=LATER)[0].state

    assert overlapped(save_one, step(draft, "hand_in", who.reporter)) == ("saved", "handed_in")
    with pytest.raises(AssertionError):
        assert_consistent(draft.pk)


def test_two_at_once_grant_a_correction_together_and_one_person_does_not_twice(place) -> None:
    who = place.who
    for year, pair, wanted in ((2024, (who.ministry, who.ministry2), 2), (2023, (who.ministry, who.ministry), 1)):
        locked = walk(filled(place.cast, who.reporter, year=year), who, *UP)
        ask_for_correction(locked, who)
        first, second = overlapped(*[step(locked, "approve_correction", by) for by in pair])
        assert (first, second) == ("locked", "draft" if wanted == 2 else 409)
        assert AnnualStatement.objects.for_year(year).count() == wanted
        assert bool(Correction.objects.get(statement=locked).approved_by) is (wanted == 2)
        assert_consistent(locked.pk)


def test_two_at_once_ask_for_one_correction(place) -> None:
    locked, who = walk(filled(place.cast, place.who.reporter), place.who, *UP), place.who
    second_reviewer = factories.user(role="reviewer", division=place.cast.hebei)
    pair = [step(locked, "request_correction", by) for by in (who.reviewer, second_reviewer)]
    assert sorted(map(str, overlapped(*pair))) == ["409", "locked"]
    assert Correction.objects.count() == 1


def test_a_row_is_finished_once_and_not_after_it_was_handed_in(place) -> None:
    draft, who = filled(place.cast, place.who.reporter), place.who

    def finish(by: object, do=actions.finish_row) -> Act:
        return lambda: do(draft, division="130224", by=by, at=LATER) and "finished"

    assert overlapped(finish(who.county), finish(who.reporter)) == ("finished", "finished")
    assert FinishedRow.objects.get().by == who.county
    assert overlapped(step(draft, "hand_in", who.reporter), finish(who.county)) == ("handed_in", 409)
    reopen = overlapped(step(draft, "confirm", who.farm_reviewer), finish(who.county, actions.reopen_row))
    assert reopen == ("handed_in", 409)
    assert FinishedRow.objects.count() == 1


@pytest.mark.parametrize("after_writes", [0, 1, 2])
@pytest.mark.parametrize("is_turned", [False, True])
def test_a_comment_neither_stops_an_approval_nor_is_lost_in_it(place, is_turned: bool, after_writes: int) -> None:
    statement, who = walk(filled(place.cast, place.who.reporter), place.who, *UP[:4]), place.who

    def comment() -> str:
        words = {"division": "130224", "indicator": "paddy", "text": "请核实"}
        return actions.add_comment(statement, **words, by=who.ministry2, at=LATER).text

    approve = step(statement, "approve", who.ministry)
    pair = (comment, approve) if is_turned else (approve, comment)
    results = overlapped(*pair, after_writes=min(after_writes, 0 if is_turned else 2))
    assert sorted(results) == ["approved", "请核实"]
    assert Comment.objects.count() == 1
    assert_consistent(statement.pk)


def test_two_statements_of_one_province_never_wait_for_each_other_in_a_ring(place) -> None:
    who = place.who
    locked = walk(filled(place.cast, who.reporter, year=2023), who, *UP)
    ask_for_correction(locked, who)
    actions.take_step(locked, "approve_correction", by=who.ministry, at=LATER)
    draft = filled(place.cast, who.reporter)
    grant, hand_in = step(locked, "approve_correction", who.ministry2), step(draft, "hand_in", who.reporter)
    assert overlapped(grant, hand_in, after_writes=1) == ("draft", "handed_in")
    gap = actions.Cell("130224", "basic_not_cultivated", absence="not_applicable")
    other = AnnualStatement.objects.get(version=2)

    def save_gap() -> str:
        return actions.save_cells(other, cells=[gap], unit=WAN_MU, by=who.reporter, at=LATER)[0].state

    assert overlapped(save_gap, step(draft, "confirm", who.farm_reviewer), after_writes=1) == ("saved", "handed_in")


def test_a_release_at_the_moment_of_a_corrections_approval_is_carried_on(place) -> None:
    locked, who = walk(filled(place.cast, place.who.reporter), place.who, *UP), place.who
    draft = corrected(locked, who)
    walk(draft, who, *UP[:4])

    def release() -> str:
        return actions.release(locked, level="province", by=who.ministry2, at=LATER).released_level

    assert overlapped(release, step(draft, "approve", who.ministry)) == ("province", "approved")
    assert AnnualStatement.objects.get(pk=draft.pk).released_level == "province"
    assert Transition.objects.filter(action="supersede").count() == 1
