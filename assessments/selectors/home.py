"""What each user's home says: what is due and how far it is, what came back and why, what came in, what was said.

The edges scope the querysets; nothing here asks who the reader is but for the division and department they act for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from farmland.indicators import INDICATORS
from farmland.models import (
    AnnualStatement,
    Comment,
    Correction,
    Division,
    Figure,
    FinishedRow,
    Gap,
    Level,
    Notice,
    Origin,
    ReportingYear,
    StatementStatus,
    Transition,
)
from farmland.models.users import UserQuerySet
from farmland.selectors.due import DEPARTMENTS
from farmland.selectors.queue import get_due_days
from farmland.selectors.statements import CURRENT, MANDATORY

S = StatementStatus
OPEN, UNSUBMITTED = (S.DRAFT, S.RETURNED), (S.DRAFT, S.RETURNED, S.HANDED_IN)
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the rows that a division fills say something in every mandatory line of a department, or in any line
    where none is mandatory for it, and how many are marked as done."""

    filled: int
    done: int
    rows: int
    is_of_mandatory: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A statement that is not submitted, the day by which the reader's level owes it (None: not opened, or a correction),
    how far it is and, where it came back, the step that returned it."""

    statement: AnnualStatement
    due_on: date | None
    progress: Progress
    returned: Transition | None


def get_dues(
    statements: QuerySet[AnnualStatement],
    transitions: QuerySet[Transition],
    *,
    place: Division,
    department: str,
    is_typing: bool,
) -> list[Due]:
    """The statements of the unit that `place` belongs to which are not submitted: for who types, those that are open.
    Nothing for the nation, which stands above all units, and for departments that have no lines. At most seven queries,
    one where nothing is due."""
    if department not in DEPARTMENTS:
        return []
    wanted = OPEN if is_typing else UNSUBMITTED
    mine = statements.filter(division__prefix__in=place.prefixes_up, status__in=wanted)
    rows = list(mine.select_related("division").order_by("year", "version"))
    if not rows:
        return []
    years = {year.year: year for year in ReportingYear.objects.filter(year__in={row.year for row in rows})}
    progress = get_progress(rows, place=place, department=department)
    returns = transitions.filter(statement__in=rows, action="return").select_related("by")
    latest = {step.statement_id: step for step in returns.order_by("statement", "-pk").distinct("statement")}
    return [
        Due(
            row,
            years[row.year].due_on(place.level) if row.year in years and row.version == 1 else None,
            progress[row.pk],
            latest.get(row.pk) if row.status == S.RETURNED else None,
        )
        for row in rows
    ]


def get_sent(statements: QuerySet[AnnualStatement], *, place: Division, is_typing: bool) -> list[AnnualStatement]:
    """The statements of the unit that `place` belongs to which lie with somebody else now; for who reviews in the unit
    those that are submitted. One query."""
    away = (S.HANDED_IN, S.SUBMITTED) if is_typing else (S.SUBMITTED,)
    mine = statements.filter(division__prefix__in=place.prefixes_up, status__in=away)
    return list(mine.select_related("division").order_by("year", "version")[:SHOWN])


def get_progress(statements: Sequence[AnnualStatement], *, place: Division, department: str) -> dict[int, Progress]:
    """How far a division's rows of each statement are. A county counts as filled where its prefecture typed its own
    instead. Four queries."""
    own = {code for code, indicator in INDICATORS.items() if indicator.department == department}
    lines, must = (own & MANDATORY or own), bool(own & MANDATORY)
    leaves = get_leaves(place)
    below = Q(statement__in=statements, division__prefix__startswith=place.prefix)
    said: dict[tuple[int, str], set[str]] = {}
    figures = Figure.objects.filter(below, origin=Origin.REPORTED, indicator__in=lines)
    gaps = Gap.objects.filter(below, indicator__in=lines)
    for rows in (figures, gaps):
        for statement, division, indicator in rows.values_list("statement", "division", "indicator"):
            said.setdefault((statement, division), set()).add(indicator)
    filled = {row for row, codes in said.items() if codes == lines or not must}
    marks = FinishedRow.objects.filter(below, department=department).values_list("statement")
    done = dict(marks.annotate(number=Count("pk")).order_by())
    return {
        row.pk: Progress(
            filled=sum(
                (row.pk, code) in filled or (parent != row.division_id and (row.pk, parent) in filled)
                for code, parent in leaves
            ),
            done=done.get(row.pk, 0),
            rows=len(leaves),
            is_of_mandatory=must,
        )
        for row in statements
    }


def get_leaves(place: Division) -> list[tuple[str, str | None]]:
    """The divisions in a subtree that have figures of their own, each with its parent. One query."""
    rows = Division.objects.shown().valid().within(place)
    rows = rows.filter(pk=place.pk) if place.level == Level.SPECIAL else rows.at_level(Level.COUNTY)
    return list(rows.values_list("code", "parent"))


@dataclass(frozen=True, slots=True)
class Review:
    """A statement that waits for the reader's step, and the day by which its unit owed it."""

    statement: AnnualStatement
    due_on: date | None


def get_reviews(statements: QuerySet[AnnualStatement], waiting: Q) -> list[Review]:
    """What came in and waits, the longest first. Two queries, one where nothing waits."""
    came = Coalesce("submitted_at", "handed_in_at")
    rows = statements.filter(waiting).annotate(came_at=came).order_by(F("came_at").asc(nulls_last=True), "pk")
    found = list(rows.select_related("division", "handed_in_by", "submitted_by")[:SHOWN])
    days = get_due_days(row.year for row in found) if found else {}
    return [Review(row, days.get(row.year) if row.version == 1 else None) for row in found]


def get_comments(comments: QuerySet[Comment], *, place: Division, but: int) -> list[Comment]:
    """What others (not `but`) said of the own rows, while it is not dealt with, the latest first. One query."""
    mine = comments.filter(
        resolved_at__isnull=True,
        statement__division__prefix__in=place.prefixes_up,
        statement__status__in=[*UNSUBMITTED, S.SUBMITTED],
    ).exclude(by=but)
    return list(mine.select_related("statement__division", "division", "by").order_by("-at", "-pk")[:SHOWN])


def get_corrections(corrections: QuerySet[Correction], *, place: Division) -> list[Correction]:
    """The own unit's corrections that are not granted yet. One query."""
    mine = corrections.filter(approved_at__isnull=True, statement__division__prefix__in=place.prefixes_up)
    return list(mine.select_related("statement__division", "requested_by", "first_by").order_by("requested_at"))


def get_latest(statements: QuerySet[AnnualStatement]) -> list[AnnualStatement]:
    """The statements that were approved last, superseded ones left out. One query."""
    rows = statements.filter(status__in=CURRENT).select_related("division")
    return list(rows.order_by("-approved_at", "-pk")[:SHOWN])


def get_notices(notices: QuerySet[Notice]) -> list[Notice]:
    """The latest notices with what their sentences name. One query."""
    return list(notices.select_related("statement__division", "by", "upload").order_by("-at", "-pk")[:SHOWN])


@dataclass(frozen=True, slots=True)
class Accounts:
    """How many users there are, and how many need the administrator."""

    active: int
    without_password: int
    without_mail: int
    inactive: int


def get_accounts(users: UserQuerySet) -> Accounts:
    """The users that an administrator looks after, counted. One query."""
    active = Q(is_active=True)
    return Accounts(
        **users.aggregate(
            active=Count("pk", filter=active),
            without_password=Count("pk", filter=active & Q(password__startswith=UNUSABLE)),
            without_mail=Count("pk", filter=active & Q(email="")),
            inactive=Count("pk", filter=~active),
        )
    )


UNUSABLE = "!"  # how Django marks a password that nobody set
