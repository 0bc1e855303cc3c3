"""Writes of promises: a version of targets is drawn up, checked as a whole and handed down in one go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from farmland.indicators import INDICATORS
from farmland.models import NATION, Confidence, Division, Level, PolicyDocument, Qualifier
from farmland.rules import Severity
from farmland.units import WAN_MU, Unit, from_base, to_base
from quotas.models import CLOSED, QuotaKind, QuotaNode, QuotaState, QuotaVersion
from quotas.rules.handing_down import Setting, Share, check_sums

# Permanent basic farmland lies within the cultivated land to be kept.
WITHIN = {"permanent_basic_farmland": "cultivated_land"}
CONTENT = (
    "division_id", "value_mu", "input_value", "input_unit", "input_decimals", "document_id", "confidence", "qualifier",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """What one division is held to: `value` in `unit`, with so many `decimals` as printed, by its own `document`."""

    division: str
    value: Decimal
    unit: Unit
    decimals: int
    document: PolicyDocument
    confidence: str = Confidence.QUOTED
    qualifier: str = Qualifier.EXACT
    note: str = ""

    def as_node(self, version: QuotaVersion) -> QuotaNode:
        """The unsaved node of a version, its area in mu; raises InexactValue where that would round it (U-1)."""
        return QuotaNode(
            version=version,
            division_id=self.division,
            document=self.document,
            value_mu=to_base(self.value, self.unit),
            input_value=self.value,
            input_unit=self.unit.code,
            input_decimals=self.decimals,
            confidence=self.confidence,
            qualifier=self.qualifier,
            note=self.note,
        )


@transaction.atomic
def publish_version(
    *,
    kind: str = QuotaKind.TARGET,
    indicator: str,
    owner: str,
    target_year: int | None,
    document: PolicyDocument,
    targets: Sequence[Target],
    at: datetime,
    version: int = 1,
    is_complete: bool = True,
    is_demo: bool = False,
    supersedes: QuotaVersion | None = None,
) -> tuple[QuotaVersion, bool]:
    """Hand down a version of targets; answers it, and whether it is new.

    `owner` is the code of the division that hands down; a target for itself is the root, the others must be its
    direct children (Q-5). `at` is the moment of publication here; since when a target is known follows from its
    document. The version that is superseded stays readable (T-2). The same content again changes nothing.
    Raises ValidationError with the rule's id as code: `Q-5`, `Q-6`, `Q-1`/`Q-3`/`T-1` (the children do not add up
    and the set does not say that it is incomplete), `T-2` (this number is published with other content).
    """
    division = Division.objects.select_for_update().get(code=owner)  # one publication at a time for an owner
    draft = QuotaVersion(
        kind=kind, indicator=indicator, owner=division, target_year=target_year, version=version, document=document,
        is_complete=is_complete, is_demo=is_demo, supersedes=supersedes,
    )  # fmt: skip
    nodes = [target.as_node(draft) for target in targets]
    if published := get_published(draft, nodes):
        return published, False
    check_places(division, nodes)
    check_within(draft, nodes)
    parent = next((node for node in nodes if node.division_id == owner), None) or get_parent_node(draft)
    if is_complete and kind == QuotaKind.TARGET:
        check_sum(draft, parent, nodes)
    save(draft, parent, nodes, at)
    return draft, True


def get_published(draft: QuotaVersion, nodes: Sequence[QuotaNode]) -> QuotaVersion | None:
    """The version kept under the same number, when it says the same; refuses other content (T-2)."""
    kept = QuotaVersion.objects.filter(
        kind=draft.kind, indicator=draft.indicator, owner=draft.owner, target_year=draft.target_year,
        version=draft.version, is_demo=draft.is_demo,
    ).first()  # fmt: skip
    if kept is None:
        return None
    same_head = all(
        getattr(kept, name) == getattr(draft, name) for name in ("document_id", "is_complete", "supersedes_id")
    )
    if kept.state not in CLOSED or not same_head or contents(kept.nodes.all()) != contents(nodes):
        raise ValidationError(
            _("%(version)s已存在且内容不同; 已下达的目标不改写, 须另立新版本") % {"version": kept}, code="T-2"
        )
    return kept


def contents(nodes: Iterable[QuotaNode]) -> set[tuple[object, ...]]:
    """What the nodes say, for comparison."""
    return {tuple(getattr(node, name) for name in CONTENT) for node in nodes}


def check_places(owner: Division, nodes: Sequence[QuotaNode]) -> None:
    """Q-5: every node is the owner itself or a direct child of it, and named once.

    The nation hands the Corps its targets directly although its land lies inside Xinjiang (U-9).
    """
    divisions = Division.objects.in_bulk([node.division_id for node in nodes])
    if len(divisions) != len(nodes):
        raise ValidationError(_("%s: 区划不存在或重复") % owner.name, code="Q-5")
    for division in divisions.values():
        is_corps = owner.code == NATION and division.level == Level.SPECIAL
        if owner.code not in (division.code, division.parent_id) and not is_corps:
            raise ValidationError(
                _("%(division)s不是%(owner)s的直接下级") % {"division": division.name, "owner": owner.name}, code="Q-5"
            )


def check_within(draft: QuotaVersion, nodes: Sequence[QuotaNode]) -> None:
    """Q-6: no division's permanent basic farmland exceeds its cultivated land, where both are known."""
    pairs = [(inner, outer) for inner, outer in WITHIN.items() if draft.indicator in (inner, outer)]
    if draft.kind != QuotaKind.TARGET or not pairs:
        return
    [(inner, outer)] = pairs
    other = outer if draft.indicator == inner else inner
    known = dict(
        QuotaNode.objects.published()
        .filter(
            version__kind=draft.kind, version__indicator=other, version__target_year=draft.target_year,
            version__is_demo=draft.is_demo, division__in=[node.division_id for node in nodes],
        )
        .values_list("division_id", "value_mu")
    )  # fmt: skip
    for node in nodes:
        areas = {draft.indicator: node.value_mu, other: known.get(node.division_id, node.value_mu)}
        if areas[inner] > areas[outer]:
            raise ValidationError(
                _("%(code)s的%(inner)s%(inner_area)s万亩高于%(outer)s%(outer_area)s万亩")
                % {
                    "code": node.division_id,
                    "inner": INDICATORS[inner].label,
                    "inner_area": from_base(areas[inner], WAN_MU),
                    "outer": INDICATORS[outer].label,
                    "outer_area": from_base(areas[outer], WAN_MU),
                },
                code="Q-6",
            )


def get_parent_node(draft: QuotaVersion) -> QuotaNode | None:
    """The node in force that the owner was itself handed, from which its children's come; an official one first."""
    nodes = QuotaNode.objects.published().filter(
        division=draft.owner, version__kind=draft.kind, version__indicator=draft.indicator,
        version__target_year=draft.target_year,
    )  # fmt: skip
    return nodes.filter(version__is_demo__in=[False, draft.is_demo]).order_by("version__is_demo", "pk").first()


def check_sum(draft: QuotaVersion, parent: QuotaNode | None, nodes: Sequence[QuotaNode]) -> None:
    """Q-1, Q-3, Q-4, T-1: a complete set names every direct child, and they add up to the owner's by direction."""
    expected = Division.objects.shown().valid().filter(parent=draft.owner).exclude(level=Level.SPECIAL)
    values = {node.division_id: node.value_mu for node in nodes}
    names = dict(expected.values_list("code", "name"))
    is_open_ended = parent is None  # what was imported below an unknown target is held against nothing
    setting = Setting(
        owner=draft.owner_id,
        direction=draft.direction,
        parent_mu=parent.value_mu if parent else Decimal(0),
        is_nation=draft.owner_id == NATION,
    )
    shares = [Share(code, name, values.get(code)) for code, name in names.items()]
    for finding in check_sums(setting, shares):
        is_missing = any(code not in values for code in names)
        if finding.severity is Severity.HARD and (is_missing or not is_open_ended):
            more = _("；不完整的目标须注明") if is_missing else ""
            raise ValidationError(finding.detail + more, code=finding.code)


def save(draft: QuotaVersion, parent: QuotaNode | None, nodes: Sequence[QuotaNode], at: datetime) -> None:
    """Write the draft with its nodes, then publish it: what is published gains no nodes any more."""
    if draft.supersedes:
        supersede(draft, draft.supersedes)
    draft.save()
    root = next((node for node in nodes if node.division_id == draft.owner_id), None)
    if root:
        root.save()
    children = [node for node in nodes if node is not root]
    for node in children:
        node.parent = parent
    QuotaNode.objects.bulk_create(children)
    draft.state, draft.published_at = QuotaState.PUBLISHED, at
    draft.save(update_fields=["state", "published_at"])


def supersede(draft: QuotaVersion, old: QuotaVersion) -> None:
    """Mark the version that a draft replaces; it must be the one in force for the same promise (T-2)."""
    same = all(getattr(old, name) == getattr(draft, name) for name in ("kind", "indicator", "owner_id", "target_year"))
    if not same or not QuotaVersion.objects.filter(pk=old.pk, state=QuotaState.PUBLISHED).update(
        state=QuotaState.SUPERSEDED
    ):
        raise ValidationError(_("%s不是同一目标的现行版本, 不能被替代") % old, code="T-2")
    old.state = QuotaState.SUPERSEDED
