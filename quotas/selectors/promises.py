"""The promises of a division and of those that it may act for: what each was handed, and what it hands out of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from farmland.models import NATION, Division, Level
from quotas.models import UNDER_WAY, QuotaKind, QuotaNode, QuotaState, QuotaVersion, Redo
from quotas.models.versions import QuotaVersionQuerySet


@dataclass(slots=True)
class Promise:
    """One indicator and year of one owner: the target it was handed (`node`), its version under way and the one in force,
    what that hands out, and the mark of a tightened parent."""

    owner: Division
    indicator: str
    year: int
    node: QuotaNode | None = None
    draft: QuotaVersion | None = None
    current: QuotaVersion | None = None
    handed_out_mu: Decimal | None = None
    redo: Redo | None = None

    @property
    def shown(self) -> QuotaVersion | None:
        """The version that its row is about."""
        return self.draft or self.current


def get_promises(
    place: Division, versions: QuotaVersionQuerySet, *, indicator: str = "", year: int | None = None
) -> list[Promise]:
    """The promises of a division, and for a province of its prefectures too, in the order of year, indicator and
    code. `versions` are those in the reader's scope. Five queries, whatever their number."""
    owners = {place.code: place}
    if place.level == Level.PROVINCE:
        rows = Division.objects.shown().valid().filter(parent=place, is_leaf=False, level=Level.PREFECTURE)
        owners |= {row.code: row for row in rows.order_by("code")}
    chosen: dict[str, object] = {"kind": QuotaKind.TARGET} | ({"indicator": indicator} if indicator else {})
    chosen |= {"target_year": year} if year else {}
    found: dict[tuple[str, str, int], Promise] = {}

    def promise(owner: str, version: QuotaVersion) -> Promise:
        key = (owner, version.indicator, version.target_year or 0)
        return found.setdefault(key, Promise(owners[owner], key[1], key[2]))

    nodes = QuotaNode.objects.published().filter(
        division__in=owners, **{f"version__{name}": value for name, value in chosen.items()}
    )
    nodes = nodes.exclude(version__owner=F("division")).select_related("version", "document")
    for node in nodes.order_by("-version__is_demo", "pk"):  # an official one last: it stays
        promise(node.division_id, node.version).node = node
    drawn = versions.filter(owner__in=owners, state__in=[*UNDER_WAY, QuotaState.PUBLISHED], **chosen)
    for version in drawn.select_related("owner", "owner__parent", "document").order_by("-is_demo", "version"):
        one = promise(version.owner_id, version)
        if version.state == QuotaState.PUBLISHED:
            one.current = version
        else:
            one.draft = version
    fill_sums(found.values())
    marks = Redo.objects.filter(version__owner__in=owners, done_at=None).select_related("cause", "version")
    for mark in marks:
        key = (mark.version.owner_id, mark.version.indicator, mark.version.target_year or 0)
        if key in found:
            found[key].redo = mark
    order = list(owners)
    return sorted(found.values(), key=lambda one: (one.year, one.indicator, order.index(one.owner.code)))


def fill_sums(promises: Iterable[Promise]) -> None:
    """What each shown version hands out; of the nation also its own row, which is its target. Two queries."""
    shown = {one.shown.pk: one for one in promises if one.shown}
    nodes = QuotaNode.objects.filter(version__in=shown).exclude(division__level=Level.SPECIAL)
    children = nodes.exclude(division=F("version__owner"))
    for pk, total in children.values_list("version").annotate(total=Sum("value_mu")):
        shown[pk].handed_out_mu = total
    for node in nodes.filter(division=NATION).select_related("version", "document"):
        shown[node.version_id].node = node
