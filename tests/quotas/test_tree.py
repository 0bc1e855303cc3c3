"""The tree of targets: sums by direction, how far they are carried out, who sees what, as of which day."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.test import Client

from farmland.indicators import Direction
from farmland.models import Division
from farmland.units import MU, WAN_MU
from quotas.actions import Placed, Signed, place, record_signatures
from quotas.models import Letter, QuotaVersion, Redo
from quotas.rules.sums import SumState, judge_sum
from quotas.selectors.tree import get_tree
from tests import factories
from tests.quotas.handing import AT, CAP, CULTIVATED, PAPER, handed, opened, published, stepped, typed
from tests.quotas.trees import branches, working

ENOUGH = {"130200": "1800", "130300": "1700", "130400": "1505"}
DAY = date(2026, 11, 25)
D = Decimal


@pytest.fixture
def handed_down(cast, who) -> QuotaVersion:
    """Hebei's targets, and those that Tangshan made of its own."""
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    published(version, who)
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "905"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    return stepped(city, "publish", who.city_reviewer, paper=PAPER)


def tree_of(division: Division, user, *, moment=None, indicator=CULTIVATED, year=2035):
    return get_tree(division, indicator=indicator, year=year, moment=moment, working=working(user))


def other(division: Division, value: str, **more) -> None:
    """A target of a division in a set of its own, beside what was handed down."""
    factories.target(division, value, owner=division, document=factories.document(), **more)


@pytest.mark.parametrize(
    ("direction", "total", "state"),
    [
        (Direction.FLOOR, "99.999999", SumState.SHORT), (Direction.FLOOR, "100", SumState.EQUAL),
        (Direction.FLOOR, "101", SumState.OVER), (Direction.FLOOR, "101.000001", SumState.FAR_OVER),
        (Direction.TASK, "99.999999", SumState.SHORT), (Direction.CAP, "99", SumState.SPARE),
        (Direction.CAP, "100.000001", SumState.EXCESS), (Direction.CAP, "150", SumState.EXCESS),
    ],
)  # fmt: skip
def test_a_sum_is_judged_by_direction_to_the_last_decimal(direction, total, state) -> None:
    def judged(whole: bool) -> SumState:
        return judge_sum(direction, D(100), D(total), is_whole=whole, surplus_percent=D(1))

    assert judged(True) is state
    assert judged(False) is SumState.INCOMPLETE
    assert judge_sum(direction, None, D(total), is_whole=True, surplus_percent=D(1)) is SumState.UNKNOWN


def test_each_division_shows_its_target_and_what_its_children_add_up_to(cast, who, handed_down) -> None:
    tree = tree_of(cast.hebei, who.reviewer)
    found = branches(tree)
    assert [row.division.code for row in tree.rows] == ["130200", "130224", "130225", "130300", "130400"]
    assert [row.depth for row in tree.rows] == [1, 2, 2, 1, 1]
    assert (found["130000"].gap_mu, found["130000"].state) == (D(50_000), SumState.OVER)
    city = found["130200"]
    assert (city.children_mu, city.gap_mu, city.state) == (D(18_050_000), D(50_000), SumState.OVER)
    assert (city.with_target, city.children, city.leaves) == (2, 2, 2)
    assert (city.target.version_id, city.target.number) == (found["130300"].target.version_id, PAPER.number)
    assert found["130300"].state is SumState.UNKNOWN


def test_an_incomplete_set_is_judged_by_nobody_and_names_who_is_missing(cast, who) -> None:
    other(cast.guangdong, "99999")
    other(cast.china, "6000", is_demo=True)
    found = branches(tree_of(cast.china, who.ministry))
    root = found["000000"]
    assert (root.state, root.with_target, root.children) == (SumState.INCOMPLETE, 2, 4)
    assert [division.name for division in root.missing] == ["重庆市", "新疆维吾尔自治区"]
    assert root.gap_mu == D(989_990_000)
    assert "660000" in found
    assert [row.division.code for row in tree_of(cast.china, who.ministry).rows] == [
        "130000", "440000", "500000", "650000",
    ]  # fmt: skip


def test_the_corps_is_never_added(cast, who) -> None:
    for division in (cast.guangdong, cast.chongqing, cast.xinjiang, cast.xpcc):
        other(division, "1")
    other(cast.china, "5003", is_demo=True)
    tree = tree_of(cast.china, who.ministry)
    assert (tree.root.children_mu, tree.root.state) == (D(50_030_000), SumState.EQUAL)
    assert tree.apart.target.value_mu == 10_000
    assert branches(tree)["650000"].children == 0
    assert branches(tree_of(cast.xinjiang, who.ministry))["650000"].children == 0


def test_an_official_target_stands_before_a_demonstrations_whichever_came_first(cast, who) -> None:
    other(cast.tangshan, "7", is_demo=True)
    other(cast.tangshan, "6")
    other(cast.luannan, "5")
    other(cast.luannan, "4", is_demo=True)
    found = branches(tree_of(cast.hebei, who.reviewer))
    held = {code: (found[code].target.value_mu, found[code].target.is_demo) for code in ("130200", "130224")}
    assert held == {"130200": (60_000, False), "130224": (50_000, False)}


def test_a_cap_that_is_exceeded_is_bad_and_one_that_is_not_used_up_is_not(cast, who) -> None:
    handed("130000", "12", indicator=CAP, year=2026)
    for code, value in (("130200", "5"), ("130300", "4"), ("130400", "3.5")):
        other(Division.objects.get(pk=code), value, indicator=CAP, year=2026)
    root = tree_of(cast.hebei, who.reviewer, indicator=CAP, year=2026).root
    assert (root.gap_mu, root.state) == (D(5_000), SumState.EXCESS)


def test_what_is_placed_and_entered_rolls_up_from_the_leaves_and_unknown_is_not_zero(cast, who, handed_down) -> None:
    found = branches(tree_of(cast.hebei, who.reviewer))
    assert {(b.placed_mu, b.placed_percent, b.uploaded) for b in found.values()} == {(None, None, None)}
    node = handed_down.nodes.get(division="130224")
    place(node, Placed("450", WAN_MU), by=who.county, at=AT)
    found = branches(tree_of(cast.hebei, who.reviewer))
    assert (found["130224"].placed_percent, found["130224"].uploaded) == (D("50.00"), 0)
    assert (found["130200"].placed_mu, found["130200"].placed_percent) == (D(4_500_000), D("25.00"))
    assert (found["130225"].uploaded, found["130300"].uploaded, found["130000"].leaves) == (None, None, 4)
    place(node, Placed("900", WAN_MU, DAY, base_version=1), by=who.county, at=AT)
    found = branches(tree_of(cast.hebei, who.reviewer))
    assert (found["130224"].recorded, found["130225"].recorded, found["130000"].recorded) == (1, 0, 1)
    assert (found["130200"].uploaded, found["130000"].uploaded, found["130000"].placed_percent) == (1, 1, D("18.00"))


def test_letters_and_marks_are_counted_where_they_are_the_readers_to_see(cast, who, handed_down) -> None:
    letter = Letter.objects.get(lower="130200")
    signed = Signed("张书记", DAY, "李市长", DAY, base_version=1)
    record_signatures(letter, signed, by=who.city, at=AT)
    second = opened(cast.hebei, who.reporter)
    typed(second, {"130200": "1810"}, who.reporter)
    stepped(stepped(second, "submit", who.reporter), "approve", who.ministry)
    stepped(second, "publish", who.reviewer, paper=PAPER, redo_due_on=date(2027, 3, 1))
    found = branches(tree_of(cast.hebei, who.reviewer))
    assert (found["130000"].letters, found["130000"].letters_due, found["130200"].letters) == (1, 3, 0)
    mark = found["130200"].mark
    assert (mark.due_on, mark.was_mu, mark.now_mu) == (date(2027, 3, 1), D(18_000_000), D(18_100_000))
    assert (found["130000"].mark, found["130000"].marks_below) == (None, 1)
    for moment, is_marked in ((AT - timedelta(seconds=1), False), (AT + timedelta(seconds=1), True)):
        assert bool(branches(tree_of(cast.hebei, who.reviewer, moment=moment))["130200"].mark) is is_marked
    of_stranger = branches(tree_of(cast.hebei, who.stranger))
    assert of_stranger["130200"].target == found["130200"].target
    assert {(b.letters, b.mark, b.marks_below, b.placed_mu) for b in of_stranger.values()} == {(None, None, 0, None)}
    of_city = branches(tree_of(cast.hebei, who.city))
    assert (of_city["130000"].letters, of_city["130200"].letters) == (None, 0)
    Redo.objects.update(done_at=AT + timedelta(days=1))
    assert branches(tree_of(cast.hebei, who.reviewer))["130200"].mark is None
    then = branches(tree_of(cast.hebei, who.reviewer, moment=AT + timedelta(hours=1)))
    assert then["130200"].mark == mark


def test_the_tree_is_read_as_of_a_day(cast, who, handed_down) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    before, today = (datetime(2026, 11, day, 23, tzinfo=zone) for day in (27, 28))
    node = handed_down.nodes.get(division="130224")
    place(node, Placed("450", WAN_MU), by=who.county, at=AT)
    place(node, Placed("900", WAN_MU, DAY, base_version=1), by=who.county, at=AT + timedelta(days=3))
    now, then = (branches(tree_of(cast.hebei, who.reviewer, moment=at)) for at in (None, today))
    assert (now["130224"].placed_mu, now["130224"].uploaded) == (D(9_000_000), 1)
    assert (then["130224"].placed_mu, then["130224"].uploaded) == (D(4_500_000), 0)
    earlier = branches(tree_of(cast.hebei, who.reviewer, moment=before))
    assert (earlier["130200"].target, earlier["130224"].placed_mu) == (None, None)
    assert earlier["130000"].target is not None


def test_the_number_of_queries_does_not_grow(cast, who, handed_down, django_assert_num_queries) -> None:
    with django_assert_num_queries(6):
        tree_of(cast.tangshan, who.reviewer)
    with django_assert_num_queries(6):
        tree_of(cast.china, who.ministry)


def page(user, **query) -> str:
    response = factories.signed_in(user, Client()).get("/quotas/tree/", query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_page_says_over_and_under_in_words_with_sources_and_links(cast, who, handed_down) -> None:
    found = page(who.city, division="130000")
    assert "高于目标" in found
    assert "下级合计 5,005.00 高于目标 5,000.00，多 5.00（万亩）。" in found
    assert f'href="/quotas/{handed_down.pk}/" title="第 1 版 · {PAPER.number}"' in found
    assert "division=130200" in found
    other(cast.china, "6000", is_demo=True)
    nation = page(who.ministry, division="000000")
    assert "下级合计不全（1/4），不作判断。现有合计 5,000.00，比目标 6,000.00 少 1,000.00（万亩）。" in nation
    assert "目标暂缺：广东省、重庆市、新疆维吾尔自治区" in nation
    assert "低于目标" not in nation


def test_what_rounding_would_hide_and_what_is_known_of_few_is_said(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    typed(version, {"130200": "18000000", "130300": "17000000", "130400": "15000001.5"}, who.reporter, unit=MU)
    published(version, who)
    node = version.nodes.get(division="130300")
    staff = factories.user(role="reporter", division=Division.objects.get(pk="130300"))
    place(node, Placed("1700", WAN_MU), by=staff, at=AT)
    found = page(who.reviewer)
    assert "+0.00015" in found
    assert "多 0.00015（万亩）" in found
    assert "登记 1/4 县" in found


def test_what_is_not_a_day_a_year_or_a_division_is_refused(cast, who) -> None:
    client = factories.signed_in(who.reporter, Client())
    for query in ("as_of=x", "as_of=2026-02-30", "year=abcd", "division=1", "indicator=gold"):
        assert client.get(f"/quotas/tree/?{query}").status_code == 400
    assert client.get("/quotas/tree/?division=500100").status_code == 404


def test_the_file_holds_the_choice_the_sources_and_the_state_and_runs_no_formula(cast, who, handed_down) -> None:
    Division.objects.filter(pk="130225").update(name="=1+1")
    client = factories.signed_in(who.reviewer, Client())
    text = client.get("/quotas/tree/?division=130200&as_of=2026-11-28&export=csv").content.decode("utf-8-sig")
    assert "# 截至,2026-11-28 结束时所知" in text
    assert f"# 来源,第 1 版 · {PAPER.number}" in text
    assert "共 3 行：有目标 3，其中演示数据 0；暂缺 0" in text
    assert "2,130225,'=1+1" not in text
    assert "1,130225,'=1+1,905.00,万亩,1" in text
    book = openpyxl.load_workbook(io.BytesIO(client.get("/quotas/tree/?division=130200&export=xlsx").content))
    rows = list(book.active.values)
    assert [row[3] for row in rows if row[1] in ("130200", "130224")] == [1800, 900]
