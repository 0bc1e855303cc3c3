"""Everything that is known about one number: all editions, versions and targets, those no longer in force too."""

from datetime import datetime

from django.db.models import Q

from farmland.models import Figure
from farmland.models.figures import FigureQuerySet
from quotas.models import CLOSED, QuotaNode


def get_figures(
    figures: FigureQuerySet, *, division: str, indicator: str, year: int, moment: datetime | None = None
) -> list[Figure]:
    """All settled figures of a division, indicator and year that may be read and were known at a moment (None: now):
    published ones first, latest first."""
    rows = figures.filter(division=division, indicator=indicator, year=year)
    if moment is not None:
        rows = rows.filter(Q(document__known_on__lte=moment.date()) | Q(statement__approved_at__lte=moment))
    rows = rows.select_related("statement__approved_by", "document")
    return list(rows.settled().order_by("origin", "-edition", "-statement__version"))


def get_targets(*, division: str, indicator: str, moment: datetime | None = None) -> list[QuotaNode]:
    """All published targets of a division for an indicator that were known at a moment (None: now), superseded ones too
    (T-2), by year and version."""
    known = Q() if moment is None else Q(document__known_on__lte=moment.date())
    rows = QuotaNode.objects.filter(division=division, version__indicator=indicator, version__state__in=CLOSED).filter(
        known
    )
    return list(
        rows.select_related("version", "document").order_by("version__kind", "version__target_year", "version__version")
    )
