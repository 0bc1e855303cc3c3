"""The rules of the annual statement: each with what it finds, what it lets pass, and its exact edge."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from farmland.indicators import INDICATORS
from farmland.rules import Detail, Finding, FindingKey, Percent, Severity, Sheet, Tolerances, check, open_findings
from farmland.units import HA, MU, WAN_MU
from tests.farmland.rule_sheets import (
    BASIC,
    CLASSES,
    GRADES,
    HARD,
    IN,
    INFO,
    LAND,
    OUT,
    PLANTING,
    SOFT,
    STABLE,
    TINY,
    TOWN,
    UNSTABLE,
    D,
    cells,
    found,
    row,
    spread,
    whole_row,
)


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
    assert found(row({"fallow": -TINY})) == [("negative", HARD, "fallow")]
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
    assert found(row(areas | {STABLE: D(93) + TINY})) == [("stable", SOFT, STABLE)]
    assert found(row(areas | {STABLE: D(93) - TINY})) == [("stable", SOFT, STABLE)]
    counted = Tolerances(unstable_counted=("unstable_steep",))
    assert found(row(areas | {STABLE: "100"}, tolerances=counted)) == []
    assert found(row({LAND: "100", STABLE: "100"}, absent=UNSTABLE)) == []
    assert found(row({LAND: "100", STABLE: "93"})) == []


def test_planting_stays_within_the_cultivated_land():
    assert found(row({LAND: "100"} | spread(PLANTING, "100"))) == []
    assert found(row({LAND: "100"} | spread(PLANTING, D(100) + TINY))) == [("planting", SOFT, "planted_grain")]
    assert found(row({LAND: "100", "fallow": "101"})) == []


def test_a_mandatory_cell_has_a_value_or_says_why_not_and_a_blank_needs_a_note():
    sheet = replace(row({}), mandatory=frozenset({LAND}))
    assert found(sheet) == [("mandatory", HARD, LAND)]
    assert found(replace(sheet, values=cells({LAND: "0"}))) == []
    assert found(replace(sheet, absences={(TOWN, LAND): "not_applicable"})) == []
    blank = replace(sheet, absences={(TOWN, LAND): "blank"})
    assert found(blank) == [("blank_reason", HARD, LAND)]
    assert found(replace(blank, notes={(TOWN, LAND): " "})) == [("blank_reason", HARD, LAND)]
    assert found(replace(blank, notes={(TOWN, LAND): "调查未完成"})) == []
    assert found(replace(blank, values=cells({LAND: "5"}))) == [], "it has a value after all"
    assert found(row({})) == []


def test_what_is_no_number_counts_as_missing_and_absurd_numbers_are_found_not_raised():
    mandatory = frozenset({LAND})
    for text in ("NaN", "sNaN", "Infinity"):
        assert found(row({LAND: text}, mandatory=mandatory)) == [("mandatory", HARD, LAND)]
    absurd = row({LAND: "9E+999999", "paddy": "1", "irrigated": "-9E+999999", "dry": "0"}, previous={LAND: "1E-999999"})
    assert [finding.code for finding in check(absurd)] == ["I-1", "negative"]
    assert all(str(finding.detail) for finding in check(absurd))


def test_findings_stand_in_the_order_of_rows_then_lines_then_rules():
    rows = ("130900", "130200")
    values = {(code, line): D(area) for code in rows for line, area in ((BASIC, 1), (LAND, 9), ("paddy", 0))}
    sheet = Sheet(
        unit="130000", rows=rows, values=values, absences={(code, "dry"): "not_applicable" for code in rows},
        previous={("130200", "paddy"): D(1)}, targets={("130900", BASIC): D(2)},
        mandatory=frozenset({"fallow", "irrigated"}), survey={("130200", LAND): D(1)},
    )  # fmt: skip
    assert [(f.division, f.indicator, f.code) for f in check(sheet)] == [
        ("130900", "irrigated", "mandatory"),
        ("130900", BASIC, "T-3"),
        ("130900", "fallow", "mandatory"),
        ("130200", LAND, "survey"),
        ("130200", "paddy", "vanished"),
        ("130200", "irrigated", "mandatory"),
        ("130200", "fallow", "mandatory"),
    ]
    assert check(replace(sheet, rows=(*rows, *rows))) == check(sheet)


def test_handing_in_is_refused_by_what_is_hard_and_by_what_is_soft_and_unexplained():
    def finding(severity: Severity, code: str) -> Finding:
        return Finding(code, severity, TOWN, LAND, Detail("x", {}))

    hard, soft, other, info = (
        finding(HARD, "I-1"),
        finding(SOFT, "I-2"),
        finding(SOFT, "vanished"),
        finding(INFO, "T-3"),
    )
    everything = [info, soft, hard, other]
    assert open_findings(everything, {}) == ([hard], [soft, other])
    reasons = {soft.key: "灾毁面积待核", hard.key: "说明不能代替", ("vanished", TOWN, LAND): "  "}
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
    full=st.dictionaries(
        st.sampled_from(ROWS), st.lists(ANY, min_size=len(INDICATORS), max_size=len(INDICATORS)), max_size=3
    ),
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
