"""What is drawn: the same numbers as the tables, in the reader's unit, and no forecast that is none."""

import io
import json
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from assessments.selectors.series import Point, project
from assessments.ui.lines import FLOOR_STEPS, map_class, short_name
from farmland.indicators import INDICATORS
from farmland.models import Division, Level
from quotas.models import QuotaNode
from quotas.rules import Status, Verdict
from tests import factories


@pytest.fixture
def data(cast):
    factories.published(cast.china, "20307.69", year=2009, basis="survey2")
    for year, value in ((2019, "191792.79"), (2022, "191370"), (2023, "192913.19")):
        factories.published(cast.china, value, year=year)
    factories.published(cast.hebei, "9051.26", year=2023)
    factories.published(cast.guangdong, "2700", year=2023)
    factories.target(cast.china, "186500", owner=cast.china)
    factories.target(cast.hebei, "8801", owner=cast.hebei)
    factories.target(cast.guangdong, "2751", owner=cast.guangdong)
    return cast


def specs(page: str) -> dict[str, dict[str, Any]]:
    """The specifications of a page's charts, by kind."""
    found = [json.loads(text) for text in re.findall(r'<script type="application/json">(.*?)</script>', page, re.S)]
    return {spec["kind"]: spec for spec in found}


def test_the_map_colours_each_province_by_its_headroom_and_says_its_numbers(data, sign_in):
    spec = specs(sign_in("viewer", data.china).get("/?year=2023").content.decode())["map"]
    areas = {area["code"]: area for area in spec["areas"]}
    assert areas["440000"]["class"] == 0
    assert areas["130000"]["class"] == 3
    assert areas["500000"]["class"] is None
    assert areas["650000"]["class"] is None
    assert areas["710000"]["lines"] == ["资料暂缺"]
    assert areas["130000"]["lines"] == [
        "现状 9,051.26 万亩",
        "2035 年目标 8,801.00 万亩",
        "余量 +250.26 万亩",
        "余量占目标 +2.84%",
        "达标",
    ]
    assert areas["130000"]["url"] == "/divisions/130000/?year=2023&indicator=cultivated_land"


@pytest.mark.parametrize(
    ("percent", "status", "expected"),
    [
        (None, Status.NO_DATA, None),
        ("-0.01", Status.BREACHED, 0),
        ("-0.01", Status.WITHIN_INPUT_PRECISION, 1),
        ("0.49", Status.NEAR, 1),
        ("0.50", Status.HELD, 2),
        ("2.00", Status.HELD, 3),
        ("5.00", Status.HELD, 4),
    ],
)
def test_the_colours_of_a_floor_begin_where_the_legend_says(percent: str | None, status: Status, expected: int | None):
    value = None if percent is None else Decimal(percent)
    verdict = Verdict(status, value, value)
    cell: Any = SimpleNamespace(verdict=verdict, value_mu=value, indicator=INDICATORS["cultivated_land"])
    assert map_class(cell) == expected
    assert FLOOR_STEPS == (2, 5)


@pytest.mark.parametrize(("percent", "expected"), [("-50", 2), ("-10", 3), ("-0.01", 3), ("0", 4), ("9", 4)])
def test_a_task_under_way_is_never_red(percent: str, expected: int):
    verdict = Verdict(Status.UNDER_WAY, Decimal(percent), Decimal(percent))
    cell: Any = SimpleNamespace(verdict=verdict, indicator=INDICATORS["high_standard_farmland"])
    assert map_class(cell) == expected


def test_the_trend_begins_with_the_third_survey_and_shows_target_and_extrapolation(data, sign_in):
    spec = specs(sign_in("viewer", data.china).get("/?year=2023").content.decode())["trend"]
    actual, extrapolated = spec["series"]
    assert (spec["labels"][0], spec["labels"][-1], spec["breaks"]) == ("2019", "2035", [])
    assert actual["value_texts"][:5] == ["19.1793", "", "", "19.1370", "19.2913"]
    assert actual["values"][1] is None
    assert extrapolated["role"] == "projection"
    assert extrapolated["values"][:4] == [None] * 4
    assert extrapolated["values"][4] == actual["values"][4]
    assert spec["lines"][0]["name"] == "2035 年目标 18.65"


def point(year: int, value: str, *, fits: bool = True) -> Point:
    figure: Any = SimpleNamespace(area_mu=Decimal(value), value_mu=Decimal(value), statement=None)
    return Point(year, figure, None, fits)


def test_an_extrapolation_is_the_mean_yearly_change_of_what_may_be_compared():
    points = [point(2009, "500"), point(2019, "100", fits=False), point(2020, "90"), point(2023, "120")]
    found = project(points, until=2025)
    assert found is not None
    assert (found.first_year, found.last_year, found.yearly_change_mu) == (2019, 2023, Decimal(5))
    assert found.values == {2023: Decimal(120), 2024: Decimal(125), 2025: Decimal(130)}


@pytest.mark.parametrize(
    ("points", "until"),
    [
        ([], 2035),
        ([point(2022, "1"), point(2023, "2")], 2035),
        ([point(2019, "1"), point(2022, "1"), point(2023, "2", fits=False)], 2035),
        ([point(2021, "1"), point(2022, "1"), point(2023, "2")], 2023),
    ],
)
def test_nothing_is_extrapolated_from_too_little_or_into_the_past(points: list[Point], until: int):
    assert project(points, until=until) is None


def test_numbers_and_charts_follow_the_readers_unit(data, sign_in):
    client = sign_in("viewer", data.china)
    client.get("/")
    user = factories.User.objects.get(role="viewer")
    factories.User.objects.filter(pk=user.pk).update(area_unit="ha")
    page = client.get("/?year=2023").content.decode()
    assert "6,034,173.3333" in page
    assert specs(page)["trend"]["unit"] == "公顷"
    assert "公顷" in page
    assert "9,051.26" not in page


def sheet(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_the_file_holds_what_is_shown_with_what_was_chosen(data, sign_in):
    client = sign_in("viewer", data.china)
    lines = sheet(client.get("/?year=2023&as_of=2024-01-31&export=xlsx").content)
    facts = {row[0]: row[1] for row in lines[1:8]}
    assert lines[0][0] == "全国2023年耕地保有量"
    assert facts["截至"] == "2024-01-31 结束时所知"
    assert facts["数据状态"] == "共 8 行：公布 3，演示数据 0，演示目标 0，暂缺 5"
    head = next(number for number, row in enumerate(lines) if row[0] == "部分")
    columns, rows = lines[head], lines[head + 1 :]
    assert [row[2] for row in rows] == [
        "全国", "全国", "全国", "广东省", "河北省", "重庆市", "新疆维吾尔自治区", "新疆生产建设兵团",
    ]  # fmt: skip
    assert columns[3:12] == [
        "指标", "现状", "目标", "目标年", "目标版本", "目标文件", "余量", "单位", "余量占目标（%）",
    ]  # fmt: skip
    nation, hebei = (
        QuotaNode.objects.get(division=place, version__indicator="cultivated_land").version.document.title
        for place in (data.china, data.hebei)
    )
    assert rows[0][4:11] == [19.29, 18.65, 2035.0, 1.0, nation, 0.64, "亿亩"]
    assert rows[4][3:12] == ["耕地保有量", 9051.26, 8801.0, 2035.0, 1.0, hebei, 250.26, "万亩", 2.84]
    years = CalamineWorkbook.from_filelike(
        io.BytesIO(client.get("/?year=2023&export=xlsx").content)
    ).get_sheet_by_index(1)
    assert [row[0] for row in years.to_python()[3:]] == [2009.0, 2019.0, 2022.0, 2023.0]
    text = client.get("/divisions/130000/?year=2023&export=csv").content.decode("utf-8-sig")
    assert text.startswith("# 河北省2023年耕地保有量")
    assert client.get("/?export=pdf").status_code == 400


def test_the_division_page_names_where_its_numbers_come_from_and_whom_it_is_compared_with(data, sign_in):
    factories.statement(data.hebei, {data.hebei: "9100", data.tangshan: "540"}, year=2024)
    Division.objects.filter(level=Level.PROVINCE).update(grain_zone="main_producing")
    Division.objects.filter(code="500000").update(grain_zone="balanced")
    page = sign_in("reviewer", data.hebei).get("/divisions/130000/?year=2024").content.decode()
    assert "2024 年度报表" in page
    assert "passer" in page
    peers = page[page.index("与同类区比较（主产区）") :]
    assert ">广东<" in peers
    assert ">重庆<" not in peers
    assert '<tr class="current">' in peers


@pytest.mark.parametrize(
    ("name", "short"), [("内蒙古自治区", "内蒙古"), ("广西壮族自治区", "广西"), ("上海市", "上海"), ("河北省", "河北")]
)
def test_provinces_have_short_names(name: str, short: str):
    assert short_name(Division(code="1", name=name, level=Level.PROVINCE)) == short
    assert short_name(Division(code="1", name="唐山市", level=Level.PREFECTURE)) == "唐山市"


def test_a_county_in_yi_mu_is_not_zero(data, sign_in):
    factories.published(data.luannan, "86.66", year=2023)
    client = sign_in("viewer", data.china)
    factories.User.objects.filter(role="viewer").update(area_unit="yi_mu")
    assert "0.008666" in client.get("/divisions/130224/?year=2023").content.decode()
    assert "0.9051" in client.get("/divisions/130000/?year=2023").content.decode()


def test_a_synthetic_target_marks_page_and_file(data, sign_in):
    factories.target(data.tangshan, "500", owner=data.hebei, is_demo=True)
    client = sign_in("viewer", data.china)
    page = client.get("/divisions/130000/?year=2023").content.decode()
    assert '<p class="strip">' in page
    assert "含演示数据" in page
    text = client.get("/divisions/130000/?year=2023&export=csv").content.decode("utf-8-sig")
    assert "演示目标 1" in text
    assert "演示目标" in next(line for line in text.splitlines() if "唐山市" in line)


def test_the_source_page_knows_no_more_than_the_page_it_was_opened_from(data, sign_in):
    client = sign_in("viewer", data.china)
    address = "/divisions/130000/figures/cultivated_land/?year=2023"
    assert "90,512,600.00" in client.get(address).content.decode()
    assert "90,512,600.00" not in client.get(f"{address}&as_of=2021-08-24").content.decode()


def test_a_province_without_a_target_is_not_one_without_data(data, sign_in):
    factories.published(data.xinjiang, "10000", year=2023)
    spec = specs(sign_in("viewer", data.china).get("/?year=2023").content.decode())["map"]
    assert next(area for area in spec["areas"] if area["code"] == "650000")["class"] == "open"


def test_attention_speaks_of_every_indicator_and_of_the_division_itself(data, sign_in):
    factories.published(data.dongguan, "10", year=2023, indicator="permanent_basic_farmland")
    factories.target(data.dongguan, "11", owner=data.guangdong, indicator="permanent_basic_farmland")
    page = sign_in("viewer", data.china).get("/divisions/441900/?year=2023").content.decode()
    assert "东莞市 永久基本农田比目标低 1.00 万亩（−9.09%）" in page


def test_a_breadcrumb_leads_only_where_the_reader_may_go(data, sign_in):
    page = sign_in("reporter", data.luannan).get("/divisions/130224/").content.decode()
    crumbs = page[page.index('class="crumbs"') : page.index("</nav>", page.index('class="crumbs"'))]
    assert "唐山市" in crumbs
    assert "/divisions/130200/" not in crumbs
    assert "/divisions/130000/" in crumbs


def test_no_number_of_a_tile_stands_without_its_unit(data, sign_in):
    page = sign_in("viewer", data.china).get("/divisions/130000/?year=2023").content.decode()
    assert "对照 2035 年目标 8,801.00 万亩" in page
    assert "余量 +250.26 万亩（+2.84%）" in page
