"""The tree of targets: what each division was handed and handed on, by how much it holds, what lies on the map."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from farmland.indicators import PROMISED, Direction
from farmland.models import NATION, Division, Level
from quotas.models import Letter, QuotaNode, QuotaNodeQuerySet, Redo
from quotas.models.letters import LetterQuerySet
from quotas.models.placements import PlacementQuerySet
from quotas.rules import margin
from quotas.selectors.published import Asked, Placing, get_marks, get_placings, get_published

ZERO = Decimal(0)


@dataclass(slots=True)
class Mapped:
    """What of the targets of a division's counties is on the map; `placed_mu` is None where nobody recorded any."""

    placed_mu: Decimal | None = None
    expected: int = 0
    placed: int = 0
    uploaded: int = 0

    def add(self, other: "Mapped") -> None:
        """Count what lies below too."""
        if other.placed_mu is not None:
            self.placed_mu = (self.placed_mu or ZERO) + other.placed_mu
        self.expected += other.expected
        self.placed += other.placed
        self.uploaded += other.uploaded


@dataclass(slots=True)
class Branch:
    """A division in the tree, with what is below it; `mark` says that what it handed on is to be redone."""

    division: Division
    direction: Direction
    node: QuotaNode | None
    mapped: Mapped
    signed: int = 0
    mark: Redo | None = None
    children: list["Branch"] = field(default_factory=list)

    @property
    def value_mu(self) -> Decimal | None:
        """The target; None where it has none."""
        return self.node.value_mu if self.node else None

    @property
    def is_counted(self) -> bool:
        """Whether it is added up: not the Corps, which lies inside Xinjiang (U-9)."""
        return self.division.level != Level.SPECIAL

    @property
    def counted(self) -> list["Branch"]:
        """The children that are added up."""
        return [child for child in self.children if child.is_counted]

    @property
    def known(self) -> list[Decimal]:
        """The targets of the children that have one and are added up."""
        return [child.node.value_mu for child in self.counted if child.node]

    @property
    def children_mu(self) -> Decimal | None:
        """The sum of the children's targets that are known; None where none is."""
        return sum(self.known, ZERO) if self.known else None

    @property
    def gap_mu(self) -> Decimal | None:
        """By how much the children hold this target, negative where they break it; None while one has none."""
        if self.value_mu is None or not self.known or len(self.known) < len(self.counted):
            return None
        return margin(self.direction, parent_mu=self.value_mu, total_mu=sum(self.known, ZERO))

    @property
    def letters_required(self) -> int:
        """One for every child that was handed a target."""
        return sum(child.node is not None for child in self.children)


def get_tree(
    root: Division,
    nodes: QuotaNodeQuerySet,
    placements: PlacementQuerySet,
    letters: LetterQuerySet,
    *,
    indicator: str,
    period: int,
    moment: datetime | None,
) -> Branch:
    """The tree of a division and everything below it, as it was known at a moment (None: now). Five queries.

    Raises Division.DoesNotExist for one that takes no part in targets or was closed.
    """
    places = Division.objects.shown().within(root).order_by("code")
    if moment is None:
        places = places.valid()
    else:
        places = places.filter(Q(abolished_on=None) | Q(abolished_on__gt=timezone.localtime(moment).date()))
    asked = Asked(indicator=indicator, period=period, within=root, moment=moment)
    by_code = {node.division_id: node for node in get_published(nodes, asked)}
    placings = get_placings(placements, by_code.values(), moment)
    signed = get_signed(letters, period, moment)
    marks = get_marks((node.version_id for node in by_code.values()), moment)
    direction = PROMISED[indicator].direction or Direction.FLOOR
    branches = {}
    for place in places:
        node = by_code.get(place.code)
        mapped = mapped_of(place, node, placings)
        branches[place.code] = Branch(place, direction, node, mapped, signed[place.code])
    if root.code not in branches:
        raise Division.DoesNotExist
    for branch in branches.values():
        above = NATION if branch.division.level == Level.SPECIAL else branch.division.parent_id
        if branch.division.code != root.code and above in branches:
            branches[above].children.append(branch)
    top = branches[root.code]
    finish(top, marks)
    return top


def mapped_of(place: Division, node: QuotaNode | None, placings: dict[int, Placing]) -> Mapped:
    """What of a county's own target is on the map; nothing is asked of the levels above."""
    if node is None or place.counts_as_level != Level.COUNTY:
        return Mapped()
    found = placings.get(node.pk)
    if found is None:
        return Mapped(expected=1)
    return Mapped(found.placed_mu, 1, 1, int(found.uploaded_on is not None))


def finish(branch: Branch, marks: dict[int, Redo]) -> None:
    """Add up what lies on the map from below, and find the mark on what each division handed on."""
    for child in branch.children:
        finish(child, marks)
        if child.is_counted:
            branch.mapped.add(child.mapped)
        if child.node and child.node.version_id in marks and child.node.version.owner_id == branch.division.code:
            branch.mark = marks[child.node.version_id]


def get_signed(letters: LetterQuerySet, period: int, moment: datetime | None) -> Counter[str]:
    """How many letters of a target year were signed by both, by the upper division. One query."""
    letters = letters.filter(target_year=period)
    if moment is None:
        return Counter(letters.signed().values_list("upper", flat=True))
    history = Letter.pgh_event_model.objects  # type: ignore[attr-defined]  # set by pghistory
    latest: dict[int, tuple[str, bool]] = {}
    rows = history.filter(pgh_obj__in=letters, at__lte=moment).order_by("pgh_id")
    for event in rows:
        is_signed = event.party_signed_on is not None and event.government_signed_on is not None
        latest[event.pgh_obj_id] = (event.upper_id, is_signed)
    return Counter(upper for upper, is_signed in latest.values() if is_signed)
