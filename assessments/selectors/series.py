"""A division's figures over the years, and which neighbours may be compared."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from assessments.selectors.figures import is_demo, pick
from farmland.models import Basis, Figure
from farmland.models.figures import FigureQuerySet

LEAST_POINTS = 3


@dataclass(frozen=True, slots=True)
class Point:
    """One year: the headline, and its change against the year before (mu); None where not comparable."""

    year: int
    figure: Figure
    change_mu: Decimal | None
    is_comparable: bool


def comparable(first: Figure, second: Figure) -> bool:
    """Whether two figures may be subtracted: the second land survey stands on classes of its own."""
    return (first.basis == Basis.SURVEY2) == (second.basis == Basis.SURVEY2)


def get_series(
    figures: FigureQuerySet, *, division: str, indicator: str, moment: datetime | None = None
) -> list[Point]:
    """The headline figures of a division by year, oldest first. One query."""
    rows = (
        figures.known_at(moment)
        .filter(division=division, indicator=indicator)
        .select_related("statement", "document")
        .order_by("year")
    )
    points: list[Point] = []
    for year, group in groupby(rows, key=lambda f: f.year):
        figure = pick(group).headline
        if figure is None:
            continue
        before = points[-1].figure if points and points[-1].year == year - 1 else None
        fits = not points or comparable(points[-1].figure, figure)
        change = figure.area_mu - before.area_mu if before and fits else None
        points.append(Point(year, figure, change, fits))
    return points


@dataclass(frozen=True, slots=True)
class Projection:
    """What the figures would come to if they went on changing as they did on average between two years.

    An extrapolation, no forecast: `yearly_change_mu` is (last − first) / years, `values` begin with the last figure.
    """

    first_year: int
    last_year: int
    yearly_change_mu: Decimal
    values: dict[int, Decimal]
    is_demo: bool


def project(points: list[Point], *, until: int) -> Projection | None:
    """Extrapolate the comparable figures at the series' end to a year; None for fewer than three of them."""
    run: list[Point] = []
    for point in points:
        run = [*run, point] if point.is_comparable else [point]
    if len(run) < LEAST_POINTS or until <= run[-1].year:
        return None
    first, last = run[0], run[-1]
    change = (last.figure.area_mu - first.figure.area_mu) / (last.year - first.year)
    values = {year: last.figure.area_mu + change * (year - last.year) for year in range(last.year, until + 1)}
    return Projection(first.year, last.year, change, values, any(is_demo(point.figure) for point in run))
