"""Who handed a statement in neither submits nor approves it, by no door: page, program, action, SQL; there is no admin."""

from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Transition, User
from farmland.workflow import Refused
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import filled, walk
from tests.farmland.test_api_statements import Program

UP = ("hand_in", "confirm", "submit", "give_opinion")


def by_page(statement: AnnualStatement, action: str, user: User) -> None:
    page = signed_in(user).get(f"/statements/{statement.pk}/").content.decode()
    assert f"/statements/{statement.pk}/{action}/" not in page  # no button
    answer = signed_in(user).post(f"/statements/{statement.pk}/{action}/", {"comment": "同意"})
    assert answer.status_code == 403


def by_program(statement: AnnualStatement, action: str, user: User) -> None:
    program = Program(user)
    assert action not in program.get(f"{statement.pk}/").json()["available_actions"]
    answer = program.post(f"{statement.pk}/{action}/", comment="同意")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "permission_denied")


def by_action(statement: AnnualStatement, action: str, user: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.take_step(statement, action, by=user, at=MOMENT, comment="同意")
    assert refused.value.status == 403


def by_sql(statement: AnnualStatement, action: str, user: User) -> None:
    field, status = ("submitted", "submitted") if action == "submit" else ("approved", "approved")
    sql = f"UPDATE farmland_annualstatement SET {field}_by_id = %s, {field}_at = now(), status = %s WHERE id = %s"
    with pytest.raises(IntegrityError, match="nobody_"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [user.pk, status, statement.pk])


DOORS = [by_page, by_program, by_action, by_sql]


def turned(user: User, cast: SimpleNamespace, action: str) -> User:
    """The same person, with the role that would be wanted: of the unit to submit, of the ministry to approve."""
    place = cast.hebei if action == "submit" else cast.china
    User.objects.filter(pk=user.pk).update(role="reviewer", department="natural_resources", division=place)
    return User.objects.select_related("division").get(pk=user.pk)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("action", ["submit", "approve"])
def test_who_handed_in_neither_submits_nor_approves(cast, who, action: str, door) -> None:
    statement = walk(filled(cast, who.reporter), who, *UP[: 2 if action == "submit" else 4])
    was, noted = AnnualStatement.objects.get(pk=statement.pk).status, Transition.objects.count()
    door(statement, action, turned(who.reporter, cast, action))
    assert AnnualStatement.objects.get(pk=statement.pk).status == was
    assert Transition.objects.count() == noted


@pytest.mark.parametrize("door", DOORS)
def test_who_submitted_does_not_approve(cast, who, door) -> None:
    statement = walk(filled(cast, who.reporter), who, *UP)
    door(statement, "approve", turned(who.reviewer, cast, "approve"))
    assert AnnualStatement.objects.get(pk=statement.pk).status == "submitted"


@pytest.mark.parametrize("door", DOORS)
def test_nor_does_who_handed_in_a_correction(cast, who, door) -> None:
    locked = walk(filled(cast, who.reporter), who, *UP, "approve", "lock")
    actions.take_step(
        locked, "request_correction", by=who.reviewer, at=MOMENT, comment="审计发现虚报", evidence=[factories.report()]
    )
    actions.take_step(locked, "approve_correction", by=who.ministry, at=MOMENT)
    draft = actions.take_step(locked, "approve_correction", by=who.ministry2, at=MOMENT)
    walk(draft, who, *UP)
    door(draft, "approve", turned(who.reporter, cast, "approve"))
    statuses = AnnualStatement.objects.order_by("version").values_list("status", flat=True)
    assert list(statuses) == ["locked", "submitted"]


def test_after_a_return_it_is_the_last_to_hand_in_who_counts(cast, who) -> None:
    other = factories.user(role="reporter", division=cast.hebei)
    statement = walk(filled(cast, who.reporter), who, "hand_in", "confirm")
    actions.take_step(statement, "return", by=who.reviewer, at=MOMENT, comment="请核实")
    actions.take_step(statement, "hand_in", by=other, at=MOMENT)
    walk(statement, who, "confirm")
    by_action(statement, "submit", turned(other, cast, "submit"))
    assert walk(statement, who, "submit").status == "submitted"


def test_there_is_no_admin_to_go_round_the_workflow(cast) -> None:
    root = User.objects.create_superuser("root", factories.PASSWORD)
    administrator = factories.user(role="administrator", division=cast.hebei)
    for user in (root, administrator):
        assert signed_in(user).get("/admin/").status_code == 404
    statement = AnnualStatement.objects.create(division=cast.hebei, year=2024)
    for action in ("hand_in", "submit", "approve"):
        with pytest.raises(Refused):
            actions.take_step(statement, action, by=root, at=MOMENT)
