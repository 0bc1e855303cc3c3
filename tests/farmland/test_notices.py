"""Who is told of what: each step tells its people, in its own transaction, and nobody of what they may not see."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from farmland.actions import statements as actions
from farmland.actions.notices import choose, notify
from farmland.models import MailState, Notice, NoticeKind
from farmland.workflow import Refused
from tests import factories
from tests.factories import MOMENT
from tests.farmland.hebei import walk

DAYS = {"county": date(2025, 2, 1), "prefecture": date(2025, 3, 1), "province": date(2025, 4, 1)}


def told(kind: NoticeKind, who) -> set[str]:
    """By their names in the cast, the people with a notice of a kind; everybody else by user name."""
    names = {user.pk: name for name, user in vars(who).items()}
    notices = Notice.objects.filter(kind=kind).select_related("user")
    return {names.get(notice.user_id, notice.user.username) for notice in notices}


def test_opening_a_year_tells_all_who_fill_in_or_review_below_and_nobody_else(cast, who) -> None:
    actions.open_year(year=2025, **DAYS, by=who.ministry, at=MOMENT)
    assert told(NoticeKind.YEAR_OPENED, who) == {
        "reporter", "reviewer", "farm_reporter", "farm_reviewer", "stranger", "county",
    }  # fmt: skip
    notice = Notice.objects.filter(user=who.county).get()
    assert (notice.year, notice.by, notice.words["county"]) == (2025, who.ministry, "2025-02-01")


def test_each_step_tells_those_whose_turn_it_is(statement, who) -> None:
    statement = walk(statement, who, "hand_in")
    assert told(NoticeKind.FOR_REVIEW, who) == {"reviewer", "farm_reviewer"}
    Notice.objects.filter(kind=NoticeKind.FOR_REVIEW).update(read_at=MOMENT)
    statement = walk(statement, who, "confirm", "submit")
    new = Notice.objects.filter(kind=NoticeKind.FOR_REVIEW, read_at=None)
    assert set(new.values_list("user", flat=True)) == {
        who.reviewer.pk, who.ministry.pk, who.ministry2.pk, who.farm_ministry.pk,
    }  # fmt: skip
    walk(statement, who, "give_opinion", "approve", "lock")
    decided = Notice.objects.filter(kind=NoticeKind.DECIDED)
    unit = {who.reporter.pk, who.reviewer.pk, who.farm_reporter.pk, who.farm_reviewer.pk}
    for action in ("approve", "lock"):
        assert set(decided.filter(words__action=action).values_list("user", flat=True)) == unit


def test_a_return_tells_the_reporters_and_who_brought_it_with_why_and_by_whom(statement, who) -> None:
    statement = walk(statement, who, "hand_in", "confirm", "submit")
    actions.take_step(statement, "return", by=who.ministry, at=MOMENT, comment=" 水田偏大 ")
    assert told(NoticeKind.RETURNED, who) == {"reporter", "farm_reporter", "reviewer"}
    notice = Notice.objects.filter(kind=NoticeKind.RETURNED, user=who.reporter).get()
    assert (notice.words["comment"], notice.by) == ("水田偏大", who.ministry)


def test_who_brought_it_and_moved_away_since_is_not_told(statement, who, cast) -> None:
    statement = walk(statement, who, "hand_in", "confirm", "submit")
    type(who.reviewer).objects.filter(pk=who.reviewer.pk).update(division=cast.guangdong)
    actions.take_step(statement, "return", by=who.ministry, at=MOMENT, comment="请核实")
    assert told(NoticeKind.RETURNED, who) == {"reporter", "farm_reporter"}


def test_four_eyes_who_handed_it_in_is_not_asked_to_review_it(statement, who, cast) -> None:
    statement = walk(statement, who, "hand_in", "confirm")
    type(who.reporter).objects.filter(pk=who.reporter.pk).update(division=cast.china, role="reviewer")
    walk(statement, who, "submit")
    asked = Notice.objects.filter(kind=NoticeKind.FOR_REVIEW, words__action="submit")
    assert who.reporter.pk not in asked.values_list("user", flat=True)
    assert who.ministry.pk in asked.values_list("user", flat=True)


def test_a_step_that_is_refused_tells_nobody(statement, who) -> None:
    with pytest.raises(Refused):
        actions.take_step(statement, "hand_in", by=who.reviewer, at=MOMENT)
    statement = walk(statement, who, "hand_in")
    before = Notice.objects.count()
    with pytest.raises(Refused):
        actions.take_step(statement, "submit", by=who.reviewer, at=MOMENT)  # not confirmed: refused under the lock
    assert Notice.objects.count() == before


def comment(statement, by, *, division="130224", indicator="paddy", text="请核实"):
    return actions.add_comment(
        statement, division=division, indicator=indicator, text=text, by=by, at=MOMENT
    )  # fmt: skip


def test_a_comment_tells_the_reporters_of_the_row_and_its_department_alone(statement, who, cast) -> None:
    factories.user(role="reporter", division=cast.leting, username="leting")
    factories.user(role="reporter", division=cast.tangshan, username="tangshan")
    factories.user(role="reporter", division=cast.luannan, department="agriculture", username="luannan_farm")
    comment(statement, who.reviewer)
    assert told(NoticeKind.COMMENTED, who) == {"reporter", "county", "tangshan"}


def test_a_comment_on_the_whole_tells_the_units_own_reporters(statement, who) -> None:
    comment(statement, who.reviewer, division="", indicator="")
    assert told(NoticeKind.COMMENTED, who) == {"reporter", "farm_reporter"}


def test_an_answer_tells_who_asked_unless_the_statement_is_the_units_own_affair_again(statement, who) -> None:
    statement = walk(statement, who, "hand_in", "confirm", "submit")
    comment(statement, who.ministry)
    comment(statement, who.reporter, text="已核实")
    assert told(NoticeKind.COMMENTED, who) == {"reporter", "county", "ministry"}
    Notice.objects.filter(user=who.ministry).update(read_at=MOMENT)
    returned = actions.take_step(statement, "return", by=who.ministry2, at=MOMENT, comment="请核实")
    comment(returned, who.reporter, text="内部讨论")
    assert not Notice.objects.filter(user=who.ministry, read_at=None).exists()


def test_who_spoke_of_a_row_and_sees_another_one_now_is_not_told(statement, who, cast) -> None:
    comment(statement, who.county)
    type(who.county).objects.filter(pk=who.county.pk).update(division=cast.leting)
    comment(statement, who.reporter)
    assert told(NoticeKind.COMMENTED, who) == {"reporter"}


def test_a_correction_is_told_to_the_ministry_and_when_granted_to_the_unit(statement, who) -> None:
    statement = walk(statement, who, "hand_in", "confirm", "submit", "give_opinion", "approve", "lock")
    actions.take_step(
        statement, "request_correction", by=who.reviewer, at=MOMENT, comment="审计", evidence=[factories.report()]
    )
    assert told(NoticeKind.CORRECTION, who) == {"ministry", "ministry2"}
    for by in (who.ministry, who.ministry2):
        new = actions.take_step(statement, "approve_correction", by=by, at=MOMENT)
    assert told(NoticeKind.CORRECTION, who) == {
        "ministry", "ministry2", "reporter", "reviewer", "farm_reporter", "farm_reviewer",
    }  # fmt: skip
    granted = Notice.objects.filter(kind=NoticeKind.CORRECTION, user=who.reporter).get()
    assert (granted.statement, granted.words["reason"]) == (new, "审计")


def test_nobody_is_told_of_a_statement_that_is_not_shown_to_them(statement, who, cast) -> None:
    gone = factories.user(role="reporter", division=cast.hebei, is_active=False)
    everybody = [*vars(who).values(), gone]
    notify(NoticeKind.DECIDED, everybody, by=who.reporter, at=MOMENT, statement=statement)
    names = {"reviewer", "farm_reporter", "farm_reviewer", "county"}  # a draft: the unit's own affair
    assert told(NoticeKind.DECIDED, who) == names


def test_mail_is_due_where_there_is_an_address_and_the_person_wants_it(statement, who) -> None:
    for name in ("reporter", "farm_reporter"):
        user = getattr(who, name)
        user.email = f"{name}@example.org"
        user.save(update_fields=["email"])
    choose(who.farm_reporter, by_mail={"decided": False, "commented": True}, by=who.farm_reporter, at=MOMENT)
    people = [who.reporter, who.farm_reporter, who.reviewer]
    for kind in (NoticeKind.DECIDED, NoticeKind.COMMENTED):
        notify(kind, people, by=None, at=MOMENT, statement=statement)
    due = Notice.objects.filter(mail=MailState.DUE).values_list("user", "kind")
    assert set(due) == {(who.reporter.pk, "decided"), (who.farm_reporter.pk, "commented")}


def test_a_choice_is_ones_own_and_stands_in_the_history(who) -> None:
    with pytest.raises(PermissionDenied):
        choose(who.reporter, by_mail={"decided": False}, by=who.admin, at=MOMENT)
    choose(who.reporter, by_mail={"decided": False}, by=who.reporter, at=MOMENT)
    choose(who.reporter, by_mail={"decided": True}, by=who.reporter, at=MOMENT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT by_mail FROM farmland_noticechoiceevent ORDER BY pgh_id")
        assert [row[0] for row in cursor.fetchall()] == [False, True]


def test_what_was_told_can_neither_be_changed_nor_deleted(statement, who) -> None:
    (notice,) = notify(NoticeKind.DECIDED, [who.reporter], by=None, at=MOMENT, statement=statement)
    found = Notice.objects.filter(pk=notice.pk)
    for write in (found.delete, lambda: found.update(words={"comment": "改"})):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    found.update(read_at=MOMENT)


def test_opening_a_year_costs_as_many_queries_for_many_people_as_for_few(
    cast, who, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(20) as few:
        actions.open_year(year=2025, **DAYS, by=who.ministry, at=MOMENT)
    for _ in range(30):
        factories.user(role="reporter", division=cast.luannan)
    with django_assert_max_num_queries(len(few)):
        actions.open_year(year=2026, **DAYS, by=who.ministry, at=MOMENT)
