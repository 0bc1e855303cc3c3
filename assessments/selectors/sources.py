"""Everything that is known about one number: all editions, versions and targets, those no longer in force too."""

from farmland.models import Figure
from farmland.models.statements import FigureQuerySet
from quotas.models import CLOSED, QuotaNode


def get_figures(figures: FigureQuerySet, *, division: str, indicator: str, year: int) -> list[Figure]:
    """All settled figures of a division, indicator and year that may be read: published ones first, latest first."""
    rows = figures.filter(division=division, indicator=indicator, year=year).select_related(
        "statement__approved_by", "document"
    )
    return list(rows.settled().order_by("origin", "-edition", "-statement__version"))


def get_targets(*, division: str, indicator: str) -> list[QuotaNode]:
    """All published targets of a division for an indicator, superseded ones too (T-2), by year and version."""
    rows = QuotaNode.objects.filter(division=division, version__indicator=indicator, version__state__in=CLOSED)
    return list(
        rows.select_related("version", "document").order_by("version__kind", "version__target_year", "version__version")
    )
