"""The system's own reminders (domain C.2): before a level's day, on the day after it, and each week from then on."""

from collections import defaultdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pghistory
from django.db import transaction

from farmland.actions.notices import notify
from farmland.models import AnnualStatement, NoticeKind, Reminder, ReminderKind, ReportingYear
from farmland.selectors.due import Debt, get_debtors, get_debts, get_open_statements, milestone

CHINA = ZoneInfo("Asia/Shanghai")
TOLD = {ReminderKind.DUE_SOON: NoticeKind.DUE_SOON, ReminderKind.OVERDUE: NoticeKind.OVERDUE}


def remind(*, at: datetime) -> int:
    """Remind whoever is behind, in every year that is open; answers how many divisions were reminded now.

    Each reminder is sent once, however often this runs: its row bears the day it belongs to.
    """
    sent = 0
    for year in ReportingYear.objects.order_by("year"):
        for statement in get_open_statements(year.year):
            sent += remind_of(statement, year, at=at)
    return sent


@transaction.atomic
def remind_of(record: AnnualStatement, year: ReportingYear, *, at: datetime) -> int:
    """Remind whoever is behind with one statement, under its lock: what is submitted at the same moment is not asked for,
    and two runs do not remind twice."""
    today = at.astimezone(CHINA).date()
    opened_on = year.opened_at.astimezone(CHINA).date()
    statement = AnnualStatement.objects.locked().get(pk=record.pk)
    if statement.status != record.status:
        return 0
    due = defaultdict(list)  # by kind, day of the reminder and day of the debt
    for debt in get_debts(statement, year):
        day = milestone(debt.due_on, today)
        if day and day >= opened_on:
            kind = ReminderKind.OVERDUE if day > debt.due_on else ReminderKind.DUE_SOON
            due[kind, day, debt.due_on].append(debt)
    return sum(
        write(statement, kind, day, debts, due_on=due_on, today=today, at=at)
        for (kind, day, due_on), debts in due.items()
    )


def write(
    statement: AnnualStatement,
    kind: ReminderKind,
    day: date,
    debts: list[Debt],
    *,
    due_on: date,
    today: date,
    at: datetime,
) -> int:
    """Keep one reminder for each division that has none of this kind and day yet, and tell its people.

    A division below the unit where nobody could be told is left out: who types for it is told above.
    """
    codes = [debt.division.code for debt in debts]
    known = Reminder.objects.filter(year=statement.year, kind=kind, due_on=day, by=None, division__in=codes)
    reminded = set(known.values_list("division", flat=True))
    new = [debt for debt in debts if debt.division.code not in reminded]
    people = get_debtors(new)
    new = [debt for debt in new if debt.division.code in people or debt.division.pk == statement.division_id]
    rows = [
        Reminder(
            year=statement.year,
            division=debt.division,
            kind=kind,
            due_on=day,
            at=at,
            recipients=len(people.get(debt.division.code, [])),
        )
        for debt in new
    ]
    with pghistory.context(at=at.isoformat(), action="remind"):
        Reminder.objects.bulk_create(rows)
    words = {"due_on": due_on.isoformat(), "on": today.isoformat()}
    told = [user for users in people.values() for user in users]
    if told:
        notify(TOLD[kind], told, by=None, at=at, statement=statement, words=words)
    return len(rows)
