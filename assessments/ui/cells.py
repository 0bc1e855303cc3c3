"""What stands beside a cell of a statement, printed in the unit that is typed."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from farmland.models import Figure
from farmland.rules import Sum
from farmland.ui import area
from farmland.units import DASH, MU, UNITS, Unit, after_number, number
from quotas.models import QuotaNode
from quotas.rules import percent_of


@dataclass(frozen=True, slots=True)
class Beside:
    """One value that the cell is held against, and how far the cell is from it in percent."""

    label: str
    value: str
    difference: str


def beside(
    unit: Unit,
    *,
    year: int,
    current: Figure | None,
    previous: Figure | None,
    published: Figure | None,
    target: QuotaNode | None,
    below: Sum | None = None,
    is_undecided: bool = False,
) -> list[Beside]:
    """Last year's value, the published survey, the target and, of a division with others below it, their sum; a dash
    where there is none. `is_undecided`: the target is missed by less than the last typed decimal may hide (F2)."""
    here = size(current)
    goal = target.version.target_year if target else None
    held_to = line(_("%d 年目标") % goal if goal else _("目标"), target.value_mu if target else None, here, unit)
    lines = [
        line(_("上年（%d）") % (year - 1), size(previous), here, unit),
        line(_("公布数"), size(published), here, unit),
        replace(held_to, difference=_("精度内，须填准确数")) if is_undecided else held_to,
    ]
    if below is not None:
        lines.append(line(_("下级合计"), below.value_mu, here, unit))
    return lines


def size(figure: Figure | None) -> Decimal | None:
    """An area in mu, or a measure in its own unit; None where there is no figure."""
    return None if figure is None else figure.measure if figure.value_mu is None else figure.value_mu


def typed_line(figure: Figure) -> str:
    """A figure as it was typed, in its unit and decimals, and what it is in mu to the last stored digit."""
    unit = UNITS[figure.input_unit]
    typed = f"{number(figure.input_value, decimals=figure.input_decimals)} {after_number(unit.label)}"
    if unit.code == MU.code or figure.value_mu is None:
        return typed
    exact = f"{figure.value_mu:,f}"
    return f"{typed} = {exact.rstrip('0').rstrip('.') if '.' in exact else exact} {MU.label}"


def line(label: str, value_mu: Decimal | None, here_mu: Decimal | None, unit: Unit) -> Beside:
    """One line; the difference where both are known."""
    percent = percent_of(here_mu - value_mu, value_mu) if value_mu is not None and here_mu is not None else None
    difference = DASH if percent is None else number(percent, signed=True) + "%"
    return Beside(
        label, f"{area(value_mu, unit)} {after_number(unit.label)}" if value_mu is not None else DASH, difference
    )
