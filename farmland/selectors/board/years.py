"""The board over the years: each unit's state and lateness, year by year."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from farmland.models import AnnualStatement, Division, Figure, Gap, Origin, ReportingYear, StatementStatus
from farmland.models.divisions import DivisionQuerySet
from farmland.models.statements import AnnualStatementQuerySet
from farmland.selectors.board.states import UNITS, BoardState, days_against, state_of
from farmland.selectors.statements import CURRENT


@dataclass(frozen=True, slots=True)
class YearCell:
    """A unit's year in the matrix of years; None of its days where it was not submitted or the year has none."""

    year: int
    state: BoardState
    days: int | None
    is_overdue: bool


def get_years(statements: AnnualStatementQuerySet) -> list[int]:
    """The years that were opened or that have a statement in scope, the latest first. Two queries."""
    opened = set(ReportingYear.objects.values_list("year", flat=True))
    return sorted(opened | set(statements.values_list("year", flat=True).distinct().order_by()), reverse=True)


def get_matrix(
    divisions: DivisionQuerySet, statements: AnnualStatementQuerySet, *, years: Sequence[int], today: date
) -> list[tuple[Division, list[YearCell]]]:
    """The units in scope over some years: state and lateness. Three queries."""
    opened = {year.year: year for year in ReportingYear.objects.filter(year__in=years)}
    units = list(divisions.shown().valid().filter(level__in=UNITS).order_by("code"))
    figures = Figure.objects.filter(statement=OuterRef("pk"), origin=Origin.REPORTED)
    is_typed = Exists(figures) | Exists(Gap.objects.filter(statement=OuterRef("pk")))
    is_draft = Q(status=StatementStatus.DRAFT)
    found: dict[tuple[str, int], list[AnnualStatement]] = defaultdict(list)
    rows = statements.filter(year__in=years).annotate(is_typed=is_draft & is_typed).order_by("version")
    for row in rows:
        found[row.division_id, row.year].append(row)

    def cell(unit: Division, year: int) -> YearCell:
        versions = found.get((unit.code, year), [])
        standing = [row for row in versions if row.status in CURRENT] or versions
        current = standing[-1] if standing else None
        due_on = opened[year].due_on(unit.level) if year in opened else None
        days, is_overdue = days_against(versions[0] if versions else None, due_on, today)
        return YearCell(year, state_of(current, bool(current and current.is_typed)), days, is_overdue)  # type: ignore[attr-defined]  # annotated

    return [(unit, [cell(unit, year) for year in years]) for unit in units]
