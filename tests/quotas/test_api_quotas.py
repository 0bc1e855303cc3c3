"""Targets in force over REST: shapes, scope, days, validators, and how much it costs."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farmland.models import Division
from farmland.units import WAN_MU
from quotas.actions import Placed, Target, place, publish_version
from quotas.models import QuotaVersion
from tests import factories
from tests.quotas.handing import AT, BASIC, CAP, PAPER, handed, opened, published, stepped, typed
from tests.quotas.programs import Program, refusal

ENOUGH = {"130200": "1800", "130300": "1700", "130400": "1505"}


@pytest.fixture
def provinces_own(cast, who) -> QuotaVersion:
    """What Hebei handed to its prefectures."""
    version = opened(cast.hebei, who.reporter)
    typed(version, ENOUGH, who.reporter)
    return published(version, who)


@pytest.fixture
def countys(cast, who, provinces_own) -> QuotaVersion:
    """What Tangshan handed to its counties."""
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "900"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    return stepped(city, "publish", who.city_reviewer, paper=PAPER)


def rows(program: Program, query: str = "") -> list[dict]:
    response = program.get(f"?{query}")
    assert response.status_code == 200, response.content
    return response.json()["results"]


def codes(program: Program, query: str = "") -> list[str]:
    return [row["division"]["code"] for row in rows(program, query)]


def test_a_target_has_every_field_of_the_contract(cast, who, provinces_own) -> None:
    typed_plan = opened(cast.hebei, who.reporter)
    typed(typed_plan, {"130200": "1801.5"}, who.reporter, column="plan")
    version = published(typed_plan, who)
    node = version.nodes.get(division="130200")
    page = Program(who.stranger).get("?indicator=cultivated_land&division=130200").json()
    assert page == {
        "next": None,
        "previous": None,
        "results": [
            {
                "id": node.pk,
                "division": {"code": "130200", "name": "唐山市", "name_en": ""},
                "indicator": "cultivated_land",
                "direction": "floor",
                "period": 2035,
                "value_mu": "18000000.000000",
                "plan_mu": "18015000.000000",
                "parent": {"owner": "130000", "value_mu": "50000000.000000"},
                "version": {
                    "id": version.pk, "number": 2, "state": "published", "owner": "130000", "complete": True,
                    "demo": False,
                },
                "document": {
                    "number": "冀政〔2026〕8号", "title": "关于下达耕地保护目标的通知", "issuer": "河北省人民政府",
                    "issued_on": "2026-11-20",
                },
                "confidence": "quoted",
                "placement": None,
                "needs_redo": None,
            }
        ],
    }  # fmt: skip


def test_what_is_unknown_is_null(cast, who) -> None:
    [row] = rows(Program(who.viewer), "division=130000")
    assert (row["plan_mu"], row["parent"], row["version"]["complete"]) == (None, None, False)
    assert row["document"]["issued_on"] is None


def test_targets_are_narrowed_by_each_parameter(cast, who, countys) -> None:
    handed("440000", "12", indicator=CAP)
    handed("130000", "4000", indicator=BASIC)
    handed("130000", "4900", year=2030)
    program = Program(who.viewer)
    assert codes(program, "period=2030") == ["130000"]
    assert codes(program, "indicator=permanent_basic_farmland") == ["130000"]
    assert codes(program, "division=440000") == ["440000"]
    assert codes(program, "within=130200") == ["130200", "130224", "130225"]
    assert codes(program, "within=130200&level=county") == ["130224", "130225"]
    assert codes(program, "level=province&indicator=cultivated_land&period=2035") == ["130000"]
    assert rows(program, "division=440000")[0]["division"]["name_en"] == "Guangdong"


@pytest.mark.parametrize(
    "query",
    ["indicator=gold", "period=ten", "period=1", "division=13", "division=１３００００", "within=x", "level=street",
     "as_of=2026-1-1", "as_of=2026-02-30", "as_of=0001-01-01", "as_of=９９９９-01-01", "limit=0", "kind=x", "cursor=%00"],
)  # fmt: skip
def test_what_cannot_be_read_is_400(who, query: str) -> None:
    assert Program(who.viewer).get(f"?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["?division=999999", "?within=999999", "versions/?owner=999999", "letters/?upper=999999"]
)
def test_a_division_that_there_is_not_is_404(who, query: str) -> None:
    assert refusal(Program(who.viewer).get(query)) == (404, "not_found")


def test_targets_of_every_level_are_public_but_where_they_lie_is_not(cast, who, countys) -> None:
    node = countys.nodes.get(division="130224")
    place(node, Placed("900", WAN_MU, date(2026, 11, 27)), by=who.county, at=AT)
    seen = {"placed_mu": "9000000.000000", "uploaded_on": "2026-11-27"}
    for name, expected in (("county", seen), ("city", seen), ("viewer", seen), ("stranger", None)):
        [row] = rows(Program(getattr(who, name)), "division=130224")
        assert (row["value_mu"], row["placement"]) == ("9000000.000000", expected), name
    admin = factories.user(role="administrator", division=cast.hebei)
    assert rows(Program(admin), "division=130224")[0]["placement"] is None


def test_a_draft_is_no_target(cast, who) -> None:
    typed(opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    assert codes(Program(who.reporter)) == ["130000"]


def test_anonymous_callers_get_401(client, cast) -> None:
    for address in ("", "versions/", "letters/", "placements/1/"):
        assert client.get(f"/api/v1/quotas/{address}").status_code == 401


def test_as_of_answers_what_was_known_at_the_end_of_that_day(cast, who) -> None:
    old = factories.document(number="国函〔2024〕1号", known_on=date(2024, 3, 1))
    new = factories.document(number="国函〔2025〕2号", known_on=date(2025, 6, 1))
    fields = {"indicator": "cultivated_land", "owner": "000000", "target_year": 2030, "is_complete": False, "at": AT}
    first, _new = publish_version(document=old, targets=[Target("440000", Decimal(5), WAN_MU, 2, old)], **fields)
    publish_version(
        document=new, targets=[Target("440000", Decimal(6), WAN_MU, 2, new)], version=2, supersedes=first, **fields
    )
    program = Program(who.stranger)

    def known(day: str) -> list[tuple[str, int, str]]:
        found = rows(program, f"division=440000&period=2030&as_of={day}")
        return [(row["value_mu"], row["version"]["number"], row["version"]["state"]) for row in found]

    assert known("2024-02-29") == []
    assert known("2024-03-01") == known("2025-05-31") == [("50000.000000", 1, "published")]
    assert known("2025-06-01") == [("60000.000000", 2, "published")]
    [now] = rows(program, "division=440000&period=2030")
    assert now["value_mu"] == "60000.000000"


def test_where_a_target_lay_on_a_day_is_what_was_recorded_then(cast, who, countys) -> None:
    node = countys.nodes.get(division="130224")
    later = datetime(2026, 12, 5, tzinfo=UTC)
    place(node, Placed("500", WAN_MU), by=who.county, at=AT)
    place(node, Placed("900", WAN_MU, date(2026, 12, 4), base_version=1), by=who.county, at=later)
    program = Program(who.county)

    def placed(query: str) -> tuple[str, str | None] | None:
        [row] = rows(program, f"division=130224{query}")
        return row["placement"] and tuple(row["placement"].values())

    assert placed("&as_of=2026-11-28") == placed("&as_of=2026-12-04") == ("5000000.000000", None)
    assert placed("&as_of=2026-12-05") == placed("") == ("9000000.000000", "2026-12-04")


def test_a_target_below_a_raised_parent_says_by_when_it_is_to_be_redone(cast, who, countys) -> None:
    second = opened(cast.hebei, who.reporter)
    typed(second, {"130200": "1810"}, who.reporter)
    stepped(stepped(second, "submit", who.reporter), "approve", who.ministry)
    stepped(second, "publish", who.reviewer, paper=PAPER, redo_due_on=date(2027, 3, 1))
    mark = {"due_on": "2027-03-01", "cause": second.pk}
    assert [row["needs_redo"] for row in rows(Program(who.county), "within=130200")] == [mark, mark, None]
    assert rows(Program(who.county), "division=130224&as_of=2026-11-28")[0]["needs_redo"] == mark
    assert rows(Program(who.county), "division=130000")[0]["needs_redo"] is None


def test_a_demonstration_is_no_target_where_there_is_an_official_one(cast, who) -> None:
    for indicator, official in (("cultivated_land", True), (BASIC, False)):
        paper = factories.document()
        publish_version(
            indicator=indicator, owner="000000", target_year=2035, document=paper, at=AT, is_complete=False,
            is_demo=True, targets=[Target("130000", Decimal(4), WAN_MU, 2, paper)],
        )  # fmt: skip
        [row] = rows(Program(who.viewer), f"division=130000&indicator={indicator}")
        assert row["version"]["demo"] is not official


def test_the_red_line_is_asked_for_by_its_kind(cast, who) -> None:
    factories.target(cast.china, "180000", year=None, owner=cast.china, kind="red_line")
    program = Program(who.viewer)
    assert codes(program, "division=000000") == []
    [row] = rows(program, "division=000000&kind=red_line")
    assert (row["period"], row["value_mu"]) == (None, "1800000000.000000")


def test_an_unchanged_list_is_not_sent_again(cast, who, countys) -> None:
    program = Program(who.county)
    first = program.get("?division=130224")
    assert first["Last-Modified"]
    assert program.get("?division=130224", **{"If-None-Match": first["ETag"]}).status_code == 304
    assert program.get("?division=130224", **{"If-Match": '"other"'}).status_code == 412
    assert Program(who.stranger).get("?division=130224")["ETag"] != first["ETag"]
    place(countys.nodes.get(division="130224"), Placed("1", WAN_MU), by=who.county, at=AT)
    again = program.get("?division=130224", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.json()["results"][0]["placement"]["placed_mu"]) == (200, "10000.000000")


def test_two_hundred_targets_cost_as_many_queries_as_one(cast, who) -> None:
    places = Division.objects.bulk_create(
        [
            Division(code=f"44{n:04d}", name=f"市{n}", level="prefecture", parent=cast.guangdong, is_leaf=True)
            for n in range(2000, 2200)
        ]
    )
    handed("440000", "200", year=2040)  # so that each has a parent
    paper = factories.document()
    targets = [Target(place.code, Decimal(1), WAN_MU, 2, paper) for place in places]
    publish_version(
        indicator="cultivated_land", owner="440000", target_year=2040, document=paper, targets=targets, at=AT,
        is_complete=False,
    )  # fmt: skip
    program = Program(who.viewer)
    program.get("?limit=1")  # the token's first use is written down
    costs = []
    for limit in (1, 200):
        with CaptureQueriesContext(connection) as queries:
            page = program.get(f"?within=440000&level=county&limit={limit}").json()
        assert len(page["results"]) == limit
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8, [query["sql"][:80] for query in queries]
