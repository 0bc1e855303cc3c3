"""What the rows of a board are counted from: typed cells, marks, reasons and reminders, each read at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from farmland.indicators import INDICATORS, Department
from farmland.models import Figure, FinishedRow, Gap, Origin, Reason, Reminder
from farmland.selectors.statements import MANDATORY

# The lines of government that type something, and so mark their rows as done.
TYPING = tuple(d for d in Department if any(indicator.department == d for indicator in INDICATORS.values()))


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a row of a statement: how many cells, and how many mandatory ones."""

    cells: int = 0
    mandatory: int = 0


def get_typed(statements: Collection[int], places: Collection[str]) -> dict[int, dict[str, Typed]]:
    """How many cells say something, by statement and row. Two queries."""
    found: dict[int, dict[str, Typed]] = defaultdict(dict)
    is_mandatory = Count("pk", filter=Q(indicator__in=MANDATORY))
    figures = Figure.objects.filter(statement__in=statements, division__in=places, origin=Origin.REPORTED)
    gaps = Gap.objects.filter(statement__in=statements, division__in=places)
    for rows in (figures, gaps):
        said = rows.values("statement_id", "division_id").annotate(cells=Count("pk"), mandatory=is_mandatory).order_by()
        for row in said:
            before = found[row["statement_id"]].get(row["division_id"], Typed())
            found[row["statement_id"]][row["division_id"]] = Typed(
                before.cells + row["cells"], before.mandatory + row["mandatory"]
            )
    return found


def get_finished(statements: Collection[int], places: Collection[str]) -> dict[int, dict[str, dict[str, datetime]]]:
    """When each department marked a row as done, by statement and row. One query."""
    found: dict[int, dict[str, dict[str, datetime]]] = defaultdict(lambda: defaultdict(dict))
    rows = FinishedRow.objects.filter(statement__in=statements, division__in=places)
    for statement, division, department, at in rows.values_list("statement", "division", "department", "at"):
        found[statement][division][department] = at
    return found


def marks_of(finished: Mapping[str, Mapping[str, datetime]], code: str, parts: Sequence[str]) -> dict[str, datetime]:
    """When each department was done with a row: by its own mark, or by the last of those of all its parts."""
    marks = dict(finished.get(code, {}))
    for department in TYPING if parts else ():
        moments = [finished[part][department] for part in parts if department in finished.get(part, {})]
        if len(moments) == len(parts):
            marks.setdefault(department.value, max(moments))
    return marks


def get_reason_counts(statements: Collection[int], places: Collection[str]) -> dict[int, int]:
    """How many findings were passed with a reason, by statement. One query."""
    return dict(count(Reason.objects.filter(statement__in=statements, division__in=places)))


def count(rows: QuerySet[Any]) -> Iterable[tuple[int, int]]:
    """The number of rows by statement."""
    return rows.values_list("statement").annotate(number=Count("pk")).order_by()


def get_last_reminders(year: int, places: Collection[str]) -> dict[str, Reminder]:
    """The latest reminder of each division. One query."""
    rows = Reminder.objects.filter(year=year, division__in=places).select_related("by")
    return {row.division_id: row for row in rows.order_by("division", "-at", "-pk").distinct("division")}
