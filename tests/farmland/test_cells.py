"""Typed cells: exact, of one's own rows and department, and never overwritten unseen."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farmland.actions import statements as actions
from farmland.actions.statements import Cell, Outcome
from farmland.models import AnnualStatement, Figure, Gap, User
from farmland.units import UNITS
from farmland.workflow import Refused
from tests import factories
from tests.factories import MOMENT


@pytest.fixture
def reporter(cast: SimpleNamespace) -> User:
    return factories.user(role="reporter", division=cast.hebei)


@pytest.fixture
def draft(cast: SimpleNamespace) -> AnnualStatement:
    return AnnualStatement.objects.create(division=cast.hebei, year=2024)


def save(
    statement: AnnualStatement, by: User, *cells: Cell, unit: str = "wan_mu", dry_run: bool = False
) -> list[Outcome]:
    return actions.save_cells(statement, cells=cells, unit=UNITS[unit], by=by, at=MOMENT, dry_run=dry_run)


def paddy(value: str = "", *, base: int = 0, division: str = "130224", **more: str) -> Cell:
    return Cell(division, "paddy", value, base_version=base, **more)


def test_what_was_typed_is_kept_beside_the_exact_mu(draft, reporter) -> None:
    (outcome,) = save(draft, reporter, paddy("33333.33"), unit="ha")
    assert (outcome.state, outcome.version, outcome.value_mu) == ("saved", 1, Decimal("499999.950000"))
    figure = Figure.objects.get()
    assert (figure.input_value, figure.input_unit, figure.input_decimals) == (Decimal("33333.33"), "ha", 2)
    assert (figure.typed_by, figure.origin, figure.revision) == (reporter, "reported", 1)


@pytest.mark.parametrize(
    ("value", "unit", "code"),
    [("-1", "mu", "number"), ("1e5", "mu", "number"), ("１２", "mu", "number"), ("0.0000001", "mu", "U-1"),
     ("0.0001", "m2", "U-1"), ("9" * 20, "ha", "too_large"), ("NaN", "mu", "number")],
)  # fmt: skip
def test_what_cannot_be_stored_exactly_is_refused_and_the_rest_is_saved(draft, reporter, value, unit, code) -> None:
    bad, good = save(draft, reporter, paddy(value), paddy("1", division="130225"), unit=unit)
    assert (bad.state, bad.code, good.state) == ("invalid", code, "saved")
    assert Figure.objects.count() == 1


def test_zero_blank_and_not_applicable_differ(draft, reporter) -> None:
    save(draft, reporter, paddy("0"), paddy(absence="not_applicable", division="130225"))
    assert Figure.objects.get().value_mu == 0
    assert Gap.objects.get().kind == "not_applicable"
    save(draft, reporter, paddy(absence="blank", note="未测", base=1), paddy("3", division="130225", base=1))
    assert (Gap.objects.get().division_id, Gap.objects.get().note) == ("130224", "未测")
    assert Figure.objects.get().division_id == "130225"


def test_two_people_never_overwrite_each_other_unseen(draft, reporter, cast) -> None:
    other = factories.user(role="reporter", division=cast.luannan)
    save(draft, reporter, paddy("10"))
    (conflict,) = save(draft, other, paddy("11"))
    assert (conflict.state, conflict.version, conflict.value_mu) == ("conflict", 1, Decimal(100_000))
    assert Figure.objects.get().value_mu == 100_000
    (decided,) = save(draft, other, paddy("11", base=conflict.version))
    assert decided.state == "saved"
    assert Figure.objects.get().typed_by == other


def test_a_version_never_comes_back_to_a_cell(draft, reporter) -> None:
    (first,) = save(draft, reporter, paddy("10"))
    save(draft, reporter, paddy("", base=first.version))
    assert not Figure.objects.exists()
    save(draft, reporter, paddy("12"))
    (stale,) = save(draft, reporter, paddy("13", base=first.version))
    assert stale.state == "conflict"
    assert Figure.objects.get().value_mu == 120_000


@pytest.mark.parametrize(
    ("place", "department", "division", "indicator", "code"),
    [
        ("luannan", "natural_resources", "130225", "paddy", "scope"),
        ("luannan", "natural_resources", "441900", "paddy", "scope"),
        ("hebei", "natural_resources", "130000", "paddy", "scope"),
        ("hebei", "natural_resources", "130224", "gold", "scope"),
        ("hebei", "natural_resources", "130224", "high_standard_farmland", "department"),
        ("hebei", "agriculture", "130224", "paddy", "department"),
    ],
)
def test_everybody_types_their_own_rows_and_lines(draft, cast, place, department, division, indicator, code) -> None:
    by = factories.user(role="reporter", division=getattr(cast, place), department=department)
    (outcome,) = save(draft, by, Cell(division, indicator, "1"))
    assert (outcome.state, outcome.code) == ("invalid", code)
    assert not Figure.objects.exists()


@pytest.mark.parametrize("role", ["reviewer", "viewer", "administrator"])
def test_nobody_but_a_reporter_types(draft, cast, role: str) -> None:
    with pytest.raises(Refused) as refused:
        save(draft, factories.user(role=role, division=cast.hebei), paddy("1"))
    assert refused.value.status == 403


@pytest.mark.parametrize("status", ["handed_in", "submitted", "approved", "locked"])
def test_what_is_on_its_way_is_not_typed_into(cast, reporter, status: str) -> None:
    statement = factories.statement(cast.hebei, {cast.luannan: "10"}, status=status)
    with pytest.raises(Refused) as refused:
        save(statement, reporter, paddy("1"))
    assert refused.value.status == 409


@pytest.mark.parametrize("place", ["china", "xinjiang"])
def test_who_stands_above_a_unit_types_nothing_into_its_statement(cast, place: str) -> None:
    unit, row = (cast.hebei, "130224") if place == "china" else (cast.xpcc, "660000")
    statement = AnnualStatement.objects.create(division=unit, year=2024)
    by = factories.user(role="reporter", division=getattr(cast, place))
    (outcome,) = save(statement, by, paddy("1", division=row))
    assert (outcome.state, outcome.code) == ("invalid", "scope")
    with pytest.raises(Refused) as refused:
        actions.finish_row(statement, division=row, by=by, at=MOMENT)
    assert refused.value.status == 403
    with pytest.raises(Refused) as refused:
        actions.give_reason(statement, rule="survey", division=row, indicator="paddy", text="因", by=by, at=MOMENT)
    assert refused.value.status == 403


def test_a_dry_run_says_the_same_and_writes_nothing(draft, reporter) -> None:
    outcomes = save(draft, reporter, paddy("1"), paddy("x", division="130225"), dry_run=True)
    assert [outcome.state for outcome in outcomes] == ["saved", "invalid"]
    assert not Figure.objects.exists()
    assert AnnualStatement.objects.get().cells_revision == 0


def test_saving_a_cell_costs_few_queries_however_many_rows_there_are(
    draft, reporter, django_assert_max_num_queries
) -> None:
    save(draft, reporter, paddy("1"))
    with django_assert_max_num_queries(10):
        save(draft, reporter, paddy("2", base=1))


TYPED = st.lists(
    st.tuples(
        st.sampled_from(["130224", "130225"]), st.sampled_from(["paddy", "dry"]), st.integers(0, 3),
        st.sampled_from(["", "0", "1", "2.5", "blank"]), st.booleans(),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=TYPED)
def test_no_sequence_of_edits_loses_a_value_that_was_said_to_be_saved(draft, reporter, edits) -> None:
    Figure.objects.filter(statement=draft).delete()
    Gap.objects.filter(statement=draft).delete()
    known: dict[tuple[str, str], tuple[str, int]] = {}
    for division, indicator, age, value, honest in edits:
        _standing, version = known.get((division, indicator), ("", 0))
        base = version if honest else max(0, version - 1 - age)
        cell = Cell(
            division, indicator, "" if value == "blank" else value, "blank" if value == "blank" else "", "因", base
        )
        (outcome,) = save(draft, reporter, cell)
        if outcome.state == "saved":
            assert base == version
            known[division, indicator] = (value, outcome.version)
        else:
            assert outcome.state in ("conflict", "unchanged")
    figures = {(f.division_id, f.indicator): f.input_value for f in Figure.objects.filter(statement=draft)}
    gaps = {(g.division_id, g.indicator) for g in Gap.objects.filter(statement=draft)}
    for key, (value, _version) in known.items():
        assert (key in gaps) is (value == "blank")
        assert figures.get(key) == (Decimal(value) if value not in ("", "blank") else None)
