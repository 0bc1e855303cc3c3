"""The grid of a statement as it is printed: rows of divisions, columns of one group's indicators, each cell with its state."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from farmland.indicators import Indicator
from farmland.models import Division, Figure, Gap, Origin
from farmland.rules import Finding, Severity
from farmland.ui import area
from farmland.units import EXACT, Unit, from_base

MOST_PLACES = 6
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell: what stands in the input (plain digits), on which version, and what is to be said of it."""

    division: str
    indicator: str
    value: str
    version: int
    state: str
    absence: str
    message: str
    is_open: bool
    has_comment: bool


@dataclass(frozen=True, slots=True)
class SumView:
    """A computed cell, and the rows that it adds up."""

    indicator: str
    value: str
    parts: str


@dataclass(frozen=True, slots=True)
class RowView:
    """One division's row; a prefecture with counties shows their sums above its own cells."""

    division: Division
    is_sum: bool
    is_done: bool
    cells: list[CellView | SumView]


def plain(value_mu: Decimal, unit: Unit) -> str:
    """A value as digits for an input: exact where the unit allows it, else with six decimals."""
    exact = EXACT.divide(value_mu, unit.factor)
    places = -int(exact.as_tuple().exponent)
    text = f"{from_base(value_mu, unit, MOST_PLACES) if places > MOST_PLACES else exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(figure: Figure, unit: Unit) -> str:
    """What stands in the cell: the text as it was typed where the unit is the same, else the value in this unit."""
    if figure.input_unit == unit.code:
        return f"{figure.input_value:.{figure.input_decimals}f}"
    return plain(figure.value_mu, unit)


def grid(
    rows: list[Division],
    columns: Iterable[Indicator],
    *,
    figures: Iterable[Figure],
    gaps: Iterable[Gap],
    findings: Iterable[Finding],
    reasons: set[tuple[str, str, str]],
    commented: set[Key],
    done: set[str],
    open_rows: set[str],
    open_columns: set[str],
    unit: Unit,
    root: str,
) -> list[RowView]:
    """The rows of the grid. `open_rows` and `open_columns` are what the reader may type into."""
    typed = {(f.division_id, f.indicator): f for f in figures if f.origin == Origin.REPORTED}
    empty = {(g.division_id, g.indicator): g for g in gaps}
    said = messages(findings, reasons)
    children: dict[str, list[Division]] = {}
    for division in rows:
        if division.code != root:
            children.setdefault(str(division.parent_id), []).append(division)

    def cell(division: Division, indicator: Indicator) -> CellView:
        key = (division.code, indicator.code)
        figure, gap = typed.get(key), empty.get(key)
        severity, message = said.get(key, ("", ""))
        is_open = division.code in open_rows and indicator.code in open_columns
        state = "locked" if not is_open else state_of(figure, gap, severity, key in commented)
        standing = figure or gap
        return CellView(
            division.code, indicator.code, shown(figure, unit) if figure else "", standing.revision if standing else 0,
            state, gap.kind if gap else "", message, is_open, key in commented,
        )  # fmt: skip

    def sums(division: Division) -> RowView:
        parts = leaves(division.code, children)
        return RowView(division, True, False, [total(indicator, parts, typed, unit) for indicator in columns])

    found, columns = [], list(columns)
    for division in rows:
        if division.code == root and children:
            continue
        if children.get(division.code):
            found.append(sums(division))
        if not children.get(division.code) or any((division.code, i.code) in typed for i in columns):
            found.append(RowView(division, False, division.code in done, [cell(division, i) for i in columns]))
    return found


def leaves(code: str, children: dict[str, list[Division]]) -> list[str]:
    """The rows that a sum adds up: everything below that has nothing below it."""
    below = children.get(code, [])
    return [leaf for child in below for leaf in (leaves(child.code, children) or [child.code])]


def total(indicator: Indicator, parts: list[str], typed: dict[Key, Figure], unit: Unit) -> SumView:
    """The sum of a column over some rows; a dash where nothing is typed."""
    values = [typed[code, indicator.code].value_mu for code in parts if (code, indicator.code) in typed]
    return SumView(indicator.code, area(sum(values, Decimal(0)) if values else None, unit), " ".join(parts))


def state_of(figure: Figure | None, gap: Gap | None, severity: str, has_comment: bool) -> str:
    """The state of an open cell, the most urgent first."""
    if severity == Severity.HARD:
        return "invalid"
    if severity == Severity.SOFT:
        return "reason"
    if has_comment:
        return "comment"
    if gap is not None:
        return gap.kind
    return "saved" if figure is not None else "blank"


def messages(findings: Iterable[Finding], reasons: set[tuple[str, str, str]]) -> dict[Key, tuple[str, str]]:
    """What the rules say of each cell: the gravest finding that has no reason yet. A cell that is still empty says nothing."""
    order = {Severity.HARD: 0, Severity.SOFT: 1}
    found: dict[Key, tuple[str, str]] = {}
    for finding in sorted(findings, key=lambda f: order.get(f.severity, 2)):
        key = (finding.division, finding.indicator)
        if finding.severity is Severity.INFO or tuple(finding.key) in reasons or finding.code == "A-1":
            continue
        found.setdefault(key, (finding.severity.value, str(finding.detail)))
    return found
