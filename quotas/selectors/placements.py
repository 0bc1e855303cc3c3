"""Reads of placements: which county-level targets are on the map and in the database, and which are not yet."""

from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q, TextChoices
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from farmland.indicators import PROMISED, Direction
from farmland.models import Level, PolicyParameter
from quotas.models import Placement, QuotaKind, QuotaNode, QuotaNodeQuerySet
from quotas.rules import Finding, check_placement

# What lies somewhere: a cap on occupation has no place of its own.
PLACED = [code for code, indicator in PROMISED.items() if indicator.direction is not Direction.CAP]


class PlaceState(TextChoices):
    """How far a target is carried out."""

    NONE = "none", _("未落图")
    PART = "part", _("部分落图")
    PLACED = "placed", _("已落图未入库")
    UPLOADED = "uploaded", _("已入库")


DUE_ON = "quota_placement_due_on"
MISSING = "missing"  # of the filter: everything that is not in the database yet
IS_ENTERED = Q(placement__uploaded_on__isnull=False)
IS_PLACED = Q(placement__isnull=False)
IS_ENOUGH = Q(placement__placed_mu__gte=F("value_mu"))
CONDITIONS = {
    PlaceState.NONE: Q(placement__isnull=True),
    PlaceState.PART: IS_PLACED & ~IS_ENOUGH,
    PlaceState.PLACED: IS_PLACED & IS_ENOUGH & Q(placement__uploaded_on__isnull=True),
    PlaceState.UPLOADED: IS_ENTERED,
}
NOT_ENTERED = Q(placement__isnull=True) | Q(placement__uploaded_on__isnull=True)


def get_due_on(moment: datetime) -> date | None:
    """The day by which targets are to be on the map, as the parameter `quota_placement_due_on` of that moment says; None
    where the ministry has set none (Q-9). One query."""
    rows = PolicyParameter.objects.in_force(timezone.localtime(moment).date()).filter(key=DUE_ON)
    value = rows.order_by("-effective_from").values_list("value", flat=True).first()
    return parse_date(value) if value else None


def find_overdue(node: QuotaNode, due_on: date | None, moment: datetime) -> Finding | None:
    """What Q-9 says of a target; None where it says nothing."""
    placement = placement_of(node)
    return check_placement(
        division=node.division_id, name=str(node.division.label), value_mu=node.value_mu,
        placed_mu=placement.placed_mu if placement else None, due_on=due_on, today=timezone.localtime(moment).date(),
    )  # fmt: skip


def placement_of(node: QuotaNode) -> Placement | None:
    """The placement of a target that was read with it; None where there is none."""
    return getattr(node, "placement", None)


def state_of(node: QuotaNode) -> PlaceState:
    """How far a target is."""
    placement = placement_of(node)
    if placement is None:
        return PlaceState.NONE
    if placement.uploaded_on is not None:
        return PlaceState.UPLOADED
    return PlaceState.PLACED if placement.placed_mu >= node.value_mu else PlaceState.PART


def get_placeable(nodes: QuotaNodeQuerySet) -> QuotaNodeQuerySet:
    """Of some targets those in force of county-level divisions, the official one where there is one."""
    is_leaf = Q(division__level=Level.COUNTY) | Q(division__level=Level.PREFECTURE, division__is_leaf=True)
    rows = nodes.published().filter(is_leaf, version__kind=QuotaKind.TARGET, version__indicator__in=PLACED)
    official = QuotaNode.objects.published().filter(
        version__is_demo=False, version__kind=QuotaKind.TARGET, division=OuterRef("division"),
        version__indicator=OuterRef("version__indicator"), version__target_year=OuterRef("version__target_year"),
    )  # fmt: skip
    rows = rows.filter(Q(version__is_demo=False) | ~Exists(official)).filter(division__abolished_on__isnull=True)
    return rows.select_related("version", "document", "division__parent__parent__parent", "placement__by").order_by(
        "division", "version__indicator", "version__target_year", "pk"
    )


def get_place_choices(nodes: QuotaNodeQuerySet) -> tuple[list[str], list[int]]:
    """The indicators, in the catalogue's order, and target years that there are. One query."""
    found = set(nodes.order_by().values_list("version__indicator", "version__target_year").distinct())
    codes = {code for code, _year in found}
    return [code for code in PROMISED if code in codes], sorted({year for _code, year in found})


def count_states(nodes: QuotaNodeQuerySet) -> dict[PlaceState, int]:
    """How many targets are how far. One query."""
    counted = nodes.order_by().aggregate(**{f"n_{state}": Count("pk", filter=q) for state, q in CONDITIONS.items()})
    return {state: counted[f"n_{state}"] for state in PlaceState}


def in_state(nodes: QuotaNodeQuerySet, state: str) -> QuotaNodeQuerySet:
    """The targets in one state, or all that are missing in the database."""
    if state == MISSING:
        return nodes.filter(NOT_ENTERED)
    return nodes.filter(CONDITIONS[PlaceState(state)]) if state else nodes
