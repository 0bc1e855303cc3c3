"""How the targets of a division's children add up to its own, on exact mu (Q-1, Q-3, Q-4, Q-10)."""

from decimal import Decimal
from enum import StrEnum

from farmland.indicators import Direction

HUNDRED = Decimal(100)


class SumState(StrEnum):
    """What may be said of a sum: nothing is judged from a set that is not whole."""

    UNKNOWN = "unknown"  # one of the two is not known
    INCOMPLETE = "incomplete"
    EQUAL = "equal"
    OVER = "over"  # more than a floor or task asks for, which holds
    FAR_OVER = "far_over"  # so much more that it hides a mistake
    SHORT = "short"  # less than a floor or task asks for
    SPARE = "spare"  # less than a cap allows, which holds
    EXCESS = "excess"  # more than a cap allows


def judge_sum(
    direction: Direction,
    parent_mu: Decimal | None,
    children_mu: Decimal | None,
    *,
    is_whole: bool,
    surplus_percent: Decimal,
) -> SumState:
    """The state of the children's sum against the parent's target; `is_whole`: every child has a target."""
    if parent_mu is None or children_mu is None:
        return SumState.UNKNOWN
    if not is_whole:
        return SumState.INCOMPLETE
    excess = children_mu - parent_mu
    if not excess:
        return SumState.EQUAL
    if direction is Direction.CAP:
        return SumState.EXCESS if excess > 0 else SumState.SPARE
    if excess < 0:
        return SumState.SHORT
    return SumState.FAR_OVER if excess * HUNDRED > surplus_percent * parent_mu else SumState.OVER
