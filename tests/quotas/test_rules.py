"""The judgement of a figure against its promise."""

from decimal import Decimal

import pytest

from farmland.indicators import Direction
from farmland.units import HA, WAN_MU, InexactValue, from_base, half_step, to_base
from quotas.rules import Measured, Status, Thresholds, judge

THRESHOLDS = Thresholds(Decimal("0.50"), Decimal(0), input_precision_guard=True)
D = Decimal


def verdict(value: str | None, target: str | None, *, direction: Direction = Direction.FLOOR, due: bool = True, **more):
    """Judge figures in 万亩."""
    actual = None
    if value is not None:
        actual = Measured(to_base(D(value), WAN_MU), more.pop("half", D(0)), more.pop("lower", False))
    goal = None if target is None else to_base(D(target), WAN_MU)
    return judge(actual=actual, target_mu=goal, direction=direction, is_due=due, thresholds=THRESHOLDS)


def test_f01_a_red_line_broken_by_ten_is_breached_and_a_thin_headroom_is_near():
    broken = verdict("4990.00", "5000.00", half=half_step(WAN_MU, 2))
    assert (broken.status, broken.headroom_mu, broken.headroom_percent) == (Status.BREACHED, D(-100_000), D("-0.20"))
    thin = verdict("4203.00", "4200.00")
    assert (thin.status, thin.headroom_percent) == (Status.NEAR, D("0.07"))


def test_f02_a_shortfall_under_half_of_the_last_typed_decimal_is_undecided():
    typed = to_base(D("33333.33"), HA)
    assert typed == D("499999.950000")
    assert str(from_base(typed, WAN_MU)) == "50.00"
    floor = D(500_000)

    def judged(value: Decimal):
        actual = Measured(value, half_step(HA, 2))
        return judge(actual=actual, target_mu=floor, direction=Direction.FLOOR, is_due=True, thresholds=THRESHOLDS)

    assert judged(typed).status is Status.WITHIN_INPUT_PRECISION
    assert judged(to_base(D("33333.34"), HA)).status is Status.NEAR
    assert judged(D("499999.92")).status is Status.BREACHED


@pytest.mark.parametrize(
    ("value", "target", "status"),
    [
        (None, "5", Status.NO_DATA),
        ("5", None, Status.NO_TARGET),
        (None, None, Status.NO_DATA),
        ("0", "5", Status.BREACHED),
    ],
)
def test_missing_is_not_zero(value, target, status):
    assert verdict(value, target).status is status


def test_a_task_is_not_missed_before_its_year_and_a_lower_bound_decides_nothing():
    assert verdict("10", "13.5", direction=Direction.TASK, due=False).status is Status.UNDER_WAY
    assert verdict("10", "13.5", direction=Direction.TASK).status is Status.BREACHED
    assert verdict("10", "10.75", direction=Direction.TASK, lower=True).status is Status.WITHIN_INPUT_PRECISION


def test_the_edge_of_near_is_half_a_percent_of_the_floor_unrounded():
    assert verdict("1005", "1000").status is Status.HELD
    assert verdict("1004.9999", "1000").status is Status.NEAR
    assert verdict("1000", "1000").status is Status.NEAR


def test_a_value_that_is_not_exact_in_six_decimals_of_mu_is_refused():
    with pytest.raises(InexactValue):
        to_base(D("0.00000007"), WAN_MU.__class__("x", "x", WAN_MU.dimension, D("1"), 2))


@pytest.mark.parametrize("due", [False, True])
def test_a_task_that_is_exactly_done_is_held_before_its_year_too(due):
    assert verdict("13.5", "13.5", direction=Direction.TASK, due=due).status is Status.HELD
