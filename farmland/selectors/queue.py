"""What a reviewer's list says of each statement beside its own fields; for one page of rows at a time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import Count

from farmland.models import AnnualStatement, Division, Reason, ReportingYear, Revision, StatementStatus
from farmland.models.statements import SETTLED
from farmland.rules import Severity
from farmland.selectors.changes import get_touched_since_return
from farmland.selectors.statements import read

CHINA = ZoneInfo("Asia/Shanghai")
NOT_YET = (StatementStatus.DRAFT, StatementStatus.RETURNED, StatementStatus.HANDED_IN)
KEPT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A statement in the list. `flags` counts what the rules find hard or soft in what the reader sees of it, with its
    reason or without, and of a settled one the reasons that it was passed with; None where nothing of it is shown."""

    statement: AnnualStatement
    flags: int | None
    is_changed: bool  # cells were typed since it was last returned
    is_overdue: bool
    days_late: int = 0  # by how many it was submitted after its day


Part = Callable[[AnnualStatement], Division | None]


def get_rows(statements: Sequence[AnnualStatement], *, part: Part, prefix: str, today: date) -> list[QueueRow]:
    """The rows of one page. `part` says what of a statement the reader sees, `prefix` is that of the reader's division.

    At most six queries, and eight for each statement on its way that is not in the cache as it stands now.
    """
    shown = [statement for statement in statements if part(statement) is not None]
    touched = get_touched_since_return(shown, prefix=prefix)
    due = get_due_days(statement.year for statement in statements)
    on_the_way = [statement for statement in shown if statement.status not in SETTLED]
    settled = [statement for statement in shown if statement.status in SETTLED]
    flags = get_flags(on_the_way, part) | count_reasons(settled, prefix)
    return [
        QueueRow(
            statement,
            flags.get(statement.pk),
            statement.pk in touched,
            is_overdue(statement, due.get(statement.year), today),
            days_late(statement, due.get(statement.year)),
        )
        for statement in statements
    ]


def get_due_days(years: Iterable[int]) -> dict[int, date]:
    """The day by which provinces owe their statements, by year; a year that was not opened has none. One query."""
    return dict(ReportingYear.objects.filter(year__in=set(years)).values_list("year", "province_due_on"))


def is_overdue(statement: AnnualStatement, due_on: date | None, today: date) -> bool:
    """Whether the statement is not submitted and its day has passed. A correction (version 2 and on) has no such day."""
    if due_on is None or statement.version > 1 or statement.submitted_at is not None:
        return False
    return statement.status in NOT_YET and today > due_on


def days_late(statement: AnnualStatement, due_on: date | None) -> int:
    """By how many days (in China's time) the statement was submitted after its day; 0 where it was not, or has none."""
    if due_on is None or statement.version > 1 or statement.submitted_at is None:
        return 0
    return max(0, (statement.submitted_at.astimezone(CHINA).date() - due_on).days)


def count_reasons(statements: Sequence[AnnualStatement], prefix: str) -> dict[int, int]:
    """How many findings were passed with a reason, by statement, below a division's prefix. One query.

    What is settled changes no more, so that its rules are not run again for a list.
    """
    reasons = Reason.objects.filter(
        statement__in=[statement.pk for statement in statements], division__prefix__startswith=prefix
    )
    counts = dict(reasons.values_list("statement").annotate(number=Count("pk")).order_by()) if statements else {}
    return {statement.pk: counts.get(statement.pk, 0) for statement in statements}


def get_flags(statements: Sequence[AnnualStatement], part: Part) -> dict[int, int]:
    """How many hard and soft findings each statement has in its part. One query for the revisions, eight for each
    statement whose figures, or those of whose province, have changed since they were last counted."""
    counts = dict(Revision.objects.values_list("topic", "count")) if statements else {}
    targets = ",".join(f"{topic}:{count}" for topic, count in sorted(counts.items()) if is_promise(topic))
    found = {}
    for statement in statements:
        place, province = part(statement), statement.division_id[:2]
        moved = [counts.get(f"{topic}:{province}", 0) for topic in ("figures", "statements")]
        key = f"flags:{statement.pk}:{place and place.code}:{moved[0]}:{moved[1]}:{targets}"
        number = cache.get(key)
        if number is None:
            findings = read(statement).within(place).findings
            number = sum(finding.severity in (Severity.HARD, Severity.SOFT) for finding in findings)
            cache.set(key, number, KEPT_SECONDS)
        found[statement.pk] = number
    return found


def is_promise(topic: str) -> bool:
    """Whether a topic is neither a province's figures nor its statements: targets and divisions, which rules read too."""
    return not topic.startswith(("figures:", "statements:"))
