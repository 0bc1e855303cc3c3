"""The grid of a statement as it is printed: rows of divisions, columns of one group's indicators, each cell with its state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from farmland.indicators import INDICATORS, Indicator
from farmland.models import Division, Figure, Gap
from farmland.rules import Finding, Severity
from farmland.selectors.statements import Reading, children_of
from farmland.ui import area
from farmland.units import EXACT, Unit, from_base, number

MOST_PLACES = 6
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell: what stands in it (plain digits where it is open), on which version, and what is to be said of it."""

    division: str
    indicator: str
    label: str
    value: str
    version: int
    state: str
    is_open: bool
    severity: str = ""
    message: str = ""
    absence: str = ""
    absence_label: str = ""
    has_comment: bool = False
    saved: str | None = None  # what the server holds, where `value` was typed and refused


@dataclass(frozen=True, slots=True)
class SumView:
    """A computed cell, and the divisions that it adds up."""

    indicator: str
    label: str
    value: str
    parts: str
    has_comment: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """One division's row; a prefecture with counties shows their sums above its own cells."""

    division: Division
    is_sum: bool
    is_own: bool  # its division shows sums as well: this row is what it typed itself
    is_done: bool
    may_open: bool  # a sum whose division may type a figure of its own instead
    may_finish: bool  # the reader's own row, while it is open
    cells: Sequence[CellView | SumView]


@dataclass(frozen=True, slots=True)
class Head:
    """One heading of the grid: an indicator (`code`), over both lines where the other columns have two; or a group of them."""

    label: str
    code: str = ""
    columns: int = 1
    lines: int = 1
    unit: str = ""  # of what is no area, its own


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was typed into a cell and not stored: `invalid` or `conflict`, and why."""

    text: str
    state: str
    message: str


def head(indicator: Indicator) -> Head:
    """The heading of an indicator's column."""
    own = "" if indicator.is_area else str(indicator.display_unit.label)
    return Head(str(indicator.label), indicator.code, unit=own)


def heads(columns: Sequence[Indicator]) -> tuple[list[Head], list[Head]]:
    """The two lines of headings: parts stand below their whole's 「其中」; the second line is empty where nothing has parts."""
    codes = {indicator.code for indicator in columns}
    parts = [indicator for indicator in columns if indicator.part_of in codes]
    if not parts:
        return [head(indicator) for indicator in columns], []
    first: list[Head] = []
    for indicator in columns:
        if indicator not in parts:
            first.append(replace(head(indicator), lines=2))
        elif first and not first[-1].code:
            first[-1] = replace(first[-1], columns=first[-1].columns + 1)
        else:
            first.append(Head(_("其中")))
    return first, [head(indicator) for indicator in parts]


def plain(value_mu: Decimal, unit: Unit) -> str:
    """A value as digits for an input: exact where the unit allows it, else with six decimals."""
    exact = EXACT.divide(value_mu, unit.factor)
    places = -int(exact.as_tuple().exponent)
    text = f"{from_base(value_mu, unit, MOST_PLACES) if places > MOST_PLACES else exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(figure: Figure, unit: Unit) -> str:
    """What stands in the cell: the text as it was typed where the unit is the same, else the value in this unit."""
    if figure.input_unit == unit.code or figure.measure is not None:
        return f"{figure.input_value:.{figure.input_decimals}f}"
    return plain(figure.area_mu, unit)


def printed(figure: Figure, unit: Unit) -> str:
    """The figure as it is read: an area in the unit, a measure in its own."""
    if figure.measure is not None:
        return number(figure.measure, decimals=INDICATORS[figure.indicator].display_unit.decimals)
    return area(figure.value_mu, unit)


def grid(
    reading: Reading,
    columns: Iterable[Indicator],
    *,
    below: Mapping[Key, SumView],
    commented: set[Key],
    done: set[str],
    open_rows: set[str],
    open_columns: set[str],
    unit: Unit,
    own: set[str],
    finishable: str = "",
    refused: Mapping[Key, Refusal] | None = None,
) -> list[RowView]:
    """The rows of the grid. `open_rows` and `open_columns` are what the reader may type into; a division with others
    below it shows their sum, and its own cells where it typed some or is named in `own`. `finishable` is the reader's
    own row; what was typed and `refused` stands in its cell with the reason."""
    said = messages(reading.findings, {tuple(key) for key in reading.reasons})
    children, columns = children_of(reading.rows, reading.root), list(columns)

    def cell(division: Division, indicator: Indicator) -> CellView:
        key = (division.code, indicator.code)
        figure, gap = reading.figures.get(key), reading.gaps.get(key)
        severity, message = said.get(key, ("", ""))
        is_open = division.code in open_rows and indicator.code in open_columns
        state = state_of(figure, gap, severity, key in commented)
        if not is_open:
            severity, message, state = "", "", "comment" if key in commented else "locked"
        standing = figure or gap
        value = (shown(figure, unit) if is_open else printed(figure, unit)) if figure else ""
        view = CellView(
            division.code, indicator.code, str(indicator.label), value, standing.revision if standing else 0,
            state, is_open, severity, message, gap.kind if gap else "", gap.get_kind_display() if gap else "",
            key in commented,
        )  # fmt: skip
        odd = (refused or {}).get(key) if is_open else None
        return replace(view, value=odd.text, saved=value, state=odd.state, message=odd.message) if odd else view

    def adding(division: Division, *, is_typed: bool) -> RowView:
        code = division.code
        cells = [
            replace(below[code, indicator.code], has_comment=(code, indicator.code) in commented)
            for indicator in columns
        ]
        may_open = bool(open_columns) and code in open_rows and not is_typed
        return RowView(division, True, False, code in done, may_open, code == finishable and code in open_rows, cells)

    shown_columns = {indicator.code for indicator in columns}
    typed = {code for code, indicator in (*reading.figures, *reading.gaps) if indicator in shown_columns}
    found = []
    for division in reading.rows:
        has_parts = bool(children.get(division.code))
        if division.code == reading.root and has_parts and division.code == reading.statement.division_id:
            continue
        is_typed = division.code in own or division.code in typed
        if has_parts:
            found.append(adding(division, is_typed=is_typed))
        if not has_parts or is_typed:
            cells = [cell(division, indicator) for indicator in columns]
            is_mine = not has_parts and division.code == finishable and division.code in open_rows
            is_done = not has_parts and division.code in done
            found.append(RowView(division, False, has_parts, is_done, False, is_mine, cells))
    return found


def totals(reading: Reading, columns: Iterable[Indicator], below: Mapping[Key, SumView]) -> list[SumView]:
    """The last row: what everything that is shown adds up to; nothing where a single division is."""
    if not children_of(reading.rows, reading.root).get(reading.root):
        return []
    return [below[reading.root, indicator.code] for indicator in columns]


def below(reading: Reading, columns: Iterable[Indicator], unit: Unit) -> dict[Key, SumView]:
    """What stands below each division that has others below it, by division and indicator: the sum of an area, the
    average of a measure; a dash where nothing is typed."""
    columns, children = list(columns), children_of(reading.rows, reading.root)
    sums, found = reading.sums([indicator.code for indicator in columns]), {}
    for indicator in columns:
        means = reading.means(indicator.code, indicator.weighted_by) if indicator.weighted_by else {}
        for place, parts in children.items():
            if indicator.weighted_by:
                text, parts = number(means.get(place), decimals=indicator.display_unit.decimals), []
            else:
                text = area(sums[place, indicator.code].value_mu, unit)
            found[place, indicator.code] = SumView(indicator.code, str(indicator.label), text, " ".join(parts))
    return found


def state_of(figure: Figure | None, gap: Gap | None, severity: str, has_comment: bool) -> str:
    """The state of an open cell, the most urgent first."""
    if severity == Severity.HARD:
        return "invalid"
    if severity == Severity.SOFT:
        return "reason"
    if has_comment:
        return "comment"
    if gap is not None:
        return str(gap.kind)
    return "saved" if figure is not None else "blank"


def messages(findings: Iterable[Finding], reasons: set[tuple[str, str, str]]) -> dict[Key, tuple[str, str]]:
    """What the rules say of each cell: the gravest finding that has no reason yet. A cell that is still empty says nothing."""
    order = {Severity.HARD: 0, Severity.SOFT: 1}
    found: dict[Key, tuple[str, str]] = {}
    for finding in sorted(findings, key=lambda f: order.get(f.severity, 2)):
        key = (finding.division, finding.indicator)
        if finding.severity is Severity.INFO or tuple(finding.key) in reasons or finding.code == "mandatory":
            continue
        found.setdefault(key, (finding.severity.value, str(finding.detail)))
    return found
