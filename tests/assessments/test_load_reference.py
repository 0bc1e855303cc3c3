"""Loading the reference data: what is in it, that a second run changes nothing, and what is refused."""

import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import F, Q, Sum

from assessments.reference.loader import SHIPPED
from farmland.models import Confidence, Division, Figure, PolicyDocument, PolicyParameter, Qualifier, Revision
from quotas.models import QuotaNode, QuotaState, QuotaVersion

WAN_MU = Decimal(10_000)


def moment(text: str) -> datetime:
    """Noon of a day."""
    return datetime.fromisoformat(f"{text}T12:00:00").replace(tzinfo=UTC)


def snapshot() -> tuple[dict[str, int], list[Any]]:
    """The number of rows of every table, history included, and every revision."""
    counts = {model._meta.label: model._default_manager.count() for model in apps.get_models()}
    return counts, list(Revision.objects.order_by("topic").values_list("topic", "count", "changed_at"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the six files that a test may spoil."""
    for name, package in SHIPPED.items():
        shutil.copy(Path(str(package.__file__)).parent / "data" / name, tmp_path / name)
    return tmp_path


def published(code: str, year: int, indicator: str = "cultivated_land") -> Figure:
    """The headline figure: the latest edition of a published one."""
    return Figure.objects.filter(division=code, year=year, indicator=indicator).latest("edition")


@pytest.mark.django_db
@pytest.mark.usefixtures("shipped")
class TestShippedData:
    """What is in the database after `load_reference`."""

    def test_there_are_31_provinces_333_prefectures_and_2846_counties(self) -> None:
        shown = Division.objects.shown()
        levels = ("nation", "province", "prefecture", "county", "special")
        assert [shown.filter(level=level).count() for level in levels] == [1, 31, 333, 2846, 1]
        assert Division.objects.count() == 3224

    def test_nine_grouping_rows_have_no_children_of_their_own(self) -> None:
        grouping = Division.objects.filter(is_grouping=True)
        assert grouping.count() == 9
        assert not Division.objects.filter(parent__in=grouping).exists()
        assert Division.objects.get(code="110101").parent_id == "110000"

    def test_four_prefectures_are_leaves_and_count_as_counties(self) -> None:
        assert set(Division.objects.filter(is_leaf=True).values_list("name", flat=True)) == {
            "东莞市", "中山市", "儋州市", "嘉峪关市",
        }  # fmt: skip
        assert Division.objects.at_level("county").shown().count() == 2850

    def test_the_corps_hangs_on_xinjiang_and_is_not_added(self) -> None:
        corps = Division.objects.get(code="660000")
        assert (corps.level, corps.parent_id, corps.counts_in_national_total) == ("special", "650000", False)
        assert Division.objects.shown().filter(level="province", counts_in_national_total=True).count() == 31

    def test_black_soil_lies_in_four_provinces(self) -> None:
        provinces = Division.objects.filter(level="province", has_black_soil=True)
        assert set(provinces.values_list("code", flat=True)) == {"150000", "210000", "220000", "230000"}

    def test_grain_zones_are_13_7_and_11(self) -> None:
        provinces = Division.objects.shown().filter(level="province")
        zones = ("main_producing", "main_consuming", "balanced")
        assert [provinces.filter(grain_zone=zone).count() for zone in zones] == [13, 7, 11]

    def test_the_31_provinces_of_2019_add_up_beside_the_nations_printed_figure(self) -> None:
        rows = Figure.objects.filter(indicator="cultivated_land", year=2019, division__level="province")
        assert rows.count() == 31
        assert rows.aggregate(total=Sum("value_mu"))["total"] / WAN_MU == Decimal("191792.97")
        assert published("000000", 2019).value_mu / WAN_MU == Decimal("191792.79")

    def test_a_figure_in_hectares_keeps_what_was_printed(self) -> None:
        beijing = published("110000", 2019)
        assert (beijing.input_value, beijing.input_unit, beijing.input_decimals) == (Decimal("93.5"), "qian_ha", 1)
        assert beijing.value_mu == 1_402_500
        assert "±0.08" in beijing.note
        assert published("130000", 2019).input_unit == "wan_mu"

    def test_18_recalled_provinces_are_marked(self) -> None:
        rows = Figure.objects.filter(indicator="cultivated_land", year=2019, division__level="province")
        assert rows.filter(confidence=Confidence.RECALLED).count() == 18
        assert published("320000", 2019).confidence == Confidence.RECALLED
        assert published("340000", 2019).confidence == Confidence.QUOTED

    def test_the_second_survey_has_a_basis_of_its_own(self) -> None:
        assert [published("000000", year).basis for year in (2009, 2019, 2020)] == [
            "survey2", "survey3", "change_survey",
        ]  # fmt: skip

    def test_2022_has_a_preliminary_and_a_final_edition(self) -> None:
        rows = Figure.objects.filter(division="000000", indicator="cultivated_land", year=2022).order_by("edition")
        assert [(row.input_value, row.confidence) for row in rows] == [
            (Decimal("12760.1"), "quoted"), (Decimal("12758.0"), "recalled"),
        ]  # fmt: skip

    def test_2023_is_quoted_to_two_decimals_and_derived_exactly(self) -> None:
        rows = Figure.objects.filter(division="000000", indicator="cultivated_land", year=2023).order_by("edition")
        assert [row.value_mu / WAN_MU for row in rows] == [192_900, Decimal("192913.19")]
        assert rows[1].confidence == Confidence.DERIVED
        assert "191792.79 + 1120.4" in rows[1].note

    def test_rounded_and_at_least_figures_say_so(self) -> None:
        assert [published("000000", year).qualifier for year in (2020, 2021, 2024)] == ["exact", "approx", "approx"]
        built = [published("000000", year, "high_standard_farmland").qualifier for year in (2018, 2021, 2022, 2023)]
        assert built == ["approx", "approx", "exact", "at_least"]
        assert published("320000", 2023).qualifier == Qualifier.APPROX

    def test_2025_and_other_unknown_figures_are_absent_not_zero(self) -> None:
        assert not Figure.objects.filter(division="000000", year=2025).exists()
        assert not Figure.objects.filter(value_mu=0).exists()

    def test_land_types_of_2019_add_up_to_the_hectares_of_the_nation(self) -> None:
        types = ("paddy", "irrigated", "dry")
        total = sum(published("000000", 2019, name).value_mu for name in types)
        assert total / 150_000 == Decimal("12786.19")

    def test_expected_and_planned_areas_are_no_figures(self) -> None:
        built = Figure.objects.filter(indicator="high_standard_farmland").exclude(division="000000")
        assert set(built.values_list("division", "year")) == {
            ("340000", 2020), ("410000", 2020), ("510000", 2022), ("370000", 2025), ("530000", 2023),
        }  # fmt: skip

    def test_no_figure_is_known_before_its_year_has_ended(self) -> None:
        rows = Figure.objects.filter(document__isnull=False).select_related("document")
        assert [str(row) for row in rows if row.document and row.document.known_on < date(row.year, 12, 31)] == []

    def test_every_figure_in_a_unit_is_exactly_its_area_in_mu(self) -> None:
        factors = {"wan_mu": 10_000, "yi_mu": 100_000_000, "ha": 15, "qian_ha": 15_000, "wan_ha": 150_000}
        for row in [*Figure.objects.all(), *QuotaNode.objects.all()]:
            assert row.value_mu == row.input_value * factors[row.input_unit]

    def test_28_provinces_have_a_target_and_the_sums_are_those_of_the_files(self) -> None:
        for indicator, total in (("cultivated_land", "180002.87"), ("permanent_basic_farmland", "149685.96")):
            nodes = QuotaNode.objects.published().filter(
                version__indicator=indicator, version__target_year=2035, division__level="province"
            )
            assert nodes.count() == 28
            assert nodes.aggregate(total=Sum("value_mu"))["total"] / WAN_MU == Decimal(total)
            assert not nodes.filter(division__in=["540000", "610000", "640000"]).exists()
            assert set(nodes.values_list("parent__division", flat=True)) == {"000000"}

    def test_the_nations_targets_are_incomplete_and_in_yi_mu_as_stated(self) -> None:
        versions = QuotaVersion.objects.filter(owner="000000", target_year=2035)
        assert [version.is_complete for version in versions] == [False, False]
        roots = QuotaNode.objects.filter(version__in=versions, division="000000")
        assert {(row.input_value, row.input_unit) for row in roots} == {
            (Decimal("18.65"), "yi_mu"), (Decimal("15.46"), "yi_mu"),
        }  # fmt: skip

    def test_a_truncated_target_is_a_lower_bound(self) -> None:
        bounds = QuotaNode.objects.filter(qualifier=Qualifier.AT_LEAST)
        assert list(bounds.values_list("division", "version__indicator")) == [("340000", "permanent_basic_farmland")]

    def test_f15_the_2030_target_stands_twice_and_the_later_one_is_in_force(self) -> None:
        versions = QuotaVersion.objects.filter(owner="000000", indicator="high_standard_farmland", target_year=2030)
        old, new = versions.order_by("version")
        assert (old.state, new.state, new.supersedes) == (QuotaState.SUPERSEDED, QuotaState.PUBLISHED, old)
        node = QuotaNode.objects.filter(version__in=versions, division="000000")
        assert node.published().get().input_value == Decimal("13.5")
        assert node.published(moment("2024-06-01")).get().input_value == Decimal("12")
        assert node.published(moment("2025-04-01")).get().input_value == Decimal("13.5")

    def test_provincial_plans_outlive_the_national_figure_they_were_made_under(self) -> None:
        rows = QuotaNode.objects.published().filter(
            version__indicator="high_standard_farmland", version__target_year=2030, division__level="province"
        )
        planned = {row.division_id: row.value_mu / WAN_MU for row in rows}
        assert planned == {"340000": 6750, "410000": 9459, "510000": 6353}

    def test_the_red_line_stands_beside_the_target(self) -> None:
        line = QuotaNode.objects.published().get(version__kind="red_line")
        assert (line.value_mu, line.version.target_year) == (1_800_000_000, None)

    def test_nobody_has_two_targets_in_force_for_one_promise(self) -> None:
        promises = list(
            QuotaNode.objects.published().values_list(
                "division", "version__indicator", "version__target_year", "version__kind"
            )
        )
        assert len(promises) == len(set(promises))

    def test_targets_below_the_province_belong_to_the_division_above(self) -> None:
        county = QuotaNode.objects.get(division="522325", version__indicator="cultivated_land")
        assert (county.version.owner_id, county.version.is_complete) == ("522300", False)
        assert "使用前核对原文" in county.note
        kunming = QuotaNode.objects.get(division="530100", version__indicator="cultivated_land")
        assert kunming.parent is not None
        assert kunming.parent.division_id == "530000"

    def test_a_document_carries_number_issuer_and_date_as_far_as_they_are_certain(self) -> None:
        shanxi = PolicyDocument.objects.get(number="国函〔2023〕101号")
        assert (shanxi.issuer, shanxi.issued_on, shanxi.known_on) == ("国务院", None, date(2023, 9, 30))
        liaoning = PolicyDocument.objects.get(number="国函〔2024〕49号")
        assert liaoning.issued_on == liaoning.known_on == date(2024, 4, 1)
        survey = published("000000", 2019).document
        assert survey is not None
        assert survey.known_on == date(2021, 8, 25)

    def test_documents_are_all_used_and_never_known_after_the_collection(self) -> None:
        unused = Q(figures=None, quota_nodes=None, quota_versions=None)
        assert not PolicyDocument.objects.filter(unused).exists()
        assert not PolicyDocument.objects.filter(known_on__gt=date(2026, 11, 23)).exists()
        assert not PolicyDocument.objects.filter(issued_on__gt=F("known_on")).exists()

    def test_the_parameters_are_unverified_defaults(self) -> None:
        values = dict(PolicyParameter.objects.filter(is_verified=False).values_list("key", "value"))
        assert values == {
            "warn_headroom_pct": "0.50",
            "redline_tolerance_mu": "0",
            "input_precision_guard": "on",
            "lock_grace_days": "10",
        }

    def test_a_second_run_changes_nothing_and_says_so(self, capsys: pytest.CaptureFixture[str]) -> None:
        before = snapshot()
        call_command("load_reference")
        assert snapshot() == before
        assert "没有改动" in capsys.readouterr().out

    def test_a_parameter_that_was_set_since_is_left_alone(self) -> None:
        PolicyParameter.objects.filter(key="warn_headroom_pct").update(value="1.00", is_verified=True)
        call_command("load_reference", verbosity=0)
        assert PolicyParameter.objects.get(key="warn_headroom_pct").value == "1.00"

    def test_a_changed_name_is_refreshed(self) -> None:
        Division.objects.filter(code="130224").update(name="滦南")
        call_command("load_reference", verbosity=0)
        assert Division.objects.get(code="130224").name == "滦南县"

    @pytest.mark.parametrize(
        ("file", "old", "new", "expected"),
        [
            ("subnational_examples.csv", "44510.06,公顷", "44510.07,公顷", "subnational_examples.csv 第 23 行"),
            ("quotas_2035.csv", "2035,166,150,110667", "2035,167,150,111333", "新版本"),
        ],
    )
    def test_what_is_published_is_never_changed_silently(
        self, folder: Path, file: str, old: str, new: str, expected: str
    ) -> None:
        spoil(folder / file, old, new)
        before = snapshot()
        with pytest.raises(CommandError, match=expected):
            call_command("load_reference", data=folder)
        assert snapshot() == before


def spoil(path: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


MALFORMED = {
    "a code with five digits": ("survey_2019.csv", "110000,北京市", "11000,北京市", 2, "六位区划代码"),
    "full-width digits": ("survey_2019.csv", "110000,北京市,93.5", "110000,北京市,９3.5", 2, "不是数"),
    "an unknown division": ("quotas_2035.csv", "120000,天津市", "129999,天津市", 3, "129999 不存在"),
    "another division's name": ("quotas_2035.csv", "120000,天津市", "120000,北京市", 3, "天津市, 不是北京市"),
    "an unknown unit": ("national_series.csv", "19.13,亿亩", "19.13,亿斤", 5, "亿斤」未知"),
    "words for a number": ("national_series.csv", "19.13,亿亩", "十九,亿亩", 5, "十九」不是数"),
    "NaN": ("national_series.csv", "19.13,亿亩", "NaN,亿亩", 5, "NaN」不是数"),
    "an exponent": ("national_series.csv", "19.13,亿亩", "1.9e1,亿亩", 5, "不是数"),
    "a negative area": ("survey_2019.csv", "北京市,93.5", "北京市,-93.5", 2, "为负数"),
    "an unknown confidence": ("survey_2019.csv", 'not checked",recalled', 'not checked",sure', 2, "sure」未知"),
    "more decimals than mu can keep": (
        "subnational_examples.csv", "14344.7,公顷", "14344.71234567,公顷", 20, "不能精确折算",
    ),
    "a year that is none": ("subnational_examples.csv", "province,2023,cult", "province,0023,cult", 2, "不是年份"),
    "a missing column": ("survey_2019.csv", "area_1000ha", "area", 1, "缺少列 area_1000ha"),
    "a missing cell": ("high_standard_plan.csv", "410000,河南省,6830,", "410000,河南省,6830", 4, "应有 15 列"),
    "a repeated key": ("quotas_2035.csv", "120000,天津市", "110000,天津市", 3, "与第 2 行重复"),
    "columns that disagree": ("survey_2019.csv", ",140.25,", ",140.35,", 2, "不等于千公顷×1.5"),
    "a printed figure that disagrees": ("survey_2019.csv", "9051.26,9051.26", "9051.26,9061.26", 4, "不符"),
    "hectares that disagree": ("quotas_2035.csv", "311640", "311650", 3, "不符"),
    "a change that does not add up": ("national_series.csv", "1120.4,万亩", "1130.4,万亩", 9, "不符"),
    "a target that differs between files": ("national_series.csv", "18.65,亿亩,186500.0", "18.6,亿亩,186000", 44, "不符"),
    "an unknown level": ("divisions.csv", "120000,天津市,province", "120000,天津市,state", 21, "state」未知"),
    "an unknown parent": ("divisions.csv", "130200,唐山市,prefecture,130000,130000", "130200,唐山市,prefecture,130000,990000", 63, "990000 不存在"),
    "an unknown grain zone": ("divisions.csv", "主销区", "销区", 3, "销区」未知"),
    "a control character": ("divisions.csv", "东城区", "东\0城区", 5, "控制字符"),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("file", "old", "new", "line", "reason"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_row_is_named_and_nothing_is_loaded(
    folder: Path, file: str, old: str, new: str, line: int, reason: str
) -> None:
    spoil(folder / file, old, new)
    with pytest.raises(CommandError, match=rf"^{file} 第 {line} 行: .*{reason}"):
        call_command("load_reference", data=folder)
    assert not Division.objects.exists()
    assert not PolicyDocument.objects.exists()


@pytest.mark.django_db
def test_text_that_is_not_utf8_is_named_with_its_line(folder: Path) -> None:
    path = folder / "quotas_2035.csv"
    lines = path.read_bytes().split(b"\n")
    lines[2] = lines[2].decode().encode("gbk")
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(CommandError, match=r"^quotas_2035.csv 第 3 行: .*UTF-8"):
        call_command("load_reference", data=folder)
    assert not Division.objects.exists()


@pytest.mark.django_db
def test_a_missing_or_empty_file_is_named(folder: Path) -> None:
    path = folder / "high_standard_plan.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")
    with pytest.raises(CommandError, match="high_standard_plan.csv: 没有数据行"):
        call_command("load_reference", data=folder)
    path.unlink()
    with pytest.raises(CommandError, match="high_standard_plan.csv: 文件不存在"):
        call_command("load_reference", data=folder)
    assert not Division.objects.exists()


@pytest.mark.django_db
def test_an_error_while_writing_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> int:
        raise RuntimeError("the last step")

    monkeypatch.setattr("assessments.reference.loader.keep_parameters", fail)
    with pytest.raises(RuntimeError, match="the last step"):
        call_command("load_reference", data=folder)
    assert not Division.objects.exists()
    assert not Figure.objects.exists()
