"""The way of a statement: who may take which step from where, under a lock, and what is noted of it."""

import re
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import Error, IntegrityError, connection, transaction

from farmland import workflow
from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Figure, Transition, User
from farmland.workflow import Refused, available_actions, perform
from tests import factories
from tests.factories import MOMENT
from tests.farmland.hebei import filled, people, walk

LAND = ("cultivated_land", "paddy", "irrigated", "dry", "permanent_basic_farmland")


@pytest.fixture
def draft(cast: SimpleNamespace, who: SimpleNamespace) -> AnnualStatement:
    return filled(cast, who.reporter)


def test_a_statement_goes_from_the_desk_to_the_lock_and_every_step_is_noted(draft, who) -> None:
    done = walk(draft, who, "hand_in", "confirm", "submit", "give_opinion", "approve", "lock")
    assert done.status == "locked"
    assert (done.handed_in_by, done.submitted_by, done.approved_by) == (who.reporter, who.reviewer, who.ministry)
    steps = Transition.objects.order_by("pk").values_list("action", "from_status", "to_status")
    assert list(steps)[0] == ("hand_in", "draft", "handed_in")
    assert list(steps)[-1] == ("lock", "approved", "locked")
    assert steps.count() == 6


def test_sums_are_stored_when_it_is_handed_in_with_what_they_are_made_of(draft, who, cast) -> None:
    walk(draft, who, "hand_in")
    sums = {
        figure.division_id: (figure.value_mu, figure.parts_reported, figure.parts_expected)
        for figure in Figure.objects.filter(statement=draft, origin="summed", indicator="paddy")
    }
    assert sums == {"130200": (200_000, 2, 2), "130000": (200_000, 2, 2)}


@pytest.mark.parametrize(("steps", "back", "name"), [(1, "withdraw", "reporter"), (3, "return", "ministry")])
def test_what_is_open_again_keeps_no_sum_and_a_prefecture_may_type_its_own(draft, who, cast, steps, back, name) -> None:
    walk(draft, who, *("hand_in", "confirm", "submit")[:steps])
    actions.take_step(draft, back, by=getattr(who, name), at=MOMENT, comment="请核实")
    assert not Figure.objects.filter(statement=draft, origin="summed").exists()
    values = {"cultivated_land": "66", "paddy": "22", "irrigated": "22", "dry": "22", "permanent_basic_farmland": "44"}
    factories.typed(draft, {(cast.tangshan, indicator): value for indicator, value in values.items()}, by=who.reporter)
    assert Figure.objects.get(statement=draft, division=cast.tangshan, indicator="paddy").value_mu == 220_000


@pytest.mark.parametrize("name", ["reviewer", "farm_reporter", "ministry", "viewer", "admin", "stranger", "county"])
def test_only_the_units_own_reporter_hands_in(draft, who, name: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.take_step(draft, "hand_in", by=getattr(who, name), at=MOMENT)
    assert refused.value.status == 403
    assert AnnualStatement.objects.get(pk=draft.pk).status == "draft"


def test_who_handed_in_can_neither_submit_nor_approve_not_even_in_the_database(draft, who) -> None:
    walk(draft, who, "hand_in", "confirm")
    User.objects.filter(pk=who.reporter.pk).update(role="reviewer")
    turned = User.objects.select_related("division").get(pk=who.reporter.pk)
    with pytest.raises(Refused) as refused:
        actions.take_step(draft, "submit", by=turned, at=MOMENT)
    assert refused.value.status == 403
    assert "submit" not in {step.action for step in available_actions(AnnualStatement.objects.get(pk=draft.pk), turned)}
    with pytest.raises(IntegrityError), transaction.atomic():
        AnnualStatement.objects.filter(pk=draft.pk).update(submitted_by=turned, submitted_at=MOMENT)


def test_agriculture_confirms_before_the_unit_submits_and_speaks_before_the_ministry_approves(draft, who) -> None:
    walk(draft, who, "hand_in")
    with pytest.raises(Refused) as refused:
        walk(draft, who, "submit")
    assert (refused.value.status, refused.value.code) == (422, "not_confirmed")
    walk(draft, who, "confirm", "submit")
    with pytest.raises(Refused) as refused:
        walk(draft, who, "approve")
    assert refused.value.code == "no_opinion"


def test_a_return_needs_a_comment_and_takes_back_every_signature(draft, who) -> None:
    walk(draft, who, "hand_in", "confirm", "submit")
    with pytest.raises(Refused) as refused:
        actions.take_step(draft, "return", by=who.ministry, at=MOMENT, comment=" ")
    assert refused.value.code == "comment_required"
    returned = actions.take_step(draft, "return", by=who.ministry, at=MOMENT, comment="请核实滦南县水田")
    assert returned.status == "returned"
    assert (returned.handed_in_by, returned.confirmed_by, returned.submitted_by) == (None, None, None)
    assert Transition.objects.latest("pk").comment == "请核实滦南县水田"


def test_a_submission_may_be_withdrawn_until_somebody_above_acted(draft, who) -> None:
    walk(draft, who, "hand_in", "confirm", "submit")
    assert actions.take_step(draft, "withdraw", by=who.reviewer, at=MOMENT).status == "handed_in"
    walk(draft, who, "submit", "give_opinion")
    with pytest.raises(Refused):
        actions.take_step(draft, "withdraw", by=who.reviewer, at=MOMENT)


def test_a_hard_finding_refuses_and_a_soft_one_wants_a_reason(draft, who, cast) -> None:
    factories.typed(draft, {(cast.luannan, "paddy"): "10.5"}, by=who.reporter)
    with pytest.raises(Refused) as refused:
        walk(draft, who, "hand_in")
    assert (refused.value.status, refused.value.code) == (422, "I-1")
    assert "30.50" in refused.value.detail
    factories.typed(draft, {(cast.luannan, "paddy"): "10"}, by=who.reporter)
    factories.published(cast.luannan, "31", year=2024, basis="change_survey")
    with pytest.raises(Refused) as refused:
        walk(draft, who, "hand_in")
    assert (refused.value.status, refused.value.code) == (422, "survey")
    assert "或写明理由" in refused.value.detail
    actions.give_reason(
        draft,
        rule="survey",
        division="130224",
        indicator="cultivated_land",
        text="变更调查后调出",
        by=who.reporter,
        at=MOMENT,
    )
    assert walk(draft, who, "hand_in").status == "handed_in"


def test_transitions_are_never_changed(draft, who) -> None:
    walk(draft, who, "hand_in")
    with pytest.raises(Error), transaction.atomic():
        Transition.objects.update(comment="改写")
    with pytest.raises(Error), transaction.atomic():
        Transition.objects.all().delete()


@pytest.mark.parametrize(
    "broken", ["farmland.workflow.Transition.objects.create", "farmland.actions.statements.steps.store_sums"]
)
def test_a_failure_half_way_leaves_nothing(draft, who, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("half way")

    monkeypatch.setattr(broken, fail)
    with pytest.raises(RuntimeError):
        walk(draft, who, "hand_in")
    assert AnnualStatement.objects.get(pk=draft.pk).status == "draft"
    assert not Figure.objects.filter(origin="summed").exists()
    assert not Transition.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_succeeds_and_the_other_comes_too_late() -> None:
    cast = factories.tree()
    who = people(cast)
    statement = walk(filled(cast, who.reporter), who, "hand_in", "confirm", "submit", "give_opinion")
    gate, outcomes = threading.Barrier(2, timeout=10), []

    def approve(by: User) -> None:
        gate.wait()
        try:
            actions.take_step(statement, "approve", by=by, at=MOMENT)
            outcomes.append(200)
        except Refused as refused:
            outcomes.append(refused.status)
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=[by]) for by in (who.ministry, who.ministry2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [200, 409]
    assert Transition.objects.filter(action="approve").count() == 1


def test_the_table_in_the_code_is_that_of_the_readme() -> None:
    table = {(step.action, step.source.value, step.target.value) for step in workflow.STEPS}
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    section = readme[readme.index("## The way of a statement") : readme.index("## Roles and scope")]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (\w+) \|", section, re.MULTILINE)
    assert set(rows) == table
    assert ("hand_in", "draft", "handed_in") in table
    assert ("approve", "submitted", "approved") in table
    assert {source for _action, source, _target in table} == {"draft", "handed_in", "submitted", "returned", "approved"}


def test_perform_asks_the_row_as_it_is_now_not_as_it_was_read(draft, who) -> None:
    stale = AnnualStatement.objects.get(pk=draft.pk)
    walk(draft, who, "hand_in")
    with pytest.raises(Refused) as refused:
        perform(stale, "hand_in", by=who.reporter, at=MOMENT)
    assert refused.value.status == 409
