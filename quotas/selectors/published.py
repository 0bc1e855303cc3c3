"""Reads of what was handed down: targets in force on a day, what of them is on the map, and what is to be redone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from farmland.models import Division
from quotas.models import QuotaKind, QuotaNode, QuotaNodeQuerySet, Redo
from quotas.models.placements import PlacementQuerySet
from quotas.selectors.known import as_known


@dataclass(frozen=True, slots=True)
class Asked:
    """Which targets: all that is left empty does not narrow. `moment` is when they were known; None means now."""

    kind: str = QuotaKind.TARGET
    indicator: str = ""
    period: int | None = None
    division: Division | None = None
    within: Division | None = None
    level: str = ""
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placing:
    """What of a target is on the map, and since when it is in the database."""

    placed_mu: Decimal
    uploaded_on: date | None


def get_published(nodes: QuotaNodeQuerySet, asked: Asked) -> QuotaNodeQuerySet:
    """The targets in force, with what they hang on; of two for the same promise never the demonstration."""
    official = QuotaNode.objects.published(asked.moment).filter(
        division=OuterRef("division"), version__kind=OuterRef("version__kind"), version__is_demo=False,
        version__indicator=OuterRef("version__indicator"), version__target_year=OuterRef("version__target_year"),
    )  # fmt: skip
    rows = nodes.published(asked.moment).filter(version__kind=asked.kind)
    rows = rows.filter(Q(version__is_demo=False) | ~Exists(official))
    if asked.indicator:
        rows = rows.filter(version__indicator=asked.indicator)
    if asked.period is not None:
        rows = rows.filter(version__target_year=asked.period)
    if asked.division:
        rows = rows.filter(division=asked.division)
    if asked.within:
        rows = rows.within(asked.within)
    if asked.level:
        rows = rows.filter(division__in=Division.objects.at_level(asked.level))
    return rows.select_related("division", "version", "document", "parent")


def get_division(code: str) -> Division:
    """The division of a code: targets handed down are public, whoever's they are. Raises Division.DoesNotExist."""
    return Division.objects.get(pk=code)


def get_placings(
    placements: PlacementQuerySet, nodes: Iterable[QuotaNode], moment: datetime | None
) -> dict[int, Placing]:
    """What is on the map of these targets, by node, as it was recorded at a moment (None: now). One query."""
    placements = placements.filter(node__in=[node.pk for node in nodes])
    return {row.node_id: Placing(row.placed_mu, row.uploaded_on) for row in as_known(placements, moment)}


def get_marks(versions: Iterable[int], moment: datetime | None) -> dict[int, Redo]:
    """What was to be redone at a moment (None: now), by version. One query.

    That a version in force is to be redone is as public as the version itself.
    """
    rows = Redo.objects.open_at(moment).filter(version__in=set(versions)).select_related("cause")
    return {row.version_id: row for row in rows.order_by("pk")}
