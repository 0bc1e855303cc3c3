"""What was approved locks by itself after the days of grace (C.2), once, by nobody."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, PolicyParameter, Transition
from farmland.selectors.chronicle import get_chronicle
from farmland.workflow import Refused
from tests import factories
from tests.factories import MOMENT
from tests.farmland.hebei import filled, people, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(cast):
    who = people(cast)
    statement = filled(cast, who.reporter)
    return who, walk(statement, who, "hand_in", "confirm", "submit", "give_opinion", "approve")


def test_an_approved_statement_locks_by_itself_after_ten_days_and_once(cast, approved):
    who, statement = approved
    assert actions.lock_settled(at=MOMENT + timedelta(days=10, seconds=-1)) == 0
    assert actions.lock_settled(at=MOMENT + timedelta(days=10)) == 1
    assert actions.lock_settled(at=MOMENT + timedelta(days=11)) == 0
    statement.refresh_from_db()
    assert statement.status == "locked"
    step = Transition.objects.get(statement=statement, action="lock")
    assert (step.by, step.from_status, step.to_status) == (None, "approved", "locked")
    assert "系统" in {deed.who for deed in get_chronicle(statement, cast.hebei)[0] if deed.label == "锁定"}
    page = factories.signed_in(who.reporter).get(reverse("statement_detail", args=[statement.pk]))
    assert "系统" in page.text
    with pytest.raises(Refused) as refused:
        actions.take_step(statement, "lock", by=who.ministry, at=MOMENT)
    assert refused.value.status == 409


def test_the_days_of_grace_are_a_parameter_with_dates(approved):
    PolicyParameter.objects.create(
        key="lock_grace_days", value="30", unit="天", effective_from=date(2020, 1, 1), source="试行办法"
    )
    assert actions.lock_settled(at=MOMENT + timedelta(days=29)) == 0
    assert actions.lock_settled(at=MOMENT + timedelta(days=30)) == 1


def test_a_draft_never_locks(cast):
    statement = filled(cast, people(cast).reporter)
    assert actions.lock_settled(at=MOMENT + timedelta(days=999)) == 0
    assert AnnualStatement.objects.get(pk=statement.pk).status == "draft"
