"""Which of several figures is the headline, and what stands beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from farmland.models import Basis, Confidence, Figure, Origin, Qualifier, StatementStatus
from farmland.models.statements import LAST_YEAR
from farmland.units import UNITS, half_step
from quotas.models import QuotaNode
from quotas.rules import Measured

LAST_YEAR_ON_SURVEY2 = 2020
RANK = {Origin.PUBLISHED: 2, Origin.REPORTED: 1, Origin.SUMMED: 0}


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over divisions in mu, and of how many expected parts it is made."""

    value_mu: Decimal
    half_step_mu: Decimal
    reported: int
    expected: int
    is_demo: bool

    @property
    def is_complete(self) -> bool:
        """Whether every expected part is in it; no verdict rests on an incomplete sum (F16)."""
        return self.reported == self.expected > 0


@dataclass(frozen=True, slots=True)
class Found:
    """The figures of one division and indicator: the headline, and the stored sum of its parts where there is one."""

    headline: Figure | None
    summed: Figure | None


def pick(figures: Iterable[Figure]) -> Found:
    """The headline: published before reported before summed, the latest edition of the published ones."""
    rows = sorted(figures, key=lambda f: (RANK[Origin(f.origin)], f.edition))
    summed = next((f for f in rows if f.origin == Origin.SUMMED), None)
    return Found(rows[-1] if rows else None, summed)


def measured(figure: Figure) -> Measured:
    """The figure as the rules judge it."""
    return Measured(
        value_mu=figure.area_mu,
        half_step_mu=half_step(UNITS[figure.input_unit], figure.input_decimals),
        is_lower_bound=figure.qualifier == Qualifier.AT_LEAST,
    )


def is_demo(figure: Figure) -> bool:
    """Whether the figure is synthetic (演示数据)."""
    return bool(figure.statement and figure.statement.is_demo)


def stored_sum(figure: Figure | None) -> Sum | None:
    """A stored sum as it stands in a statement."""
    if figure is None:
        return None
    step = half_step(UNITS[figure.input_unit], figure.input_decimals)
    return Sum(figure.area_mu, step, figure.parts_reported or 0, figure.parts_expected or 0, is_demo(figure))


def add_up(figures: Iterable[Figure], *, expected: int) -> Sum | None:
    """The sum of the divisions' headline figures; None where there is none at all."""
    rows = list(figures)
    if not rows:
        return None
    return Sum(
        value_mu=sum((f.area_mu for f in rows), Decimal(0)),
        half_step_mu=sum((measured(f).half_step_mu for f in rows), Decimal(0)),
        reported=len(rows),
        expected=expected,
        is_demo=any(is_demo(f) for f in rows),
    )


def data_state(figures: Iterable[Figure]) -> str | None:
    """`locked`, `approved`, or None where nothing is settled. A published figure counts as approved."""
    rows = list(figures)
    if not rows:
        return None
    return "locked" if any(f.statement and f.statement.status == StatementStatus.LOCKED for f in rows) else "approved"


def stands_on_one_basis(figure: Figure, target: QuotaNode) -> bool:
    """Whether the figure may be held against the target: plans up to 2020 stand on the second survey, later ones on
    the third, whose classes differ."""
    is_old_plan = (target.version.target_year or LAST_YEAR) <= LAST_YEAR_ON_SURVEY2
    return (figure.basis == Basis.SURVEY2) == is_old_plan


def is_unverified(figure: Figure) -> bool:
    """Whether the printed original was not checked (待核实)."""
    return figure.confidence == Confidence.RECALLED
