"""Reads of a version that is being handed down: its places, its nodes, the target it comes from, and what the rules find."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone

from farmland.indicators import PROMISED
from farmland.models import NATION, Division, Level, PolicyParameter
from farmland.rules import Severity
from quotas.models import QuotaAction, QuotaNode, QuotaReason, QuotaState, QuotaVersion
from quotas.rules import Finding, Setting, Share, check

# Permanent basic farmland lies within the cultivated land to be kept.
PARTNERS = {
    "permanent_basic_farmland": ("cultivated_land", "outer"),
    "cultivated_land": ("permanent_basic_farmland", "inner"),
}
DEFAULTS = {"pbf_share_pct": Decimal(80), "quota_surplus_pct": Decimal(1)}


@dataclass(frozen=True, slots=True)
class Contents:
    """A version as it stands: the direct children that get targets, the nodes by division, and what they are held against."""

    version: QuotaVersion
    places: list[Division]
    nodes: dict[str, QuotaNode]
    parent: QuotaNode | None
    setting: Setting
    before: Mapping[str, Decimal]
    partners: Mapping[str, Decimal]

    def shares(self, nodes: Mapping[str, QuotaNode] | None = None) -> list[Share]:
        """What every child is to get, by these nodes or by those that are given instead."""
        nodes = self.nodes if nodes is None else nodes
        return [
            Share(
                division=place.code,
                name=str(place.label),
                value_mu=nodes[place.code].value_mu if place.code in nodes else None,
                plan_mu=nodes[place.code].plan_mu if place.code in nodes else None,
                before_mu=self.before.get(place.code),
                partner_mu=self.partners.get(place.code),
                is_province=place.level == Level.PROVINCE,
                is_counted=place.level != Level.SPECIAL,
            )
            for place in self.places
        ]

    def findings(self, nodes: Mapping[str, QuotaNode] | None = None) -> list[Finding]:
        """What the rules find."""
        return check(self.setting, self.shares(nodes))

    def below(self, parent_mu: Decimal) -> "Contents":
        """The same held against another target of the owner's."""
        return replace(self, setting=replace(self.setting, parent_mu=parent_mu))

    def of_child(self, version: QuotaVersion, places: list[Division]) -> "Contents":
        """What a version of a child will be held against that is not opened yet: the same rules, its own places."""
        setting = replace(self.setting, owner=version.owner_id, parent_mu=None, is_nation=False)
        return Contents(version, places, {}, None, setting, {}, {})

    @property
    def total_mu(self) -> Decimal:
        """What is handed out so far."""
        counted = {place.code for place in self.places if place.level != Level.SPECIAL}
        return sum((node.value_mu for code, node in self.nodes.items() if code in counted), Decimal(0))


def get_places(owner: Division) -> list[Division]:
    """The direct children of a division, which get a target each; the nation hands the Corps its own (U-9)."""
    rows = Division.objects.shown().valid().filter(parent=owner).exclude(level=Level.SPECIAL)
    special = Division.objects.shown().valid().filter(level=Level.SPECIAL) if owner.code == NATION else []
    return [*rows.order_by("code"), *special]


def get_parent(version: QuotaVersion) -> QuotaNode | None:
    """The target that a version hands down: what its owner was handed and is in force, an official one first; of one that
    is no longer in force what it was handed down from, of the nation its own row in the version."""
    if version.owner_id == NATION:
        return version.nodes.filter(division=NATION).first()
    if version.state in (QuotaState.SUPERSEDED, QuotaState.REVOKED):
        return QuotaNode.objects.filter(children__version=version).select_related("version").first()
    nodes = QuotaNode.objects.published().filter(
        division=version.owner_id, version__kind=version.kind, version__indicator=version.indicator,
        version__target_year=version.target_year,
    )  # fmt: skip
    nodes = nodes.filter(version__is_demo__in=[False, version.is_demo]).select_related("version")
    return nodes.order_by("version__is_demo", "pk").first()


def get_contents(version: QuotaVersion) -> Contents:
    """All of a version under way. Eight queries at most."""
    nodes = {node.division_id: node for node in version.nodes.select_related("division", "typed_by")}
    places = get_places(version.owner)
    if version.owner_id == NATION:
        places = [version.owner, *places]
    parent = get_parent(version)
    partner, side = PARTNERS.get(version.indicator, ("", ""))
    before: dict[str, Decimal] = {}
    if version.supersedes_id:
        before = dict(QuotaNode.objects.filter(version=version.supersedes_id).values_list("division", "value_mu"))
    partners = get_partner_values(version, partner, places) if partner else {}
    limits = get_limits(timezone.now())
    setting = Setting(
        owner=version.owner_id,
        direction=version.direction,
        parent_mu=parent.value_mu if parent else None,
        is_nation=version.owner_id == NATION,
        is_adjustment_allowed=version.adjusted_by_id is not None,
        partner=side,
        partner_label=str(PROMISED[partner].label) if partner else "",
        label=str(version.promise.label),
        share_percent=limits["pbf_share_pct"],
        surplus_percent=limits["quota_surplus_pct"],
    )
    counted = [place for place in places if place.code != version.owner_id]
    return Contents(version, counted, nodes, parent, setting, before, partners)


def get_limits(moment: datetime) -> dict[str, Decimal]:
    """The parameters of Q-8 and Q-10 in force on a day, in percent; the defaults of the design where none is."""
    rows = PolicyParameter.objects.in_force(timezone.localtime(moment).date()).filter(key__in=DEFAULTS)
    return DEFAULTS | {key: Decimal(value) for key, value in rows.values_list("key", "value")}


def get_partner_values(version: QuotaVersion, partner: str, places: Iterable[Division]) -> dict[str, Decimal]:
    """The targets in force of the other indicator, by division."""
    nodes = QuotaNode.objects.published().filter(
        version__kind=version.kind, version__indicator=partner, version__target_year=version.target_year,
        version__is_demo__in=[False, version.is_demo], division__in=[place.code for place in places],
    )  # fmt: skip
    return dict(nodes.order_by("-version__is_demo").values_list("division", "value_mu"))


def get_open_findings(contents: Contents) -> tuple[list[Finding], list[Finding]]:
    """What stands in the way: HARD findings, and SOFT ones without a written reason. One query."""
    found = contents.findings()
    explained = set(QuotaReason.objects.filter(version=contents.version).values_list("code", "division"))
    hard = [finding for finding in found if finding.severity is Severity.HARD]
    soft = [f for f in found if f.severity is Severity.SOFT and (f.code, f.division) not in explained]
    return hard, soft


def get_reasons(version: QuotaVersion) -> dict[tuple[str, str], QuotaReason]:
    """The written reasons by rule and division. One query."""
    rows = QuotaReason.objects.filter(version=version).select_related("by")
    return {(reason.code, reason.division_id): reason for reason in rows}


def get_deeds(version: QuotaVersion, most: int) -> list[Any]:
    """The latest changes of a version's targets, newest first, as the history has them; not those that it began with.
    One query."""
    events = node_events(version).exclude(pgh_context__metadata__action=QuotaAction.OPEN)
    return list(events.select_related("division", "typed_by", "pgh_context").order_by("-pgh_id")[:most])


def get_typed_before(version: QuotaVersion, revision: int) -> dict[str, Any]:
    """What stood in each division before a revision, as the history has it; divisions where nothing did are absent. One
    query."""
    events = node_events(version).exclude(revision=revision).order_by("division", "-pgh_id").distinct("division")
    return {event.division_id: event for event in events if event.pgh_label != "delete"}


def node_events(version: QuotaVersion) -> QuerySet[Any]:
    """The history of a version's targets."""
    return apps.get_model("quotas", "QuotaNodeEvent").objects.filter(version=version)
