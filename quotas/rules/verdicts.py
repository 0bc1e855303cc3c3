"""The pure judgement of a figure against its promise: headroom and status (domain F-1, T-3, F2, U-6)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from farmland.indicators import Direction

HUNDRED = Decimal(100)


class Status(StrEnum):
    """The words of the public contract; `under_way` is a task whose year has not come."""

    HELD = "held"
    NEAR = "near"
    BREACHED = "breached"
    WITHIN_INPUT_PRECISION = "within_input_precision"
    UNDER_WAY = "under_way"
    NO_DATA = "no_data"
    NO_TARGET = "no_target"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Parameters of domain §0.5: amber below this headroom (percent of the floor), tolerance of the red line (mu)."""

    warn_headroom_pct: Decimal
    redline_tolerance_mu: Decimal
    input_precision_guard: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """An area in mu and how exactly it was stated: `half_step_mu` is what its last printed decimal may hide."""

    value_mu: Decimal
    half_step_mu: Decimal
    is_lower_bound: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Headroom in mu (unrounded, U-3), in percent of the target (two decimals, half up), and the status."""

    status: Status
    headroom_mu: Decimal | None = None
    headroom_percent: Decimal | None = None


def percent_of(part_mu: Decimal, whole_mu: Decimal) -> Decimal | None:
    """`part` in percent of `whole`, two decimals half up; None where the whole is zero."""
    if not whole_mu:
        return None
    return (part_mu / whole_mu * HUNDRED).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def judge(
    *,
    actual: Measured | None,
    target_mu: Decimal | None,
    direction: Direction | None,
    is_due: bool,
    thresholds: Thresholds,
) -> Verdict:
    """Judge one figure against its promise.

    `is_due`: whether the target's year has come (a task is not missed before). Headroom is actual − target for
    floors and tasks, target − actual for caps. Unrounded values are compared (U-3). A shortfall smaller than half
    of the input's last decimal, or of a value stated only as a lower bound, is undecided (F2): no veto rests on it.
    """
    if actual is None:
        return Verdict(Status.NO_DATA)
    if target_mu is None or direction is None:
        return Verdict(Status.NO_TARGET)
    headroom = actual.value_mu - target_mu if direction is not Direction.CAP else target_mu - actual.value_mu
    percent = percent_of(headroom, target_mu)
    if headroom >= 0:
        is_near = direction is not Direction.TASK and headroom * HUNDRED < thresholds.warn_headroom_pct * target_mu
        return Verdict(Status.NEAR if is_near else Status.HELD, headroom, percent)
    if direction is Direction.TASK and not is_due:
        return Verdict(Status.UNDER_WAY, headroom, percent)
    if -headroom <= thresholds.redline_tolerance_mu:
        return Verdict(Status.NEAR, headroom, percent)
    if actual.is_lower_bound or (thresholds.input_precision_guard and -headroom < actual.half_step_mu):
        return Verdict(Status.WITHIN_INPUT_PRECISION, headroom, percent)
    return Verdict(Status.BREACHED, headroom, percent)
