"""What stands beside a cell of a statement, printed in the unit that is typed."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from farmland.models import Figure
from farmland.ui import area
from farmland.units import DASH, Unit, number
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
) -> list[Beside]:
    """Last year's value, the published survey and the target, a dash where there is none."""
    here = current.value_mu if current else None
    goal = target.version.target_year if target else None
    return [
        line(_("上年（%d）") % (year - 1), previous.value_mu if previous else None, here, unit),
        line(_("公布数"), published.value_mu if published else None, here, unit),
        line(_("%d 年目标") % goal if goal else _("目标"), target.value_mu if target else None, here, unit),
    ]


def line(label: str, value_mu: Decimal | None, here_mu: Decimal | None, unit: Unit) -> Beside:
    """One line; the difference where both are known."""
    percent = percent_of(here_mu - value_mu, value_mu) if value_mu is not None and here_mu is not None else None
    difference = DASH if percent is None else number(percent, signed=True) + "%"
    return Beside(label, f"{area(value_mu, unit)} {unit.label}" if value_mu is not None else DASH, difference)
