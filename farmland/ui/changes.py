"""How a reviewer reads what changed: lines against last year with a verdict, and cells before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from farmland.indicators import INDICATORS, Absence, Group
from farmland.models import Division
from farmland.rules import Finding, Severity
from farmland.selectors.changes import CellChange, CellState, Compared
from farmland.ui import Tag, area
from farmland.units import DASH, UNITS, Unit, after_number, from_base, number


@dataclass(frozen=True, slots=True)
class ComparedView:
    """One line against last year as it is printed, and the same numbers to reckon with: in the unit and as rounded."""

    indicator: str
    part: str
    this: str
    last: str
    change: str
    tag: Tag
    exact: tuple[Decimal | None, Decimal | None, Decimal | None]  # this year, last year, change in percent


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One changed cell as it is printed."""

    division: str
    indicator: str
    before: str
    after: str
    who: str
    at: datetime | None


def lines(compared: Iterable[Compared], findings: Iterable[Finding], unit: Unit) -> list[ComparedView]:
    """Lines against last year; the tag says the gravest that the rules find in the line anywhere in the part."""
    worst: dict[str, Severity] = {}
    for finding in findings:
        if finding.code == "mandatory":  # what is empty is said to be empty
            continue
        if finding.severity is Severity.HARD or (
            finding.severity is Severity.SOFT and worst.get(finding.indicator) is not Severity.HARD
        ):
            worst[finding.indicator] = finding.severity
    return [
        ComparedView(
            str(INDICATORS[line.indicator].label),
            str(Group(INDICATORS[line.indicator].group).label),
            area(line.this_mu, unit),
            area(line.last_mu, unit),
            change_of(line),
            tag_of(line.this_mu, worst.get(line.indicator)),
            exact_of(line, unit),
        )
        for line in compared
    ]


def exact_of(line: Compared, unit: Unit) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """The numbers of a line as they are printed, but as numbers."""
    this, last = (None if value is None else from_base(value, unit) for value in (line.this_mu, line.last_mu))
    return this, last, round_half_up(line.percent) if line.is_comparable and line.percent is not None else None


def round_half_up(percent: Decimal) -> Decimal:
    """Percent with the two decimals that are printed."""
    return percent.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def change_of(line: Compared) -> str:
    """The change in percent; why there is none where bases differ, a dash where a value is missing or was zero."""
    if not line.is_comparable:
        return _("口径不同，不可比")
    return DASH if line.percent is None else number(line.percent, signed=True) + "%"


def tag_of(value_mu: Decimal | None, worst: Severity | None) -> Tag:
    """What the rules say of a line in one word."""
    if worst is Severity.HARD:
        return Tag(_("有误"), "bad")
    if worst is Severity.SOFT:
        return Tag(_("请核实"), "warn")
    return Tag(_("未填"), "none") if value_mu is None else Tag(pgettext("finding", "通过"), "ok")


def cells(changes: Iterable[CellChange], names: Mapping[str, Division]) -> list[ChangeView]:
    """Changed cells; `names` are the divisions that the reader sees."""
    return [
        ChangeView(
            str(names[change.division].label),
            str(INDICATORS[change.indicator].label),
            text_of(change.before),
            text_of(change.after),
            change.who,
            change.at,
        )
        for change in changes
    ]


def text_of(state: CellState | None) -> str:
    """What stands in a cell, as it was typed, with its unit and its note."""
    if state is None:
        return _("空")
    if state.input_value is None:
        text = str(Absence(state.absence).label)
    else:
        value = number(state.input_value, decimals=state.decimals)
        text = f"{value} {after_number(UNITS[state.unit].label)}"
    return _("%(text)s（%(note)s）") % {"text": text, "note": state.note} if state.note else text
