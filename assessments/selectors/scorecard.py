"""The scorecard: how each division stands against its promise in a year. Pages, API and assessments all read this.

The nation's sums are added up here from the 31 provinces, so that they follow the as-of date and what is released.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from assessments.selectors.figures import (
    Found,
    Sum,
    add_up,
    data_state,
    is_demo,
    measured,
    pick,
    stands_on_one_basis,
    stored_sum,
)
from farmland.indicators import HEADLINE_INDICATORS, Direction, Indicator
from farmland.models import NATION, SETTLED, XPCC, Division, Figure, Level, Origin
from farmland.models.divisions import OPEN_LEVELS, DivisionQuerySet
from farmland.models.figures import FigureQuerySet
from farmland.models.statements import AnnualStatementQuerySet
from quotas.models import QuotaNode
from quotas.rules import Measured, Thresholds, Verdict, judge, percent_of
from quotas.selectors import TargetSet, get_targets


@dataclass(frozen=True, slots=True)
class Cell:
    """One indicator of one division: the headline figure, the sum beside it, the target and the verdict."""

    indicator: Indicator
    figure: Figure | None
    value_mu: Decimal | None
    sum: Sum | None
    target: QuotaNode | None
    verdict: Verdict
    is_demo: bool

    @property
    def completion_percent(self) -> Decimal | None:
        """How much of a task is done, in percent (two decimals, half up); None for floors and caps."""
        if self.indicator.direction is not Direction.TASK or self.value_mu is None or self.target is None:
            return None
        return percent_of(self.value_mu, self.target.value_mu)

    @property
    def residual_mu(self) -> Decimal | None:
        """Sum less headline where both exist: shown, never hidden."""
        if self.figure is None or self.figure.origin == Origin.SUMMED or self.sum is None or self.value_mu is None:
            return None
        return self.sum.value_mu - self.value_mu


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All headline indicators of one division in one year."""

    division: Division
    cells: dict[str, Cell]
    data_state: str

    @property
    def lead(self) -> Figure | None:
        """The first indicator's figure, which names the row's source."""
        return next((cell.figure for cell in self.cells.values() if cell.figure), None)

    @property
    def is_demo(self) -> bool:
        """Whether any figure of the row is synthetic."""
        return any(cell.is_demo for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class ScorecardSet:
    """The nation, the divisions asked for and, apart, the Corps; with the targets they were held against.

    `peers` are the divisions that the parent is compared with, itself among them.
    """

    year: int
    nation: Scorecard
    parent: Scorecard
    rows: list[Scorecard]
    apart: Scorecard | None
    peers: list[Scorecard]
    provinces: list[Division]
    targets: TargetSet
    thresholds: Thresholds

    @property
    def reported(self) -> int:
        """How many of the divisions asked for have a settled figure."""
        return sum(row.data_state in ("approved", "locked") for row in self.rows)


# The divisions right below, whatever their level: a province's prefectures and the counties that it governs itself.
CHILDREN = "children"


def get_divisions(divisions: DivisionQuerySet, *, level: str, parent: str, beside: str = "") -> list[Division]:
    """The divisions asked for, with the nation, the provinces, the Corps, the parent and those beside it. One query."""
    if level == CHILDREN:
        wanted = Q(parent=parent)
    else:
        wanted = divisions.level_condition(level) & Q(prefix__startswith=prefix_of(parent))
    if beside:
        wanted |= Q(parent=beside)
    rows = divisions.shown().valid().filter(Q(level__in=OPEN_LEVELS) | wanted | Q(code=parent))
    return list(rows.order_by("code"))


def prefix_of(code: str) -> str:
    """The code less its trailing pairs of zeros, as the generated column has it."""
    while code.endswith("00"):
        code = code[:-2]
    return code


def is_asked_for(division: Division, *, level: str, parent: str) -> bool:
    """Whether a division belongs to the rows: of the level, below the parent; the nation itself at its own level."""
    if division.level == Level.SPECIAL:
        return False
    if level == CHILDREN:
        return division.parent_id == parent
    is_level = division.level == level or (level == Level.COUNTY and division.is_leaf)
    below = division.prefix.startswith(prefix_of(parent)) and division.code != parent
    return is_level and (below or parent == NATION == division.code)


def get_scorecards(
    *,
    divisions: DivisionQuerySet,
    national_parts: FigureQuerySet,
    statements: AnnualStatementQuerySet,
    year: int,
    level: str = Level.PROVINCE,
    parent: str = NATION,
    beside: str = "",
    moment: datetime | None = None,
    thresholds: Thresholds,
) -> ScorecardSet:
    """Scorecards of the divisions of a level (or CHILDREN) below a parent, of the nation, the parent and the Corps.

    `beside` is the division above the parent, where the parent is to be compared with others. All querysets come scoped. `national_parts` is what the reader may read (`is_readable`) and what may stand in the
    nation's sum beside it, `statements` those whose progress may be seen. Four queries whatever the number of rows.
    Raises Division.DoesNotExist where the parent is not among the divisions.
    """
    listed = get_divisions(divisions, level=level, parent=parent, beside=beside)
    by_code = {division.code: division for division in listed}
    if parent not in by_code or NATION not in by_code:
        raise Division.DoesNotExist(parent)
    headline = [indicator.code for indicator in HEADLINE_INDICATORS]
    found: dict[str, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    parts: dict[str, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    readable = (
        national_parts.known_at(moment)
        .filter(year=year, indicator__in=headline, division__in=list(by_code))
        .select_related("statement__approved_by", "document")
    )
    for figure in readable:
        if figure.is_readable:
            found[figure.division_id][figure.indicator].append(figure)
        parts[figure.division_id][figure.indicator].append(figure)
    targets = get_targets(QuotaNode.objects.all(), divisions=list(by_code), year=year, moment=moment)
    in_progress = get_in_progress(statements, year=year, moment=moment)

    def card(division: Division) -> Scorecard:
        sums: dict[str, Sum | None] = {}
        if division.code == NATION:
            sums = {code: national_sum(listed, parts, code) for code in headline}
        return make_card(division, found[division.code], sums, targets, year, thresholds, in_progress)

    return ScorecardSet(
        year=year,
        nation=card(by_code[NATION]),
        parent=card(by_code[parent]),
        rows=[card(division) for division in listed if is_asked_for(division, level=level, parent=parent)],
        apart=card(by_code[XPCC]) if XPCC in by_code else None,
        peers=[card(division) for division in listed if is_peer(division, by_code[parent])] if beside else [],
        provinces=counted_provinces(listed),
        targets=targets,
        thresholds=thresholds,
    )


def is_peer(division: Division, place: Division) -> bool:
    """Whether a division is compared with a place: provinces of one grain zone, else those under one government."""
    if place.level == Level.PROVINCE:
        return division.level == place.level and division.grain_zone == place.grain_zone
    return division.parent_id == place.parent_id and division.level != Level.SPECIAL


def counted_provinces(divisions: Iterable[Division]) -> list[Division]:
    """The 31 whose sum is the nation's; the Corps lies inside Xinjiang (U-9)."""
    return [d for d in divisions if d.level == Level.PROVINCE and d.counts_in_national_total]


def national_sum(listed: list[Division], parts: dict[str, dict[str, list[Figure]]], indicator: str) -> Sum | None:
    """The provinces' headline figures added up."""
    provinces = counted_provinces(listed)
    headlines = [pick(parts[d.code][indicator]).headline for d in provinces]
    return add_up([f for f in headlines if f], expected=len(provinces))


def get_in_progress(statements: AnnualStatementQuerySet, *, year: int, moment: datetime | None) -> set[str]:
    """Prefixes of the units whose statement is on its way, as far as it may be seen; nothing for a past moment."""
    if moment is not None:
        return set()
    rows = statements.for_year(year).exclude(status__in=SETTLED)
    return set(rows.values_list("division__prefix", flat=True))


def make_card(
    division: Division,
    figures: dict[str, list[Figure]],
    sums: dict[str, Sum | None],
    targets: TargetSet,
    year: int,
    thresholds: Thresholds,
    in_progress: set[str],
) -> Scorecard:
    """One division's scorecard from its figures, its computed sums (the nation's) and its targets."""
    cells = {}
    for indicator in HEADLINE_INDICATORS:
        found = pick(figures.get(indicator.code, ()))
        total = sums.get(indicator.code) or stored_sum(found.summed)
        target = targets.get(division.code, indicator.code)
        cells[indicator.code] = make_cell(indicator, found, total, target, year, thresholds)
    settled = data_state(figure for rows in figures.values() for figure in rows)
    if settled is None and any(cell.value_mu is not None for cell in cells.values()):
        settled = "approved"
    on_its_way = any(division.prefix.startswith(prefix) for prefix in in_progress if prefix)
    return Scorecard(division, cells, settled or ("reporting" if on_its_way else "none"))


def make_cell(
    indicator: Indicator, found: Found, total: Sum | None, target: QuotaNode | None, year: int, thresholds: Thresholds
) -> Cell:
    """One indicator: a complete sum is the headline where nothing else is; an incomplete one is only shown."""
    figure = found.headline
    if figure and target and not stands_on_one_basis(figure, target):
        target = None
    actual: Measured | None = measured(figure) if figure else None
    demo = is_demo(figure) if figure else False
    if figure is None and total is not None:
        demo = total.is_demo
        if total.is_complete:
            actual = Measured(total.value_mu, total.half_step_mu)
    if figure is not None and figure.parts_expected and figure.parts_reported != figure.parts_expected:
        actual, figure = None, None
    verdict = judge(
        actual=actual,
        target_mu=target.value_mu if target else None,
        direction=indicator.direction,
        is_due=bool(target and (target.version.target_year or 0) <= year),
        thresholds=thresholds,
    )
    return Cell(indicator, figure, actual.value_mu if actual else None, total, target, verdict, demo)
