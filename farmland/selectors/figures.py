"""All figures of a year's statements, for the export that takes them at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from farmland.models import AnnualStatement, Division, Origin
from farmland.models.figures import FigureQuerySet


@dataclass(frozen=True, slots=True)
class YearRow:
    """One division of one statement: its stored values by indicator, in mu (an area) or in the indicator's own unit."""

    statement: AnnualStatement
    division: Division
    is_sum: bool
    values: dict[str, Decimal]


def get_year_rows(figures: FigureQuerySet, divisions: dict[str, Division], *, year: int) -> Iterator[YearRow]:
    """The rows of a year in the order of the codes, of each unit the version that stands or is on its way; `figures` and
    `divisions` are those in the reader's scope. Two queries."""
    figures = figures.filter(year=year, statement__isnull=False, origin__in=[Origin.REPORTED, Origin.SUMMED])
    figures = figures.exclude(statement__status="superseded")
    known = AnnualStatement.objects.select_related("division").in_bulk(
        list(figures.order_by().values_list("statement", flat=True).distinct())
    )
    lines = figures.order_by("division_id", "statement_id", "origin").values_list(
        "division_id", "statement_id", "origin", "indicator", "value_mu", "measure"
    )
    current: tuple[str, int, str] | None = None
    values: dict[str, Decimal] = {}
    for division, statement, origin, indicator, value_mu, measure in lines.iterator(chunk_size=5_000):
        if (division, statement, origin) != current:
            if current and values and current[0] in divisions:
                yield row_of(current, known, divisions, values)
            current, values = (division, statement, origin), {}
        values[indicator] = value_mu if value_mu is not None else measure
    if current and values and current[0] in divisions:
        yield row_of(current, known, divisions, values)


def row_of(
    key: tuple[str, int, str],
    known: dict[int, AnnualStatement],
    divisions: dict[str, Division],
    values: dict[str, Decimal],
) -> YearRow:
    """A row from its division, statement and origin."""
    division, statement, origin = key
    return YearRow(known[statement], divisions[division], origin == Origin.SUMMED, values)
