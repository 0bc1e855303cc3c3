"""Statements over REST: the same as on the pages, with tokens, and the same refusals."""

import pytest
from django.test import Client

from farmland.actions import tokens
from farmland.models import AnnualStatement, User
from tests import factories
from tests.factories import MOMENT
from tests.farmland.hebei import filled


class Program:
    """A client with a user's token."""

    def __init__(self, user: User) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {tokens.create(label='x', by=user, at=MOMENT)}"})

    def get(self, address: str):
        return self.client.get(f"/api/v1/statements/{address}")

    def put(self, address: str, data: object):
        return self.client.put(f"/api/v1/statements/{address}", data, content_type="application/json")

    def post(self, address: str, **data: object):
        return self.client.post(f"/api/v1/statements/{address}", data, content_type="application/json")


@pytest.fixture
def draft(cast, who) -> AnnualStatement:
    return AnnualStatement.objects.create(division=cast.hebei, year=2024)


VALUES = {"cultivated_land": "30", "paddy": "10", "irrigated": "10", "dry": "10", "permanent_basic_farmland": "20"}


def test_a_program_takes_a_statement_from_typing_to_approval_and_the_summary_moves(draft, who, cast) -> None:
    reporter, ministry = Program(who.reporter), Program(who.ministry)
    figures = [
        {"division": code, "indicator": name, "value": value}
        for code in ("130224", "130225")
        for name, value in VALUES.items()
    ]
    answer = reporter.put(f"{draft.pk}/figures/", {"unit": "wan_mu", "figures": figures}).json()
    assert {figure["state"] for figure in answer["figures"]} == {"saved"}
    assert answer["figures"][0]["value_mu"] == "300000.000000"
    assert not [finding for finding in answer["findings"] if finding["severity"] == "hard"]
    assert reporter.get(f"{draft.pk}/").json()["available_actions"] == ["hand_in"]
    assert reporter.post(f"{draft.pk}/hand_in/").json()["status"] == "handed_in"
    assert Program(who.farm_reviewer).post(f"{draft.pk}/confirm/").status_code == 200
    assert Program(who.reviewer).post(f"{draft.pk}/submit/").json()["status"] == "submitted"
    assert ministry.post(f"{draft.pk}/return/").status_code == 422
    assert ministry.post(f"{draft.pk}/return/", comment="请核实").json()["status"] == "returned"
    for program, step in (
        (reporter, "hand_in"), (Program(who.farm_reviewer), "confirm"), (Program(who.reviewer), "submit"),
        (Program(who.farm_ministry), "give_opinion"), (ministry, "approve"),
    ):  # fmt: skip
        response = program.post(f"{draft.pk}/{step}/", comment="同意")
        assert response.status_code == 200, (step, response.content)
    summary = ministry.client.get("/api/v1/summary/?year=2024").json()
    hebei = next(row for row in summary["results"] if row["division"]["code"] == "130000")
    assert hebei["figures"]["cultivated_land"]["value_mu"] == "600000.000000"
    assert hebei["data_state"] == "approved"


def batch_of(unit: str, *cells: tuple[str, str, str, int]) -> dict[str, object]:
    names = ("division", "indicator", "value", "base_version")
    return {"unit": unit, "figures": [dict(zip(names, cell, strict=True)) for cell in cells]}


def test_programs_take_a_statement_through_a_finding_and_a_return_to_the_summary(draft, who, cast) -> None:
    """The whole way with tokens alone."""
    reporter, reviewer, farm = Program(who.reporter), Program(who.reviewer), Program(who.farm_reviewer)
    ministry, farm_ministry = Program(who.ministry), Program(who.farm_ministry)
    address = f"{draft.pk}/figures/"

    def summary() -> tuple[str | None, str]:
        rows = ministry.client.get("/api/v1/summary/?year=2024").json()["results"]
        hebei = next(row for row in rows if row["division"]["code"] == "130000")
        return hebei["figures"]["cultivated_land"]["value_mu"], hebei["data_state"]

    values = VALUES | {"paddy": "12"}
    rows = [(code, name, value, 0) for code in ("130224", "130225") for name, value in values.items()]
    reporter.put(address, batch_of("wan_mu", *rows))
    refused = reporter.post(f"{draft.pk}/hand_in/")
    error = refused.json()["errors"][0]
    assert (refused.status_code, error["code"]) == (422, "I-1")
    assert "32.00" in error["detail"]
    assert "30.00" in error["detail"]
    mend = [(code, "paddy", "10", 1) for code in ("130224", "130225")]
    assert reporter.put(address, batch_of("wan_mu", *mend)).json()["findings"] == []
    assert reporter.post(f"{draft.pk}/hand_in/").json()["status"] == "handed_in"
    assert reporter.put(address, batch_of("wan_mu", *mend)).status_code == 409
    early = reviewer.post(f"{draft.pk}/submit/")
    assert (early.status_code, early.json()["errors"][0]["code"]) == (422, "not_confirmed")
    assert farm.post(f"{draft.pk}/confirm/").status_code == 200
    assert reporter.post(f"{draft.pk}/submit/").status_code == 403
    assert reviewer.post(f"{draft.pk}/submit/").json()["status"] == "submitted"
    words = {"division": "130224", "indicator": "paddy", "text": "请核实滦南县水田"}
    assert ministry.post(f"{draft.pk}/comments/", **words).status_code == 201
    assert ministry.post(f"{draft.pk}/return/", comment="见意见").json()["status"] == "returned"
    assert [c["text"] for c in reporter.get(f"{draft.pk}/").json()["comments"]] == ["请核实滦南县水田"]
    versions = {(f["division"], f["indicator"]): f["version"] for f in reporter.get(f"{draft.pk}/").json()["figures"]}
    again = [("130224", name, value, versions["130224", name]) for name, value in (("paddy", "9"), ("dry", "11"))]
    assert [f["state"] for f in reporter.put(address, batch_of("wan_mu", *again)).json()["figures"]] == ["saved"] * 2
    for program, step in (
        (reporter, "hand_in"),
        (farm, "confirm"),
        (reviewer, "submit"),
        (farm_ministry, "give_opinion"),
    ):
        assert program.post(f"{draft.pk}/{step}/", comment="同意").status_code == 200, step
    assert summary() == (None, "reporting")
    assert reviewer.post(f"{draft.pk}/approve/").status_code == 403
    approved = ministry.post(f"{draft.pk}/approve/").json()
    assert approved["status"] == "approved"
    sums = {(f["division"], f["indicator"]): f["value_mu"] for f in approved["figures"] if f["origin"] == "summed"}
    assert sums["130000", "paddy"] == "190000.000000"
    assert summary() == ("600000.000000", "approved")


@pytest.mark.parametrize(
    ("name", "step", "status"),
    [
        ("reporter", "approve", 409),
        ("stranger", "hand_in", 404),
        ("viewer", "hand_in", 403),
        ("reporter", "dance", 404),
    ],
)
def test_refusals_have_the_contracts_status(cast, who, name: str, step: str, status: int) -> None:
    statement = filled(cast, who.reporter)
    response = Program(getattr(who, name)).post(f"{statement.pk}/{step}/")
    assert response.status_code == status
    assert response.json()["errors"][0]["detail"]


def test_a_refused_rule_is_422_with_its_id_and_numbers(cast, who) -> None:
    statement = filled(cast, who.reporter)
    factories.typed(statement, {(cast.luannan, "paddy"): "12"}, by=who.reporter)
    error = Program(who.reporter).post(f"{statement.pk}/hand_in/").json()["errors"][0]
    assert error["code"] == "I-1"
    assert "32.00" in error["detail"]


def test_a_draft_is_the_units_own_affair(cast, who) -> None:
    statement = filled(cast, who.reporter)
    for name, number in (("reporter", 10), ("county", 5), ("viewer", 0), ("ministry", 0)):
        seen = Program(getattr(who, name)).get(f"{statement.pk}/").json()
        assert len(seen["figures"]) == number, name
        assert bool(seen["findings"]) is False
    assert Program(who.stranger).get(f"{statement.pk}/").status_code == 404
    assert Program(who.admin).get("").json()["results"] == []


def test_a_county_sees_and_types_its_own_row_alone(draft, cast, who) -> None:
    county = Program(who.county)
    batch = {
        "unit": "mu",
        "figures": [{"division": code, "indicator": "paddy", "value": "5"} for code in ("130224", "130225")],
    }
    states = [figure["state"] for figure in county.put(f"{draft.pk}/figures/", batch).json()["figures"]]
    assert states == ["saved", "invalid"]


def test_a_county_hears_of_findings_and_sums_of_its_own_row_alone(cast, who) -> None:
    statement = filled(cast, who.reporter)
    factories.typed(
        statement, {(cast.luannan, "paddy"): "12", (cast.leting, "paddy"): "13"}, by=who.reporter
    )  # both are wrong now
    county, batch = Program(who.county), {"unit": "mu", "figures": []}
    for answer in (county.get(f"{statement.pk}/").json(), county.put(f"{statement.pk}/figures/", batch).json()):
        assert [finding["division"] for finding in answer["findings"]] == ["130224"]
    batch["figures"] = [{"division": "130224", "indicator": "paddy", "value": "11", "base_version": 2}]
    assert county.put(f"{statement.pk}/figures/", batch).json()["totals"] == []
    both = Program(who.reporter).get(f"{statement.pk}/").json()["findings"]
    assert {finding["division"] for finding in both} == {"130224", "130225"}
    page = factories.signed_in(who.county).get(f"/statements/{statement.pk}/").content.decode()
    assert "乐亭" not in page
    assert "I-1" in page


@pytest.mark.parametrize(
    "batch",
    [
        {}, [], {"unit": "acre", "figures": []}, {"unit": "mu", "figures": [{"division": "13"}]}, "x",
        {"unit": "mu", "figures": [{"division": "130224", "indicator": "paddy", "value": None}]},
    ],
)  # fmt: skip
def test_a_batch_that_cannot_be_read_is_400(draft, who, batch: object) -> None:
    assert Program(who.reporter).put(f"{draft.pk}/figures/", batch).status_code == 400


def test_a_dry_run_answers_what_the_rules_would_find_and_stores_nothing(draft, who) -> None:
    cells = [{"division": "130224", "indicator": name, "value": value} for name, value in VALUES.items()]
    batch = {"unit": "wan_mu", "dry_run": True, "figures": [*cells[:3], cells[3] | {"value": "11"}]}
    answer = Program(who.reporter).put(f"{draft.pk}/figures/", batch).json()
    found = {(f["code"], f["indicator"]) for f in answer["findings"] if f["division"] == "130224"}
    assert ("I-1", "cultivated_land") in found
    assert ("mandatory", "cultivated_land") not in found
    assert {total["value"] for total in answer["totals"] if total["indicator"] == "paddy"} == {"10.00"}
    assert not draft.figures.exists()


def test_handing_in_is_refused_with_all_that_is_wrong_each_with_its_cell(cast, who) -> None:
    statement = filled(cast, who.reporter)
    factories.typed(statement, {(cast.luannan, "paddy"): "12", (cast.leting, "paddy"): "13"}, by=who.reporter)
    errors = Program(who.reporter).post(f"{statement.pk}/hand_in/").json()["errors"]
    assert [(error["code"], error["attr"]) for error in errors] == [
        ("I-1", "130224.cultivated_land"), ("I-1", "130225.cultivated_land"),
    ]  # fmt: skip


def test_numbers_that_cannot_be_stored_say_why_and_odd_bodies_are_malformed(draft, who) -> None:
    program = Program(who.reporter)
    for value in ("9" * 20, "9" * 40):
        cell = {"division": "130224", "indicator": "paddy", "value": value}
        (figure,) = program.put(f"{draft.pk}/figures/", {"unit": "mu", "figures": [cell]}).json()["figures"]
        assert (figure["code"], figure["version"]) == ("too_large", None)
    deep = program.client.put(f"/api/v1/statements/{draft.pk}/figures/", "[" * 100_000, content_type="application/json")
    assert deep.status_code == 400


def test_what_was_typed_is_kept_to_its_last_digit(draft, who) -> None:
    program = Program(who.reporter)
    cell = {"division": "130224", "indicator": "paddy", "value": "0.0000000001"}
    program.put(f"{draft.pk}/figures/", {"unit": "wan_mu", "figures": [cell]})
    (figure,) = program.get(f"{draft.pk}/").json()["figures"]
    assert (figure["value_mu"], figure["input_value"]) == ("0.000001", "0.0000000001")
