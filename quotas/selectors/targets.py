"""Reads of promises: which target a division is held to in a year, and how complete a published set is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from farmland.indicators import INDICATORS, Direction
from farmland.models import NATION, Division, Level, PolicyParameter
from quotas.models import QuotaKind, QuotaNode, QuotaNodeQuerySet
from quotas.rules import Thresholds, gap_to_parent

DEFAULTS = {"warn_headroom_pct": "0.50", "redline_tolerance_mu": "0", "input_precision_guard": "on"}


def get_thresholds(*, moment: datetime) -> Thresholds:
    """The parameters in force on a day; those not loaded yet take the design's defaults (domain §0.5)."""
    values = DEFAULTS | dict(
        PolicyParameter.objects.in_force(moment.date()).filter(key__in=DEFAULTS).values_list("key", "value")
    )
    return Thresholds(
        warn_headroom_pct=Decimal(values["warn_headroom_pct"]),
        redline_tolerance_mu=Decimal(values["redline_tolerance_mu"]),
        input_precision_guard=values["input_precision_guard"] == "on",
    )


@dataclass(frozen=True, slots=True)
class TargetSet:
    """The targets in force, by (division code, indicator): the one that applies to a year, and the red line."""

    by_key: dict[tuple[str, str], QuotaNode]
    red_line: QuotaNode | None

    def get(self, code: str, indicator: str) -> QuotaNode | None:
        """The target of a division for an indicator; None where none is known."""
        return self.by_key.get((code, indicator))


def choose(current: QuotaNode | None, node: QuotaNode, year: int) -> QuotaNode:
    """Of two targets the one that applies to a year: the nearest year not yet past, else the latest; never demo
    where an official one exists."""
    if current is None:
        return node

    def rank(candidate: QuotaNode) -> tuple[bool, bool, int]:
        target_year = candidate.version.target_year or 0
        is_ahead = target_year >= year
        return (not candidate.version.is_demo, is_ahead, -target_year if is_ahead else target_year)

    return max(current, node, key=rank)


def get_targets(
    nodes: QuotaNodeQuerySet, *, divisions: QuerySet[Division] | Iterable[str], year: int, moment: datetime | None
) -> TargetSet:
    """The targets that apply to a year, as they were known at a moment (None: now). One query."""
    rows = nodes.published(moment).filter(division__in=divisions).select_related("version", "document")
    by_key: dict[tuple[str, str], QuotaNode] = {}
    red_line = None
    for node in rows.order_by("pk"):
        if node.version.kind == QuotaKind.RED_LINE:
            red_line = node
            continue
        key = (node.division_id, node.version.indicator)
        by_key[key] = choose(by_key.get(key), node, year)
    return TargetSet(by_key, red_line)


def get_floors(divisions: Iterable[str], *, year: int) -> dict[tuple[str, str], Decimal]:
    """The floors that divisions are held to in a year, in mu, by division and indicator; what the statement's rules
    compare with. One query."""
    targets = get_targets(QuotaNode.objects.all(), divisions=divisions, year=year, moment=None)
    return {
        key: node.value_mu for key, node in targets.by_key.items() if INDICATORS[key[1]].direction is Direction.FLOOR
    }


@dataclass(frozen=True, slots=True)
class SetCompleteness:
    """How the provinces' targets add up to the nation's (T-1)."""

    parent_mu: Decimal
    children_mu: Decimal
    gap_mu: Decimal
    missing: tuple[Division, ...]


def get_completeness(targets: TargetSet, provinces: Iterable[Division], *, indicator: str) -> SetCompleteness | None:
    """The gap between the nation's target and the provinces' sum, and who has none; None without a national one."""
    parent = targets.get(NATION, indicator)
    if parent is None:
        return None
    counted = [d for d in provinces if d.level == Level.PROVINCE and d.counts_in_national_total]
    found = {d.code: targets.get(d.code, indicator) for d in counted}
    values = [node.value_mu for node in found.values() if node]
    return SetCompleteness(
        parent_mu=parent.value_mu,
        children_mu=sum(values, Decimal(0)),
        gap_mu=gap_to_parent(parent_mu=parent.value_mu, children_mu=values),
        missing=tuple(d for d in counted if found[d.code] is None),
    )
