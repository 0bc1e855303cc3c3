"""Whole files and single cells are judged alike: every outcome, every stored digit."""

from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farmland.actions import statements as typing
from farmland.actions.sorted_cells import Sorted, Standing
from farmland.actions.statements.bulk import as_row, ground, says_the_same, sort_out
from farmland.actions.statements.cells import judge, prepare
from farmland.actions.statements.copying import line_of
from farmland.actions.statements.written import lines_of
from farmland.models import Figure
from farmland.units import UNITS
from farmland.workbooks.filled import FilledCell
from tests import factories
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db
NUMBERS = st.one_of(
    st.from_regex(r"[0-9]{1,16}(\.[0-9]{1,13})?", fullmatch=True),
    st.sampled_from(
        ["", "0", "30", "30.0", "-1", "1e3", "x", "１", "00031.50", "0.0000000001", "99999999999999999999"]
    ),
)
CELLS = st.builds(
    FilledCell,
    sheet=st.just(""),
    place=st.just("A1"),
    division=st.sampled_from(["130224", "130225", "130000", "440000", ""]),
    indicator=st.sampled_from(
        ["cultivated_land", "dry", "unstable_sand", "planted_grain", "soil_organic_matter", "gold"]
    ),
    value=NUMBERS,
    absence=st.sampled_from(["", "", "", "blank", "not_applicable", "gone"]),
    note=st.sampled_from([None, None, "", "说明\t一\\"]),
    base_version=st.sampled_from([0, 1, 2]),
)


def became(found: Sorted) -> tuple[str, str]:
    """What became of the one cell of a file: its state as typing calls it, and the code of a refusal."""
    if odd := found.errors + found.conflicts:
        return odd[0].outcome.state, odd[0].outcome.code + odd[0].outcome.detail
    return ("saved" if found.written else "unchanged"), ""


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cell=CELLS, unit=st.sampled_from(["mu", "wan_mu", "ha", "m2"]))
def test_a_file_s_cell_becomes_what_the_same_typed_cell_becomes(place, cell, unit):
    by, chosen = place.who.reporter, UNITS[unit]
    on = place.__dict__.setdefault(unit, None) or ground(place.draft, unit=chosen, by=by)
    place.__dict__[unit] = on
    found = sort_out([cell], on)
    current = on.standing.get((cell.division, cell.indicator))
    column = on.columns.get(cell.indicator)
    typed = typing.Cell(cell.division, cell.indicator, cell.value, cell.absence, cell.note, cell.base_version or 0)
    row = as_row(current, column)
    outcome = judge(typed, row, chosen, by, on.allowed)
    if is_of_no_account(cell, current, column):
        assert became(found) == ("unchanged", "")
    elif outcome is not None:
        assert became(found) == (outcome.state, outcome.code + outcome.detail)
    else:
        outcome, made = prepare(typed, row, place.draft, chosen, 7, by, MOMENT)
        assert became(found) == (outcome.state, "")
        if isinstance(made, Figure) and found.written:
            notes = {key: one.note for key, one in on.standing.items()}
            (line,) = lines_of([cell], on, notes)
            expected = line_of(made)
            assert line._replace(input_value="") == expected._replace(input_value="")
            assert Decimal(line.input_value) == Decimal(expected.input_value)


def is_of_no_account(cell: FilledCell, current: Standing | None, column: object) -> bool:
    """The two ways in which a file differs from typing: an empty cell that was empty, and one that says what stands."""
    if not cell.value and not cell.absence and not cell.base_version:
        return True
    is_own = cell.division in ("130224", "130225")
    return bool(is_own and current and column and says_the_same(cell, current, column))


def test_many_typed_cells_are_written_as_few_are(place, monkeypatch):
    """The same save by COPY and by the mapper leaves the same rows and the same history."""
    kept = []
    for most in (1, 10_000):
        monkeypatch.setattr("farmland.actions.statements.cells.MANY", most)
        Figure.objects.filter(statement=place.draft).delete()
        places = (place.cast.luannan, place.cast.leting)
        factories.typed(place.draft, {(one, "dry"): "1.50" for one in places}, by=place.who.reporter)
        factories.typed(place.draft, {(one, "dry"): "2.25" for one in places}, by=place.who.reporter)
        rows = Figure.objects.filter(statement=place.draft).order_by("division_id")
        events = Figure.pgh_event_model.objects.filter(pgh_obj_id__in=[row.pk for row in rows]).order_by("pgh_id")
        fields = ("division_id", "value_mu", "input_value", "input_unit", "input_decimals", "basis", "typed_by", "note")
        who = {event.pgh_context.metadata["user"] for event in events}
        kept.append((list(rows.values_list(*fields)), sorted(events.values_list("pgh_label", *fields)), who))
    assert kept[0] == kept[1]
    assert connection.is_usable()
