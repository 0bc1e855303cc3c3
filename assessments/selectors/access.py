"""What one reader's scorecard is made of. The edges scope the querysets; this gathers them with what is in force."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from assessments.selectors.scorecard import ScorecardSet, get_scorecards
from farmland.models import NATION, Level
from farmland.models.divisions import OPEN_LEVELS, DivisionQuerySet
from farmland.models.figures import FigureQuerySet
from farmland.models.statements import AnnualStatementQuerySet
from farmland.selectors.revisions import Stamp
from quotas.models import QuotaNode
from quotas.rules import Thresholds
from quotas.selectors import get_targets, get_thresholds


@dataclass(frozen=True, slots=True)
class Scope:
    """The scoped querysets of one reader, and the stamp of the data they are read at."""

    divisions: DivisionQuerySet
    figures: FigureQuerySet
    national_parts: FigureQuerySet
    statements: AnnualStatementQuerySet
    stamp: Stamp


def thresholds_at(moment: datetime | None, stamp: Stamp) -> Thresholds:
    """The parameters in force, kept for a state of the data and a day."""
    day = timezone.localtime(moment or stamp.changed_at)
    key = f"thresholds:{stamp.key}:{day:%Y%m%d}"
    found: Thresholds | None = cache.get(key)
    if found is None:
        found = get_thresholds(moment=day)
        cache.set(key, found)
    return found


def scorecards(
    scope: Scope,
    *,
    year: int,
    level: str = Level.PROVINCE,
    parent: str = NATION,
    beside: str = "",
    moment: datetime | None = None,
) -> ScorecardSet:
    """The scorecards that a reader gets: pages, JSON, CSV and XLSX all come through here."""
    return get_scorecards(
        divisions=scope.divisions,
        national_parts=scope.national_parts,
        statements=scope.statements,
        year=year,
        level=level,
        parent=parent,
        beside=beside,
        moment=moment,
        thresholds=thresholds_at(moment, scope.stamp),
    )


def target_of(code: str, indicator: str, *, year: int) -> QuotaNode | None:
    """The target in force that a division's figure of a year is held to; targets of every level are public."""
    return get_targets(QuotaNode.objects.all(), divisions=[code], year=year, moment=None).get(code, indicator)


def latest_year(figures: FigureQuerySet, *, moment: datetime | None = None) -> int | None:
    """The latest year with a published national figure: the year a page opens with."""
    published = figures.known_at(moment).filter(division=NATION, document__isnull=False, indicator="cultivated_land")
    return published.order_by("-year").values_list("year", flat=True).first()


def years(figures: FigureQuerySet, *, moment: datetime | None = None) -> list[int]:
    """The years in which the nation, a province or the Corps has a settled figure, the latest first."""
    rows = figures.known_at(moment).filter(division__level__in=OPEN_LEVELS)
    return list(rows.order_by("-year").values_list("year", flat=True).distinct())
