"""What changed in a statement: since it was last returned, against last year, against the version it corrects.

The moment of a return is the database's, and the same within one transaction: these tests commit as the site does.
"""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Figure
from farmland.selectors import changes
from farmland.selectors.statements import read
from farmland.units import MU, WAN_MU
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import filled, people, walk
from tests.farmland.test_api_statements import Program

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db) -> SimpleNamespace:
    return factories.tree()


@pytest.fixture
def who(cast) -> SimpleNamespace:
    return people(cast)


def send_back(statement: AnnualStatement, who: SimpleNamespace) -> AnnualStatement:
    """A statement that was handed in and returned by its unit's reviewer."""
    walk(statement, who, "hand_in")
    return actions.take_step(statement, "return", by=who.reviewer, at=MOMENT, comment="请核实旱地")


@pytest.fixture
def returned(cast, who) -> AnnualStatement:
    return send_back(filled(cast, who.reporter), who)


def put(statement, who, division, indicator: str, value: str = "", *, unit=WAN_MU, **more: str) -> None:
    """One cell typed on whatever stands there."""
    rows = [*statement.figures.filter(origin="reported"), *statement.gaps.all()]
    standing = {(row.division_id, row.indicator): row.revision for row in rows}
    cell = actions.Cell(
        division.code, indicator, value, base_version=standing.get((division.code, indicator), 0), **more
    )
    (outcome,) = actions.save_cells(statement, cells=[cell], unit=unit, by=who.reporter, at=MOMENT)
    assert outcome.state == "saved", outcome


def since(statement: AnnualStatement, part=None) -> list[changes.CellChange]:
    reading = read(AnnualStatement.objects.select_related("division").get(pk=statement.pk))
    returned = changes.get_return(statement)
    assert returned
    return changes.get_changes_since_return(reading.within(part) if part else reading, returned)


def test_nothing_changed_right_after_a_return_and_a_draft_was_never_returned(returned, cast, who) -> None:
    assert since(returned) == []
    said = changes.get_return(returned)
    assert (said.by, said.comment) == (str(who.reviewer), "请核实旱地")
    assert changes.get_return(filled(cast, who.reporter, year=2025)) is None


def test_a_changed_value_is_listed_with_before_after_and_who(returned, cast, who) -> None:
    put(returned, who, cast.luannan, "paddy", "11.5")
    (change,) = since(returned)
    assert (change.division, change.indicator, change.who, change.at) == (
        "130224", "paddy", str(who.reporter), MOMENT,
    )  # fmt: skip
    assert (change.before.input_value, change.after.input_value) == (10, Decimal("11.5"))
    assert (change.before.decimals, change.after.decimals) == (0, 1)
    assert change.after.value_mu == 115_000


def test_a_value_that_came_back_is_no_change(returned, cast, who) -> None:
    put(returned, who, cast.luannan, "paddy", "11")
    put(returned, who, cast.luannan, "paddy", "10")
    assert since(returned) == []


def test_a_value_deleted_and_typed_again_alike_is_no_change_though_it_is_another_row(returned, cast, who) -> None:
    before = Figure.objects.get(statement=returned, division=cast.luannan, indicator="paddy").pk
    put(returned, who, cast.luannan, "paddy")
    (change,) = since(returned)
    assert (change.before.input_value, change.after, change.who) == (10, None, str(who.reporter))
    assert change.at is not None
    put(returned, who, cast.luannan, "paddy", "10")
    assert Figure.objects.get(statement=returned, division=cast.luannan, indicator="paddy").pk != before
    assert since(returned) == []
    put(returned, who, cast.luannan, "paddy", "12")
    (change,) = since(returned)
    assert (change.before.input_value, change.after.input_value) == (10, 12)


def test_a_cell_that_was_emptied_before_the_return_was_empty_then(cast, who) -> None:
    statement = filled(cast, who.reporter)
    put(statement, who, cast.luannan, "fallow", "3")
    put(statement, who, cast.luannan, "fallow")
    send_back(statement, who)
    put(statement, who, cast.luannan, "fallow", "4")
    (change,) = since(statement)
    assert (change.before, change.after.input_value) == (None, 4)


def test_blank_to_value_value_to_blank_and_a_new_value(cast, who) -> None:
    statement = filled(cast, who.reporter)
    put(statement, who, cast.luannan, "out_pond", absence="blank", note="未统计")
    send_back(statement, who)
    put(statement, who, cast.luannan, "out_pond", "1")
    put(statement, who, cast.leting, "paddy", absence="blank", note="在查")
    put(statement, who, cast.leting, "fallow", "2")
    found = {(change.division, change.indicator): (change.before, change.after) for change in since(statement)}
    before, after = found["130224", "out_pond"]
    assert (before.absence, before.note, after.input_value) == ("blank", "未统计", 1)
    before, after = found["130225", "paddy"]
    assert (before.input_value, after.absence) == (10, "blank")
    before, after = found["130225", "fallow"]
    assert (before, after.input_value) == (None, 2)
    assert len(found) == 3


def test_a_unit_a_decimal_or_a_note_alone_is_a_change(returned, cast, who) -> None:
    put(returned, who, cast.luannan, "paddy", "100000", unit=MU)
    put(returned, who, cast.luannan, "dry", "10.0")
    put(returned, who, cast.leting, "dry", "10", note="复核过")
    found = {(c.division, c.indicator): c for c in since(returned)}
    paddy = found["130224", "paddy"]
    assert paddy.before.value_mu == paddy.after.value_mu == 100_000
    assert (paddy.before.unit, paddy.after.unit) == ("wan_mu", "mu")
    assert (found["130224", "dry"].before.decimals, found["130224", "dry"].after.decimals) == (0, 1)
    assert (found["130225", "dry"].before.note, found["130225", "dry"].after.note) == ("", "复核过")
    assert len(found) == 3


def test_the_last_return_counts_and_neither_sums_nor_later_notes_of_the_row_do(returned, cast, who) -> None:
    put(returned, who, cast.luannan, "paddy", "11")
    put(returned, who, cast.luannan, "dry", "9")
    send_back(returned, who)
    assert since(returned) == []
    put(returned, who, cast.luannan, "fallow", "1")
    AnnualStatement.objects.filter(pk=returned.pk).update(is_demo=True)  # noted of the row while it is returned
    assert [change.indicator for change in since(returned)] == ["fallow"]
    walk(returned, who, "hand_in", "confirm", "submit")
    assert [change.indicator for change in since(returned)] == ["fallow"]


def test_who_sees_a_part_sees_its_changes_alone_and_many_cost_no_more_queries(
    returned, cast, who, django_assert_num_queries
) -> None:
    put(returned, who, cast.luannan, "paddy", "11")
    put(returned, who, cast.leting, "paddy", "12")
    put(returned, who, cast.leting, "dry", "9")
    assert [change.division for change in since(returned, cast.luannan)] == ["130224"]
    reading = read(AnnualStatement.objects.select_related("division").get(pk=returned.pk))
    with django_assert_num_queries(2):
        moment = changes.get_return(returned)
    with django_assert_num_queries(4):  # figures since and before, gaps since, people
        assert len(changes.get_changes_since_return(reading, moment)) == 3
    factories.typed(
        returned, {(cast.luannan, name): "1" for name in ("fallow", "unplanted", "out_pond")}, by=who.reporter
    )
    reading = read(AnnualStatement.objects.select_related("division").get(pk=returned.pk))
    with django_assert_num_queries(4):
        assert len(changes.get_changes_since_return(reading, moment)) == 6


def test_touched_statements_are_found_together(returned, cast, who, django_assert_max_num_queries) -> None:
    other = send_back(filled(cast, who.reporter, year=2025), who)
    assert changes.get_touched_since_return([returned, other], prefix="") == set()
    put(returned, who, cast.luannan, "paddy", "11")
    with django_assert_max_num_queries(3):
        assert changes.get_touched_since_return([returned, other], prefix="") == {returned.pk}
    assert changes.get_touched_since_return([returned], prefix="130225") == set()


@pytest.fixture
def two_years(cast, who) -> AnnualStatement:
    walk(filled(cast, who.reporter, year=2023), who, "hand_in", "confirm", "submit", "give_opinion", "approve")
    statement = filled(cast, who.reporter)
    put(statement, who, cast.luannan, "paddy", "15")
    put(statement, who, cast.luannan, "fallow", "1")
    return statement


def test_against_last_year_stand_the_units_sums_and_each_cell(two_years, cast, django_assert_num_queries) -> None:
    reading = read(AnnualStatement.objects.select_related("division").get(pk=two_years.pk))
    with django_assert_num_queries(2):
        paddy, fallow = changes.get_totals_against_last_year(reading, ["paddy", "fallow"])
    assert (paddy.this_mu, paddy.last_mu, paddy.difference_mu, paddy.percent) == (250_000, 200_000, 50_000, 25)
    assert (fallow.this_mu, fallow.last_mu, fallow.difference_mu, fallow.percent) == (10_000, None, None, None)
    with django_assert_num_queries(2):
        cells = {(c.division, c.indicator): c for c in changes.get_cells_against_last_year(reading)}
    assert (cells["130224", "paddy"].last_mu, cells["130224", "paddy"].percent) == (100_000, 50)
    assert cells["130225", "paddy"].difference_mu == 0
    part = reading.within(cast.luannan)
    (own,) = changes.get_totals_against_last_year(part, ["paddy"])
    assert (own.division, own.this_mu, own.last_mu) == ("130224", 150_000, 100_000)
    assert {c.division for c in changes.get_cells_against_last_year(part)} == {"130224"}


def test_lines_of_different_bases_are_not_subtracted(two_years, cast) -> None:
    Figure.objects.filter(statement=two_years, indicator="paddy").update(basis="agri_statistics")
    reading = read(AnnualStatement.objects.select_related("division").get(pk=two_years.pk))
    (paddy,) = changes.get_totals_against_last_year(reading, ["paddy"])
    assert (paddy.this_mu, paddy.last_mu, paddy.difference_mu) == (250_000, 200_000, None)


def test_a_correction_is_held_against_the_version_it_corrects(cast, who, django_assert_max_num_queries) -> None:
    steps = ("hand_in", "confirm", "submit", "give_opinion", "approve", "lock")
    locked = walk(filled(cast, who.reporter), who, *steps)
    actions.take_step(
        locked, "request_correction", by=who.reviewer, at=MOMENT, comment="审计发现虚报", evidence=[factories.report()]
    )
    actions.take_step(locked, "approve_correction", by=who.ministry, at=MOMENT)
    draft = actions.take_step(locked, "approve_correction", by=who.ministry2, at=MOMENT)
    put(draft, who, cast.luannan, "paddy", "9")
    put(draft, who, cast.leting, "dry")
    reading = read(draft)
    with django_assert_max_num_queries(5):
        dry, paddy = sorted(changes.get_changes_from_corrected(reading), key=lambda change: change.indicator)
    assert (paddy.before.input_value, paddy.after.input_value, paddy.who) == (10, 9, str(who.reporter))
    assert (dry.before.input_value, dry.after, dry.who) == (10, None, str(who.reporter))
    assert changes.get_changes_from_corrected(read(locked)) == []
    page = signed_in(who.reporter).get(f"/statements/{draft.pk}/").content.decode()
    assert "与被更正的版本相比改动 2 格" in page


def test_the_page_says_what_changed_as_far_as_the_reader_sees_it(two_years, cast, who) -> None:
    put(two_years, who, cast.luannan, "irrigated", "5")
    send_back(two_years, who)
    put(two_years, who, cast.luannan, "paddy", "14")
    put(two_years, who, cast.leting, "paddy", "16")

    def page(user) -> str:
        return signed_in(user).get(f"/statements/{two_years.pk}/").content.decode()

    assert "退回以来改动 2 格" in page(who.reporter)
    assert "+50.00%" in page(who.reporter)
    assert "退回以来改动 1 格" in page(who.county)
    assert "乐亭" not in page(who.county)
    assert 'id="changes"' not in page(who.ministry)
    assert connection.in_atomic_block is False


def test_a_program_reads_the_same_comparisons_in_its_own_scope(cast, who) -> None:
    factories.statement(cast.hebei, {cast.luannan: "29", cast.hebei: "58"}, year=2023)
    statement = walk(filled(cast, who.reporter), who, "hand_in")
    actions.take_step(statement, "return", by=who.reviewer, at=MOMENT, comment="请核实")
    factories.typed(statement, {(cast.leting, "paddy"): "9.5"}, by=who.reporter)
    seen = Program(who.reporter).get(f"{statement.pk}/changes/").json()
    land = next(line for line in seen["against_last_year"] if line["indicator"] == "cultivated_land")
    assert (land["value_mu"], land["last_year_mu"], land["percent"]) == ("600000.000000", "580000.000000", "3.45")
    (change,) = seen["since_return"]
    assert (change["division"], change["before"]["input_value"], change["after"]["input_value"]) == (
        "130225",
        "10",
        "9.5",
    )
    assert Program(who.county).get(f"{statement.pk}/changes/").json()["since_return"] == []
    nothing = Program(who.ministry).get(f"{statement.pk}/changes/").json()
    assert (nothing["against_last_year"], nothing["since_return"]) == ([], [])
