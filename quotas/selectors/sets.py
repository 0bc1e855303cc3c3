"""A whole set of targets: a version, and those of the divisions below it that the same people may draw up."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from farmland.models import NATION, Division, Level
from quotas.models import EDITABLE, UNDER_WAY, QuotaNode, QuotaState, QuotaVersion
from quotas.models.versions import QuotaVersionQuerySet
from quotas.selectors.handing_down import get_places


@dataclass(slots=True)
class Member:
    """One division's version of a set: `version` is None where none is under way, `current` the one in force."""

    owner: Division
    places: list[Division]
    version: QuotaVersion | None = None
    current: QuotaVersion | None = None
    nodes: dict[str, QuotaNode] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether targets can be written into it, or into a version that will be opened."""
        return self.version is None or self.version.state in EDITABLE


@dataclass(frozen=True, slots=True)
class QuotaSet:
    """The version that a file is for, and the members by owner; the first is the version's own."""

    version: QuotaVersion
    members: dict[str, Member]

    @property
    def owner_of(self) -> dict[str, str]:
        """Who hands each division its target."""
        return {place.code: code for code, member in self.members.items() for place in member.places}

    @property
    def divisions(self) -> list[Division]:
        """All that get a target, each parent before its children."""
        top = next(iter(self.members.values()))
        found = []
        for place in top.places:
            found.append(place)
            if place.code in self.members:
                found += self.members[place.code].places
        return found


def get_set(version: QuotaVersion, place: Division) -> QuotaSet:
    """The set that a division draws up with a version: its children, and their children where the division may act for
    them (a province for its prefectures). Six queries, whatever the size."""
    top = Member(version.owner, get_places(version.owner), version)
    if version.owner_id == NATION:
        top.places.insert(0, version.owner)
    members = {version.owner_id: top}
    if place.code == version.owner_id != NATION:
        below: dict[str, list[Division]] = {}
        rows = Division.objects.shown().valid().filter(parent__in=[child.code for child in top.places])
        for row in rows.exclude(level=Level.SPECIAL).order_by("code"):
            below.setdefault(row.parent_id or "", []).append(row)
        members |= {child.code: Member(child, below[child.code]) for child in top.places if child.code in below}
    same = QuotaVersion.objects.filter(
        kind=version.kind, indicator=version.indicator, target_year=version.target_year, owner__in=members
    )
    for found in same.filter(state__in=[*UNDER_WAY, QuotaState.PUBLISHED]).order_by("-is_demo", "version"):
        member = members[found.owner_id]
        if found.state == QuotaState.PUBLISHED:
            member.current = found
        elif found.pk != version.pk:
            member.version = found
    fill(members.values())
    return QuotaSet(version, members)


def fill(members: Iterable[Member]) -> None:
    """The nodes as they stand: of a version under way its own, else as they will begin, with those of the one in force."""
    sources: dict[int, Member] = {}
    for member in members:
        if shown := member.version or member.current:
            sources[shown.pk] = member
    for node in QuotaNode.objects.filter(version__in=sources):
        member = sources[node.version_id]
        if member.version is None:  # as copying will number them
            node.revision, node.plan_revision = 1, 1 if node.plan_mu is not None else 0
        if node.division_id in {place.code for place in member.places}:
            member.nodes[node.division_id] = node


def get_below(version: QuotaVersion, versions: QuotaVersionQuerySet) -> list[QuotaVersion]:
    """The versions that the divisions below hand down of the same promise, under way or in force; `versions` are those in
    the reader's scope. One query."""
    rows = versions.filter(
        kind=version.kind, indicator=version.indicator, target_year=version.target_year, owner__parent=version.owner_id
    )
    rows = rows.filter(state__in=[*UNDER_WAY, QuotaState.PUBLISHED]).select_related("owner", "owner__parent")
    return list(rows.order_by("owner_id", "-version"))
