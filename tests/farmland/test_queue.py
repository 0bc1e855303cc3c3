"""The reviewer's list: what waits for whom, the panel, one step for many, and who sees how much of it."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Attachment, Comment, ReportingYear, StatementStatus
from farmland.selectors.queue import days_late, is_overdue
from farmland.workflow import available_actions, waiting_for
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import filled, walk
from tests.farmland.test_api_statements import Program

QUEUE = "/statements/queue/"


def queue(user, **query: object) -> str:
    response = signed_in(user, Client()).get(QUEUE, query)
    assert response.status_code == 200
    return response.content.decode()


def listed(user, **query: object) -> list[int]:
    return [int(pk) for pk in re.findall(r'name="statement" value="(\d+)"', queue(user, **query))]


def at_every_step(cast, who) -> list[AnnualStatement]:
    """Hebei's statements of several years, one at each step of the way."""
    way = ("hand_in", "confirm", "submit", "give_opinion", "approve", "lock")
    made = []
    for number in range(len(way) + 1):
        made.append(walk(filled(cast, who.reporter, year=2018 + number), who, *way[:number]))
    correcting = made[-1]
    actions.take_step(
        correcting, "request_correction", by=who.reviewer, at=MOMENT, comment="审计", evidence=[factories.report()]
    )
    actions.take_step(correcting, "approve_correction", by=who.ministry, at=MOMENT)
    returned = walk(filled(cast, who.reporter, year=2017), who, "hand_in")
    made.append(actions.take_step(returned, "return", by=who.reviewer, at=MOMENT, comment="请核实"))
    return made


def is_waiting(statement: AnnualStatement, user) -> bool:
    """What the workflow's own answers say, row by row, less what the user has done and what takes back or types."""
    steps = {step.action for step in available_actions(statement, user)} - {"withdraw", "hand_in", "lock"}
    steps |= {"approve_correction"} & set(actions.correction_actions(statement, user))
    done = {"confirm": statement.confirmed_at, "give_opinion": statement.opinion_at}
    return any(not done.get(step) for step in steps)


def test_what_waits_is_what_the_workflow_offers_for_everybody_at_every_step(cast, who) -> None:
    at_every_step(cast, who)
    inactive = factories.user(role="reviewer", division=cast.hebei, is_active=False)
    for name, user in {**vars(who), "inactive": inactive}.items():
        rows = AnnualStatement.objects.visible_to(user)
        found = set(rows.filter(waiting_for(user)).values_list("year", flat=True))
        assert found == {row.year for row in rows.select_related("division") if is_waiting(row, user)}, name
    assert AnnualStatement.objects.filter(waiting_for(who.ministry)).count() == 2
    assert AnnualStatement.objects.filter(waiting_for(who.ministry2)).count() == 3  # and the second approval


def test_each_sees_in_the_list_what_waits_and_on_demand_everything_in_scope(cast, who) -> None:
    made = {row.year: row.pk for row in at_every_step(cast, who)}
    other = AnnualStatement.objects.create(division=cast.guangdong, year=2019)
    assert listed(who.reviewer) == [made[2020], made[2019]]
    assert listed(who.farm_reviewer) == [made[2019]]
    assert listed(who.farm_ministry) == [made[2021]]
    assert listed(who.stranger) == []
    assert other.pk not in listed(who.reviewer, show="all")
    assert set(listed(who.ministry, show="all")) == {*made.values(), other.pk}
    assert listed(who.ministry, show="all", unit="广东") == [other.pk]
    assert set(listed(who.ministry, show="all", year=2019)) == {made[2019], other.pk}
    assert "没有待您处理的报表" in queue(who.stranger)


@pytest.mark.parametrize("name", ["reporter", "viewer", "admin", "county"])
def test_who_reviews_nothing_has_no_list_and_no_entry(cast, who, name: str) -> None:
    client = signed_in(getattr(who, name))
    assert client.get(QUEUE).status_code == 403
    assert client.post("/statements/queue/batch/", {"action": "approve", "statement": "1"}).status_code == 403
    assert QUEUE not in client.get("/statements/").content.decode()


def test_the_navigation_counts_what_waits_in_words_too(cast, who, django_assert_num_queries) -> None:
    client = signed_in(who.reviewer)
    page = client.get("/accounts/preferences/").content.decode()
    assert QUEUE in page
    assert "项待办" not in page
    walk(filled(cast, who.reporter), who, "hand_in")
    walk(filled(cast, who.reporter, year=2025), who, "hand_in")
    assert "2 项待办" in client.get("/accounts/preferences/").content.decode()
    assert "项待办" not in signed_in(who.reporter).get("/accounts/preferences/").content.decode()


def with_reason(cast, who, year: int = 2024) -> AnnualStatement:
    """A statement with one finding that stands with its reason, handed in."""
    factories.published(cast.luannan, "31", year=year, basis="change_survey")
    statement = filled(cast, who.reporter, year=year)
    actions.give_reason(
        statement, rule="survey", division="130224", indicator="cultivated_land", text="变更调查后调出",
        by=who.reporter, at=MOMENT,
    )  # fmt: skip
    return walk(statement, who, "hand_in")


def test_the_ministry_never_sees_a_drafts_findings_or_figures(cast, who) -> None:
    statement = with_reason(cast, who)
    own = queue(who.reviewer, selected=statement.pk)
    assert re.search(r"#i-flag.*?</svg> 1<", own)
    assert "变更调查后调出" in own
    above = queue(who.ministry, show="all", selected=statement.pk)
    assert "内容只对本单位可见" in above
    for secret in ("变更调查后调出", '#i-flag"', "60.00", "滦南"):
        assert secret not in above.replace('id="i-flag"', ""), secret
    walk(statement, who, "confirm", "submit")
    assert "变更调查后调出" in queue(who.ministry, selected=statement.pk)


def test_a_county_reviewer_counts_the_findings_of_its_own_row_alone(cast, who) -> None:
    statement = with_reason(cast, who)
    for place, flags in ((cast.luannan, "1"), (cast.leting, "0")):
        page = queue(factories.user(role="reviewer", division=place), show="all", selected=statement.pk)
        cells = re.findall(r'<td class="num">(?:<span class="flags">.*?</svg> )?(\d|—)(?:</span>)?</td>', page)
        assert flags in cells, place
        assert ("变更调查后调出" in page) == (place == cast.luannan)


def test_the_panel_comes_alone_to_htmx_and_within_the_page_to_a_link(cast, who) -> None:
    statement = with_reason(cast, who)
    Attachment.objects.create(
        statement=statement,
        name="验收汇总表.xlsx",
        kind="xlsx",
        size=49152,
        sha256="a" * 64,
        by=who.reporter,
        at=MOMENT,
    )
    client = signed_in(who.reviewer)
    part = client.get(QUEUE, {"selected": statement.pk}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert part.count('id="review-panel"') == 1
    page = client.get(QUEUE, {"selected": statement.pk}).content.decode()
    for text in ("与上年对比", "变更调查后调出", "验收汇总表.xlsx", "办理记录", f"/statements/{statement.pk}/return/"):
        assert text in part, text
        assert text in page, text
    assert client.get(QUEUE, {"selected": 10**6}).status_code == 404
    assert signed_in(who.stranger).get(QUEUE, {"selected": statement.pk}).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["?show=x", "?year=abc", "?year=1", "?page=x", "?selected=x", "?selected=99999999999999999999", "?unit=%F0%9F"],
)
def test_an_odd_address_is_no_failure(who, query: str) -> None:
    assert signed_in(who.reviewer).get(QUEUE + query).status_code == 200


def test_the_list_costs_as_many_queries_for_many_rows_as_for_few(cast, who, django_assert_max_num_queries) -> None:
    for year in (2020, 2021):
        walk(filled(cast, who.reporter, year=year), who, "hand_in", "confirm", "submit")
    client = signed_in(who.ministry)
    client.get(QUEUE)
    with django_assert_max_num_queries(14) as few:
        client.get(QUEUE)
    number = len(few)
    for year in (2022, 2023, 2024):
        walk(filled(cast, who.reporter, year=year), who, "hand_in", "confirm", "submit")
    assert len(listed(who.ministry)) == 5
    with django_assert_max_num_queries(number):
        client.get(QUEUE)


def test_findings_are_counted_anew_when_what_they_rest_on_moves(cast, who) -> None:
    walk(filled(cast, who.reporter), who, "hand_in")
    assert '#i-flag"/>' not in queue(who.reviewer)
    factories.published(cast.luannan, "31", year=2024, basis="change_survey")
    assert '#i-flag"/>' in queue(who.reviewer)


def test_of_a_settled_statement_the_accepted_reasons_are_counted(cast, who) -> None:
    statement = walk(with_reason(cast, who), who, "confirm", "submit", "give_opinion", "approve")
    assert re.search(r"#i-flag.*?</svg> 1<", queue(who.ministry, show="all"))
    for place, has_flag in ((cast.luannan, True), (cast.leting, False)):
        page = queue(factories.user(role="reviewer", division=place), show="all", year=statement.year)
        assert ('#i-flag"/>' in page) == has_flag


def test_what_is_late_is_marked(cast, who) -> None:
    due = date(2024, 5, 31)
    ReportingYear.objects.create(
        year=2024,
        county_due_on=due,
        prefecture_due_on=due,
        province_due_on=due,
        opened_at=MOMENT,
        opened_by=who.ministry,
    )
    walk(filled(cast, who.reporter), who, "hand_in", "confirm", "submit")  # on 1 June
    page = queue(who.ministry)
    assert "迟报 1 天" in page
    assert "逾期" not in page  # it is there
    evening = datetime(2024, 5, 31, 15, 59, tzinfo=UTC)  # 23:59 in China
    assert days_late(AnnualStatement(submitted_at=evening), due) == 0
    assert days_late(AnnualStatement(submitted_at=evening.replace(hour=16)), due) == 1
    assert days_late(AnnualStatement(submitted_at=evening.replace(hour=16), version=2), due) == 0
    for submitted, status, today, late in (
        (evening.replace(hour=16), StatementStatus.SUBMITTED, date(2024, 7, 1), False),
        (None, StatementStatus.HANDED_IN, due, False),
        (None, StatementStatus.HANDED_IN, date(2024, 6, 1), True),
        (None, StatementStatus.LOCKED, date(2024, 6, 1), False),
    ):
        assert is_overdue(AnnualStatement(status=status, submitted_at=submitted), due, today) is late
    assert not is_overdue(AnnualStatement(status="draft", version=2), due, date(2025, 1, 1))
    assert not is_overdue(AnnualStatement(status="draft"), None, date(2025, 1, 1))


def test_a_return_shows_the_reviewers_own_open_comments_that_go_with_it(cast, who) -> None:
    statement = walk(filled(cast, who.reporter), who, "hand_in")
    said = {"statement": statement, "division": cast.luannan, "indicator": "dry", "at": MOMENT}
    Comment.objects.create(**said, text="旱地为何未变", by=who.reviewer)
    Comment.objects.create(**said, text="别人说的", by=who.farm_reviewer)
    Comment.objects.create(**said, text="已处理的", by=who.reviewer, resolved_at=MOMENT, resolved_by=who.reporter)
    Comment.objects.create(**said | {"at": datetime(2020, 1, 1, tzinfo=UTC)}, text="去年的", by=who.reviewer)
    for address in (f"/statements/{statement.pk}/", f"{QUEUE}?selected={statement.pk}"):
        page = signed_in(who.reviewer).get(address).content.decode()
        assert "随退回一并送达的意见 1 条" in page
        listed = page[page.index("own-remarks") : page.index("</ul>", page.index("own-remarks"))]
        assert "旱地为何未变" in listed
        assert not {"别人说的", "已处理的", "去年的"} & set(re.findall(r"[\u4e00-\u9fff]+", listed))
    assert "随退回一并送达" not in signed_in(who.farm_reviewer).get(f"/statements/{statement.pk}/").content.decode()


def two_of_three(cast, who) -> list[AnnualStatement]:
    """Three submitted statements, the second without agriculture's opinion."""
    way = ("hand_in", "confirm", "submit", "give_opinion")
    return [
        walk(filled(cast, who.reporter, year=2020 + number), who, *way[: 3 if number == 1 else 4])
        for number in range(3)
    ]


def test_one_step_for_many_takes_what_it_may_and_says_what_it_may_not(cast, who) -> None:
    made = two_of_three(cast, who)
    fields = {"action": "approve", "comment": "批量", "statement": [row.pk for row in made]}
    page = signed_in(who.ministry).post("/statements/queue/batch/", fields).content.decode()
    assert page.count("已办理") == 2
    assert page.count("未办理") == 1
    assert "农业农村部尚未提出意见" in page
    assert [AnnualStatement.objects.get(pk=row.pk).status for row in made] == ["approved", "submitted", "approved"]
    none = signed_in(who.ministry).post("/statements/queue/batch/", {"action": "approve"})
    assert none.status_code == 422
    assert "请先勾选报表" in none.content.decode()
    for odd in ({"action": "dance", "statement": made[0].pk}, {"action": "approve", "statement": "9" * 40}):
        assert signed_in(who.ministry).post("/statements/queue/batch/", odd).status_code == 422


def test_a_batch_over_rest_answers_each_number_once_and_in_order(cast, who) -> None:
    made = two_of_three(cast, who)
    stranger = AnnualStatement.objects.create(division=cast.guangdong, year=2024)
    numbers = [made[1].pk, made[0].pk, 10**6, made[0].pk]
    answer = Program(who.ministry).post("batch/", action="approve", statements=numbers, comment="同意")
    assert answer.status_code == 200
    first, second, third = answer.json()["results"]
    assert (first["id"], first["status"], first["code"]) == (made[1].pk, "submitted", "no_opinion")
    assert second == {"id": made[0].pk, "status": "approved", "code": None, "detail": None}
    assert (third["status"], third["code"]) == (None, "not_found")
    (hidden,) = Program(who.reviewer).post("batch/", action="submit", statements=[stranger.pk]).json()["results"]
    assert (hidden["status"], hidden["code"]) == (None, "not_found")
    (wrong,) = Program(who.viewer).post("batch/", action="approve", statements=[made[2].pk]).json()["results"]
    assert (wrong["status"], wrong["code"]) == ("submitted", "permission_denied")
    (again,) = Program(who.ministry).post("batch/", action="approve", statements=[made[0].pk]).json()["results"]
    assert (again["status"], again["code"]) == ("approved", "wrong_state")


@pytest.mark.parametrize(
    "batch",
    [
        {}, {"action": "approve"}, {"action": "approve", "statements": []}, {"action": "dance", "statements": [1]},
        {"action": "hand_in", "statements": [1]}, {"action": "approve", "statements": ["x"]},
        {"action": "approve", "statements": list(range(1, 102))}, {"action": "approve", "statements": [2**70]},
    ],
)  # fmt: skip
def test_a_batch_that_cannot_be_read_is_400(who, batch: dict) -> None:
    assert Program(who.ministry).post("batch/", **batch).status_code == 400


def test_a_batch_approves_a_correction_and_a_return_without_a_word_is_refused(cast, who) -> None:
    steps = ("hand_in", "confirm", "submit", "give_opinion", "approve", "lock")
    locked = walk(filled(cast, who.reporter), who, *steps)
    waiting = walk(filled(cast, who.reporter, year=2025), who, *steps[:3])
    actions.take_step(
        locked, "request_correction", by=who.reviewer, at=MOMENT, comment="审计", evidence=[factories.report()]
    )
    for person in (who.ministry, who.ministry2):
        (result,) = (
            Program(person).post("batch/", action="approve_correction", statements=[locked.pk]).json()["results"]
        )
        assert (result["status"], result["code"]) == ("locked", None)
    assert AnnualStatement.objects.get(corrects=locked).status == "draft"
    (result,) = Program(who.ministry).post("batch/", action="return", statements=[waiting.pk]).json()["results"]
    assert (result["status"], result["code"]) == ("submitted", "comment_required")
