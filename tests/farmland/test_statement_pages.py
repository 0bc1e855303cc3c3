"""Pages of statements: the list, the grid without script, and the steps."""

import pytest
from django.urls import reverse

from farmland.models import AnnualStatement, Comment, Figure, ReportingYear
from tests import factories
from tests.factories import signed_in


def sheet(user, statement: AnnualStatement, **query: str) -> str:
    return signed_in(user).get(f"/statements/{statement.pk}/", query).content.decode()


def test_the_ministry_opens_a_year_and_every_unit_gets_its_draft(cast, who) -> None:
    days = {"county": "2026-02-28", "prefecture": "2026-03-31", "province": "2026-04-30"}
    page = signed_in(who.ministry).post("/statements/open/", {"year": 2025, **days}, follow=True).content.decode()
    assert "已开启 2025 年度填报" in page
    assert set(AnnualStatement.objects.filter(year=2025).values_list("division", flat=True)) == {
        "130000", "440000", "500000", "650000", "660000",
    }  # fmt: skip
    again = signed_in(who.ministry).post("/statements/open/", {"year": 2025, **days}, follow=True).content.decode()
    assert "已经开启" in again
    assert ReportingYear.objects.count() == 1
    assert signed_in(who.reviewer).post("/statements/open/", {"year": 2026, **days}).status_code == 403
    wrong = signed_in(who.ministry).post("/statements/open/", {"year": 2026, **days, "county": "2027-01-01"})
    assert wrong.status_code == 422


def test_the_grid_shows_rows_sums_and_what_was_typed(statement, who) -> None:
    page = sheet(who.reporter, statement)
    assert 'name="c:130224:paddy:1" value="10"' in page
    assert 'data-sum-of="130224 130225"' in page
    assert ">20.00<" in page
    assert 'value="100000"' in sheet(who.reporter, statement, unit="mu")


def test_cells_are_saved_without_script_and_only_those_that_changed(statement, who) -> None:
    client = signed_in(who.reporter)
    fields = {
        "group": "land",
        "unit": "wan_mu",
        "c:130224:paddy:1": "11",
        "c:130224:dry:1": "10",
        "c:130225:paddy:1": "x",
    }
    page = client.post(f"/statements/{statement.pk}/cells/", fields, follow=True).content.decode()
    assert "已保存 1 格" in page
    assert "“x”不是数，请填写零或正数" in page
    assert Figure.objects.get(division="130224", indicator="paddy").value_mu == 110_000
    assert Figure.objects.get(division="130224", indicator="dry").revision == 1


def test_a_county_sees_its_own_row_and_nothing_of_the_others(statement, who, cast) -> None:
    Comment.objects.create(
        statement=statement, division=cast.leting, text="乐亭的事", by=who.reviewer, at=factories.MOMENT
    )
    page = sheet(who.county, statement)
    assert "c:130224:paddy" in page
    assert "130225" not in page
    assert "乐亭" not in page


def test_levels_above_see_that_a_draft_is_there_and_not_what_is_in_it(statement, who) -> None:
    page = sheet(who.ministry, statement)
    assert "内容只对本单位可见" in page
    assert "data-indicator" not in page
    assert signed_in(who.stranger).get(f"/statements/{statement.pk}/").status_code == 404


def test_agriculture_types_its_own_lines_alone(statement, who) -> None:
    assert "<input inputmode" not in sheet(who.farm_reporter, statement)
    assert "c:130224:high_standard_farmland:0" in sheet(who.farm_reporter, statement, group="facilities")
    assert "c:130224:high_standard_farmland" not in sheet(who.reporter, statement, group="facilities")


def test_steps_stand_on_the_page_for_who_may_take_them_and_refusals_are_said(statement, who) -> None:
    assert f"/statements/{statement.pk}/hand_in/" in sheet(who.reporter, statement)
    assert f"/statements/{statement.pk}/hand_in/" not in sheet(who.reviewer, statement)
    factories.typed(statement, {(factories.Division.objects.get(code="130224"), "paddy"): "12"}, by=who.reporter)
    page = signed_in(who.reporter).post(f"/statements/{statement.pk}/hand_in/", follow=True).content.decode()
    assert "32.00 万亩" in page
    assert signed_in(who.reviewer).post(f"/statements/{statement.pk}/hand_in/").status_code == 403


def test_a_reason_is_given_beside_its_finding(statement, who, cast) -> None:
    factories.published(cast.luannan, "31", year=2024, basis="change_survey")
    client = signed_in(who.reporter)
    said = {"rule": "survey", "division": "130224", "indicator": "cultivated_land", "text": "变更调查后调出"}
    page = client.post(f"/statements/{statement.pk}/remarks/", said, follow=True).content.decode()
    assert "变更调查后调出" in page
    page = client.post(f"/statements/{statement.pk}/hand_in/", follow=True).content.decode()
    assert "待本级审核" in page


def test_findings_stand_in_the_order_of_their_weight_and_lead_to_their_cells(statement, who, cast) -> None:
    factories.published(cast.luannan, "31", year=2024, basis="change_survey")
    factories.target(cast.luannan, "40", owner=cast.tangshan)
    factories.typed(statement, {(cast.leting, "paddy"): "13"}, by=who.reporter)
    page = sheet(who.reporter, statement).split('id="findings"')[1]
    assert page.index("须更正") < page.index("须说明") < page.index("提示 1 条")
    assert '/?group=land&amp;unit=wan_mu#c-130225-cultivated_land"' in page
    assert "低于目标 40.00 万亩" in page.split("提示 1 条")[1]


def test_the_page_of_a_statement_costs_few_queries(statement, who, django_assert_max_num_queries) -> None:
    client = signed_in(who.reporter)
    with django_assert_max_num_queries(32):
        client.get(f"/statements/{statement.pk}/")


@pytest.mark.parametrize("query", ["?group=gold", "?unit=acre", "?group=%F0%9F", "?year=abc"])
def test_an_odd_address_is_no_failure(statement, who, query: str) -> None:
    assert signed_in(who.reporter).get(f"/statements/{statement.pk}/{query}").status_code == 200
    assert signed_in(who.reporter).get(reverse("statement_list") + query).status_code == 200


def test_beside_a_cell_stand_last_year_the_survey_the_target_and_its_history(statement, who, cast) -> None:
    factories.published(cast.luannan, "25", year=2023, basis="change_survey")
    factories.published(cast.luannan, "31", year=2024, basis="change_survey")
    factories.target(cast.luannan, "29", owner=cast.tangshan)
    factories.typed(statement, {(cast.luannan, "cultivated_land"): "30.5"}, by=who.county)
    address = f"/statements/{statement.pk}/cells/130224/cultivated_land/"
    page = signed_in(who.county).get(address).content.decode()
    for text in ("25.00 万亩", "+22.00%", "31.00 万亩", "−1.61%", "29.00 万亩", "+5.17%", "修改记录"):
        assert text in page, text
    assert signed_in(who.county).get(f"/statements/{statement.pk}/cells/130225/paddy/").status_code == 404
    assert signed_in(who.stranger).get(address).status_code == 404
    assert signed_in(who.reporter).get(f"/statements/{statement.pk}/cells/130224/gold/").status_code == 404


@pytest.mark.parametrize("said", ["字" * 2001, "a\x00b"])
def test_a_comment_that_cannot_be_stored_is_refused_with_a_sentence(cast, said: str) -> None:
    reviewer = factories.user(role="reviewer", division=cast.hebei)
    statement = factories.statement(cast.hebei, {cast.luannan: "1"}, status="handed_in")
    page = factories.signed_in(reviewer).post(f"/statements/{statement.pk}/return/", {"comment": said}, follow=True)
    assert page.status_code == 200
    assert "已办理" not in page.content.decode()
    statement.refresh_from_db()
    assert statement.status == "handed_in"
