"""The tree of targets: what each division is held to, how its children's targets add up to it, and how far it is carried
out. Targets in force are public; what divisions record of their own comes scoped."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

from django.db.models import Q
from django.utils import timezone

from farmland.indicators import PROMISED, Direction
from farmland.models import NATION, Division, Level
from quotas.models import CLOSED, QuotaKind, QuotaNode, QuotaVersion
from quotas.models.letters import LetterQuerySet
from quotas.models.placements import PlacementQuerySet
from quotas.models.review import OfVersionQuerySet
from quotas.rules import percent_of
from quotas.rules.sums import SumState, judge_sum
from quotas.selectors.handing_down import get_limits
from quotas.selectors.known import as_known

HELD = (
    "division_id", "pk", "value_mu", "confidence", "qualifier", "version_id", "version__version", "version__is_demo",
    "document__title", "document__number", "document__known_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Working:
    """The scoped querysets of one reader, and the division whose subtree they cover; None where they cover nothing."""

    place: Division | None
    placements: PlacementQuerySet
    letters: LetterQuerySet
    redos: OfVersionQuerySet

    def covers(self, division: Division) -> bool:
        """Whether what is not among the rows of a division is known not to be there."""
        return self.place is not None and self.place.contains(division)


@dataclass(frozen=True, slots=True)
class Held:
    """The target in force of a division, in mu, with the version and document that it stands on."""

    division: str
    node: int
    value_mu: Decimal
    confidence: str
    qualifier: str
    version_id: int
    version: int
    is_demo: bool
    title: str
    number: str
    known_on: date


@dataclass(frozen=True, slots=True)
class Mark:
    """That a version must be redone, by when: what its owner was held to before and is now, in mu."""

    version_id: int
    was_mu: Decimal
    now_mu: Decimal
    due_on: date


@dataclass(frozen=True, slots=True)
class Branch:
    """One division of the tree. What nothing is known of is None, never zero; `depth` counts from the page's own division.

    `missing` are the children without a target; `leaves` the county-level divisions in it, `recorded` how many of
    them have said anything of theirs and `uploaded` how many have entered it into the database; `letters` the letters with its children that both signed.
    """

    division: Division
    depth: int
    target: Held | None
    children: int
    missing: tuple[Division, ...]
    children_mu: Decimal | None
    gap_mu: Decimal | None  # the sum less the target
    state: SumState
    placed_mu: Decimal | None
    placed_percent: Decimal | None
    uploaded: int | None
    recorded: int
    leaves: int
    letters: int | None
    letters_due: int
    mark: Mark | None
    marks_below: int

    @property
    def with_target(self) -> int:
        """How many of the children have a target."""
        return self.children - len(self.missing)


@dataclass(frozen=True, slots=True)
class Tree:
    """The division asked for, what lies below it in the order of the tree, and of the nation the Corps apart."""

    root: Branch
    rows: list[Branch]
    apart: Branch | None


def get_promises() -> dict[str, list[int]]:
    """The target years of each indicator that anything was ever handed down for, in the catalogue's order. One query."""
    rows = QuotaVersion.objects.filter(kind=QuotaKind.TARGET, state__in=CLOSED)
    found: dict[str, list[int]] = defaultdict(list)
    for indicator, year in rows.order_by("target_year").values_list("indicator", "target_year").distinct():
        found[indicator].append(year or 0)
    return {code: found[code] for code in PROMISED if code in found}


def get_place(code: str) -> Division | None:
    """A division that takes part in the targets, with those above it; None for any other code. One query."""
    return Division.objects.shown().select_related("parent__parent__parent").filter(pk=code).first()


def get_tree(
    place: Division, *, indicator: str, year: int, moment: datetime | None, working: Working, depth: int = 2
) -> Tree:
    """The tree of an indicator and target year from a division down, of so many levels (of the nation one), as it was known
    at a moment (None: now). Six queries whatever the size."""
    listed = get_divisions(place)
    children = group(listed)
    held = get_held(place, indicator=indicator, year=year, moment=moment)
    kept = Kept(
        held=held,
        children=children,
        placed=get_placed(working, indicator, year, moment),
        signed=get_signed(working, year, moment),
        marks=get_marks(working, indicator, year, moment),
        direction=PROMISED[indicator].direction or Direction.FLOOR,
        surplus_percent=get_limits(moment or timezone.now())["quota_surplus_pct"],
        working=working,
    )
    sums: dict[str, Below] = {}
    add_up(place, kept, sums)
    deepest = 1 if place.code == NATION else depth
    rows = [kept.branch(division, level, sums) for division, level in walk(place, children, deepest)]
    special = [division for division in listed if division.level == Level.SPECIAL] if place.code == NATION else []
    for division in special:
        add_up(division, kept, sums)
    apart = kept.branch(special[0], 1, sums) if special else None
    return Tree(kept.branch(place, 0, sums), rows, apart)


def get_divisions(place: Division) -> list[Division]:
    """All that lies below a division. One query."""
    rows = Division.objects.shown().valid().within(place).exclude(pk=place.pk)
    return list(rows.order_by("code").defer("note", "region"))


def group(listed: Iterable[Division]) -> dict[str, list[Division]]:
    """The direct children of each division; the Corps is nobody's here (U-9)."""
    found: dict[str, list[Division]] = defaultdict(list)
    for division in listed:
        if division.level != Level.SPECIAL and division.parent_id:
            found[division.parent_id].append(division)
    return found


def walk(place: Division, children: Mapping[str, Sequence[Division]], deepest: int) -> list[tuple[Division, int]]:
    """The divisions below a place with how deep they lie, each followed by its own."""
    found: list[tuple[Division, int]] = []

    def go(above: Division, level: int) -> None:
        for child in children.get(above.code, ()) if level <= deepest else ():
            found.append((child, level))
            go(child, level + 1)

    go(place, 1)
    return found


def get_held(place: Division, *, indicator: str, year: int, moment: datetime | None) -> dict[str, Held]:
    """The target in force of a division and of each below it, an official one before a demonstration's. One query."""
    rows = QuotaNode.objects.published(moment).within(place)
    rows = rows.filter(version__kind=QuotaKind.TARGET, version__indicator=indicator, version__target_year=year)
    found: dict[str, Held] = {}
    for row in rows.order_by("version__is_demo", "pk").values_list(*HELD):
        if row[0] not in found:
            found[row[0]] = Held(*row)
    return found


Placed = tuple[Decimal, date | None]


def get_placed(working: Working, indicator: str, year: int, moment: datetime | None) -> dict[int, Placed]:
    """What is on the map of each target, by node, and the day of its entry into the database. One query."""
    rows = working.placements.filter(node__version__indicator=indicator, node__version__target_year=year)
    found = as_known(rows, moment).values_list("node_id", "placed_mu", "uploaded_on")
    return {node: (value, day) for node, value, day in found}


def get_signed(working: Working, year: int, moment: datetime | None) -> dict[tuple[str, str], bool]:
    """Of each letter of a year, by upper and lower division, whether both have signed. One query."""
    rows = as_known(working.letters.filter(target_year=year), moment)
    fields = ("upper_id", "lower_id", "party_signed_on", "government_signed_on")
    return {(upper, lower): bool(party and head) for upper, lower, party, head in rows.values_list(*fields)}


def get_marks(working: Working, indicator: str, year: int, moment: datetime | None) -> dict[str, Mark]:
    """The open marks of a raised parent, by the owner of the marked version. One query."""
    rows = working.redos.filter(version__indicator=indicator, version__target_year=year)
    if moment is None:
        rows = rows.filter(done_at__isnull=True)
    else:
        rows = rows.filter(Q(done_at__isnull=True) | Q(done_at__gt=moment), marked_at__lte=moment)
    fields = ("version__owner", "version_id", "was_mu", "now_mu", "due_on")
    return {owner: Mark(*more) for owner, *more in rows.order_by("version__is_demo", "pk").values_list(*fields)}


@dataclass(slots=True)
class Below:
    """What a division's county-level parts come to: how many there are, what they have placed, how many have entered it."""

    leaves: int = 0
    recorded: int = 0
    placed_mu: Decimal | None = None
    uploaded: int | None = None
    marks: int = 0

    def add(self, other: "Below") -> None:
        """Count another in. What is not known of a part is left out; where nothing is known of any, nothing is."""
        self.leaves += other.leaves
        self.recorded += other.recorded
        self.marks += other.marks
        if other.placed_mu is not None:
            self.placed_mu = (self.placed_mu or Decimal(0)) + other.placed_mu
        if other.uploaded is not None:
            self.uploaded = (self.uploaded or 0) + other.uploaded


@dataclass(frozen=True, slots=True)
class Kept:
    """All that was read, by division, node or pair."""

    held: Mapping[str, Held]
    children: Mapping[str, Sequence[Division]]
    placed: Mapping[int, Placed]
    signed: Mapping[tuple[str, str], bool]
    marks: Mapping[str, Mark]
    direction: Direction
    surplus_percent: Decimal
    working: Working

    def of_leaf(self, division: Division) -> Below:
        """What a county-level division, or one without parts, brings along."""
        target = self.held.get(division.code)
        placed = self.placed.get(target.node) if target else None
        below = Below(leaves=1)
        if placed:
            below.recorded, below.placed_mu, below.uploaded = 1, placed[0], int(placed[1] is not None)
        return below

    def branch(self, division: Division, depth: int, sums: Mapping[str, Below]) -> Branch:
        """One division with everything that was read of it."""
        below, target = sums[division.code], self.held.get(division.code)
        children = self.children.get(division.code, ())
        values = [self.held[child.code].value_mu for child in children if child.code in self.held]
        total = sum(values, Decimal(0)) if values else None
        gap = total - target.value_mu if target and total is not None else None
        state = judge_sum(
            self.direction, target.value_mu if target else None, total,
            is_whole=len(values) == len(children), surplus_percent=self.surplus_percent,
        )  # fmt: skip
        pairs = [self.signed.get((division.code, child.code)) for child in children]
        is_known = self.working.covers(division) and any(pair is not None for pair in pairs)
        return Branch(
            division=division, depth=depth, target=target, children=len(children),
            missing=tuple(child for child in children if child.code not in self.held),
            children_mu=total, gap_mu=gap, state=state, placed_mu=below.placed_mu,
            placed_percent=percent_of(below.placed_mu, target.value_mu) if target and below.placed_mu is not None else None,
            uploaded=below.uploaded, recorded=below.recorded, leaves=below.leaves, letters=sum(map(bool, pairs)) if is_known else None,
            letters_due=len(values), mark=self.marks.get(division.code), marks_below=below.marks,
        )  # fmt: skip


def add_up(division: Division, kept: Kept, sums: dict[str, Below]) -> Below:
    """Add the leaves up from below, once for each division; a division's own mark is not among those below it."""
    children = kept.children.get(division.code, ())
    below = Below() if children else kept.of_leaf(division)
    for child in children:
        part = add_up(child, kept, sums)
        below.add(part)
        below.marks += child.code in kept.marks
    sums[division.code] = below
    return below


def get_sources(tree: Tree) -> list[Held]:
    """The versions that the shown targets stand on, each once, official ones first."""
    shown = chain([tree.root], tree.rows, [tree.apart] if tree.apart else [])
    found = {branch.target.version_id: branch.target for branch in shown if branch.target}
    return sorted(found.values(), key=lambda held: (held.is_demo, held.version_id))
