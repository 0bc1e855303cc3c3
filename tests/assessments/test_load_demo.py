"""The demonstration: exact where something was published, adding up everywhere, and never in production."""

import io
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Min, Q
from django.test import override_settings

from assessments.demo.accounts import ACCOUNTS, PASSWORD
from assessments.demo.shares import Leaf, apportion, drawn, settle
from assessments.demo.statements import ROWS_MISSING
from farmland.models import AnnualStatement, Division, Figure, Qualifier, ReportingYear, Revision, User
from quotas.models import Letter, Placement, QuotaNode, QuotaVersion, Redo
from quotas.rules.sums import SumState
from quotas.selectors.known import Working
from quotas.selectors.letters import LetterState, count_states
from quotas.selectors.placements import count_states as count_places
from quotas.selectors.placements import get_placeable
from quotas.selectors.tree import get_tree

YEARS = range(2020, 2026)
CALIBRATED = ("cultivated_land", "permanent_basic_farmland", "high_standard_farmland")
WAN_MU = Decimal(10_000)
Key = tuple[str, str, int]


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Reference and demonstration data, loaded once by the commands and rolled back after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", stdout=io.StringIO())
        with override_settings(DEBUG=True):
            call_command("load_demo", stdout=io.StringIO())
        connection.check_constraints()
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def reported(demo: None, django_db_blocker: Any) -> dict[Key, Decimal]:
    """The sums of what county-level units reported, by (division above or own, indicator, year); the Corps apart."""
    with django_db_blocker.unblock():
        above = {}
        for division in Division.objects.shown().select_related("parent"):
            chain = [division.code, division.parent_id, division.parent.parent_id if division.parent else None]
            above[division.code] = [code for code in chain if code]
        rows = Figure.objects.filter(origin="reported").exclude(division="660000")
        sums: dict[Key, Decimal] = defaultdict(Decimal)
        for code, indicator, year, value in rows.values_list("division", "indicator", "year", "value_mu"):
            for place in {*above[code], "000000"}:
                sums[place, indicator, year] += value
        return sums


@pytest.mark.django_db
@pytest.mark.usefixtures("demo")
class TestDemonstration:
    """What is in the database after `load_demo`."""

    def test_every_published_figure_is_met_exactly(self, reported: dict[Key, Decimal]) -> None:
        rows = Figure.objects.filter(origin="published", year__gte=2020, indicator__in=CALIBRATED)
        headline = {
            (row.division_id, row.indicator, row.year): row.value_mu
            for row in rows.exclude(qualifier=Qualifier.AT_LEAST).order_by("edition")
        }
        assert len(headline) == 24
        assert {key: reported[key] for key in headline} == headline

    def test_high_standard_farmland_lies_above_its_published_lower_bounds(self, reported: dict[Key, Decimal]) -> None:
        for row in Figure.objects.filter(qualifier=Qualifier.AT_LEAST):
            assert reported["000000", row.indicator, row.year] > row.value_mu

    def test_land_types_of_2023_are_near_the_published_ones(self, reported: dict[Key, Decimal]) -> None:
        for row in Figure.objects.filter(origin="published", year=2023, indicator__in=["paddy", "irrigated", "dry"]):
            assert abs(reported["000000", row.indicator, 2023] / row.value_mu - 1) < Decimal("0.03")

    def test_permanent_basic_farmland_is_near_1550_million_mu(self, reported: dict[Key, Decimal]) -> None:
        for year in (2020, 2024):
            area = reported["000000", "permanent_basic_farmland", year] / WAN_MU
            assert abs(area - 155_000) < 400

    def test_i1_paddy_irrigated_and_dry_land_are_the_cultivated_land(self) -> None:
        by_row: dict[tuple[int, str], dict[str, Decimal]] = defaultdict(dict)
        rows = Figure.objects.filter(statement__isnull=False)
        for statement, code, indicator, value in rows.values_list("statement", "division", "indicator", "value_mu"):
            by_row[statement, code][indicator] = value
        assert len(by_row) > 19_000
        for row in by_row.values():
            assert row["paddy"] + row["irrigated"] + row["dry"] == row["cultivated_land"]
            assert row["high_standard_farmland"] <= row["permanent_basic_farmland"] <= row["cultivated_land"]
            assert row["stably_used_cultivated_land"] <= row["cultivated_land"]

    def test_stored_sums_are_those_of_the_counties_and_say_of_how_many(self, reported: dict[Key, Decimal]) -> None:
        rows = Figure.objects.filter(origin="summed")
        stored = {(row.division_id, row.indicator, row.year): row.value_mu for row in rows}
        assert len(stored) == rows.count() == ((31 + 329) * 6 - (1 + 3)) * 7
        assert stored == {key: reported[key] for key in stored}
        assert not rows.exclude(parts_reported=F("parts_expected")).exists()
        sums = rows.values_list("division", "parts_expected").distinct()
        assert dict(sums)["130200"] == Division.objects.filter(parent="130200").count()
        assert sum(parts for code, parts in sums if code.endswith("0000")) == 2850

    def test_grouping_rows_have_no_figures_and_leaf_prefectures_report_themselves(self) -> None:
        figures = Figure.objects.filter(statement__isnull=False)
        assert not figures.filter(division__is_grouping=True).exists()
        leaves = figures.filter(division__is_leaf=True, indicator="paddy")
        assert set(leaves.values_list("origin", flat=True)) == {"reported"}
        assert leaves.filter(year=2024).count() == 4

    def test_nothing_is_written_into_published_rows(self) -> None:
        assert not Figure.objects.filter(statement__isnull=False, document__isnull=False).exists()
        assert not Figure.objects.filter(document__key="demo").exists()
        assert Figure.objects.filter(origin="published").count() == 76
        assert AnnualStatement.objects.filter(is_demo=False).count() == 0

    def test_28_of_31_provinces_are_approved_for_2025_and_earlier_years_are_settled(self) -> None:
        states = dict(AnnualStatement.objects.filter(year=2025).values_list("status").annotate(number=Count("pk")))
        assert states == {"approved": 28, "submitted": 2, "draft": 1}
        earlier = AnnualStatement.objects.filter(year__lt=2025)
        assert dict(earlier.values_list("status").annotate(number=Count("pk"))) == {"locked": 4 * 32, "approved": 32}
        assert not earlier.filter(Q(released_at=None) | ~Q(released_level="province")).exists()
        assert not AnnualStatement.objects.filter(released_at__lt=F("approved_at")).exists()

    def test_a_draft_misses_counties_and_has_no_sums(self) -> None:
        hainan = Figure.objects.filter(statement__division="460000", year=2025)
        assert not hainan.filter(origin="summed").exists()
        expected = Division.objects.shown().at_level("county").filter(code__startswith="46").count()
        assert hainan.filter(indicator="dry").count() == expected - ROWS_MISSING

    def test_the_corps_reports_its_own_totals_until_2024(self) -> None:
        corps = Figure.objects.filter(statement__division="660000", indicator="cultivated_land")
        assert list(corps.order_by("year").values_list("year", "division", "origin")) == [
            (year, "660000", "reported") for year in range(2020, 2025)
        ]

    def test_every_status_of_permanent_basic_farmland_can_be_seen(self, reported: dict[Key, Decimal]) -> None:
        nodes = QuotaNode.objects.filter(
            version__owner="000000", version__indicator="permanent_basic_farmland", version__is_demo=False
        )
        headroom = {
            node.division_id: (reported[node.division_id, "permanent_basic_farmland", 2024] / node.value_mu - 1) * 100
            for node in nodes.exclude(division="000000")
        }
        assert {code for code, percent in headroom.items() if percent < 0} == {"110000", "330000"}
        assert {"130000", "440000"} <= {code for code, percent in headroom.items() if 0 <= percent < Decimal("0.5")}
        assert sum(percent >= Decimal("0.5") for percent in headroom.values()) > 20

    def test_targets_reach_every_county_below_the_28_provinces_once(self) -> None:
        without = Q(code__startswith="54") | Q(code__startswith="61") | Q(code__startswith="64")
        below = Division.objects.shown().filter(level__in=["prefecture", "county"]).exclude(without)
        for indicator in ("cultivated_land", "permanent_basic_farmland"):
            nodes = QuotaNode.objects.published().filter(version__indicator=indicator, version__target_year=2035)
            codes = list(nodes.filter(division__in=below).values_list("division", flat=True))
            assert len(codes) == len(set(codes)) == below.count()
        assert not QuotaNode.objects.filter(without_prefix(), version__is_demo=True).exists()

    def test_q1_what_is_handed_down_adds_up_to_the_target_or_slightly_more(self) -> None:
        nodes = list(QuotaNode.objects.published().filter(version__target_year=2035).select_related("version"))
        parents = dict(Division.objects.values_list("code", "parent"))
        values = {(node.version.indicator, node.division_id): node.value_mu for node in nodes}
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for (indicator, code), value in values.items():
            sums[indicator, parents[code] or ""] += value
        demo_owners = {(node.version.indicator, node.version.owner_id) for node in nodes if node.version.is_demo}
        surplus = [sums[key] / values[key] - 1 for key in demo_owners]
        assert len(surplus) > 600
        assert min(surplus) >= 0
        assert max(surplus) < Decimal("0.001")

    def test_q6_permanent_basic_farmland_is_within_cultivated_land_everywhere(self) -> None:
        nodes = QuotaNode.objects.filter(version__target_year=2035).values_list(
            "division", "version__indicator", "value_mu"
        )
        areas: dict[str, dict[str, Decimal]] = defaultdict(dict)
        for code, indicator, value in nodes:
            areas[code][indicator] = value
        assert all(row["permanent_basic_farmland"] <= row["cultivated_land"] for row in areas.values())

    def test_official_targets_keep_their_value_and_have_no_synthetic_twin(self) -> None:
        official = QuotaNode.objects.filter(version__is_demo=False, version__target_year=2035)
        codes = official.values("division")
        assert not QuotaNode.objects.filter(version__is_demo=True, division__in=codes).exists()
        assert official.get(division="530100", version__indicator="cultivated_land").input_value == Decimal("562.8")

    def test_the_contracts_accounts_have_their_password_and_the_superuser_has_no_business_rights(self) -> None:
        assert User.objects.count() == len(ACCOUNTS) == 23
        for username in ("ministry", "luannan_agri", "admin"):
            assert User.objects.get(username=username).check_password(PASSWORD)
        assert list(User.objects.filter(is_superuser=True).values_list("username", flat=True)) == ["admin"]
        assert not User.objects.get(username="admin").has_business_rights

    def test_letters_and_placements_can_be_seen_in_every_state_and_are_marked(self) -> None:
        counts = count_states(Letter.objects.all())
        assert all(counts.values())
        assert counts[LetterState.UNSIGNED] > sum(counts.values()) / 2
        assert not Letter.objects.filter(is_demo=False).exists()
        assert Letter.objects.filter(upper="000000").count() == 28
        assert Letter.objects.get(lower="130200").is_signed
        places = count_places(get_placeable(QuotaNode.objects.filter(division__prefix__startswith="13")))
        assert all(places.values())
        assert not Placement.objects.filter(node__version__is_demo=False).exists()
        assert Placement.objects.get(
            node__division="130224", node__version__indicator="cultivated_land"
        ).by.username == ("luannan_reporter")

    def test_the_tree_of_the_nation_draws_nothing_from_28_of_31(self, django_assert_num_queries: Any) -> None:
        nothing = Working(None, Placement.objects.none(), Letter.objects.none(), Redo.objects.none())
        china = Division.objects.get(code="000000")
        with django_assert_num_queries(3):  # none of the working rows is asked for
            tree = get_tree(china, indicator="cultivated_land", year=2035, moment=None, working=nothing)
        assert (tree.root.with_target, tree.root.children, tree.root.state) == (28, 31, SumState.INCOMPLETE)
        assert [division.name for division in tree.root.missing] == ["西藏自治区", "陕西省", "宁夏回族自治区"]
        assert {row.state for row in tree.rows if row.target} == {SumState.OVER}
        assert sum(row.leaves for row in tree.rows) > 2_700

    def test_a_second_run_changes_nothing_and_says_so(self, capsys: pytest.CaptureFixture[str]) -> None:
        tables = (AnnualStatement, Figure, QuotaVersion, QuotaNode, User)
        before = [table.objects.count() for table in tables], list(Revision.objects.order_by("topic").values_list())
        with override_settings(DEBUG=True):
            call_command("load_demo")
        after = [table.objects.count() for table in tables], list(Revision.objects.order_by("topic").values_list())
        assert after == before
        assert "没有改动" in capsys.readouterr().out

    def test_a_missing_account_is_added_again(self) -> None:
        User.objects.filter(username="ministry_viewer").update(username="renamed")
        with override_settings(DEBUG=True):
            call_command("load_demo", stdout=io.StringIO())
        assert User.objects.get(username="ministry_viewer").division_id == "000000"

    def test_reference_data_still_loads_over_the_demonstration(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("load_reference")
        assert "没有改动" in capsys.readouterr().out

    def test_every_county_has_land(self) -> None:
        counties = Figure.objects.filter(origin="reported", indicator="cultivated_land")
        assert counties.aggregate(least=Min("value_mu"))["least"] > 1000


def without_prefix() -> Q:
    """Divisions of Tibet, Shaanxi and Ningxia, of which no target is known."""
    return (
        Q(division__prefix__startswith="54")
        | Q(division__prefix__startswith="61")
        | Q(division__prefix__startswith="64")
    )

    def test_a_year_is_open_to_try_out_and_settled_ones_say_who_took_which_step(self) -> None:
        trial = AnnualStatement.objects.filter(year=2026)
        assert trial.count() == 32
        assert set(trial.values_list("status", "is_demo")) == {("draft", True)}
        assert set(ReportingYear.objects.values_list("year", flat=True)) == {*YEARS, 2026}
        hebei = AnnualStatement.objects.get(division="130000", year=2025)
        steps = list(hebei.transitions.order_by("at").values_list("action", "by__username"))
        assert steps == [
            ("hand_in", "hebei_reporter"), ("confirm", "hebei_agri_reviewer"), ("submit", "hebei_reviewer"),
            ("give_opinion", "ministry_agri"), ("approve", "ministry"),
        ]  # fmt: skip
        assert (hebei.handed_in_by.username, hebei.submitted_by.username) == ("hebei_reporter", "hebei_reviewer")


@pytest.mark.django_db
def test_it_refuses_outside_development() -> None:
    with override_settings(DEBUG=False), pytest.raises(CommandError, match="开发环境"):
        call_command("load_demo")


def test_shares_are_whole_and_add_up() -> None:
    assert apportion(100, [1, 1, 1]) == [34, 33, 33]
    assert sum(apportion(10**15 + 7, [3, 7, 11, 13])) == 10**15 + 7
    assert apportion(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="cannot split"):
        apportion(-1, [1])
    with pytest.raises(ValueError, match="cannot split"):
        apportion(1, [])


def test_what_is_drawn_depends_on_the_key_alone() -> None:
    assert [drawn(1, 1000, "weight", code) for code in ("130224", "130225")] == [
        drawn(1, 1000, "weight", code) for code in ("130224", "130225")
    ]
    assert {drawn(1, 3, number) for number in range(100)} == {1, 2, 3}


def test_fixed_leaves_and_prefectures_get_exactly_their_value() -> None:
    leaves = [Leaf("a", "甲县", "p"), Leaf("b", "乙县", "p"), Leaf("c", "丙县", "q"), Leaf("d", "丁县", "")]
    weights = {"a": 1, "b": 1, "c": 1, "d": 1}
    assert settle(leaves, 100, weights, {"p": 50, "b": 20}) == {"b": 20, "a": 30, "c": 25, "d": 25}
