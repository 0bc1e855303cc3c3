"""Reminders (催报) from the board: the level above asks the people of a unit for what it owes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from farmland.actions.notices import notify
from farmland.indicators import Department
from farmland.models import (
    NATION,
    AnnualStatement,
    Division,
    Level,
    NoticeKind,
    Reminder,
    ReminderKind,
    ReportingYear,
    Role,
    StatementStatus,
    User,
)
from farmland.selectors.board import BELOW, OPEN, TYPING, UNITS, get_finished, marks_of
from farmland.workflow import Refused

MOST_UNITS = 500
PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Reminded:
    """What became of one unit: how many people were told; `code`, `status` and `detail` are of a refusal."""

    code_of_unit: str
    division: Division | None
    recipients: int = 0
    status: int = 0
    code: str = ""
    detail: str = ""


def levels_reminded_by(user: User) -> tuple[str, ...]:
    """The levels whose units a user may remind: the ministry's reviewers the provinces', a province's those below it."""
    if not user.is_active or user.role != Role.REVIEWER or user.department not in TYPING:
        return ()
    if user.division_id == NATION:
        return UNITS
    return BELOW if user.division.level in UNITS else ()


@transaction.atomic
def remind(
    codes: Sequence[str], divisions: Iterable[Division], *, year: int, text: str, by: User, at: datetime
) -> list[Reminded]:
    """Remind each of `codes`, in their order, each once; `divisions` are those of them in the user's scope.

    What is refused for one unit stands in its result and undoes nothing of the others. Raises Refused (403) for who
    reminds nobody at all, (422) for a text that is too long or for too many units.
    """
    if not levels_reminded_by(by):
        raise Refused(403, "permission_denied", _("只有部级和省级审核人员可以催报。"))
    if len(set(codes)) > MOST_UNITS:
        raise Refused(422, "too_many", _("一次最多 %d 个单位。") % MOST_UNITS)
    if len(text.strip()) > 600:
        raise Refused(422, "too_long", _("内容最多 600 字。"))
    known = {division.code: division for division in divisions}
    owed = Owed(list(known.values()), year, by, at)
    results = []
    with pghistory.context(user=by.pk, at=at.isoformat(), action="remind"):
        for code in dict.fromkeys(codes):
            division = known.get(code)
            if division is None:
                results.append(Reminded(code, None, 0, 404, "not_found", _("没有这个单位，或不在您的范围内。")))
                continue
            try:
                results.append(Reminded(code, division, remind_one(division, owed, text.strip(), by=by, at=at)))
            except Refused as refused:
                results.append(Reminded(code, division, 0, refused.status, refused.code, refused.detail))
    return results


class Owed:
    """What the units owe and who answers for it, read once, under the locks of their statements: two who remind at once
    come one after the other."""

    def __init__(self, divisions: Sequence[Division], year: int, by: User, at: datetime) -> None:
        self.year = year
        self.opened = ReportingYear.objects.filter(year=year).first()
        codes = [division.code for division in divisions]
        units = {unit_of(division) for division in divisions}
        rows = AnnualStatement.objects.locked().for_year(year).filter(division__in=units).order_by("pk")
        self.statements = {row.division_id: row for row in sorted(rows, key=lambda row: row.version)}
        self.parts: dict[str, list[str]] = defaultdict(list)
        below = Division.objects.shown().valid().filter(parent__in=codes, level=Level.COUNTY)
        for code, parent in below.values_list("code", "parent"):
            self.parts[str(parent)].append(code)
        rows_read = [*codes, *(part for parts in self.parts.values() for part in parts)]
        self.finished = get_finished([row.pk for row in self.statements.values()], rows_read)
        self.people: dict[str, list[User]] = defaultdict(list)
        roles = (Role.REPORTER, Role.REVIEWER)
        for user in User.objects.filter(division__in=codes, role__in=roles, is_active=True).order_by("pk"):
            self.people[user.division_id].append(user)
        mine = Reminder.objects.filter(year=year, division__in=codes, by=by, at__gt=at - PAUSE).order_by("at")
        self.recent = {reminder.division_id: reminder for reminder in mine}


def unit_of(division: Division) -> str:
    """The code of the unit in whose statement a division stands."""
    return division.code if division.level in UNITS else f"{division.prefix[:2]}0000"


def remind_one(division: Division, owed: Owed, text: str, *, by: User, at: datetime) -> int:
    """Remind one unit; answers how many people were told. Raises Refused (403, 409)."""
    if division.level not in levels_reminded_by(by) or not by.division.contains(division):
        raise Refused(403, "permission_denied", _("部级催报省级单位，省级催报本省的市县。"))
    statement = owed.statements.get(unit_of(division))
    due_on = owed.opened.due_on(division.level) if owed.opened else None
    if statement is None or due_on is None:
        raise Refused(409, "not_opened", _("%d 年度没有开启该单位的填报。") % owed.year)
    concerned = who_owes(division, statement, owed)
    if recent := owed.recent.get(division.code):
        words = {
            "time": f"{timezone.localtime(recent.at):%H:%M}",
            "next": f"{timezone.localtime(recent.at + PAUSE):%H:%M}",
        }
        raise Refused(409, "reminded_already", _("您在 %(time)s 已催报过，%(next)s 以后可以再催。") % words)
    people = [user for user in concerned if user.pk != by.pk]
    if not people:
        raise Refused(409, "nobody", _("该单位还没有可通知的填报或审核人员，没有发出：请先由用户管理员建立用户。"))
    return len(send(division, statement, people, due_on, text, by=by, at=at))


def send(
    division: Division,
    statement: AnnualStatement,
    people: list[User],
    due_on: date,
    text: str,
    *,
    by: User,
    at: datetime,
) -> list[object]:
    """Write down the reminder and tell the people."""
    words = {"division": division.code, "name": division.name, "text": text, "due": due_on.isoformat()}
    told = notify(NoticeKind.REMINDED, people, by=by, at=at, statement=statement, year=statement.year, words=words)
    Reminder.objects.create(
        year=statement.year, division=division, kind=ReminderKind.SENT, due_on=due_on, text=text, by=by, at=at,
        recipients=len(told),
    )  # fmt: skip
    return list(told)


def who_owes(division: Division, statement: AnnualStatement, owed: Owed) -> list[User]:
    """Who of the unit has the next step; where nobody has it, whoever types or reviews there. Raises Refused (409) where
    the unit owes nothing."""
    people, status = owed.people[division.code], statement.status
    is_unit = division.level in UNITS
    nothing = Refused(409, "owes_nothing", _("该单位现在没有应办的事项：报表%s。") % statement.get_status_display())
    if status in OPEN:
        marks = marks_of(owed.finished.get(statement.pk, {}), division.code, owed.parts[division.code])
        marked = set() if is_unit else set(marks)
        missing = set(TYPING) - marked
        if not missing:
            raise Refused(409, "owes_nothing", _("该单位各部门都已填完，现在没有应办的事项。"))
        chosen = [user for user in people if user.role == Role.REPORTER and user.department in missing]
    elif status == StatementStatus.HANDED_IN and is_unit:
        needed = {Department.NATURAL_RESOURCES} if statement.confirmed_at else set(TYPING)
        chosen = [user for user in people if user.role == Role.REVIEWER and user.department in needed]
    else:
        raise nothing
    return chosen or people
