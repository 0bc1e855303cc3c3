"""The summary: shapes, scope, sums and conditional answers."""

import json

import pytest

from tests import factories


@pytest.fixture
def data(cast):
    factories.published(cast.china, "20000.00")
    factories.published(cast.hebei, "9051.26")
    factories.published(cast.guangdong, "2852.85", confidence="recalled")
    factories.published(cast.chongqing, "2805.30")
    factories.published(cast.xinjiang, "5290.77")
    factories.target(cast.hebei, "8801", owner=cast.china)
    factories.statement(cast.hebei, {cast.luannan: "90.5", cast.leting: "80"}, released="province")
    factories.statement(cast.guangdong, {cast.guangdong: "2700", cast.dongguan: "20"}, released="province")
    factories.statement(cast.chongqing, {cast.chongqing: "2800", cast.wanzhou: "90"})
    return cast


def get(client, **query):
    return client.get("/api/v1/summary/", query)


def test_a_figure_stands_against_its_target_in_exact_mu(data, sign_in):
    answer = get(sign_in("viewer", data.china), year=2019).json()
    hebei = next(row for row in answer["results"] if row["division"]["code"] == "130000")
    figure = hebei["figures"]["cultivated_land"]
    assert figure["value_mu"] == "90512600.000000"
    assert (figure["target_mu"], figure["target_year"]) == ("88010000.000000", 2035)
    assert (figure["headroom_mu"], figure["headroom_percent"], figure["status"]) == ("2502600.000000", "2.84", "held")
    assert hebei["figures"]["permanent_basic_farmland"]["value_mu"] is None
    assert hebei["figures"]["permanent_basic_farmland"]["status"] == "no_data"
    assert hebei["data_state"] == "approved"


def test_the_nation_shows_its_published_figure_and_the_difference_from_the_sum(data, sign_in):
    nation = get(sign_in("viewer", data.china), year=2019).json()["national"]["figures"]["cultivated_land"]
    assert nation["value_mu"] == "200000000.000000"
    assert nation["sum_mu"] == "200001800.000000"
    assert nation["residual_mu"] == "1800.000000"
    assert nation["sum_coverage"] == {"reported": 4, "expected": 4}


def test_f16_no_verdict_rests_on_an_incomplete_sum(data, sign_in):
    factories.target(data.china, "5000", owner=data.china, indicator="cultivated_land", year=2034)
    nation = get(sign_in("viewer", data.china), year=2022).json()["national"]["figures"]["cultivated_land"]
    assert nation["sum_coverage"] == {"reported": 2, "expected": 4}
    assert (nation["value_mu"], nation["status"]) == (None, "no_data")


def test_the_corps_is_apart_and_never_in_the_sum(data, sign_in):
    factories.published(data.xpcc, "2000")
    answer = get(sign_in("viewer", data.china), year=2019).json()
    assert [row["division"]["code"] for row in answer["results"]] == ["130000", "440000", "500000", "650000"]
    assert answer["coverage"] == {"reported": 4, "expected": 4, "apart": {"660000": "approved"}}
    assert answer["national"]["figures"]["cultivated_land"]["sum_mu"] == "200001800.000000"


def test_a_province_sees_no_working_data_of_another(data, sign_in):
    answer = get(sign_in("reporter", data.hebei), year=2022).json()
    states = {row["division"]["code"]: row["data_state"] for row in answer["results"]}
    assert states["440000"] == "approved"
    assert states["500000"] == "none"
    counties = get(sign_in("reporter", data.hebei), year=2022, level="county").json()
    assert [row["division"]["code"] for row in counties["results"]] == ["130224", "130225"]


def test_f16_what_is_released_for_the_nation_alone_counts_in_its_sum_and_shows_nowhere_else(data, sign_in):
    factories.statement(data.xinjiang, {data.xinjiang: "5290.5"}, released="nation")
    answer = get(sign_in("reporter", data.hebei), year=2022).json()
    assert answer["national"]["figures"]["cultivated_land"]["sum_mu"] == "79905000.000000"
    rows = {row["division"]["code"]: row for row in answer["results"]}
    assert rows["650000"]["figures"]["cultivated_land"]["value_mu"] is None
    assert rows["650000"]["data_state"] == "none"


def test_an_administrator_has_none_of_the_rights_it_grants(data, sign_in):
    rows = get(sign_in("administrator", data.hebei), year=2022, level="county", division="130000").json()["results"]
    assert {row["data_state"] for row in rows} == {"none"}


def test_a_division_outside_the_subtree_is_not_found(data, sign_in):
    client = sign_in("reporter", data.hebei)
    assert get(client, year=2022, division="441900", level="county").status_code == 404
    assert get(client, year=2022, division="999999").status_code == 404


def test_as_of_answers_what_was_known_on_that_day(data, sign_in):
    client = sign_in("viewer", data.china)
    before = get(client, year=2019, as_of="2021-08-24").json()
    after = get(client, year=2019, as_of="2021-08-25").json()
    assert before["national"]["figures"]["cultivated_land"]["value_mu"] is None
    assert after["national"]["figures"]["cultivated_land"]["value_mu"] == "200000000.000000"
    assert after["as_of"].startswith("2021-08-25T23:59:59")


@pytest.mark.parametrize(
    "query",
    [
        {}, {"year": "abc"}, {"year": "1800"}, {"year": "99999999999999"}, {"year": "2019", "level": "street"},
        {"year": "2019", "division": "13"}, {"year": "2019", "as_of": "yesterday"}, {"year": "2019", "format": "pdf"},
        {"year": "2019", "as_of": "0001-01-01"}, {"year": "２０１９"}, {"year": "+2019"}, {"year": "2_019"},
        {"year": "2019", "as_of": "2026-2-3"}, {"year": "2019", "division": "130000\n"},
         {"year": "2019", "division": "\x00\x00\x00\x00\x00\x00"},
    ],
)  # fmt: skip
def test_bad_input_gets_a_clear_400(data, sign_in, query):
    response = get(sign_in("viewer", data.china), **query)
    assert response.status_code == 400
    assert response.json()["errors"][0]["detail"]


def test_an_unchanged_answer_is_304_and_a_change_is_not(data, sign_in):
    client = sign_in("viewer", data.china)
    first = get(client, year=2019)
    again = client.get("/api/v1/summary/", {"year": 2019}, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    factories.published(data.hebei, "9100", edition=2)
    changed = client.get("/api/v1/summary/", {"year": 2019}, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    hebei = changed.json()["results"][0]["figures"]["cultivated_land"]
    assert hebei["value_mu"] == "91000000.000000"


def test_two_readers_of_different_scope_never_share_an_answer(data, sign_in):
    wide = get(sign_in("viewer", data.china), year=2022).json()
    narrow = get(sign_in("viewer", data.hebei), year=2022).json()
    assert wide != narrow


@pytest.mark.parametrize("level", ["province", "county"])
def test_the_summary_costs_at_most_eight_queries(data, client, django_assert_max_num_queries, level):
    user = factories.user(role="viewer", division=data.china)
    factories.signed_in(user, client)
    with django_assert_max_num_queries(8) as found:
        assert get(client, year=2022, level=level).status_code == 200
    with django_assert_max_num_queries(len(found)):
        get(client, year=2019, level=level)
    with django_assert_max_num_queries(3):
        get(client, year=2022, level=level)


def test_anonymous_programs_get_401(client, db):
    response = client.get("/api/v1/summary/?year=2019")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert json.loads(response.content)["errors"][0]["code"]


def test_a_date_alone_never_says_that_nothing_changed(data, sign_in):
    headers = {"If-Modified-Since": "Wed, 01 Jan 2031 00:00:00 GMT"}
    assert sign_in("viewer", data.china).get("/api/v1/summary/?year=2019", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/summary/?year=2019&division=441900&level=county", 404),
        ("/api/v1/divisions/441900/", 404),
        ("/api/v1/divisions/?limit=0", 400),
        ("/api/v1/divisions/?cursor=zz", 400),
    ],
)
@pytest.mark.parametrize("headers", [{"If-None-Match": "*"}, {"If-Match": '"x"'}])
def test_what_does_not_exist_is_neither_unchanged_nor_changed(data, sign_in, address, status, headers):
    assert sign_in("reporter", data.hebei).get(address, headers=headers).status_code == status


def test_a_failed_if_match_is_told_in_the_standard_shape(data, sign_in):
    response = sign_in("viewer", data.china).get("/api/v1/summary/?year=2019", headers={"If-Match": '"x"'})
    assert response.status_code == 412
    assert response.json()["errors"][0]["code"] == "precondition_failed"


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("&format=csv", "text/csv", "text/csv"),
        ("&format=csv", "application/json", "text/csv"),
        ("", "text/csv", "text/csv"),
        ("&format=json", "text/csv", "application/json"),
        ("", "*/*", "application/json"),
    ],
)
def test_the_format_follows_the_parameter_and_without_it_the_header(data, sign_in, query, accept, kind):
    client = sign_in("viewer", data.china)
    response = client.get(f"/api/v1/summary/?year=2019{query}", headers={"Accept": accept})
    assert response.status_code == 200
    assert response["Content-Type"].startswith(kind)
    bad = client.get(f"/api/v1/summary/?year=x{query}", headers={"Accept": accept})
    assert (bad.status_code, bad["Content-Type"]) == (400, "application/json")


def test_a_figure_of_the_second_survey_is_not_held_against_a_target_of_the_third(data, sign_in):
    factories.published(data.china, "203076.9", year=2009, basis="survey2")
    factories.target(data.china, "186500", owner=data.china, year=2034)
    nation = get(sign_in("viewer", data.china), year=2009).json()["national"]["figures"]["cultivated_land"]
    assert nation["value_mu"] == "2030769000.000000"
    assert (nation["target_mu"], nation["headroom_mu"], nation["status"]) == (None, None, "no_target")


def test_a_task_says_how_much_of_it_is_done(data, sign_in):
    factories.target(data.china, "135000", owner=data.china, year=2030, indicator="high_standard_farmland")
    factories.published(data.china, "100000", indicator="high_standard_farmland", basis="agri_statistics")
    figures = get(sign_in("viewer", data.china), year=2019).json()["national"]["figures"]
    assert figures["high_standard_farmland"]["completion_percent"] == "74.07"
    assert figures["cultivated_land"]["completion_percent"] is None


def test_the_nations_level_below_a_province_is_empty(data, sign_in):
    assert get(sign_in("viewer", data.china), year=2019, level="nation", division="130000").json()["results"] == []
