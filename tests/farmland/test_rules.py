"""The rules of the annual statement: each with what it finds, what it lets pass, and its exact edge."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from farmland.indicators import INDICATORS
from farmland.rules import Detail, Finding, FindingKey, Percent, Severity, Sheet, Tolerances, check, open_findings
from farmland.units import HA, MU, WAN_MU, half_step, to_base

D = Decimal
TINY = D("0.000001")  # one millionth of a mu
TOWN = "130200"
LAND, BASIC, STABLE = "cultivated_land", "permanent_basic_farmland", "stably_used_cultivated_land"
GRADES = [f"grade_{number}" for number in range(1, 11)]
IN = [code for code in INDICATORS if code.startswith("in_")]
OUT = [code for code in INDICATORS if code.startswith("out_")]
UNSTABLE = [code for code in INDICATORS if code.startswith("unstable_")]
PLANTING = ["planted_grain", "planted_other", "planted_rotation", "fallow", "planted_between_trees", "unplanted"]
CLASSES = ["paddy", "irrigated", "dry"]
HARD, SOFT, INFO = Severity.HARD, Severity.SOFT, Severity.INFO


def cells(areas: dict, division: str = TOWN) -> dict:
    """The lines of one row, in mu."""
    return {(division, code): None if value is None else D(value) for code, value in areas.items()}


def row(areas: dict, **more) -> Sheet:
    """A statement of one row; `absent` lines do not apply; what is compared is given by line."""
    for name in ("previous", "survey", "targets", "half_steps"):
        more[name] = cells(more.get(name, {}))
    absences = {(TOWN, code): "not_applicable" for code in more.pop("absent", ())}
    return Sheet(unit=TOWN, rows=(TOWN,), values=cells(areas), absences=absences, **more)


def found(sheet: Sheet) -> list[tuple]:
    return [(finding.code, finding.severity, finding.indicator) for finding in check(sheet)]


def spread(codes: list[str], total: str | Decimal) -> dict:
    """A total on the first line, zero on the rest."""
    return dict.fromkeys(codes, D(0)) | {codes[0]: D(total)}


def whole_row(total: Decimal, parts: list[Decimal]) -> dict:
    """All lines of a row that satisfies the identities; `parts` are shares of the total between 0 and 1."""
    paddy, irrigated, unstable, basic = (total * part for part in parts)
    areas = dict.fromkeys(INDICATORS, D(0)) | spread(GRADES, total) | spread(PLANTING, total) | spread(IN, total)
    areas |= {LAND: total, "paddy": paddy, "irrigated": irrigated, "dry": total - paddy - irrigated}
    return areas | {UNSTABLE[0]: unstable, STABLE: total - unstable, BASIC: basic}


def test_classes_make_up_the_cultivated_land_to_the_last_millionth_of_a_mu():
    classes = {"paddy": "5000000", "irrigated": "2123000", "dry": "1000000"}
    assert found(row({LAND: "8123000"} | classes)) == []
    assert found(row({LAND: D(8_123_000) + TINY} | classes)) == [("I-1", HARD, LAND)]
    assert found(row({LAND: D(8_123_000) - TINY} | classes)) == [("I-1", HARD, LAND)]
    (finding,) = check(row({LAND: "8123400"} | classes))
    assert str(finding.detail) == "水田＋水浇地＋旱地 812.30 万亩，与耕地 812.34 万亩不符，差 0.04 万亩"


def test_a_missing_class_says_nothing_and_one_that_does_not_apply_adds_nothing():
    assert found(row({LAND: "9", "paddy": "1", "irrigated": "2"})) == []
    assert found(row({LAND: "9", "paddy": "1", "irrigated": "2", "dry": None})) == []
    assert found(row({LAND: "9", "irrigated": "2", "dry": "7"}, absent=["paddy"])) == []
    assert found(row({LAND: "9", "irrigated": "2", "dry": "6"}, absent=["paddy"])) == [("I-1", HARD, LAND)]
    assert found(row({LAND: "9"}, absent=CLASSES)) == [], "who reports totals alone"
    blank = replace(row({LAND: "9", "irrigated": "2", "dry": "6"}), absences={(TOWN, "paddy"): "blank"})
    assert [code for code, _severity, _line in found(replace(blank, notes={(TOWN, "paddy"): "待补测"}))] == []


def flows(land: str | Decimal, **more) -> Sheet:
    """Last year 1,000 mu; 60 came and 40 went: 1,020 expected, one mu of gap within the tolerance of 1 %."""
    return row({LAND: land} | spread(IN, "60") | spread(OUT, "40"), previous={LAND: "1000"}, **more)


@pytest.mark.parametrize(
    ("land", "codes"),
    [
        (D(1020), []),
        (D(1021), []),
        (D(1019), []),
        (D(1021) + TINY, [("I-2", SOFT, LAND)]),
        (D(1019) - TINY, [("I-2", SOFT, LAND)]),
    ],
)
def test_flows_lead_from_last_year_to_this_within_the_tolerance(land, codes):
    assert found(flows(land)) == codes


def test_flows_say_nothing_where_one_is_missing_and_name_all_numbers_where_they_fail():
    sheet = flows("1030")
    (finding,) = check(sheet, unit=MU)
    assert str(finding.detail) == (
        "上年耕地 1,000.00 亩，加本年增加 60.00 亩，减本年减少 40.00 亩，应为 1,020.00 亩，"
        "与本年耕地 1,030.00 亩不符，差 10.00 亩，超过增减合计的 1.00%"
    )
    assert found(replace(sheet, values=sheet.values | {(TOWN, "in_other"): None})) == []
    assert found(replace(sheet, previous={})) == []
    assert found(row({LAND: "1030"}, previous={LAND: "1000"}, absent=IN + OUT)) == []
    outflows = row({LAND: "1000"} | spread(OUT, "40"), previous={LAND: "1000"}, absent=IN)
    assert found(outflows) == [("I-2", SOFT, LAND)]


def test_a_negative_area_is_refused_and_nothing_is_reckoned_with_it():
    negative = flows("1030")
    negative = replace(negative, values=negative.values | {(TOWN, "out_other"): -TINY})
    assert found(negative) == [("I-2", HARD, "out_other")]
    assert found(row({LAND: -TINY})) == [("I-2", HARD, LAND)]
    assert found(row({"fallow": -TINY})) == [("A-3", HARD, "fallow")]
    assert found(row({"fallow": "0"})) == []


@pytest.mark.parametrize(
    ("areas", "line"),
    [
        ({LAND: "100", "basic_not_cultivated": "5", BASIC: "105"}, BASIC),
        ({LAND: "100", STABLE: "100"}, STABLE),
        ({BASIC: "50", "basic_not_cultivated": "50"}, "basic_not_cultivated"),
    ],
)
def test_a_part_stays_within_its_whole(areas, line):
    assert found(row(areas)) == []
    assert found(row(areas | {line: D(areas[line]) + TINY})) == [("I-3", HARD, line)]


def test_basic_farmland_is_not_compared_while_what_is_not_cultivated_of_it_is_missing():
    assert found(row({LAND: "100", BASIC: "105"})) == []
    assert found(row({LAND: "100", BASIC: "105"}, absent=["basic_not_cultivated"])) == [("I-3", HARD, BASIC)]
    assert found(row({BASIC: "105"}, absent=[LAND, "basic_not_cultivated"])) == []


@pytest.mark.parametrize("sign", [1, -1])
def test_grades_make_up_the_cultivated_land_within_a_hundredth_of_a_percent(sign):
    edge = D(1_000_000) + sign * 100
    assert found(row({LAND: "1000000"} | spread(GRADES, edge))) == []
    assert found(row({LAND: "1000000"} | spread(GRADES, edge + sign * TINY))) == [("I-4", HARD, "grade_1")]
    assert found(row({LAND: "1000000"}, absent=GRADES)) == []
    assert found(row({LAND: "1000000", "grade_1": "5"})) == []
    assert found(row({LAND: "1000000", "grade_1": "5"}, absent=GRADES[1:])) == [("I-4", HARD, "grade_1")]


def tree(**areas: str | None) -> Sheet:
    """The province over two cities; the second typed nothing itself, its two counties did."""
    codes = {"province": "130000", "first": "130100", "second": TOWN, "county": "130224", "other": "130225"}
    values = {(codes[name], LAND): None if area is None else D(area) for name, area in areas.items()}
    parent = {"130100": "130000", TOWN: "130000", "130224": TOWN, "130225": TOWN}
    return Sheet(unit="130000", rows=tuple(codes.values()), values=values, parent=parent)


def test_divisions_add_up_to_the_one_above():
    assert found(tree(province="100", first="60", second="40")) == []
    assert found(tree(province=D(100) + TINY, first="60", second="40")) == [("I-5", SOFT, LAND)]
    assert found(tree(province="100", first="60", second="40", county="30", other="10")) == []
    assert found(tree(province="100", first="60", county="30", other="10")) == []
    (finding,) = check(tree(province="90", first="60", county="30", other="10"), unit=MU)
    assert (finding.division, finding.code) == ("130000", "I-5")
    assert str(finding.detail) == "下级耕地保有量之和 100.00 亩，与本级 90.00 亩不符，差 10.00 亩"
    (finding,) = check(tree(province="100", first="60", second="40", county="30", other="9"))
    assert finding.division == TOWN
    assert found(tree(first="60", second="41")) == [], "the one above typed nothing"
    assert found(tree(province="100", first="60", county="30")) == [], "one is missing"
    blank = replace(tree(province="100", first="60", county="30", other="9"), absences={(TOWN, LAND): "blank"})
    assert "I-5" not in [code for code, _severity, _line in found(blank)]


def test_stably_used_is_what_no_category_takes():
    areas = {LAND: "100"} | spread(UNSTABLE, "7")
    assert found(row(areas | {STABLE: "93"})) == []
    assert found(row(areas | {STABLE: D(93) + TINY})) == [("I-6", SOFT, STABLE)]
    assert found(row(areas | {STABLE: D(93) - TINY})) == [("I-6", SOFT, STABLE)]
    counted = Tolerances(unstable_counted=("unstable_steep",))
    assert found(row(areas | {STABLE: "100"}, tolerances=counted)) == []
    assert found(row({LAND: "100", STABLE: "100"}, absent=UNSTABLE)) == []
    assert found(row({LAND: "100", STABLE: "93"})) == []


def test_planting_stays_within_the_cultivated_land():
    assert found(row({LAND: "100"} | spread(PLANTING, "100"))) == []
    assert found(row({LAND: "100"} | spread(PLANTING, D(100) + TINY))) == [("I-7", SOFT, "planted_grain")]
    assert found(row({LAND: "100", "fallow": "101"})) == []


def test_a_mandatory_cell_has_a_value_or_says_why_not_and_a_blank_needs_a_note():
    sheet = replace(row({}), mandatory=frozenset({LAND}))
    assert found(sheet) == [("A-1", HARD, LAND)]
    assert found(replace(sheet, values=cells({LAND: "0"}))) == []
    assert found(replace(sheet, absences={(TOWN, LAND): "not_applicable"})) == []
    blank = replace(sheet, absences={(TOWN, LAND): "blank"})
    assert found(blank) == [("A-2", HARD, LAND)]
    assert found(replace(blank, notes={(TOWN, LAND): " "})) == [("A-2", HARD, LAND)]
    assert found(replace(blank, notes={(TOWN, LAND): "调查未完成"})) == []
    assert found(replace(blank, values=cells({LAND: "5"}))) == [], "it has a value after all"
    assert found(row({})) == []


def test_what_is_no_number_counts_as_missing_and_absurd_numbers_are_found_not_raised():
    mandatory = frozenset({LAND})
    for text in ("NaN", "sNaN", "Infinity"):
        assert found(row({LAND: text}, mandatory=mandatory)) == [("A-1", HARD, LAND)]
    absurd = row({LAND: "9E+999999", "paddy": "1", "irrigated": "-9E+999999", "dry": "0"}, previous={LAND: "1E-999999"})
    assert [finding.code for finding in check(absurd)] == ["I-1", "A-3"]
    assert all(str(finding.detail) for finding in check(absurd))


def test_what_was_there_last_year_does_not_vanish_unexplained():
    assert found(row({"paddy": "0"}, previous={"paddy": TINY})) == [("P-2", SOFT, "paddy")]
    assert found(row({"paddy": "0"}, previous={"paddy": "0"})) == []
    assert found(row({"paddy": None}, previous={"paddy": "5"})) == []
    assert found(row({"paddy": TINY}, previous={"paddy": "5"})) == []
    assert found(row({"paddy": "0"}, previous={"paddy": "5"}, tolerances=Tolerances(zero_flows_are_odd=False)))
    flow = row({"out_pond": "0"}, previous={"out_pond": "5"})
    assert found(flow) == [("P-2", SOFT, "out_pond")]
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
    assert (finding.code, finding.severity, finding.division) == ("P-1", SOFT, "130204")
    assert str(finding.printed_in(MU).detail) == (
        "耕地保有量由上年 10,000.00 亩变为 11,037.83 亩，变化 +10.38%，与各单位变化的中位数 0.00%相差较大，请核实"
    )
    assert found(changes("-1", "0", "2", "50")) == [], "four rows are too few"
    assert found(changes("20", "20", "20", "20", "21")) == [], "far from the others, not from nothing"


def test_where_the_others_do_not_move_the_least_deviation_decides():
    assert found(changes("0", "0", "0", "0", "1")) == []
    assert found(changes("0", "0", "0", "0", "-1.0001")) == [("P-1", SOFT, LAND)]
    assert found(changes("0", "0", "0", "0", "1.5", outlier_min_deviation_pct=D(2))) == []


def test_small_areas_zeros_and_what_was_nothing_are_no_outliers():
    jump = ("0", "0", "0", "0", "50")
    assert found(changes(*jump, before="600")) == []
    assert found(changes(*jump, before="600", outlier_floor_mu=D(600))) == [("P-1", SOFT, LAND)]
    assert found(changes(*jump, before="600", outlier_floor_mu=D(600) + TINY)) == [], "then one row is left"
    assert found(changes("0", "0", "0", "0", "0", "-100")) == [("P-2", SOFT, LAND)]
    jumped = changes(*jump)
    last = (jumped.rows[-1], LAND)
    assert found(replace(jumped, previous=jumped.previous | {last: D(0)})) == []
    steady = changes("0", "0", "0", "0", "0", "0")
    assert found(replace(steady, previous=steady.previous | {last: D(0)})) == []
    for before, now in ((D(500), D(1500)), (D(1500), D(500))):  # tiny in one of the years alone
        grown = replace(steady, previous=steady.previous | {last: before}, values=steady.values | {last: now})
        assert found(grown) == [("P-1", SOFT, LAND)]


def test_a_figure_follows_the_published_survey_within_one_percent():
    assert found(row({LAND: "1010"}, survey={LAND: "1000"})) == []
    assert found(row({LAND: D(1010) + TINY}, survey={LAND: "1000"})) == [("S-1", SOFT, LAND)]
    assert found(row({LAND: D(990) - TINY}, survey={LAND: "1000"})) == [("S-1", SOFT, LAND)]
    assert found(row({LAND: "5"}, survey={LAND: None})) == []
    assert found(row({LAND: None}, survey={LAND: "5"})) == []


def test_f02_below_the_floor_is_shown_and_within_the_input_precision_undecided():
    floor, typed = {LAND: "500000"}, to_base(D("33333.33"), HA)
    half = {LAND: half_step(HA, 2)}
    (finding,) = check(row({LAND: typed}, targets=floor, half_steps=half))
    assert (finding.code, finding.severity) == ("F2", INFO)
    assert str(finding.detail) == (
        "耕地保有量 49.999995 万亩，低于目标 50.000000 万亩，差 0.000005 万亩，"
        "小于填报精度 0.000008 万亩，请填报准确数值，暂不判定"
    )
    assert found(row({LAND: to_base(D("33333.34"), HA)}, targets=floor, half_steps=half)) == []
    assert found(row({LAND: "500000"}, targets=floor)) == []
    assert found(row({LAND: D(500_000) - half[LAND]}, targets=floor, half_steps=half)) == [("T-3", INFO, LAND)]
    assert found(row({LAND: D(500_000) - half[LAND] + TINY}, targets=floor, half_steps=half)) == [("F2", INFO, LAND)]
    assert found(row({LAND: D(500_000) - TINY}, targets=floor)) == [("T-3", INFO, LAND)]
    assert found(row({LAND: None}, targets=floor)) == []
    assert found(row({"high_standard_farmland": "1"}, targets={"high_standard_farmland": "2"})) == [], "a task"


def test_findings_stand_in_the_order_of_rows_then_lines_then_rules():
    rows = ("130900", "130200")
    values = {(code, line): D(area) for code in rows for line, area in ((BASIC, 1), (LAND, 9), ("paddy", 0))}
    sheet = Sheet(
        unit="130000", rows=rows, values=values, absences={(code, "dry"): "not_applicable" for code in rows},
        previous={("130200", "paddy"): D(1)}, targets={("130900", BASIC): D(2)},
        mandatory=frozenset({"fallow", "irrigated"}), survey={("130200", LAND): D(1)},
    )  # fmt: skip
    assert [(f.division, f.indicator, f.code) for f in check(sheet)] == [
        ("130900", "irrigated", "A-1"),
        ("130900", BASIC, "T-3"),
        ("130900", "fallow", "A-1"),
        ("130200", LAND, "S-1"),
        ("130200", "paddy", "P-2"),
        ("130200", "irrigated", "A-1"),
        ("130200", "fallow", "A-1"),
    ]
    assert check(replace(sheet, rows=(*rows, *rows))) == check(sheet)


def test_handing_in_is_refused_by_what_is_hard_and_by_what_is_soft_and_unexplained():
    def finding(severity: Severity, code: str) -> Finding:
        return Finding(code, severity, TOWN, LAND, Detail("x", {}))

    hard, soft, other, info = finding(HARD, "I-1"), finding(SOFT, "I-2"), finding(SOFT, "P-2"), finding(INFO, "T-3")
    everything = [info, soft, hard, other]
    assert open_findings(everything, {}) == ([hard], [soft, other])
    reasons = {soft.key: "灾毁面积待核", hard.key: "说明不能代替", ("P-2", TOWN, LAND): "  "}
    assert open_findings(everything, reasons) == ([hard], [other])
    assert open_findings([info], {}) == ([], [])
    assert soft.key == FindingKey("I-2", TOWN, LAND) == ("I-2", TOWN, LAND)


def test_a_difference_is_never_printed_as_nothing_and_the_printed_numbers_add_up():
    (finding,) = check(row({LAND: D(8_123_000) + TINY, "paddy": "8123000", "irrigated": "0", "dry": "0"}))
    assert str(finding.detail).endswith("812.3000000000 万亩，与耕地 812.3000000001 万亩不符，差 0.0000000001 万亩")
    assert str(finding.printed_in(HA).detail).endswith("差 0.0000001 公顷")
    # To two decimals this would read 812.30, 812.35 and 0.04.
    (finding,) = check(row({LAND: "8123450", "paddy": "8123049", "irrigated": "0", "dry": "0"}))
    assert str(finding.detail).endswith("812.305 万亩，与耕地 812.345 万亩不符，差 0.040 万亩")
    assert str(Percent(D("-0.125"))) == "−0.13%"


def test_the_sentence_is_put_together_in_the_language_of_its_reader():
    params = {"area": D(15_000), "unit": WAN_MU.label}
    detail = Detail("%(area)s|%(unit)s", params)
    assert str(detail) == "1.50 万亩|万亩"
    assert str(replace(detail, decimals=4)) == "1.5000 万亩|万亩"
    with translation.override("en"):
        assert str(detail) == "1.50 × 10,000 mu|10,000 mu"


ROWS = ("130000", "130100", TOWN, "130224", "130225", "130900")
CELL = st.tuples(st.sampled_from(ROWS), st.sampled_from([*INDICATORS, "unknown"]))
ABSURD = st.sampled_from([D("9E+999999"), D("-9E+999999"), D("1E-999999"), D("sNaN")])
ANY = st.one_of(st.none(), ABSURD, st.decimals(), st.decimals(min_value=-10, max_value=10, places=6))
ANY_AREAS = st.dictionaries(CELL, ANY, max_size=60)


@settings(deadline=None)
@given(
    areas=st.lists(ANY_AREAS, min_size=5, max_size=5),
    full=st.dictionaries(st.sampled_from(ROWS), st.lists(ANY, min_size=55, max_size=55), max_size=3),
    absences=st.dictionaries(CELL, st.sampled_from(["blank", "not_applicable"]), max_size=20),
    parent=st.dictionaries(st.sampled_from(ROWS), st.sampled_from(ROWS)),
    rows=st.lists(st.sampled_from(ROWS), max_size=7),
)
def test_nothing_that_may_be_typed_makes_the_check_fail(areas, full, absences, parent, rows):
    values, previous, survey, targets, half_steps = areas
    values |= {(code, line): area for code, some in full.items() for line, area in zip(INDICATORS, some, strict=True)}
    sheet = Sheet(
        unit="130000", rows=tuple(rows), values=values, parent=parent, absences=absences, half_steps=half_steps,
        previous=previous, survey=survey, targets=targets, mandatory=frozenset({LAND}),
        tolerances=Tolerances(outlier_min_rows=2, outlier_floor_mu=D(0)),
    )  # fmt: skip
    for finding in check(sheet):
        assert str(finding.detail)
        assert finding.division in rows


AREA = st.decimals(min_value=0, max_value=10**9, places=6)
SHARES = st.lists(st.integers(0, 50).map(lambda share: D(share) / 100), min_size=4, max_size=4)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(ROWS), st.tuples(AREA, SHARES), min_size=1))
def test_what_satisfies_the_identities_has_no_hard_finding(given_rows):
    values, previous = {}, {}
    for division, (total, shares) in given_rows.items():
        values |= {(division, line): area for line, area in whole_row(total, shares).items()}
        previous[division, LAND] = D(0)
    sheet = Sheet("130000", tuple(given_rows), values, previous=previous, mandatory=frozenset(INDICATORS))
    assert check(sheet) == []


@settings(deadline=None)
@given(
    lines=st.fixed_dictionaries({line: AREA | st.just(D(5)) for line in INDICATORS}),
    total=AREA,
    shares=SHARES,
    broken=st.sets(st.sampled_from(list(INDICATORS)), max_size=4),
    factor=st.sampled_from([D(2), D("0.5"), D(1_000), D("0.001"), D(15)]),
)
def test_scaling_a_whole_sheet_keeps_its_hard_findings(lines, total, shares, broken, factor):
    areas = whole_row(total, shares) | {line: lines[line] for line in broken}
    once, scaled = row(areas), row({line: area * factor for line, area in areas.items()})
    assert [f.key for f in check(once) if f.severity is HARD] == [f.key for f in check(scaled) if f.severity is HARD]
