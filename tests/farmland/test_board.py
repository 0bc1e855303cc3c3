"""The board: who owes what, against which day, who sees how much of it, and reminders sent from it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from farmland.actions import statements as actions
from farmland.actions.reminders import remind
from farmland.models import AnnualStatement, Division, Notice, Reminder, ReportingYear
from farmland.selectors.board import get_board, get_matrix, totals
from farmland.workflow import Refused
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import filled, people, walk
from tests.farmland.test_api_statements import Program
from tests.farmland.test_statement_races import overlapped

BOARD = "/board/"


def opened(year: int, who, day: date) -> ReportingYear:
    """The year's call, due at every level on one day."""
    return ReportingYear.objects.create(
        year=year, county_due_on=day, prefecture_due_on=day, province_due_on=day, opened_at=MOMENT,
        opened_by=who.ministry,
    )  # fmt: skip


@pytest.fixture
def year(cast, who) -> ReportingYear:
    """2024, due on the day before the factories' moment (1 June 2024)."""
    return opened(2024, who, date(2024, 5, 31))


def post(user, *codes: str):
    data = {"year": 2024, "divisions": codes}
    return Program(user).client.post("/api/v1/board/remind/", data, content_type="application/json")


def rows_of(level: str = "province", user=None, today: date = date(2024, 6, 3)):
    divisions, statements = Division.objects.all(), AnnualStatement.objects.all()
    if user:
        divisions, statements = Division.objects.visible_to(user), AnnualStatement.objects.visible_to(user)
    board = get_board(divisions, statements, year=2024, level=level, today=today)
    return {row.division.code: row for row in board.rows}


def test_each_unit_has_its_state_and_its_days(cast, who, year) -> None:
    for place in (cast.guangdong, cast.xinjiang):
        AnnualStatement.objects.create(division=place, year=2024)
    factories.typed(
        AnnualStatement.objects.get(division=cast.guangdong),
        {(cast.dongguan, "cultivated_land"): "1"},
        by=factories.user(role="reporter", division=cast.guangdong),
    )
    statement = filled(cast, who.reporter)
    assert rows_of()["130000"].state == "filling"
    walk(statement, who, "hand_in")
    found = rows_of()
    assert {code: row.state for code, row in found.items()} == {
        "130000": "handed_in", "440000": "filling", "500000": "none", "650000": "empty", "660000": "none",
    }  # fmt: skip
    assert (found["130000"].is_overdue, found["130000"].days) == (True, 3)
    assert found["500000"].is_overdue is False  # was never asked for anything
    walk(statement, who, "confirm", "submit")
    row = rows_of()["130000"]
    assert (row.state, row.is_overdue, row.is_late, row.days) == ("submitted", False, True, 1)
    walk(statement, who, "give_opinion", "approve", "lock")
    assert rows_of()["130000"].state == "locked"
    summed = totals(list(rows_of().values()))
    assert (summed.expected, summed.arrived, summed.late, summed.overdue, summed.untouched) == (5, 1, 1, 2, 1)


def test_what_was_submitted_on_the_day_itself_in_china_is_on_time(cast, who, year) -> None:
    statement = walk(filled(cast, who.reporter), who, "hand_in", "confirm", "submit")
    for at, days in ((datetime(2024, 5, 31, 15, 59, tzinfo=UTC), 0), (datetime(2024, 5, 31, 16, 0, tzinfo=UTC), 1)):
        AnnualStatement.objects.filter(pk=statement.pk).update(submitted_at=at)
        assert rows_of()["130000"].days == days
    AnnualStatement.objects.filter(pk=statement.pk).update(submitted_at=datetime(2024, 5, 1, tzinfo=UTC))
    assert rows_of()["130000"].days == -30


def test_completeness_counts_rows_that_say_everything_and_rows_that_are_marked(cast, who, year) -> None:
    statement = filled(cast, who.reporter)
    assert (rows_of()["130000"].filled.done, rows_of()["130000"].filled.expected) == (2, 2)
    factories.typed(statement, {(cast.leting, "dry"): ""}, by=who.reporter)
    assert rows_of()["130000"].filled.done == 1
    assert {code: row.state for code, row in rows_of("county", user=who.reviewer).items()} == {
        "130224": "filling",
        "130225": "filling",
    }
    farmer = factories.user(role="reporter", division=cast.luannan, department="agriculture")
    actions.finish_row(statement, division="130224", by=who.county, at=MOMENT)
    row = rows_of("county")["130224"]
    assert (row.state, row.is_overdue) == ("filling", True)  # agriculture has not
    assert row.done["county", "natural_resources"].done == 1
    actions.finish_row(statement, division="130224", by=farmer, at=MOMENT)
    row = rows_of("county")["130224"]
    assert (row.state, row.is_overdue, row.days, row.owes) == ("done", False, 1, False)
    province, prefecture = rows_of()["130000"], rows_of("prefecture")["130200"]
    for row in (province, prefecture):
        marks = row.done["county", "agriculture"]
        assert (marks.done, marks.expected) == (1, 2)
    assert province.done["prefecture", "agriculture"].expected == 1
    assert province.done["prefecture", "agriculture"].done == 0
    other = factories.user(role="reporter", division=cast.leting, department="agriculture")
    actions.finish_row(statement, division="130225", by=other, at=MOMENT)
    assert rows_of()["130000"].done["prefecture", "agriculture"].done == 1  # all its counties are
    assert rows_of("prefecture")["130200"].owes is True  # natural resources is not


def test_a_county_for_which_the_prefecture_fills_in_owes_nothing(cast, who, year) -> None:
    statement = AnnualStatement.objects.create(division=cast.hebei, year=2024)
    factories.typed(statement, {(cast.tangshan, "cultivated_land"): "1"}, by=who.reporter)
    assert rows_of("county")["130224"].owes is False
    assert rows_of("prefecture")["130200"].owes is True
    assert rows_of("county")["441900"].state == "none"  # 东莞 is listed with the counties


def test_a_correction_leaves_the_locked_version_and_says_so(cast, who, year) -> None:
    statement = walk(filled(cast, who.reporter), who, "hand_in", "confirm", "submit", "give_opinion", "approve", "lock")
    actions.take_step(
        statement, "request_correction", by=who.reviewer, at=MOMENT, comment="审计", evidence=[factories.report()]
    )
    assert rows_of()["130000"].requests == 1
    actions.take_step(statement, "approve_correction", by=who.ministry, at=MOMENT)
    actions.take_step(statement, "approve_correction", by=who.ministry2, at=MOMENT)
    row = rows_of()["130000"]
    assert (row.state, row.versions, row.is_correcting, row.days, row.owes) == ("locked", 2, True, 1, True)


def test_the_years_stand_side_by_side(cast, who, year) -> None:
    opened(2023, who, date(2024, 6, 30))
    walk(filled(cast, who.reporter, year=2023), who, "hand_in", "confirm", "submit")
    filled(cast, who.reporter)
    AnnualStatement.objects.create(division=cast.guangdong, year=2024)
    matrix = get_matrix(
        Division.objects.all(), AnnualStatement.objects.all(), years=[2023, 2024], today=date(2024, 6, 3)
    )
    cells = {unit.code: [(cell.state, cell.days, cell.is_overdue) for cell in cells] for unit, cells in matrix}
    assert cells["130000"] == [("submitted", -29, False), ("filling", 3, True)]
    assert cells["440000"] == [("none", None, False), ("empty", 3, True)]


def test_reading_takes_the_same_queries_for_one_unit_and_for_many(cast, who, year, django_assert_num_queries) -> None:
    walk(filled(cast, who.reporter), who, "hand_in", "confirm", "submit")
    client = signed_in(who.viewer, Client())
    client.get(BOARD)
    with django_assert_num_queries(10):
        rows_of()
    with CaptureQueriesContext(connection) as one:
        client.get(BOARD, {"year": 2024})
    for place in (cast.guangdong, cast.chongqing, cast.xinjiang, cast.xpcc):
        AnnualStatement.objects.create(division=place, year=2024)
        Reminder.objects.create(
            year=2024, division=place, kind="sent", due_on=year.province_due_on, by=who.ministry, at=MOMENT
        )
    for level in ("province", "prefecture", "county"):
        with django_assert_num_queries(10):
            rows_of(level)
    with django_assert_num_queries(len(one)):
        client.get(BOARD, {"year": 2024})
    with django_assert_num_queries(3):
        get_matrix(Division.objects.all(), AnnualStatement.objects.all(), years=[2023, 2024], today=date(2024, 6, 3))


def test_the_ministry_sees_no_figure_and_no_finding_of_an_open_statement(cast, who, year) -> None:
    factories.published(cast.luannan, "31", year=2024, basis="change_survey")  # a finding: differs from the survey
    statement = filled(cast, who.reporter)
    factories.typed(statement, {(cast.luannan, "cultivated_land"): "37.77"}, by=who.reporter)
    text = signed_in(who.viewer, Client()).get(BOARD, {"year": 2024}).content.decode()
    assert "河北省" in text
    assert "37.77" not in text
    assert rows_of()["130000"].flags is None
    data = Program(who.viewer).client.get("/api/v1/board/?year=2024").json()
    row = next(row for row in data["results"] if row["division"] == "130000")
    assert (row["state"], row["reasons"], row["filled"]) == ("filling", None, 2)


def test_each_sees_the_own_subtree_alone(cast, who, year) -> None:
    filled(cast, who.reporter)
    AnnualStatement.objects.create(division=cast.guangdong, year=2024)
    for user, level, codes in (
        (who.reviewer, "", {"130200"}),
        (who.reviewer, "county", {"130224", "130225"}),
        (who.county, "", {"130224"}),
        (who.stranger, "county", {"441900"}),
    ):
        page = signed_in(user, Client()).get(BOARD, {"year": 2024, "level": level})
        assert {view.row.division.code for view in page.context["rows"]} == codes
    client = signed_in(who.stranger, Client())
    assert client.get(BOARD, {"year": 2024, "level": "county", "division": "130200"}).status_code == 404
    assert Program(who.stranger).client.get("/api/v1/board/?year=2024&division=130000").status_code == 404
    assert signed_in(who.admin, Client()).get(BOARD).status_code == 403


def test_the_list_is_filtered_sorted_and_exported_as_it_is_shown(cast, who, year) -> None:
    filled(cast, who.reporter)
    AnnualStatement.objects.create(division=cast.guangdong, year=2024)
    client = signed_in(who.ministry, Client())

    def shown(**query: str) -> list[str]:
        return [view.row.division.code for view in client.get(BOARD, {"year": 2024} | query).context["rows"]]

    assert shown(state="filling") == ["130000"]
    assert shown(state="overdue") == ["130000", "440000"]
    assert shown(sort="late")[:2] == ["130000", "440000"]
    assert shown(sort="progress")[-1] == "130000"
    assert shown(state="nonsense", sort="x") == ["130000", "440000", "500000", "650000", "660000"]
    answer = client.get(BOARD, {"year": 2024, "state": "empty", "export": "csv"})
    text = answer.content.decode()
    assert "广东省" in text
    assert "河北省" not in text
    assert "# 状态,未填" in text
    assert "数据截至" in text
    book = client.get(BOARD, {"level": "years", "export": "xlsx"})
    assert book.content.startswith(b"PK")


def test_a_reminder_reaches_who_has_the_next_step(cast, who, year) -> None:
    statement = filled(cast, who.reporter)

    def reached(*codes: str, by=who.ministry, at=MOMENT) -> set[int]:
        before = set(Notice.objects.values_list("pk", flat=True))
        results = remind(codes, Division.objects.visible_to(by), year=2024, text="请尽快", by=by, at=at)
        assert [result.code for result in results] == [""] * len(codes), results
        fresh = Notice.objects.exclude(pk__in=before)
        assert {notice.words["text"] for notice in fresh} == {"请尽快"}
        assert sum(result.recipients for result in results) == fresh.count()
        return set(fresh.values_list("user", flat=True))

    hour = timedelta(hours=1)
    assert reached("130000") == {who.reporter.pk, who.farm_reporter.pk}
    walk(statement, who, "hand_in")
    assert reached("130000", at=MOMENT + hour) == {who.reviewer.pk, who.farm_reviewer.pk}
    walk(statement, who, "confirm")
    assert reached("130000", at=MOMENT + 2 * hour) == {who.reviewer.pk}
    actions.take_step(statement, "return", by=who.reviewer, at=MOMENT, comment="请核实")
    assert reached("130224", by=who.reviewer) == {who.county.pk}
    latest = Reminder.objects.order_by("-pk").first()
    assert (latest.division_id, latest.kind, latest.by, latest.recipients) == ("130224", "sent", who.reviewer, 1)


def test_one_refusal_undoes_nothing_of_the_others_and_says_why(cast, who, year) -> None:
    filled(cast, who.reporter)
    AnnualStatement.objects.create(division=cast.guangdong, year=2024)  # has a reviewer alone
    AnnualStatement.objects.create(division=cast.chongqing, year=2024)  # has nobody
    codes = ["130000", "440000", "500000", "650000", "130224", "999999", "130000"]
    results = remind(codes, Division.objects.all(), year=2024, text="", by=who.ministry, at=MOMENT)
    assert [(result.code_of_unit, result.code, result.status) for result in results] == [
        ("130000", "", 0), ("440000", "", 0), ("500000", "nobody", 409), ("650000", "not_opened", 409),
        ("130224", "permission_denied", 403), ("999999", "not_found", 404),
    ]  # fmt: skip
    assert Reminder.objects.count() == 2
    again = remind(["130000"], Division.objects.all(), year=2024, text="", by=who.ministry, at=MOMENT)[0]
    assert (again.code, again.status) == ("reminded_already", 409)
    local = timezone.localtime(MOMENT)
    assert f"{local:%H:%M}" in again.detail
    assert f"{local + timedelta(hours=1):%H:%M}" in again.detail
    other = remind(["130000"], Division.objects.all(), year=2024, text="", by=who.ministry2, at=MOMENT)[0]
    assert other.code == ""  # the hour is each person's own


def test_who_has_handed_in_owes_nothing(cast, who, year) -> None:
    statement = walk(filled(cast, who.reporter), who, "hand_in")
    [county] = remind(["130224"], Division.objects.all(), year=2024, text="", by=who.reviewer, at=MOMENT)
    assert county.code == "owes_nothing"
    walk(statement, who, "confirm", "submit")
    [unit] = remind(["130000"], Division.objects.all(), year=2024, text="", by=who.ministry, at=MOMENT)
    assert (unit.code, unit.status) == ("owes_nothing", 409)
    assert Reminder.objects.count() == 0


@pytest.mark.parametrize("name", ["reporter", "viewer", "county", "admin"])
def test_only_reviewers_of_the_level_above_remind(cast, who, year, name) -> None:
    filled(cast, who.reporter)
    user = getattr(who, name)
    with pytest.raises(Refused) as refused:
        remind(["130224"], Division.objects.all(), year=2024, text="", by=user, at=MOMENT)
    assert refused.value.status == 403
    data = {"year": "2024", "level": "county", "scope": "ticked", "unit": "130224"}
    assert signed_in(user, Client()).post("/board/remind/", data).status_code == 403
    answer = post(user, "130224")
    assert answer.status_code == 403


def test_reminders_are_sent_from_the_page_and_over_rest(cast, who, year) -> None:
    filled(cast, who.reporter)
    client = signed_in(who.ministry, Client())
    page = client.get(BOARD, {"year": 2024}).content.decode()
    assert re.findall(r'name="unit" value="(\d+)"', page) == ["130000"]
    text = client.post(
        "/board/remind/", {"year": 2024, "level": "province", "scope": "overdue", "text": "请于本周内上报"}
    ).content.decode()
    assert "通知 2 人" in text
    assert "请于本周内上报" in text
    assert "自然资源部" in text or who.ministry.username in client.get(BOARD, {"year": 2024}).content.decode()
    assert client.post("/board/remind/", {"year": 2024, "level": "province", "scope": "ticked"}).status_code == 302
    answer = post(who.ministry, "130000", "500000")
    assert answer.status_code == 200
    assert [row["code"] for row in answer.json()["results"]] == ["reminded_already", "not_opened"]


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_a_reminder_that_is_sent_twice_at_once_goes_out_once(transactional_db) -> None:
    cast = factories.tree()
    who = people(cast)
    opened(2024, who, date(2024, 5, 31))
    filled(cast, who.reporter)

    def send() -> str:
        rows = Division.objects.filter(pk="130000")
        return remind(["130000"], rows, year=2024, text="", by=who.ministry, at=MOMENT)[0].code or "sent"

    assert sorted(overlapped(send, send)) == ["reminded_already", "sent"]
    assert Reminder.objects.count() == 1
