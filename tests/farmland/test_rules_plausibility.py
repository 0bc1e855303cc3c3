"""What may be right but needs a word, each with its exact edge."""

from dataclasses import replace

from farmland.rules import Sheet, Tolerances, check
from farmland.units import HA, MU, half_step, to_base
from tests.farmland.rule_sheets import (
    INFO,
    LAND,
    SOFT,
    TINY,
    TOWN,
    D,
    found,
    row,
)


def test_what_was_there_last_year_does_not_vanish_unexplained():
    assert found(row({"paddy": "0"}, previous={"paddy": TINY})) == [("vanished", SOFT, "paddy")]
    assert found(row({"paddy": "0"}, previous={"paddy": "0"})) == []
    assert found(row({"paddy": None}, previous={"paddy": "5"})) == []
    assert found(row({"paddy": TINY}, previous={"paddy": "5"})) == []
    assert found(row({"paddy": "0"}, previous={"paddy": "5"}, tolerances=Tolerances(zero_flows_are_odd=False)))
    flow = row({"out_pond": "0"}, previous={"out_pond": "5"})
    assert found(flow) == [("vanished", SOFT, "out_pond")]
    assert found(replace(flow, tolerances=Tolerances(zero_flows_are_odd=False))) == []


def changes(*percents: str, before: str = "10000", **limits) -> Sheet:
    """Rows of one line that had so many mu last year and changed by so many percent."""
    rows = tuple(f"1302{place:02}" for place in range(len(percents)))
    values = {(code, LAND): D(before) * (100 + D(p)) / 100 for code, p in zip(rows, percents, strict=True)}
    previous = {(code, LAND): D(before) for code in rows}
    return Sheet(unit=TOWN, rows=rows, values=values, previous=previous, tolerances=Tolerances(**limits))


def test_a_change_far_from_all_others_is_asked_about():
    # Median 0, MAD 2: the edge lies at 3.5 × 1.4826 × 2 = 10.3782 points.
    assert found(changes("-2", "-1", "0", "2", "10.3782")) == []
    (finding,) = check(changes("-2", "-1", "0", "2", "10.3783"))
    assert (finding.code, finding.severity, finding.division) == ("outlier", SOFT, "130204")
    assert str(finding.printed_in(MU).detail) == (
        "耕地保有量由上年 10,000.00 亩变为 11,037.83 亩，变化 +10.38%，与各单位变化的中位数 0.00% 相差较大，请核实"
    )
    assert found(changes("-1", "0", "2", "50")) == [], "four rows are too few"
    assert found(changes("20", "20", "20", "20", "21")) == [], "far from the others, not from nothing"


def test_where_the_others_do_not_move_the_least_deviation_decides():
    assert found(changes("0", "0", "0", "0", "1")) == []
    assert found(changes("0", "0", "0", "0", "-1.0001")) == [("outlier", SOFT, LAND)]
    assert found(changes("0", "0", "0", "0", "1.5", outlier_min_deviation_pct=D(2))) == []


def test_small_areas_zeros_and_what_was_nothing_are_no_outliers():
    jump = ("0", "0", "0", "0", "50")
    assert found(changes(*jump, before="600")) == []
    assert found(changes(*jump, before="600", outlier_floor_mu=D(600))) == [("outlier", SOFT, LAND)]
    assert found(changes(*jump, before="600", outlier_floor_mu=D(600) + TINY)) == [], "then one row is left"
    assert found(changes("0", "0", "0", "0", "0", "-100")) == [("vanished", SOFT, LAND)]
    jumped = changes(*jump)
    last = (jumped.rows[-1], LAND)
    assert found(replace(jumped, previous=jumped.previous | {last: D(0)})) == []
    steady = changes("0", "0", "0", "0", "0", "0")
    assert found(replace(steady, previous=steady.previous | {last: D(0)})) == []
    for before, now in ((D(500), D(1500)), (D(1500), D(500))):  # tiny in one of the years alone
        grown = replace(steady, previous=steady.previous | {last: before}, values=steady.values | {last: now})
        assert found(grown) == [("outlier", SOFT, LAND)]


def test_a_figure_follows_the_published_survey_within_one_percent():
    assert found(row({LAND: "1010"}, survey={LAND: "1000"})) == []
    assert found(row({LAND: D(1010) + TINY}, survey={LAND: "1000"})) == [("survey", SOFT, LAND)]
    assert found(row({LAND: D(990) - TINY}, survey={LAND: "1000"})) == [("survey", SOFT, LAND)]
    assert found(row({LAND: "5"}, survey={LAND: None})) == []
    assert found(row({LAND: None}, survey={LAND: "5"})) == []


def test_f02_below_the_floor_is_shown_and_within_the_input_precision_undecided():
    floor, typed = {LAND: "500000"}, to_base(D("33333.33"), HA)
    half = {LAND: half_step(HA, 2)}
    (finding,) = check(row({LAND: typed}, targets=floor, half_steps=half))
    assert (finding.code, finding.severity) == ("WITHIN_INPUT_PRECISION", INFO)
    assert str(finding.detail) == (
        "耕地保有量 49.999995 万亩，低于目标 50.000000 万亩，差 0.000005 万亩，"
        "小于填报精度 0.000008 万亩，请填报准确数值，暂不判定"
    )
    assert found(row({LAND: to_base(D("33333.34"), HA)}, targets=floor, half_steps=half)) == []
    assert found(row({LAND: "500000"}, targets=floor)) == []
    assert found(row({LAND: D(500_000) - half[LAND]}, targets=floor, half_steps=half)) == [("T-3", INFO, LAND)]
    assert found(row({LAND: D(500_000) - half[LAND] + TINY}, targets=floor, half_steps=half)) == [
        ("WITHIN_INPUT_PRECISION", INFO, LAND)
    ]
    assert found(row({LAND: D(500_000) - TINY}, targets=floor)) == [("T-3", INFO, LAND)]
    assert found(row({LAND: None}, targets=floor)) == []
    assert found(row({"high_standard_farmland": "1"}, targets={"high_standard_farmland": "2"})) == [], "a task"
