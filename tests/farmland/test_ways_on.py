"""Who has the next step, what it waits for, who is told, and that nothing typed on the way is lost."""

import io
import re
from datetime import timedelta

import openpyxl
from django.test import Client
from django.utils import timezone

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Notice, NoticeKind, Reason, Reminder, ReportingYear
from farmland.rules import name_of
from farmland.selectors.board import get_board
from farmland.ui.board import view
from farmland.ui.notices import view as notice_view
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import filled, walk

QUEUE, HOME = "/statements/queue/", "/home/"


def page(user, address: str, **query: object) -> str:
    response = signed_in(user, Client()).get(address, query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def opened(who, days: int) -> ReportingYear:
    day = timezone.localdate() + timedelta(days=days)
    return ReportingYear.objects.create(
        year=2024, county_due_on=day, prefecture_due_on=day, province_due_on=day, opened_by=who.ministry,
        opened_at=MOMENT,
    )  # fmt: skip


def test_a_reviewer_sees_that_agriculture_comes_first(statement, who) -> None:
    walk(statement, who, "hand_in")
    for address in (HOME, QUEUE):
        assert "等农业农村部门确认" in page(who.reviewer, address)
        assert "等农业农村部门确认" not in page(who.farm_reviewer, address)
    assert "等农业农村部门确认" in signed_in(who.reviewer).get(QUEUE, {"export": "csv"}).content.decode()
    walk(statement, who, "confirm")
    assert "等农业农村部门确认" not in page(who.reviewer, HOME) + page(who.reviewer, QUEUE)
    walk(statement, who, "submit")
    for address in (HOME, QUEUE):
        assert "等农业农村部意见" in page(who.ministry, address)
        assert "等农业农村部意见" not in page(who.farm_ministry, address)
    walk(statement, who, "give_opinion")
    assert "等农业农村部意见" not in page(who.ministry, HOME) + page(who.ministry, QUEUE)


def test_who_waited_for_agriculture_is_told_when_it_has_spoken(statement, who) -> None:
    walk(statement, who, "hand_in", "confirm")
    [told] = Notice.objects.filter(kind=NoticeKind.FOR_REVIEW, words__action="confirm")
    assert (told.user, notice_view(told).title) == (who.reviewer, "河北省 2024 年度报表已经农业农村部门确认，可以上报")
    walk(statement, who, "submit", "give_opinion")
    told = Notice.objects.filter(kind=NoticeKind.FOR_REVIEW, words__action="give_opinion")
    assert {notice.user for notice in told} == {who.ministry, who.ministry2}
    assert "已有农业农村部意见" in notice_view(told[0]).title


def test_what_was_sent_on_stays_at_home_with_who_has_it(statement, who) -> None:
    def sent(user) -> str:
        return page(user, HOME).partition('id="home-sent"')[2].partition("</section>")[0]

    assert sent(who.reporter) == ""
    for step, whom, at in (
        ("hand_in", "待本级农业农村部门确认", "handed_in_at"), ("confirm", "待本级自然资源部门审核上报", "confirmed_at"),
        ("submit", "待农业农村部提出意见", "submitted_at"), ("give_opinion", "待自然资源部审核", "opinion_at"),
    ):  # fmt: skip
        walk(statement, who, step)
        AnnualStatement.objects.filter(pk=statement.pk).update(**{at: MOMENT + timedelta(days=3)})
        for user in (who.reporter, who.county):
            assert whom in sent(user), step
            assert "06-04 08:00 起" in sent(user)
        assert (sent(who.reviewer) == "") == (step in ("hand_in", "confirm"))
        assert sent(who.ministry) == sent(who.stranger) == ""
    walk(statement, who, "approve")
    assert sent(who.reporter) == ""


def test_a_refused_step_keeps_its_words(statement, who) -> None:
    client, address = signed_in(who.reporter), f"/statements/{statement.pk}/hand_in/"
    actions.save_cells(
        statement, cells=[actions.Cell("130224", "dry", "12", base_version=revision(statement))],
        unit=factories.UNITS["wan_mu"], by=who.reporter, at=MOMENT,
    )  # fmt: skip
    answer = client.post(address, {"comment": "请<b>尽快</b>审核"})
    assert answer.status_code == 422
    form = re.search(r'<form method="post" action="[^"]*/hand_in/">.*?</form>', answer.text, re.S)
    assert form
    assert 'value="请&lt;b&gt;尽快&lt;/b&gt;审核"' in form[0]
    assert 'href="?group=' not in answer.text  # this address takes no GET
    assert client.post(address, {"comment": ""}).status_code == 302


def revision(statement: AnnualStatement) -> int:
    return statement.figures.get(division="130224", indicator="dry").revision


def test_a_return_tells_those_below_who_typed_or_whose_rows_are_named(statement, who, cast) -> None:
    people = {
        name: factories.user(role="reporter", division=place, username=name)
        for name, place in (("tangshan", cast.tangshan), ("leting", cast.leting), ("idle", cast.leting))
    }
    moved = factories.user(role="reporter", division=cast.luannan, username="moved")
    for by, value in ((moved, "10.5"), (who.county, "10")):
        actions.save_cells(
            statement, cells=[actions.Cell("130224", "dry", value, base_version=revision(statement))],
            unit=factories.UNITS["wan_mu"], by=by, at=MOMENT,
        )  # fmt: skip
    actions.save_cells(
        statement, cells=[actions.Cell("130225", "unstable_sand", "0.1", base_version=0)],
        unit=factories.UNITS["wan_mu"], by=people["leting"], at=MOMENT,
    )  # fmt: skip
    statement = walk(statement, who, "hand_in")
    actions.take_step(statement, "return", by=who.reviewer, at=MOMENT, comment="请核实")
    told = set(Notice.objects.filter(kind=NoticeKind.RETURNED).values_list("user__username", flat=True))
    assert {who.county.username, "leting"} <= told
    assert not {"tangshan", "idle", "moved"} & told
    statement = walk(statement, who, "hand_in")
    actions.add_comment(statement, division="130224", indicator="paddy", text="偏大", by=who.reviewer, at=MOMENT)
    seen = max(Notice.objects.values_list("pk", flat=True))
    actions.take_step(statement, "return", by=who.reviewer, at=MOMENT, comment="请核实")
    told = set(Notice.objects.filter(kind=NoticeKind.RETURNED, pk__gt=seen).values_list("user__username", flat=True))
    assert {"tangshan", "moved"} <= told  # in whose rows the comment lies
    assert "idle" not in told


def test_the_board_says_how_long_there_is_left(statement, who, cast) -> None:
    opened(who, 10)

    def left(level: str = "province") -> dict[str, str]:
        today = timezone.localdate()
        divisions, statements = type(cast.hebei).objects.all(), AnnualStatement.objects.all()
        rows = get_board(divisions, statements, year=2024, level=level, today=today).rows
        shown = [view(row, may_remind=False) for row in rows]
        return {item.row.division.code: item.timing.word for item in shown if item.timing}

    assert left() == {"130000": "还有 10 天"}  # the others were never asked for anything
    assert left("county")["130224"] == "还有 10 天"
    assert "还有 10 天" in page(who.ministry, "/board/", year=2024)
    found = signed_in(who.ministry).get("/api/v1/board/", {"year": 2024}).json()["results"]
    assert {row["division"]: row["days_left"] for row in found}["130000"] == 10
    walk(statement, who, "hand_in", "confirm", "submit")
    assert "还有" not in left()["130000"]
    today = timezone.localdate()
    ReportingYear.objects.update(county_due_on=today, prefecture_due_on=today, province_due_on=today)
    AnnualStatement.objects.create(division=cast.guangdong, year=2024)
    assert left()["440000"] == "今天到期"


def test_the_tile_of_untouched_units_counts_what_its_filter_lists(statement, who, cast) -> None:
    opened(who, 10)
    AnnualStatement.objects.create(division=cast.guangdong, year=2024)
    response = signed_in(who.ministry).get("/board/", {"year": 2024, "state": "empty"})
    [tile] = [tile for tile in response.context["tiles"] if tile.label == "未填"]
    assert tile.value == len(response.context["rows"]) == 1


def test_more_than_one_unit_is_reminded_only_after_a_question(statement, who, cast) -> None:
    opened(who, 10)
    AnnualStatement.objects.create(division=cast.guangdong, year=2024)
    client = signed_in(who.ministry)
    said = {"year": 2024, "level": "province", "scope": "ticked", "text": "请<尽快>", "unit": ["130000", "440000"]}
    asked = client.post("/board/remind/", said)
    assert Reminder.objects.count() == 0
    for words in ("催报这 2 个单位", "河北省", "广东省", "请&lt;尽快&gt;"):
        assert words in asked.text
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.text.partition('action="/board/remind/"')[2]))
    assert sent["confirmed"] == "1"
    client.post("/board/remind/", said | {"confirmed": "1"})
    assert Reminder.objects.count() == 2


def test_one_word_for_what_came_late(statement, who) -> None:
    opened(who, -5)
    walk(statement, who, "hand_in")
    for address in (HOME, QUEUE):
        assert "逾期" in page(who.reviewer, address)
    walk(statement, who, "confirm", "submit")
    AnnualStatement.objects.filter(pk=statement.pk).update(submitted_at=timezone.now() - timedelta(days=2))
    for address in (HOME, QUEUE):
        assert "迟报 3 天" in page(who.ministry, address)
    assert "份逾期" not in page(who.ministry, QUEUE)
    assert "迟报 3 天" in page(who.ministry, "/board/", year=2024)


def test_the_changes_are_numbers_in_the_file_and_each_says_its_part(statement, who, cast) -> None:
    walk(filled(cast, who.reporter, year=2023), who, "hand_in", "confirm", "submit", "give_opinion", "approve")
    factories.typed(statement, {(cast.luannan, "dry"): "7.5"}, by=who.reporter)
    response = signed_in(who.reporter).get(f"/statements/{statement.pk}/changes/", {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    [head] = [row for row in rows if row[0] == "部分"]
    [dry] = [row for row in rows if row[1] == "旱地"]
    said = dict(zip(head, dry, strict=True))
    assert (said["本年"], said["上年"], said["增减（%）"]) == (17.5, 20, -12.5)
    assert said["部分"]
    assert "−" not in str(rows)


def test_a_rule_is_called_by_its_title_and_never_by_a_name_of_ours(statement, who, cast) -> None:
    assert (name_of("I-1"), name_of("outlier")) == ("I-1", "与各单位变化相差较大")
    old = filled(cast, who.reporter, year=2023)
    factories.typed(old, {(cast.luannan, "unstable_sand"): "3"}, by=who.reporter)
    AnnualStatement.objects.filter(pk=old.pk).update(status="approved", approved_at=MOMENT, approved_by=who.ministry)
    factories.typed(statement, {(cast.luannan, "unstable_sand"): "0"}, by=who.reporter)
    where = {"division": "130224", "indicator": "unstable_sand"}
    actions.give_reason(statement, rule="vanished", **where, text="已治理", by=who.reporter, at=MOMENT)
    assert Reason.objects.count() == 1
    address = f"/statements/{statement.pk}/"
    for text in (
        re.sub(r'<input type="hidden"[^>]*>', "", page(who.reporter, address)),
        page(who.reporter, f"{address}history/"),
        signed_in(who.reporter).get(f"{address}findings/", {"export": "csv"}).content.decode(),
    ):
        assert "vanished" not in text
        assert "上年有、本年为零" in text


def test_after_a_save_what_follows_from_the_cells_is_read_without_the_grid(statement, who) -> None:
    client, address = signed_in(who.reporter), f"/statements/{statement.pk}/"
    answer = client.get(address, {"group": "land"}, headers={"HX-Request": "true"})
    assert "HX-Request" in answer["Vary"]
    for part in ('id="findings"', 'id="changes"', 'id="filling"'):
        assert part in answer.text
        assert part in client.get(address).text
    assert "<html" not in answer.text
    assert 'id="sheet"' not in answer.text
    assert signed_in(who.ministry).get(address, headers={"HX-Request": "true"}).status_code == 200
    assert "必填已齐 2" not in signed_in(who.ministry).get(address, headers={"HX-Request": "true"}).text
