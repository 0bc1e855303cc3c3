"""No sequence of actions by any mix of users loses a typed value, changes a locked one, or leaves sums that differ."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Figure, Gap, Transition
from farmland.units import WAN_MU
from farmland.workflow import Refused
from tests import factories
from tests.factories import MOMENT
from tests.farmland.hebei import people
from tests.farmland.statement_checks import assert_consistent, dump, readme_table

LAND = ("cultivated_land", "paddy", "irrigated", "dry", "permanent_basic_farmland")
FARM = ("high_standard_farmland",)
COUNTIES = ("130224", "130225")
SETTLED = ("approved", "locked", "superseded")
UNIT, MINISTRY = "130000", "000000"
NATURAL, AGRICULTURE = "natural_resources", "agriculture"
# Who may take which step, said once more and apart from the workflow; None: who handed in.
MAY = {
    ("hand_in", "draft"): ("reporter", NATURAL, UNIT),
    ("hand_in", "returned"): ("reporter", NATURAL, UNIT),
    ("withdraw", "handed_in"): None,
    ("withdraw", "submitted"): ("reviewer", NATURAL, UNIT),
    ("confirm", "handed_in"): ("reviewer", AGRICULTURE, UNIT),
    ("return", "handed_in"): ("reviewer", NATURAL, UNIT),
    ("submit", "handed_in"): ("reviewer", NATURAL, UNIT),
    ("give_opinion", "submitted"): ("reviewer", AGRICULTURE, MINISTRY),
    ("return", "submitted"): ("reviewer", NATURAL, MINISTRY),
    ("approve", "submitted"): ("reviewer", NATURAL, MINISTRY),
    ("lock", "approved"): ("reviewer", NATURAL, MINISTRY),
}
ACTIONS = sorted({action for action, _status in MAY})
FORWARD = ("hand_in", "confirm", "submit", "give_opinion", "approve", "lock")
PEOPLE = (
    "reporter", "second", "farm_reporter", "county", "reviewer", "reviewer2", "farm_reviewer", "ministry", "ministry2",
    "farm_ministry", "turncoat", "stranger", "viewer", "admin",
)  # fmt: skip
CELL = st.tuples(
    st.sampled_from([*COUNTIES, *COUNTIES, "130200", "130000", "441900"]),
    st.sampled_from([*LAND, *FARM, "basic_not_cultivated"]),
    st.sampled_from(["0", "1", "2.5", "10", "30", "0.00000000001", "-1", "", "blank", "not_applicable"]),
    st.sampled_from(["newest", "newest", "newest", "older", "made up"]),
)
Key = tuple[str, str]
Typed = tuple[str, object]


def ask_for_correction(statement: AnnualStatement, by: Any) -> object:
    """The request for a correction with all that it needs."""
    return actions.take_step(
        statement, "request_correction", by=by, at=MOMENT, comment="审计发现虚报", evidence=[factories.report()]
    )


class Statements(RuleBasedStateMachine):
    """Everybody does anything to Hebei's statements; a dictionary keeps beside it what must stand there."""

    cast: SimpleNamespace
    who: SimpleNamespace
    table = readme_table()

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.change_sides("hebei", "reporter")
        self.year = 2024
        self.cells: dict[int, dict[Key, Typed]] = {}  # what stands in each statement
        self.versions: dict[int, dict[Key, list[int]]] = {}  # the versions that each cell has had, the newest last
        self.ever: set[tuple[int, str, str, object]] = set()
        self.frozen: dict[int, object] = {}
        self.status: dict[int, str] = {}

    def teardown(self) -> None:
        try:
            self.everything_ever_typed_is_in_the_history()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    @initialize()
    def a_statement_with_what_it_owes(self) -> None:
        self.know(AnnualStatement.objects.create(division=self.cast.hebei, year=2024), {}, {})
        for county in COUNTIES:
            self.type_a_row_that_adds_up("reporter", county, 10)

    # What the rules do

    def know(self, statement: AnnualStatement, cells: dict[Key, Typed], versions: dict[Key, list[int]]) -> None:
        self.cells[statement.pk], self.versions[statement.pk] = dict(cells), {k: list(v) for k, v in versions.items()}
        self.status[statement.pk] = statement.status

    def person(self, name: str) -> Any:
        return getattr(self.who, name)

    def newest(self) -> AnnualStatement:
        return AnnualStatement.objects.get(pk=max(self.cells))

    def any_of(self, index: int) -> AnnualStatement:
        keys = sorted(self.cells)
        return AnnualStatement.objects.get(pk=keys[-1 - index % len(keys)])

    def attempt(self, action: str, act: Callable[[], Any], *, writes: bool = True) -> Any:
        """Do it; what is refused (or only tried) changes nothing, and a status moves as the README's table says."""
        before = dump()
        try:
            with transaction.atomic():
                done = act()
        except Refused:
            assert dump() == before, f"{action} was refused and changed something"
            return None
        if not writes:
            assert dump() == before, f"{action} was a dry run"
        for row in AnnualStatement.objects.filter(division=UNIT):
            was = self.status.get(row.pk)
            if was is not None and was != row.status:
                step = "supersede" if row.status == "superseded" and action == "approve" else action
                assert (step, was, row.status) in self.table
                self.status[row.pk] = row.status
        return done

    def allowed(self, division: str, indicator: str, by: Any) -> bool:
        rows = (*COUNTIES, "130200")
        mine = rows if by.division_id == UNIT else (by.division_id,)
        return (
            division in rows and division in mine and by.department == (AGRICULTURE if indicator in FARM else NATURAL)
        )

    def save(self, statement: AnnualStatement, by: Any, wanted: list[tuple[str, str, str, str]], dry: bool) -> None:
        versions, cells = self.versions[statement.pk], self.cells[statement.pk]
        batch = []
        for division, indicator, value, base in wanted:
            seen = versions.get((division, indicator), [0])
            known = {"newest": seen[-1], "older": seen[-2:][0], "made up": 999}[base]
            is_gap = value in ("blank", "not_applicable")
            note = "未测" if is_gap else ""
            batch.append(
                actions.Cell(division, indicator, "" if is_gap else value, value if is_gap else "", note, known)
            )
        outcomes = self.attempt(
            "save_cells",
            lambda: actions.save_cells(statement, cells=batch, unit=WAN_MU, by=by, at=MOMENT, dry_run=dry),
            writes=not dry,
        )
        may = by.role == "reporter" and self.status[statement.pk] in ("draft", "returned")
        assert (outcomes is not None) is may
        for (division, indicator, value, base), outcome in zip(wanted, outcomes or [], strict=False):
            key, seen = (division, indicator), versions.setdefault((division, indicator), [0])
            is_number = value not in ("0.00000000001", "-1")
            if not self.allowed(division, indicator, by) or not is_number:
                assert outcome.state == "invalid"
                continue
            if base == "made up" or (base == "older" and len(seen) > 1):
                assert outcome.state == "conflict", "a newer value was overwritten unseen"
                continue
            assert outcome.state in ("saved", "unchanged")
            if dry or outcome.state == "unchanged":
                continue
            seen.append(outcome.version)
            if value == "":
                cells.pop(key, None)
            elif value in ("blank", "not_applicable"):
                cells[key] = ("gap", value)
                self.ever.add((statement.pk, *key, value))
            else:
                cells[key] = ("figure", Decimal(value))
                self.ever.add((statement.pk, *key, Decimal(value)))

    # Rules: anybody, anything

    @rule(name=st.sampled_from(PEOPLE), cell=CELL, index=st.integers(0, 3), dry=st.booleans())
    def type_a_cell(self, name: str, cell: tuple[str, str, str, str], index: int, dry: bool) -> None:
        self.save(self.any_of(index), self.person(name), [cell], dry and index > 1)

    @rule(name=st.sampled_from(("reporter", "second", "farm_reporter", "county")), cells=st.lists(CELL, max_size=4))
    def type_cells(self, name: str, cells: list[tuple[str, str, str, str]]) -> None:
        unique = {(division, indicator): rest for division, indicator, *rest in cells}
        self.save(self.newest(), self.person(name), [(*key, *rest) for key, rest in unique.items()], dry=False)

    @rule(
        name=st.sampled_from(["reporter", "second", "county"]), county=st.sampled_from(COUNTIES), k=st.integers(1, 12)
    )
    def type_a_row_that_adds_up(self, name: str, county: str, k: int) -> None:
        values = dict(zip(LAND, (3 * k, k, k, k, 2 * k), strict=True))
        row = [(county, indicator, str(value), "newest") for indicator, value in values.items()]
        self.save(self.newest(), self.person(name), row, dry=False)

    @rule()
    def empty_the_prefecture_and_what_need_not_be_typed(self) -> None:
        statement = self.newest()
        for name in ("reporter", "farm_reporter"):
            keys = [key for key in self.cells[statement.pk] if key[0] == "130200" or key[1] not in LAND]
            self.save(statement, self.person(name), [(*key, "", "newest") for key in keys], dry=False)

    @rule(name=st.sampled_from(PEOPLE), action=st.sampled_from(ACTIONS), index=st.integers(0, 3))
    def anybody_tries_a_step(self, name: str, action: str, index: int) -> None:
        self.step(self.any_of(index), action, self.person(name))

    @rule(steps=st.integers(1, 6))
    def go_on(self, steps: int) -> None:
        """The people whose turn it is take the next steps, so that the machine comes far enough."""
        by = dict(
            zip(
                FORWARD,
                ["reporter", "farm_reviewer", "reviewer", "farm_ministry", "ministry", "ministry2"],
                strict=True,
            )
        )
        for _count in range(steps):
            statement = self.newest()
            action = {
                "draft": "hand_in", "returned": "hand_in", "approved": "lock",
                "handed_in": "submit" if statement.confirmed_at else "confirm",
                "submitted": "approve" if statement.opinion_at else "give_opinion",
            }.get(statement.status)  # fmt: skip
            if action:
                self.step(statement, action, self.person(by[action]))

    def step(self, statement: AnnualStatement, action: str, by: Any) -> None:
        was, handed_in_by = self.status[statement.pk], statement.handed_in_by_id
        done = self.attempt(action, lambda: actions.take_step(statement, action, by=by, at=MOMENT, comment="同意"))
        if done is not None:
            who = MAY[action, was]
            named = (by.role, by.department, by.division_id) == who if who else by.pk == handed_in_by
            assert named, f"{by.role} of {by.division_id} took {action}"
            noted = Transition.objects.filter(statement=statement).latest("pk")
            assert (noted.action, noted.from_status, noted.to_status, noted.by_id) == (action, was, done.status, by.pk)

    @rule(
        name=st.sampled_from(PEOPLE), level=st.sampled_from(["nation", "province", "county"]), index=st.integers(0, 3)
    )
    def anybody_releases(self, name: str, level: str, index: int) -> None:
        statement = self.any_of(index)
        self.attempt("release", lambda: actions.release(statement, level=level, by=self.person(name), at=MOMENT))

    @rule(name=st.sampled_from(("reviewer", "reviewer2", "reporter", "ministry", "stranger")), index=st.integers(0, 2))
    def anybody_asks_for_a_correction(self, name: str, index: int) -> None:
        statement = self.any_of(index)
        self.attempt("request_correction", lambda: ask_for_correction(statement, self.person(name)))

    @rule(name=st.sampled_from(("ministry", "ministry2", "turncoat", "reviewer")), index=st.integers(0, 2))
    def anybody_grants_a_correction(self, name: str, index: int) -> None:
        statement, by = self.any_of(index), self.person(name)
        new = self.attempt(
            "approve_correction", lambda: actions.take_step(statement, "approve_correction", by=by, at=MOMENT)
        )
        if new is not None and new.pk != statement.pk:
            assert (new.version, new.status, new.corrects_id) == (statement.version + 1, "draft", statement.pk)
            self.know(new, self.cells[statement.pk], self.versions[statement.pk])

    @rule(county=st.sampled_from(COUNTIES), indicator=st.sampled_from(LAND), values=st.permutations(["10", "30", "40"]))
    def two_type_the_same_cell_on_one_version(self, county: str, indicator: str, values: list[str]) -> None:
        for name, value, base in zip(("reporter", "second"), values, ("newest", "older"), strict=False):
            self.save(self.newest(), self.person(name), [(county, indicator, value, base)], dry=False)

    @rule()
    def a_correction_is_asked_for_and_granted(self) -> None:
        if self.newest().status in ("draft", "returned"):
            self.empty_the_prefecture_and_what_need_not_be_typed()
            for county in COUNTIES:
                self.type_a_row_that_adds_up("reporter", county, 10)
        self.go_on(6)
        self.anybody_asks_for_a_correction("reviewer", 0)
        newest = self.newest()
        if newest.status == "locked":
            for name in ("ministry", "ministry2"):
                self.anybody_grants_a_correction(name, sorted(self.cells, reverse=True).index(newest.pk))

    @rule(
        name=st.sampled_from(PEOPLE), index=st.integers(0, 3), kind=st.integers(0, 3), county=st.sampled_from(COUNTIES)
    )
    def anybody_remarks(self, name: str, index: int, kind: int, county: str) -> None:
        statement, by = self.any_of(index), self.person(name)
        said = {"division": county, "indicator": "paddy", "text": "因", "by": by, "at": MOMENT}
        row = {"division": county, "by": by, "at": MOMENT}
        acts: tuple[Callable[[], object], ...] = (
            lambda: actions.add_comment(statement, **said),
            lambda: actions.give_reason(statement, rule="survey", **said),
            lambda: actions.finish_row(statement, **row),
            lambda: actions.reopen_row(statement, **row),
        )
        self.attempt("remark", acts[kind])

    @rule(name=st.sampled_from(PEOPLE), is_early=st.booleans())
    def anybody_opens_a_year(self, name: str, is_early: bool) -> None:
        due, year = date(2026, 3, 1), 2024 if is_early else self.year + 1
        opened = self.attempt(
            "open_year",
            lambda: actions.open_year(
                year=year, county=due, prefecture=due, province=due, by=self.person(name), at=MOMENT
            ),
        )
        if opened is None:
            return
        by = self.person(name)
        assert (by.role, by.department, by.division_id) == ("reviewer", NATURAL, MINISTRY)
        self.year = max(self.year, year)
        units = AnnualStatement.objects.for_year(year).filter(version=1).values_list("division_id", flat=True)
        assert sorted(units) == ["130000", "440000", "500000", "650000", "660000"]

    @rule(place=st.sampled_from(["hebei", "china"]), role=st.sampled_from(["reporter", "reviewer"]))
    def somebody_changes_sides(self, place: str, role: str) -> None:
        self.change_sides(place, role)

    def change_sides(self, place: str, role: str) -> None:
        turncoat = self.who.turncoat
        turncoat.role, turncoat.division = role, getattr(self.cast, place)
        turncoat.save()

    # What always holds

    @invariant()
    def what_was_typed_stands_there_and_nothing_else(self) -> None:
        stands: dict[int, dict[Key, Typed]] = {pk: {} for pk in self.cells}
        for figure in Figure.objects.filter(origin="reported", statement__in=stands):
            stands[figure.statement_id][figure.division_id, figure.indicator] = ("figure", figure.input_value)
            assert figure.value_mu == figure.input_value * 10_000
        for gap in Gap.objects.filter(statement__in=stands):
            assert (gap.division_id, gap.indicator) not in stands[gap.statement_id]
            stands[gap.statement_id][gap.division_id, gap.indicator] = ("gap", gap.kind)
        assert stands == self.cells

    @invariant()
    def what_is_settled_never_changes(self) -> None:
        with connection.cursor() as cursor:
            for pk, status in self.status.items():
                if status not in SETTLED:
                    assert pk not in self.frozen, "what was settled is open again"
                    continue
                cursor.execute(
                    "SELECT array_agg(f::text ORDER BY f::text), (SELECT array_agg(g::text ORDER BY g::text) "
                    "FROM farmland_gap g WHERE statement_id = %s) FROM farmland_figure f WHERE statement_id = %s",
                    [pk, pk],
                )
                rows = cursor.fetchone()
                assert self.frozen.setdefault(pk, rows) == rows

    @invariant()
    def each_is_whole_and_one_is_current(self) -> None:
        for pk in self.cells:
            assert_consistent(pk)
        current = AnnualStatement.objects.filter(status__in=("approved", "locked"))
        places = list(current.values_list("division", "year"))
        assert len(places) == len(set(places))

    def everything_ever_typed_is_in_the_history(self) -> None:
        figures = Figure.pgh_event_model.objects.values_list("statement_id", "division_id", "indicator", "input_value")
        gaps = Gap.pgh_event_model.objects.values_list("statement_id", "division_id", "indicator", "kind")
        assert self.ever <= {*figures, *gaps}


def cast_of(cast: SimpleNamespace) -> SimpleNamespace:
    """Everybody of tests/farmland/test_workflow.py, a second of some, and one who changes sides."""
    who = people(cast)
    who.second, who.reviewer2 = (factories.user(role=role, division=cast.hebei) for role in ("reporter", "reviewer"))
    who.turncoat = factories.user(role="reporter", division=cast.hebei)
    return who


def test_no_sequence_of_actions_by_any_mix_of_users_breaks_a_statement(cast: SimpleNamespace) -> None:
    Statements.cast, Statements.who = cast, cast_of(cast)
    run_state_machine_as_test(
        Statements,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # the steps that led to a failure are printed; making them fewer takes minutes
        ),
    )
