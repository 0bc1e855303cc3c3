"""Home: what each kind of user has to do, by when, and what happened."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.selectors.home import get_leaves
from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Notice, ReportingYear
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import filled, people, walk


@pytest.fixture
def who(cast):
    return people(cast)


@pytest.fixture
def statement(cast, who) -> AnnualStatement:
    return filled(cast, who.reporter)


@pytest.fixture
def year(who) -> ReportingYear:
    """2024: counties were due yesterday, prefectures today, provinces are in ten days."""
    today = timezone.localdate()
    days = {"county_due_on": today - timedelta(days=1), "prefecture_due_on": today}
    return ReportingYear.objects.create(
        year=2024, **days, province_due_on=today + timedelta(days=10), opened_by=who.ministry, opened_at=MOMENT
    )


def home(user) -> str:
    response = signed_in(user, Client()).get("/home/")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_reporter_sees_what_is_due_by_when_how_far_it_is_and_the_next_step(statement, year, who, cast) -> None:
    page = home(who.reporter)
    assert "河北省 2024 年度报表" in page
    assert "还有 10 天" in page
    assert "必填已齐 2/2 行 · 标记完成 0 行" in page
    assert f'href="/statements/{statement.pk}/">校验并送审</a>' in page
    county = home(who.county)
    assert "逾期 1 天" in county
    assert "必填已齐 1/1 行" in county
    assert "核对并标记完成" in county
    assert "今天到期" in home(factories.user(role="reporter", division=cast.tangshan))
    farm = home(who.farm_reporter)
    assert "已填 0/2 行" in farm
    assert "开始填报" in farm


def test_progress_counts_gaps_marks_and_what_a_prefecture_typed_for_its_counties(statement, year, who, cast) -> None:
    typist = factories.user(role="reporter", division=cast.tangshan, department="agriculture")
    actions.save_cells(
        statement,
        cells=[actions.Cell("130200", "high_standard_farmland", absence="blank", note="在建")],
        unit=factories.UNITS["mu"],
        by=typist,
        at=MOMENT,
    )
    assert "已填 2/2 行" in home(who.farm_reporter)
    actions.finish_row(statement, division="130224", by=who.county, at=MOMENT)
    assert "标记完成 1 行" in home(who.reporter)
    assert "标记完成 0 行" in home(who.farm_reporter)
    assert [code for code, _parent in get_leaves(cast.hebei)] == ["130224", "130225"]
    assert get_leaves(cast.xpcc) == [("660000", "650000")]


def test_what_was_returned_says_why_and_by_whom(statement, year, who) -> None:
    statement = walk(statement, who, "hand_in")
    actions.take_step(statement, "return", by=who.reviewer, at=MOMENT, comment="水田<b>偏大</b>")
    for user in (who.reporter, who.county):
        page = home(user)
        assert "水田&lt;b&gt;偏大&lt;/b&gt;" in page
        assert f"{who.reviewer} 于 2024-06-01 08:00 退回" in page
    assert "偏大" not in home(who.stranger)
    assert "偏大" not in home(who.ministry)


def test_a_reviewer_sees_what_came_in_the_oldest_first_with_its_day(statement, year, who, cast) -> None:
    assert "没有待您处理的报表" in home(who.reviewer)
    newer = walk(filled(cast, who.reporter, year=2023), who, "hand_in")
    AnnualStatement.objects.filter(pk=newer.pk).update(handed_in_at=MOMENT + timedelta(days=1))
    walk(statement, who, "hand_in")
    page = home(who.reviewer)
    assert re.findall(r"/statements/queue/\?selected=(\d+)", page) == [str(statement.pk), str(newer.pk)]
    assert "还有 10 天" in page
    ministry = home(who.ministry)
    assert "没有待您处理的报表" in ministry
    walk(AnnualStatement.objects.get(pk=statement.pk), who, "confirm", "submit")
    ReportingYear.objects.update(
        county_due_on="2024-01-01", prefecture_due_on="2024-01-01", province_due_on="2024-01-02"
    )
    assert re.search(r"迟报 \d+ 天", home(who.ministry))


def test_comments_on_the_own_rows_and_pending_corrections_wait_at_home(statement, year, who, cast) -> None:
    for place, text in (("130224", "滦南水田"), ("130225", "乐亭水田")):
        actions.add_comment(statement, division=place, indicator="paddy", text=text, by=who.reviewer, at=MOMENT)
    county = home(who.county)
    assert ("滦南水田" in county, "乐亭水田" in county) == (True, False)
    assert "待处理的意见" not in home(who.reviewer)  # what one said oneself
    assert "滦南水田" not in home(who.stranger)
    old = walk(
        filled(cast, who.reporter, year=2020), who, "hand_in", "confirm", "submit", "give_opinion", "approve", "lock"
    )
    actions.take_step(
        old, "request_correction", by=who.reviewer, at=MOMENT, comment="审计", evidence=[factories.report()]
    )
    assert "待初核" in home(who.reviewer)
    assert "更正申请" in home(who.ministry)
    actions.take_step(old, "approve_correction", by=who.ministry, at=MOMENT)
    assert "已初核，待第二人批准" in home(who.reviewer)


def test_the_ministry_never_sees_a_drafts_progress_or_comments(statement, year, who) -> None:
    actions.add_comment(statement, division="130224", indicator="paddy", text="内部讨论", by=who.reviewer, at=MOMENT)
    for user in (who.ministry, who.farm_ministry, who.viewer):
        page = home(user)
        assert "内部讨论" not in page
        assert "行 ·" not in page


def test_viewers_see_what_was_approved_last_and_administrators_their_users(cast, who) -> None:
    assert "还没有通过的报表" in home(who.viewer)
    factories.statement(cast.hebei, {cast.luannan: "1"}, released="province")
    page = home(who.viewer)
    assert "河北省 2022" in page
    assert "已公开" in page
    invited = factories.user(role="viewer", division=cast.luannan)
    invited.set_unusable_password()
    invited.save()
    found = dict(re.findall(r"<dt>([^<]+)</dt> ?<dd>(\d+)</dd>", home(who.admin)))
    assert found["还没有设置密码"] == "1"
    assert int(found["启用的用户"]) == 7
    assert "最近通过的报表" not in home(who.admin)


def test_home_shows_the_latest_notices_and_says_where_there_is_nothing(statement, who, cast) -> None:
    walk(statement, who, "hand_in")
    assert "已送审，待本级审核" in home(who.reviewer)
    assert Notice.objects.filter(user=who.reviewer, read_at=None).exists()
    lonely = home(factories.user(role="reporter", division=cast.wanzhou))
    assert "现在没有要填报的报表" in lonely
    assert "还没有通知" in lonely


def test_home_costs_few_queries_and_no_more_for_many_statements(
    statement, year, who, cast, django_assert_max_num_queries
) -> None:
    def ask(user, most: int) -> int:
        client = signed_in(user, Client())
        with django_assert_max_num_queries(most) as found:
            client.get("/home/")
        return len(found)

    most = {"reporter": 19, "reviewer": 22, "ministry": 16, "viewer": 5, "admin": 5}
    before = {name: ask(getattr(who, name), number) for name, number in most.items()}
    for number in range(2010, 2016):
        filled(cast, who.reporter, year=number)
    for number in range(2016, 2020):
        walk(filled(cast, who.reporter, year=number), who, "hand_in", "confirm", "submit")
    for name, number in before.items():
        assert ask(getattr(who, name), number + 1) <= number + 1  # the days of what came in


def test_signing_in_leads_home_which_is_the_first_section(who) -> None:
    page = home(who.reporter)
    assert re.search(r'<nav class="tabs"[^>]*> <a href="/home/" aria-current="page">首页</a>', page)


def test_a_row_is_filled_when_every_mandatory_line_says_something(cast, year, who) -> None:
    draft = AnnualStatement.objects.create(division=cast.hebei, year=2024)
    factories.typed(draft, {(cast.luannan, "cultivated_land"): "30"}, by=who.reporter)
    assert "必填已齐 0/2 行" in home(who.reporter)


def test_a_department_without_lines_owes_nothing(statement, year, who, cast) -> None:
    grain = factories.user(role="reporter", division=cast.hebei, department="grain_reserves")
    assert "现在没有要填报的报表" in home(grain)
