"""Who owes what of a year's statements, and which reminder is due on a day."""

from dataclasses import dataclass
from datetime import date, timedelta

from farmland.indicators import INDICATORS, Department
from farmland.models import AnnualStatement, Division, Figure, FinishedRow, ReportingYear, Role, StatementStatus
from farmland.models.users import User
from farmland.selectors.statements import get_rows, owing_rows

S = StatementStatus
BEFORE = (timedelta(days=7), timedelta(days=1))
AFTER, AGAIN = timedelta(days=1), timedelta(days=7)
DEPARTMENTS = tuple(sorted({str(indicator.department) for indicator in INDICATORS.values()}))
OPEN = (S.DRAFT, S.RETURNED)


def milestone(due_on: date, today: date) -> date | None:
    """The day of the reminder that holds today: 7 days and 1 day before the due day, the day after it and each week from
    then on. The latest that has come, so that a day on which nothing ran is made up for; None before the first."""
    if today > due_on:
        return due_on + AFTER + (today - due_on - AFTER) // AGAIN * AGAIN
    come = [due_on - span for span in BEFORE if due_on - span <= today]
    return max(come, default=None)


@dataclass(frozen=True, slots=True)
class Debt:
    """What a division owes of its unit's statement: typing (`roles` and `departments` of those who are behind with it)."""

    division: Division
    due_on: date
    roles: tuple[str, ...]
    departments: tuple[str, ...]


def get_open_statements(year: int) -> list[AnnualStatement]:
    """The statements of a year that are not submitted; corrections have no day of their own. One query."""
    rows = AnnualStatement.objects.for_year(year).filter(version=1, status__in=[*OPEN, S.HANDED_IN])
    return list(rows.select_related("division").order_by("division_id"))


def get_debts(statement: AnnualStatement, year: ReportingYear) -> list[Debt]:
    """Who is behind with a statement that is not submitted: the unit itself, and, while it is open, the divisions below
    whose row is not finished. At most three queries.

    A prefecture is done when its own row is, or those of all its counties; each department marks its own.
    """
    unit = statement.division
    due_on = year.due_on(unit.level)
    if statement.status == S.HANDED_IN:  # agriculture confirms, natural resources submits: both review
        waiting = (Department.NATURAL_RESOURCES,) if statement.confirmed_at else DEPARTMENTS
        return [Debt(unit, due_on, (Role.REVIEWER,), waiting)]
    debts = [Debt(unit, due_on, (Role.REPORTER,), DEPARTMENTS)]
    marked = FinishedRow.objects.filter(statement=statement).values_list("division", "department")
    finished = set(marked)
    rows = get_rows(statement)
    owing = set(owing_rows(statement, rows, get_typed_rows(statement)))
    below = [division for division in rows if division.pk != unit.pk]
    for division in below:
        parts = [part.code for part in below if part.parent_id == division.code and part.code in owing]
        if not parts and division.code not in owing:  # its prefecture typed figures of its own in its place
            continue
        behind = tuple(
            department
            for department in DEPARTMENTS
            if (division.code, department) not in finished
            and not (parts and all((part, department) in finished for part in parts))
        )
        if behind:
            debts.append(Debt(division, year.due_on(division.level), (Role.REPORTER,), behind))
    return debts


def get_typed_rows(statement: AnnualStatement) -> set[str]:
    """The divisions that have a typed figure. One query."""
    return set(Figure.objects.filter(statement=statement, origin="reported").values_list("division", flat=True))


def get_debtors(debts: list[Debt]) -> dict[str, list[User]]:
    """The people who are behind, by the code of their division. One query."""
    places = {debt.division.code: debt for debt in debts}
    found = User.objects.filter(is_active=True, division__in=places, role__in=[Role.REPORTER, Role.REVIEWER])
    people: dict[str, list[User]] = {}
    for user in found.select_related("division").order_by("pk"):
        debt = places[user.division_id]
        if user.role in debt.roles and user.department in debt.departments:
            people.setdefault(user.division_id, []).append(user)
    return people
