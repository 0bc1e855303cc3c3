"""Soil organic matter: a line of the statement that is no area, averaged where divisions are put together (F-6)."""

import pytest
from django.db import IntegrityError, transaction

from farmland.actions.statements import Cell, save_cells
from farmland.models import Figure
from farmland.rules.sums import weigh
from farmland.selectors.statements import read
from farmland.units import UNITS
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.test_api_statements import Program

SOM = "soil_organic_matter"


def test_it_is_typed_in_its_own_unit_whatever_the_areas_are_typed_in(statement, who) -> None:
    program = Program(who.farm_reporter)
    cell = {"division": "130224", "indicator": SOM, "value": "24.60"}
    answer = program.put(f"{statement.pk}/figures/", {"unit": "ha", "figures": [cell]}).json()["figures"][0]
    assert (answer["state"], answer["value"], answer["value_mu"]) == ("saved", "24.60", None)
    figure = next(f for f in program.get(f"{statement.pk}/").json()["figures"] if f["indicator"] == SOM)
    assert (figure["value_mu"], figure["measure"], figure["input_unit"]) == (None, "24.6000", "g_per_kg")
    stale = program.put(f"{statement.pk}/figures/", {"unit": "mu", "figures": [cell | {"value": "25"}]}).json()
    assert (stale["figures"][0]["state"], stale["figures"][0]["theirs"]) == ("conflict", "24.60")
    fine = program.put(f"{statement.pk}/figures/", {"unit": "mu", "figures": [cell | {"value": "1.00001"}]}).json()
    assert (fine["figures"][0]["code"], "四位小数" in fine["figures"][0]["detail"]) == ("U-1", True)
    assert (
        Program(who.reporter)
        .put(f"{statement.pk}/figures/", {"unit": "mu", "figures": [cell]})
        .json()["figures"][0]["code"]
        == "department"
    )


def test_a_place_has_the_average_of_what_is_below_it_weighted_by_its_cultivated_land(statement, who, cast) -> None:
    factories.typed(statement, {(cast.luannan, "cultivated_land"): "10"}, by=who.reporter)  # 乐亭 has 30
    for place, value in ((cast.luannan, "20"), (cast.leting, "24")):
        save_cells(statement, cells=[Cell(place.code, SOM, value)], unit=UNITS["mu"], by=who.farm_reporter, at=MOMENT)
    assert read(statement).means(SOM, "cultivated_land") == {"130000": 23, "130200": 23}
    page = signed_in(who.farm_reporter).get(f"/statements/{statement.pk}/?group=quality").content.decode()
    assert "<output>23.00</output>" in page
    assert "克/千克" in page
    assert 'value="24"' in page
    assert not [f for f in read(statement).findings if f.indicator == SOM]


def test_an_average_leaves_out_who_has_no_measure_or_no_area() -> None:
    children = {"13": ["a", "b", "c"]}
    assert weigh(children, "13", measures={"a": 10, "b": 30, "c": None}, weights={"a": 3, "b": 1, "c": 9}) == {"13": 15}
    assert weigh(children, "13", measures={"a": 10}, weights={"b": 1}) == {}


@pytest.mark.parametrize("wrong", [{"value_mu": 1, "measure": 1}, {"value_mu": 1, "measure": None}, {"measure": -1}])
def test_the_database_refuses_what_is_neither_or_both(statement, cast, wrong: dict) -> None:
    fields = {"value_mu": None, "measure": 1} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        Figure.objects.create(
            statement=statement, division=cast.luannan, indicator=SOM, year=2024, origin="reported", input_value=1,
            input_unit="g_per_kg", input_decimals=0, basis="change_survey", **fields,
        )  # fmt: skip


def test_beside_its_cell_stands_last_years_measure_in_the_same_unit(statement, who, cast) -> None:
    before = factories.statement(cast.hebei, {}, year=2023, status="draft")
    for row, value in ((before, "20"), (statement, "24")):
        save_cells(row, cells=[Cell("130224", SOM, value)], unit=UNITS["mu"], by=who.farm_reporter, at=MOMENT)
    before.status, before.approved_at, before.approved_by = "approved", MOMENT, who.ministry
    before.save()
    page = signed_in(who.farm_reporter).get(f"/statements/{statement.pk}/cells/130224/{SOM}/").content.decode()
    assert "20.00 克/千克" in page
    assert "+20.00%" in page
