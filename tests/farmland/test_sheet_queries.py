"""What saving a cell costs, and what its answer says."""

from decimal import Decimal

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Figure
from tests import factories
from tests.factories import signed_in


def put(client, statement: AnnualStatement, *figures: dict, unit: str = "wan_mu"):
    data = {"unit": unit, "figures": figures}
    return client.put(f"/api/v1/statements/{statement.pk}/figures/", data, content_type="application/json")


def test_saving_a_cell_takes_twelve_queries_at_most(statement, who, cast, django_assert_max_num_queries) -> None:
    factories.statement(cast.hebei, {cast.luannan: "29"}, year=2023)
    factories.published(cast.luannan, "31", year=2024, basis="change_survey")
    client = signed_in(who.reporter)
    for cell in (
        {"division": "130224", "indicator": "stably_used_cultivated_land", "value": "1"},
        {"division": "130224", "indicator": "paddy", "value": "11", "base_version": 1},
        {"division": "130225", "indicator": "paddy", "value": "", "base_version": 1},
    ):
        with django_assert_max_num_queries(12):
            answer = put(client, statement, cell).json()
        assert answer["figures"][0]["state"] == "saved"
    assert {finding["code"] for finding in answer["findings"]} >= {"survey", "I-1"}  # it was read all the same


def test_findings_of_an_answer_carry_their_reasons_and_are_those_after_the_save(statement, who, cast) -> None:
    factories.published(cast.luannan, "31", year=2024, basis="change_survey")
    where = {"rule": "survey", "division": "130224", "indicator": "cultivated_land"}
    actions.give_reason(statement, **where, text="调出", by=who.reporter, at=factories.MOMENT)
    cell = {"division": "130224", "indicator": "paddy", "value": "12", "base_version": 1}
    found = put(signed_in(who.reporter), statement, cell).json()["findings"]
    assert {(finding["code"], finding["severity"], finding["reason"]) for finding in found} == {
        ("I-1", "hard", ""),
        ("survey", "soft", "调出"),
    }
    read = signed_in(who.reporter).get(f"/api/v1/statements/{statement.pk}/").json()["findings"]
    assert read == found


def test_a_note_that_is_not_sent_stays_and_one_that_is_sent_empty_goes(statement, who) -> None:
    client, cell = signed_in(who.reporter), {"division": "130224", "indicator": "paddy"}
    put(client, statement, {**cell, "value": "10", "note": "含河滩", "base_version": 1})
    version = Figure.objects.get(**cell).revision
    put(client, statement, {**cell, "value": "10.5", "base_version": version})
    figure = Figure.objects.get(**cell)
    assert (figure.input_value, figure.note) == (Decimal("10.5"), "含河滩")
    put(client, statement, {**cell, "value": "10.5", "note": "", "base_version": figure.revision})
    assert Figure.objects.get(**cell).note == ""
