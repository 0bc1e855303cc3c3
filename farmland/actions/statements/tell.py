"""Who is told of which step of a statement. Each works inside the transaction of the step."""

from datetime import datetime

from django.db.models import Q, QuerySet

from farmland.actions.notices import notify
from farmland.indicators import INDICATORS, Department
from farmland.models import (
    NATION,
    AnnualStatement,
    Comment,
    Division,
    Figure,
    Gap,
    NoticeKind,
    ReportingYear,
    Role,
    User,
)

NATURAL, AGRICULTURE = Department.NATURAL_RESOURCES, Department.AGRICULTURE
DEPARTMENTS = (NATURAL, AGRICULTURE)  # those that have lines in a statement
DECISIONS = ("approve", "lock")


def people(*roles: str, place: str, departments: tuple[str, ...] = DEPARTMENTS) -> QuerySet[User]:
    """The active people of some roles and departments who act for one division."""
    found = User.objects.filter(is_active=True, role__in=roles, department__in=departments, division=place)
    return found.select_related("division").order_by("pk")


def tell_opened(opened: ReportingYear, *, by: User, at: datetime) -> None:
    """A year was opened: everybody who fills in or reviews in a province, the Corps or below."""
    everybody = User.objects.filter(
        is_active=True, role__in=[Role.REPORTER, Role.REVIEWER], department__in=DEPARTMENTS
    ).exclude(division=NATION)
    words = {
        "county": opened.county_due_on.isoformat(),
        "prefecture": opened.prefecture_due_on.isoformat(),
        "province": opened.province_due_on.isoformat(),
    }
    notify(NoticeKind.YEAR_OPENED, everybody.order_by("pk"), by=by, at=at, year=opened.year, words=words)


def tell_step(
    statement: AnnualStatement, action: str, *, by: User | None, at: datetime, comment: str = "", brought: tuple = ()
) -> None:
    """A step was taken (`statement` as it is after it); `by` is None where the system locked it.

    `brought` are the keys of who had handed in and submitted what was returned.
    """
    unit, words = statement.division_id, {"action": action, "comment": comment.strip()}
    if action in ("hand_in", "submit"):
        place = NATION if action == "submit" else unit
        # Who brought it here decides nothing of it (four eyes), so that it is not theirs to review either.
        brought = tuple(pk for pk in (statement.handed_in_by_id, statement.submitted_by_id) if pk)
        reviewers = people(Role.REVIEWER, place=place).exclude(pk__in=brought)
        notify(NoticeKind.FOR_REVIEW, reviewers, by=by, at=at, statement=statement, words=words)
    elif action == "return":
        known = User.objects.filter(
            Q(pk__in=[pk for pk in brought if pk])
            | Q(role=Role.REPORTER, department__in=DEPARTMENTS, division=unit)
            | concerned_below(statement)
        ).select_related("division")  # fmt: skip
        notify(NoticeKind.RETURNED, known.order_by("pk"), by=by, at=at, statement=statement, words=words)
    elif action in ("confirm", "give_opinion"):
        # Who waited for agriculture; by four eyes not who brought it here.
        place = NATION if action == "give_opinion" else unit
        brought = tuple(pk for pk in (statement.handed_in_by_id, statement.submitted_by_id) if pk)
        waiting = people(Role.REVIEWER, place=place, departments=(NATURAL,)).exclude(pk__in=brought)
        notify(NoticeKind.FOR_REVIEW, waiting, by=by, at=at, statement=statement, words=words)
    elif action in DECISIONS:
        own = people(Role.REPORTER, Role.REVIEWER, place=unit)
        notify(NoticeKind.DECIDED, own, by=by, at=at, statement=statement, words=words)


def concerned_below(statement: AnnualStatement) -> Q:
    """The reporters below the unit whom a return concerns: who typed something of it, and those of the rows that open
    comments name."""
    typed = [rows.filter(statement=statement).values("typed_by") for rows in (Figure.objects.all(), Gap.objects.all())]
    named = Comment.objects.filter(statement=statement, resolved_at__isnull=True, division__isnull=False)
    rows = Division.objects.filter(pk__in=named.values("division"))
    places = {prefix for row in rows for prefix in row.prefixes_up}
    below = Q(role=Role.REPORTER, department__in=DEPARTMENTS, division__prefix__startswith=statement.division.prefix)
    return below & (Q(pk__in=typed[0]) | Q(pk__in=typed[1]) | Q(division__prefix__in=places))


def tell_comment(comment: Comment) -> None:
    """Somebody commented: the reporters whose rows and lines it concerns, and who spoke of the same before.

    Of the whole statement these are the unit's own, of a row all whose subtree it lies in.
    """
    statement, place = comment.statement, comment.division or comment.statement.division
    line = INDICATORS.get(comment.indicator)
    departments = (line.department,) if line else DEPARTMENTS
    prefixes = [prefix for prefix in place.prefixes_up if len(prefix) >= len(statement.division.prefix)]
    concerned = Q(role=Role.REPORTER, department__in=departments, division__prefix__in=prefixes)
    before = Comment.objects.filter(statement=statement, division=comment.division, indicator=comment.indicator)
    found = User.objects.filter(concerned | Q(pk__in=before.values("by"))).select_related("division").order_by("pk")
    told = [user for user in found if sees(statement, place, user)]
    words = {
        "text": comment.text,
        "division": comment.division_id or "",
        "place": place.name,
        "indicator": comment.indicator,
    }
    notify(NoticeKind.COMMENTED, told, by=comment.by, at=comment.at, statement=statement, words=words)


def sees(statement: AnnualStatement, place: Division, user: User) -> bool:
    """Whether the row of a division is in the part of the statement that is shown to the user."""
    part = statement.part_shown_to(user)
    return part is not None and part.contains(place)


def tell_correction(statement: AnnualStatement, step: str, *, by: User, at: datetime, reason: str = "") -> None:
    """A correction was asked for (`request`: the ministry's reviewers) or granted (`approve`: the unit's people)."""
    if step == "request":
        told = people(Role.REVIEWER, place=NATION, departments=(NATURAL,))
    else:
        told = people(Role.REPORTER, Role.REVIEWER, place=statement.division_id)
    words = {"step": step, "reason": reason.strip()}
    notify(NoticeKind.CORRECTION, told, by=by, at=at, statement=statement, words=words)
