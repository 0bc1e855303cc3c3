"""The tree of targets: what each division is held to, how its children's targets add up to it, and how far it is carried
out. The pages, their files and the API all print it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain

from django.utils import timezone

from farmland.indicators import PROMISED, Direction
from farmland.models import NATION, Division, Level
from quotas.models import CLOSED, QuotaKind, QuotaVersion
from quotas.rules import margin, percent_of
from quotas.rules.sums import SumState, judge_sum
from quotas.selectors.handing_down import get_limits
from quotas.selectors.known import (
    Held,
    Mark,
    Placed,
    Working,
    get_divisions,
    get_held,
    get_marks,
    get_placed,
    get_signed,
)

DEEPEST = 3  # from the nation to the counties


@dataclass(frozen=True, slots=True)
class Branch:
    """One division of the tree. What nothing is known of is None, never zero; `depth` counts from the tree's own division.

    `missing` are the children without a target; `leaves` the county-level divisions in it, `expected` how many of them
    have a target to place, `recorded` how many have said anything of theirs and `uploaded` how many have entered it into
    the database; `letters` the letters with its children that both signed, `is_signed` whether that with the one above is.
    """

    division: Division
    depth: int
    target: Held | None
    children: int
    missing: tuple[Division, ...]
    children_mu: Decimal | None
    gap_mu: Decimal | None  # the sum less the target
    margin_mu: (
        Decimal | None
    )  # by how much the sum holds the target, negative where it breaks it; None while one is missing
    state: SumState
    placed_mu: Decimal | None
    placed_percent: Decimal | None
    uploaded: int | None
    recorded: int
    expected: int
    leaves: int
    letters: int | None
    letters_due: int
    is_signed: bool
    mark: Mark | None
    marks_below: int

    @property
    def with_target(self) -> int:
        """How many of the children have a target."""
        return self.children - len(self.missing)


@dataclass(frozen=True, slots=True)
class Tree:
    """The division asked for, what lies below it in the order of the tree, and of the nation the Corps apart."""

    direction: Direction
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
    place: Division, *, indicator: str, year: int, moment: datetime | None, working: Working, is_whole: bool = False
) -> Tree:
    """The tree of an indicator and target year from a division down, as it was known at a moment (None: now): of the nation
    the provinces, else two levels, and all of them where it is whole. Six queries whatever the size."""
    listed = get_divisions(place, moment)
    children = group(listed)
    held = get_held(place, indicator=indicator, year=year, moment=moment)
    marks = get_marks(working, indicator, year, moment)
    kept = Kept(
        held=held,
        children=children,
        placed=get_placed(working, indicator, year, moment),
        signed=get_signed(working, year, moment),
        # A version is marked at its owner, while a target in force stands on it; an official one before a demonstration's.
        marks={one.owner: marks[one.version_id] for one in reversed(held.values()) if one.version_id in marks},
        direction=PROMISED[indicator].direction or Direction.FLOOR,
        surplus_percent=get_limits(moment or timezone.now())["quota_surplus_pct"],
        working=working,
    )
    sums: dict[str, Below] = {}
    add_up(place, kept, sums)
    deepest = DEEPEST if is_whole else 1 if place.code == NATION else 2
    rows = [kept.branch(division, level, sums) for division, level in walk(place, children, deepest)]
    special = [division for division in listed if division.level == Level.SPECIAL] if place.code == NATION else []
    for division in special:
        add_up(division, kept, sums)
    apart = kept.branch(special[0], 1, sums) if special else None
    return Tree(kept.direction, kept.branch(place, 0, sums), rows, apart)


def group(listed: Iterable[Division]) -> dict[str, list[Division]]:
    """The direct children of each division; the Corps is nobody's here (U-9)."""
    found: dict[str, list[Division]] = defaultdict(list)
    for division in listed:
        if division.level != Level.SPECIAL and division.parent_id:
            found[division.parent_id].append(division)
    return found


def above_of(division: Division) -> str:
    """The code of the division that hands it its target: to the Corps the nation, though it lies inside Xinjiang (U-9)."""
    return NATION if division.level == Level.SPECIAL else division.parent_id or ""


def walk(place: Division, children: Mapping[str, Sequence[Division]], deepest: int) -> list[tuple[Division, int]]:
    """The divisions below a place with how deep they lie, each followed by its own."""
    found: list[tuple[Division, int]] = []

    def go(above: Division, level: int) -> None:
        for child in children.get(above.code, ()) if level <= deepest else ():
            found.append((child, level))
            go(child, level + 1)

    go(place, 1)
    return found


@dataclass(slots=True)
class Below:
    """What a division's county-level parts come to: how many there are and are to place a target, what they have placed,
    how many have entered it."""

    leaves: int = 0
    expected: int = 0
    recorded: int = 0
    placed_mu: Decimal | None = None
    uploaded: int | None = None
    marks: int = 0

    def add(self, other: "Below") -> None:
        """Count another in. What is not known of a part is left out; where nothing is known of any, nothing is."""
        self.leaves += other.leaves
        self.expected += other.expected
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
        below = Below(leaves=1, expected=int(target is not None and division.counts_as_level == Level.COUNTY))
        if placed:
            below.recorded, below.placed_mu, below.uploaded = 1, placed[0], int(placed[1] is not None)
        return below

    def branch(self, division: Division, depth: int, sums: Mapping[str, Below]) -> Branch:
        """One division with everything that was read of it."""
        below, target = sums[division.code], self.held.get(division.code)
        children = self.children.get(division.code, ())
        values = [self.held[child.code].value_mu for child in children if child.code in self.held]
        total = sum(values, Decimal(0)) if values else None
        gap = held_by = None
        is_whole = len(values) == len(children)
        if target and total is not None:
            gap = total - target.value_mu
            held_by = margin(self.direction, parent_mu=target.value_mu, total_mu=total) if is_whole else None
        state = judge_sum(
            self.direction, target.value_mu if target else None, total,
            is_whole=is_whole, surplus_percent=self.surplus_percent,
        )  # fmt: skip
        pairs = [self.signed.get((division.code, child.code)) for child in children]
        is_known = self.working.covers(division) and any(pair is not None for pair in pairs)
        return Branch(
            division=division, depth=depth, target=target, children=len(children),
            missing=tuple(child for child in children if child.code not in self.held),
            children_mu=total, gap_mu=gap, margin_mu=held_by, state=state, placed_mu=below.placed_mu,
            placed_percent=percent_of(below.placed_mu, target.value_mu) if target and below.placed_mu is not None else None,
            uploaded=below.uploaded, recorded=below.recorded, expected=below.expected, leaves=below.leaves,
            letters=sum(map(bool, pairs)) if is_known else None, letters_due=len(values),
            is_signed=self.signed.get((above_of(division), division.code), False),
            mark=self.marks.get(division.code), marks_below=below.marks,
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
