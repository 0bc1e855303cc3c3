"""Who owes what of a year: how far each unit is, when it handed in against its day, and who reminded it.

States, counts and dates alone: until a statement is submitted, what stands in it is its unit's own affair.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max

from farmland.models import (
    NATION,
    AnnualStatement,
    Correction,
    Division,
    Level,
    Reminder,
    ReportingYear,
    Revision,
    StatementStatus,
)
from farmland.models.divisions import DivisionQuerySet
from farmland.models.statements import SETTLED, UNITS_OWN, AnnualStatementQuerySet
from farmland.selectors.board.counts import (
    TYPING,
    Typed,
    count,
    get_finished,
    get_last_reminders,
    get_reason_counts,
    get_typed,
    marks_of,
)
from farmland.selectors.board.states import UNITS, BoardState, days_against, state_of
from farmland.selectors.queue import CHINA
from farmland.selectors.revisions import EPOCH
from farmland.selectors.statements import CURRENT, MANDATORY, children_of, owing_rows

OPEN = (StatementStatus.DRAFT, StatementStatus.RETURNED)
BELOW = (Level.PREFECTURE, Level.COUNTY)
ARRIVED = (BoardState.SUBMITTED, BoardState.APPROVED, BoardState.LOCKED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of those that owe something have done it."""

    done: int
    expected: int


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A unit's or a row's year. `days` counts from its day to when it was submitted (finished), or to today where it is
    overdue: below zero is early. `flags` is None until it is submitted; `done` goes by level and department."""

    division: Division
    province: Division | None
    statement: AnnualStatement | None
    state: BoardState
    due_on: date | None
    days: int | None
    is_overdue: bool
    filled: Progress
    days_left: int | None = None  # while it is owed and its day has not passed
    done: Mapping[tuple[str, str], Progress] = field(default_factory=dict)
    owes: bool = False  # whether the next step is its own
    flags: int | None = None
    versions: int = 0
    is_correcting: bool = False
    requests: int = 0
    reminder: Reminder | None = None

    @property
    def is_in(self) -> bool:
        """Whether it has arrived at the level above: a unit's is submitted, a row below it is done with."""
        is_part = self.division.level in BELOW
        return self.state in ARRIVED or (is_part and self.state in (BoardState.DONE, BoardState.HANDED_IN))

    @property
    def is_late(self) -> bool:
        """Whether it arrived after its day."""
        return self.is_in and self.days is not None and self.days > 0


@dataclass(frozen=True, slots=True)
class Board:
    """The board of a year at a level."""

    year: int
    level: str
    opened: ReportingYear | None
    rows: list[BoardRow]
    changed_at: datetime


def get_board(
    divisions: DivisionQuerySet, statements: AnnualStatementQuerySet, *, year: int, level: str, today: date
) -> Board:
    """The units (level `province`) or the rows below them of one year, of the divisions in scope, in the order of codes.

    Ten queries at most, however many units there are.
    """
    opened = ReportingYear.objects.filter(year=year).first()
    places = list(divisions.shown().valid().exclude(level=Level.NATION).select_related("parent").order_by("code"))
    found = list(statements.for_year(year).select_related("division").order_by("version"))
    known = Known(year, places, found, opened, today)
    rows = [known.unit(place) for place in places if place.level in UNITS] if level == Level.PROVINCE else []
    if level in BELOW:
        rows = [known.part(place) for place in places if is_at(place, level)]
    return Board(year, level, opened, rows, get_changed_at())


def is_at(division: Division, level: str) -> bool:
    """Whether the division stands in the list of a level; a prefecture without counties is one of the counties."""
    return division.level in BELOW and division.counts_as_level == level


def get_changed_at() -> datetime:
    """When anything last changed that the board shows. One query."""
    return Revision.objects.aggregate(latest=Max("changed_at"))["latest"] or EPOCH


class Known:
    """All that the rows of a board are made of, read at once: seven queries for any number of units."""

    def __init__(
        self,
        year: int,
        places: list[Division],
        found: list[AnnualStatement],
        opened: ReportingYear | None,
        today: date,
    ) -> None:
        self.places, self.opened, self.today = places, opened, today
        self.by_code = {place.code: place for place in places}
        self.versions: dict[str, list[AnnualStatement]] = defaultdict(list)
        for statement in found:
            self.versions[statement.division_id].append(statement)
        numbers = [statement.pk for statement in found]
        shown = [statement.pk for statement in found if statement.status not in UNITS_OWN]
        codes = [place.code for place in places]
        self.typed = get_typed(numbers, codes)
        self.finished = get_finished(numbers, codes)
        self.reasons = get_reason_counts(shown, codes)
        self.requests = dict(count(Correction.objects.filter(statement__in=numbers, approved_at__isnull=True)))
        self.reminders = get_last_reminders(year, codes)
        self.below: dict[str, list[Division]] = defaultdict(list)
        for place in places:
            self.below[self.unit_code(place)].append(place)
        self.children = children_of(places, NATION)
        self.owing = {code: self.owing_in(code) for code in self.below}

    def unit_code(self, place: Division) -> str:
        """The code of the unit in whose statement the division stands."""
        return place.code if place.level in UNITS else f"{place.prefix[:2]}0000"

    def current(self, unit: str) -> AnnualStatement | None:
        """The statement that counts: what is approved now, else the latest version."""
        versions = self.versions.get(unit, [])
        standing = [statement for statement in versions if statement.status in CURRENT]
        return (standing or versions)[-1] if versions else None

    def due_on(self, place: Division) -> date | None:
        """The day of the division's own level; None where the year was not opened."""
        return self.opened.due_on(place.level) if self.opened else None

    def unit(self, place: Division) -> BoardRow:
        """The row of a unit that hands in a statement of its own."""
        statement, versions = self.current(place.code), self.versions.get(place.code, [])
        typed, first = self.typed_in(place.code), versions[0] if versions else None
        due_on = self.due_on(place)
        days, is_overdue = days_against(first, due_on, self.today)
        owes = statement is not None and versions[-1].status in UNITS_OWN
        return BoardRow(
            division=place,
            province=None,
            statement=statement,
            state=state_of(statement, bool(typed)),
            due_on=due_on,
            days=days,
            days_left=self.days_left(due_on, versions[0]) if owes and len(versions) == 1 else None,
            is_overdue=is_overdue,
            filled=self.filled(statement, place, typed),
            done=self.done(statement, place),
            owes=owes,
            flags=self.flags(statement),
            versions=len(versions),
            is_correcting=bool(versions) and versions[-1].version > 1 and versions[-1].status not in SETTLED,
            requests=sum(self.requests.get(version.pk, 0) for version in versions),
            reminder=self.reminders.get(place.code),
        )

    def days_left(self, due_on: date | None, statement: AnnualStatement | None) -> int | None:
        """The days to the one by which a statement is owed; None once it has passed, and for a correction."""
        if due_on is None or statement is None or statement.version > 1 or self.today > due_on:
            return None
        return (due_on - self.today).days

    def part(self, place: Division) -> BoardRow:
        """The row of a prefecture or county in its unit's statement."""
        unit = self.unit_code(place)
        statement, due_on = self.current(unit), self.due_on(place)
        typed, finished = self.typed_in(unit), self.marks(statement, place)
        rows, is_done = self.rows_of(place), set(TYPING) <= set(finished)
        owes = self.owes(place, statement, is_done)
        is_overdue = owes and due_on is not None and statement is not None and statement.version == 1
        is_overdue = is_overdue and due_on is not None and self.today > due_on
        arrived_on = max(finished.values()).astimezone(CHINA).date() if is_done else None
        counted_on = self.today if is_overdue else arrived_on
        return BoardRow(
            division=place,
            province=self.by_code.get(unit) or place.parent,
            statement=statement,
            state=state_of(statement, any(row.code in typed for row in rows), is_done=is_done),
            due_on=due_on,
            days=(counted_on - due_on).days if counted_on and due_on else None,
            days_left=self.days_left(due_on, statement) if owes else None,
            is_overdue=is_overdue,
            filled=self.filled(statement, place, typed),
            done=self.done(statement, place),
            owes=owes,
            reminder=self.reminders.get(place.code),
        )

    def owes(self, place: Division, statement: AnnualStatement | None, is_done: bool) -> bool:
        """Whether a row has still something to do: its statement is open, and a department has not marked it as done. A
        county for which the prefecture fills in its own figures owes nothing."""
        if statement is None or statement.status not in OPEN or is_done:
            return False
        return place.counts_as_level != Level.COUNTY or place.code in self.owing[self.unit_code(place)]

    def typed_in(self, unit: str) -> Mapping[str, Typed]:
        """What stands in the rows of a unit's current statement."""
        statement = self.current(unit)
        return self.typed.get(statement.pk, {}) if statement else {}

    def owing_in(self, unit: str) -> frozenset[str]:
        """The rows of a unit that owe figures, of those in scope."""
        statement, rows = self.current(unit), self.below[unit]
        if statement is None:
            return frozenset()
        if not any(unit in (row.code, row.parent_id) for row in rows):  # a single county is all that is in scope
            return frozenset(row.code for row in rows)
        return frozenset(owing_rows(statement, rows, set(self.typed_in(unit))))

    def filled(self, statement: AnnualStatement | None, place: Division, typed: Mapping[str, Typed]) -> Progress:
        """Of the rows of a division that owe figures, how many have all that is mandatory."""
        owing = self.owing[self.unit_code(place)]
        rows = [row.code for row in self.rows_of(place) if row.code in owing] if statement else []
        return Progress(sum(code in typed and typed[code].mandatory >= len(MANDATORY) for code in rows), len(rows))

    def rows_of(self, place: Division) -> list[Division]:
        """The division and what stands below it in the same statement."""
        if place.level == Level.COUNTY or place.is_leaf:
            return [place]
        inside = self.below[self.unit_code(place)]
        return inside if place.level in UNITS else [row for row in inside if place.contains(row)]

    def done(self, statement: AnnualStatement | None, place: Division) -> dict[tuple[str, str], Progress]:
        """The rows marked as done below a division (or its own), by level and department."""
        if statement is None:
            return {}
        owing, found = self.owing[self.unit_code(place)], {}
        rows = [row for row in self.rows_of(place) if row.level in BELOW]
        marked = {row.code: marks for row in rows if (marks := self.marks(statement, row))}
        for level in BELOW:
            here = [row for row in rows if row.counts_as_level == level]
            here = [row for row in here if level == Level.PREFECTURE or row.code in owing or row.code in marked]
            for department in TYPING:
                number = sum(department in marked.get(row.code, {}) for row in here)
                found[level.value, department.value] = Progress(number, len(here))
        return found

    def marks(self, statement: AnnualStatement | None, place: Division) -> Mapping[str, datetime]:
        """When each department was done with a row."""
        if statement is None:
            return {}
        return marks_of(self.finished.get(statement.pk, {}), place.code, self.children.get(place.code, []))

    def flags(self, statement: AnnualStatement | None) -> int | None:
        """With how many written reasons a statement came; not told before it is submitted."""
        if statement is None or statement.status in UNITS_OWN:
            return None
        return self.reasons.get(statement.pk, 0)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a board adds up to."""

    expected: int
    arrived: int
    on_time: int
    late: int
    overdue: int
    untouched: int
    by_state: Mapping[BoardState, int]


def totals(rows: Sequence[BoardRow]) -> Totals:
    """The sums of a list of rows."""
    return Totals(
        expected=len(rows),
        arrived=sum(row.is_in for row in rows),
        on_time=sum(row.is_in and row.days is not None and row.days <= 0 for row in rows),
        late=sum(row.is_late for row in rows),
        overdue=sum(row.is_overdue for row in rows),
        untouched=sum(row.state == BoardState.EMPTY for row in rows),
        by_state=Counter(row.state for row in rows),
    )
