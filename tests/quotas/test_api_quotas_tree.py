"""The tree of targets over REST: sums by direction, what is missing, what lies on the map, letters, scope and days."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farmland.models import Division
from farmland.units import WAN_MU
from quotas.actions import Placed, Signed, place, record_signatures
from quotas.models import Letter, QuotaVersion
from tests import factories
from tests.quotas.handing import AT, CAP, PAPER, handed, opened, published, stepped, typed
from tests.quotas.programs import Program

ENOUGH = {"130200": "1800", "130300": "1700", "130400": "1505"}
LATER = datetime(2026, 12, 5, tzinfo=UTC)


@pytest.fixture
def countys(cast, who) -> QuotaVersion:
    """Hebei handed 5,005 of its 5,000 on, and Tangshan 1,800 of its 1,800 in two halves."""
    version = opened(cast.hebei, who.reporter)
    typed(version, ENOUGH, who.reporter)
    published(version, who)
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "900"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    return stepped(city, "publish", who.city_reviewer, paper=PAPER)


def tree(user, *, division: str = "130000", indicator: str = "cultivated_land", period: int = 2035, more: str = ""):
    query = f"indicator={indicator}&period={period}&division={division}{more}"
    response = Program(user).get(f"tree/?{query}")
    assert response.status_code == 200, response.content
    return response.json()


def branches(found: dict) -> dict[str, dict]:
    """Every division of a tree by its code."""
    here = {found["division"]["code"]: found}
    for child in found["children"]:
        here |= branches(child)
    return here


def test_a_tree_has_every_field(cast, who, countys) -> None:
    answer = tree(who.viewer, division="130200")
    top = answer.pop("tree")
    assert answer == {"indicator": "cultivated_land", "direction": "floor", "period": 2035, "as_of": None}
    assert [child.pop("division")["code"] for child in top["children"]] == ["130224", "130225"]
    assert top.pop("children")[0] == {
        "level": "county", "counted": True, "node": countys.nodes.get(division="130224").pk,
        "value_mu": "9000000.000000", "demo": False, "children_mu": None, "gap_mu": None, "children_with_target": 0,
        "children_expected": 0, "placement": {"placed_mu": None, "expected": 1, "placed": 0, "uploaded": 0},
        "letters": {"signed": 0, "required": 0}, "needs_redo": None, "children": [],
    }  # fmt: skip
    assert (top["value_mu"], top["children_mu"], top["gap_mu"]) == ("18000000.000000", "18000000.000000", "0.000000")
    assert (top["children_with_target"], top["children_expected"]) == (2, 2)


def test_the_gap_is_over_or_under_by_direction_and_unknown_while_a_child_is_missing(cast, who, countys) -> None:
    top = tree(who.stranger)["tree"]
    assert (top["children_mu"], top["gap_mu"]) == ("50050000.000000", "50000.000000")
    handed("130000", "12", indicator=CAP)
    factories.target(cast.tangshan, "5", owner=cast.hebei, indicator=CAP)
    top = tree(who.stranger, indicator=CAP)["tree"]
    assert (top["children_mu"], top["gap_mu"]) == ("50000.000000", None)
    assert (top["children_with_target"], top["children_expected"]) == (1, 3)
    nation = tree(who.viewer, division="000000")["tree"]
    assert (nation["value_mu"], nation["gap_mu"], nation["children_mu"]) == (None, None, "50000000.000000")


def test_a_cap_that_is_exceeded_has_a_negative_gap(cast, who) -> None:
    factories.target(cast.tangshan, "12", owner=cast.hebei, indicator=CAP)
    paper = factories.document()
    version = QuotaVersion.objects.create(owner=cast.tangshan, target_year=2035, document=paper, indicator=CAP)
    for division, value in ((cast.luannan, "7"), (cast.leting, "5.5")):
        version.nodes.create(division=division, document=paper, **factories.area(value, "wan_mu"))
    version.state, version.published_at = "published", AT
    version.save()
    assert tree(who.viewer, division="130200", indicator=CAP)["tree"]["gap_mu"] == "-5000.000000"


def test_the_corps_stands_below_the_nation_and_is_not_added(cast, who) -> None:
    paper = factories.document()
    version = QuotaVersion.objects.create(
        owner=cast.china, target_year=2040, document=paper, indicator="cultivated_land"
    )
    values = {cast.china: "5", cast.hebei: "2", cast.guangdong: "1", cast.chongqing: "1", cast.xinjiang: "1"}
    for division, value in (values | {cast.xpcc: "1"}).items():
        version.nodes.create(division=division, document=paper, **factories.area(value, "wan_mu"))
    version.state, version.published_at = "published", AT
    version.save()
    top = tree(who.viewer, division="000000", period=2040)["tree"]
    assert (top["gap_mu"], top["children_with_target"], top["children_expected"]) == ("0.000000", 4, 4)
    found = {child["division"]["code"]: child for child in top["children"]}
    assert (found["660000"]["counted"], found["660000"]["value_mu"]) == (False, "10000.000000")
    assert branches(found["500000"])["500101"]["level"] == "county"  # past the grouping row


def test_what_lies_on_the_map_is_added_up_and_known_in_the_own_subtree_alone(cast, who, countys) -> None:
    place(countys.nodes.get(division="130224"), Placed("900", WAN_MU, date(2026, 11, 27)), by=who.county, at=AT)
    half = {"placed_mu": "9000000.000000", "expected": 2, "placed": 1, "uploaded": 1}
    found = branches(tree(who.reporter)["tree"])
    assert found["130200"]["placement"] == half
    assert found["130000"]["placement"] == half | {"expected": 4}  # two prefectures are leaves
    assert found["130225"]["placement"]["placed_mu"] is None
    county = branches(tree(who.county)["tree"])
    assert county["130200"]["placement"] is county["130000"]["letters"] is None
    assert county["130224"]["placement"] == {"placed_mu": "9000000.000000", "expected": 1, "placed": 1, "uploaded": 1}
    foreign = branches(tree(who.stranger)["tree"])
    assert {row["placement"] for row in foreign.values()} == {None}
    assert foreign["130224"]["value_mu"] == "9000000.000000"


def test_signed_letters_are_counted_and_the_tree_knows_days(cast, who, countys) -> None:
    day = date(2026, 11, 25)
    letter = Letter.objects.get(upper=cast.hebei, lower=cast.tangshan)
    record_signatures(letter, Signed("张书记", day, "李市长", day, base_version=1), by=who.city, at=LATER)
    place(countys.nodes.get(division="130224"), Placed("1", WAN_MU), by=who.county, at=LATER)

    def known(more: str) -> tuple[dict, str | None]:
        top = tree(who.viewer, more=more)["tree"]
        return top["letters"], top["placement"]["placed_mu"]

    assert known("&as_of=2026-12-04") == ({"signed": 0, "required": 3}, None)
    assert known("&as_of=2026-12-05") == known("") == ({"signed": 1, "required": 3}, "10000.000000")
    before = tree(who.viewer, more="&as_of=2026-11-27")
    assert (before["as_of"], before["tree"]["value_mu"]) == ("2026-11-27", "50000000.000000")
    assert before["tree"]["children_mu"] is None  # the prefectures' document was not known yet


def test_what_is_to_be_redone_is_marked_at_who_handed_it_on(cast, who, countys) -> None:
    second = opened(cast.hebei, who.reporter)
    typed(second, {"130200": "1810"}, who.reporter)
    stepped(stepped(second, "submit", who.reporter), "approve", who.ministry)
    stepped(second, "publish", who.reviewer, paper=PAPER, redo_due_on=date(2027, 3, 1))
    found = branches(tree(who.viewer)["tree"])
    assert found["130200"]["needs_redo"] == {"due_on": "2027-03-01", "cause": second.pk}
    assert found["130000"]["needs_redo"] is found["130224"]["needs_redo"] is None
    assert found["130200"]["gap_mu"] == "-100000.000000"


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("indicator=cultivated_land", 400), ("indicator=gold&period=2035", 400),
     ("indicator=cultivated_land&period=2035&as_of=x", 400), ("indicator=cultivated_land&period=2035&division=1", 400),
     ("indicator=cultivated_land&period=2035&division=999999", 404),
     ("indicator=cultivated_land&period=2035&division=500100", 404)],
)  # fmt: skip
def test_a_tree_that_cannot_be_asked_for(who, query: str, status: int) -> None:
    assert Program(who.viewer).get(f"tree/?{query}").status_code == status


def test_a_closed_division_is_in_the_tree_of_its_days(cast, who) -> None:
    Division.objects.filter(pk="130300").update(abolished_on=date(2026, 6, 1))
    assert "130300" not in branches(tree(who.viewer)["tree"])
    assert "130300" in branches(tree(who.viewer, more="&as_of=2026-05-31")["tree"])
    query = "tree/?indicator=cultivated_land&period=2035&division=130300"
    assert Program(who.viewer).get(query).status_code == 404


def test_a_tree_costs_the_same_however_wide_it_is(cast, who, countys) -> None:
    program = Program(who.viewer)
    program.get("tree/?indicator=cultivated_land&period=2035&division=440000")  # the token's first use is written down
    costs = []
    for code in ("130224", "000000"):
        with CaptureQueriesContext(connection) as queries:
            answer = program.get(f"tree/?indicator=cultivated_land&period=2035&division={code}")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 9
    again = program.get("tree/?indicator=cultivated_land&period=2035", **{"If-None-Match": answer["ETag"]})
    assert again.status_code == 200  # another address
    again = program.get(
        "tree/?indicator=cultivated_land&period=2035&division=000000", **{"If-None-Match": answer["ETag"]}
    )
    assert again.status_code == 304
