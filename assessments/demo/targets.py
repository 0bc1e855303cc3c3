"""Writes the demonstration's targets: what every province and prefecture is made to hand down of its official one.

They are floors in proportion to the land of 2020 and add up to a little more than the target above them; a division
that has an official target of its own keeps it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from assessments.demo.figures import BASIC, LAND, ORDER, Province, Sheet
from assessments.demo.shares import apportion, drawn
from farmland.models import PolicyDocument, Qualifier
from farmland.units import MU
from quotas.models import QuotaNode, QuotaState, QuotaVersion

TARGET_YEAR = 2035
INDICATORS = (LAND, BASIC)
DOCUMENT_KEY = "demo"
DOCUMENT_DATE = date(2024, 12, 31)
SURPLUS = 6  # at most, in hundredths of a percent


@dataclass
class Allocation:
    """The demonstration's versions and nodes of one indicator, unsaved; official nodes are the roots."""

    indicator: str
    areas: Mapping[str, int]  # of 2020, in hundredths of a mu, by division
    official: Mapping[str, QuotaNode]
    document: PolicyDocument
    versions: list[QuotaVersion]
    nodes: list[QuotaNode]

    def hand_down(self, owner: QuotaNode, children: list[str]) -> dict[str, QuotaNode]:
        """Split a node over the owner's direct children; answers the node that each of them has now."""
        known = {code: self.official[code] for code in children if code in self.official}
        open_codes = [code for code in children if code not in known]
        if not open_codes:
            return known
        floor = int(owner.value_mu) * (10_000 + drawn(0, SURPLUS, "surplus", owner.division_id)) // 10_000 + 1
        rest = max(floor - sum(int(node.value_mu) for node in known.values()), 0)
        version = QuotaVersion(
            indicator=self.indicator, owner_id=owner.division_id, target_year=TARGET_YEAR, document=self.document,
            is_complete=not known, is_demo=True,
        )  # fmt: skip
        self.versions.append(version)
        for code, value in zip(open_codes, apportion(rest, [self.areas[code] for code in open_codes]), strict=True):
            known[code] = QuotaNode(
                version=version, division_id=code, parent=owner, document=self.document, value_mu=value,
                input_value=value, input_unit=MU.code, input_decimals=0, qualifier=Qualifier.EXACT,
            )  # fmt: skip
            self.nodes.append(known[code])
        return known


def write_targets(provinces: Mapping[str, Province], sheets: list[Sheet], *, at: datetime) -> int:
    """Write the targets below every province with an official one, unless there are any yet; how many nodes it wrote.

    `sheets` are those of 2020; `at` is the moment of publication. Works inside the caller's transaction.
    """
    if QuotaVersion.objects.filter(is_demo=True).exists():
        return 0
    document, _created = PolicyDocument.objects.get_or_create(
        key=DOCUMENT_KEY,
        defaults={"title": "演示数据", "known_on": DOCUMENT_DATE, "note": "按2020年面积分解的演示目标, 不是公布的目标"},
    )
    versions: list[QuotaVersion] = []
    levels: tuple[list[QuotaNode], list[QuotaNode]] = ([], [])
    for indicator in INDICATORS:
        upper, lower = allocate(indicator, provinces, sheets, document)
        versions += upper.versions + lower.versions
        levels[0].extend(upper.nodes)
        levels[1].extend(lower.nodes)
    QuotaVersion.objects.bulk_create(versions)
    for nodes in levels:  # the upper ones first, because the lower ones name them as parents
        QuotaNode.objects.bulk_create(nodes)
    for version in versions:
        version.state, version.published_at = QuotaState.PUBLISHED, at
    QuotaVersion.objects.bulk_update(versions, ["state", "published_at"])
    return sum(map(len, levels))


def allocate(
    indicator: str, provinces: Mapping[str, Province], sheets: list[Sheet], document: PolicyDocument
) -> tuple[Allocation, Allocation]:
    """The targets that provinces hand down, and those that prefectures do."""
    rows = QuotaNode.objects.published().filter(version__indicator=indicator, version__target_year=TARGET_YEAR)
    official = {node.division_id: node for node in rows.filter(version__is_demo=False)}
    areas, children = get_areas(indicator, provinces, sheets)
    upper, lower = (Allocation(indicator, areas, official, document, [], []) for _level in range(2))
    for code in provinces:
        if code not in official:
            continue  # 西藏, 陕西, 宁夏: nothing is known that could be handed down
        for child, node in upper.hand_down(official[code], sorted(children[code])).items():
            if child in children:
                lower.hand_down(node, sorted(children[child]))
    return upper, lower


def get_areas(
    indicator: str, provinces: Mapping[str, Province], sheets: list[Sheet]
) -> tuple[dict[str, int], dict[str, set[str]]]:
    """The area of every leaf and prefecture, and the direct children of every prefecture and province."""
    place = ORDER.index(indicator)
    areas: dict[str, int] = defaultdict(int)
    children: dict[str, set[str]] = defaultdict(set)
    for sheet in sheets:
        for leaf in provinces[sheet.division].leaves:
            value = sheet.rows[leaf.code][place]
            areas[leaf.code] += value
            children[leaf.group or sheet.division].add(leaf.code)
            if leaf.group:
                areas[leaf.group] += value
                children[sheet.division].add(leaf.group)
    return areas, children
