"""What changed in a statement: against last year, since it was last returned, and against the version it corrects."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from django.db.models import Q

from farmland.models import AnnualStatement, Figure, Gap, Origin, StatementStatus, Transition, User
from farmland.selectors.statements import Reading, get_previous

Key = tuple[str, str]
# Wide enough for the largest stored area; what is printed is rounded later (U-3).
ARITHMETIC = Context(prec=40, rounding=ROUND_HALF_UP)
HISTORIES: tuple[Any, ...] = (Figure.pgh_event_model, Gap.pgh_event_model)  # type: ignore[attr-defined]  # set by pghistory


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of a division, in mu, this year and last; no difference where one is missing or their bases differ."""

    division: str
    indicator: str
    this_mu: Decimal | None
    last_mu: Decimal | None
    is_comparable: bool

    @property
    def difference_mu(self) -> Decimal | None:
        """This year less last year."""
        if not self.is_comparable or self.this_mu is None or self.last_mu is None:
            return None
        return self.this_mu - self.last_mu

    @property
    def percent(self) -> Decimal | None:
        """The difference in percent of last year; None where last year was nothing."""
        if self.difference_mu is None or not self.last_mu:
            return None
        return ARITHMETIC.divide(self.difference_mu * 100, self.last_mu)


@dataclass(frozen=True, slots=True)
class CellState:
    """What stands in a cell: a value as it was typed, or why there is none; `note` goes with both."""

    value_mu: Decimal | None = None
    input_value: Decimal | None = None
    unit: str = ""
    decimals: int = 0
    absence: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that differs: before, after (None: an empty cell), who typed last and when ("" and None: not known)."""

    division: str
    indicator: str
    before: CellState | None
    after: CellState | None
    who: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Return:
    """When, by whom and with what words a statement was last returned; `at` is the database's own time."""

    at: datetime
    by: str
    comment: str


def state_of(row: Any) -> CellState:
    """The state of a cell from a row or an event of a figure or a gap."""
    if hasattr(row, "kind"):
        return CellState(absence=row.kind, note=row.note)
    return CellState(row.value_mu, row.input_value, row.input_unit, row.input_decimals, "", row.note)


def states_of(reading: Reading) -> dict[Key, CellState]:
    """What stands in the cells of a reading now."""
    rows: list[Figure | Gap] = [*reading.figures.values(), *reading.gaps.values()]
    return {(row.division_id, row.indicator): state_of(row) for row in rows}


def get_totals_against_last_year(reading: Reading, indicators: Sequence[str]) -> list[Compared]:
    """The lines of the reading's part as a whole against last year's current statement of the unit. Two queries.

    The part is what the reader sees: its sum, or its own cells where it has nothing below it. A line whose cells stand
    on another basis than last year's is not subtracted.
    """
    before, root = get_previous(reading.statement), reading.root
    rows = Figure.objects.filter(statement=before, division=root, indicator__in=indicators) if before and root else ()
    last = {figure.indicator: figure for figure in rows}
    sums = reading.sums(indicators) if root else {}
    bases: dict[str, set[str]] = {}
    for (_division, indicator), figure in reading.figures.items():
        bases.setdefault(indicator, set()).add(figure.basis)

    def this(indicator: str) -> Decimal | None:
        own = reading.figures.get((root, indicator))
        found = sums.get((root, indicator))
        return own.value_mu if own else found.value_mu if found else None

    return [
        Compared(
            root,
            code,
            this(code),
            last[code].value_mu if code in last else None,
            code not in last or bases.get(code, set()) <= {last[code].basis},
        )
        for code in indicators
    ]


def get_cells_against_last_year(reading: Reading) -> list[Compared]:
    """Every typed cell of the reading against the same division's of last year, and those of last year that are
    missing now, in the order of codes. Two queries."""
    before, codes = get_previous(reading.statement), {division.code for division in reading.rows}
    rows = Figure.objects.filter(statement=before, origin=Origin.REPORTED, division__in=codes) if before else ()
    last = {(figure.division_id, figure.indicator): figure for figure in rows}
    found = []
    for key in sorted({*reading.figures, *last}):
        now, then = reading.figures.get(key), last.get(key)
        is_comparable = not now or not then or now.basis == then.basis
        this, before_mu = now.value_mu if now else None, then.value_mu if then else None
        found.append(Compared(*key, this, before_mu, is_comparable))
    return found


def get_return(statement: AnnualStatement) -> Return | None:
    """The last return of a statement; None where it never was. At most two queries.

    Its moment is that of the event which the database noted in the same transaction, so that it compares with the
    events of cells, whose times the database sets as well. An event carries the time at which its transaction began,
    and both kinds take the statement's lock first: what is typed after a return began after it.
    """
    said = Transition.objects.filter(statement=statement, to_status=StatementStatus.RETURNED).select_related("by")
    latest = said.order_by("-pk").first()
    moment = get_return_moments([statement.pk]).get(statement.pk) if latest else None
    return Return(moment, str(latest.by), latest.comment) if latest and moment else None


def get_return_moments(statements: Iterable[int]) -> dict[int, datetime]:
    """The database's moments of the last returns, by statement; those never returned are left out. One query.

    It is the first event of the last run of events with that status: what else is noted of a returned statement does
    not move the moment.
    """
    history = AnnualStatement.pgh_event_model.objects  # type: ignore[attr-defined]  # set by pghistory
    found: dict[int, datetime] = {}
    status: dict[int, str] = {}
    events = history.filter(pgh_obj_id__in=list(statements)).order_by("pgh_id")
    for key, after, at in events.values_list("pgh_obj_id", "status", "pgh_created_at"):
        if after == StatementStatus.RETURNED and status.get(key) != StatementStatus.RETURNED:
            found[key] = at
        status[key] = after
    return found


def get_changes_since_return(reading: Reading, returned: Return) -> list[CellChange]:
    """The cells of the reading that differ from what stood there when the statement was returned. At most six queries.

    Only rows that were written since are rebuilt: of each the last event up to the return.
    A cell that was emptied and filled again stands under a new row, so rows are followed by their own keys and joined
    by their cell. A cell that came back to what it was is no change.
    """
    before: dict[Key, CellState] = {}
    touched: dict[Key, Any] = {}  # of each cell the event that says who emptied it, where it is empty now
    for history in HISTORIES:
        of_this = history.objects.filter(statement_id=reading.statement.pk).filter(typed(history))
        since = list(of_this.filter(pgh_created_at__gt=returned.at).select_related("pgh_context").order_by("pgh_id"))
        for event in since:
            kept = touched.setdefault((event.division_id, event.indicator), event)
            if event.pgh_created_at >= kept.pgh_created_at:
                touched[event.division_id, event.indicator] = event
        if since:
            before |= get_states_at(of_this, {event.pgh_obj_id for event in since}, returned.at)
    now = states_of(reading)
    codes = {division.code for division in reading.rows}
    changed = [key for key in {*touched, *before} if key[0] in codes and before.get(key) != now.get(key)]
    return describe(changed, before, now, reading, touched)


def typed(history: Any) -> Q:
    """Events of what people type: stored sums are made anew at every hand-in and are nobody's change."""
    return Q(origin=Origin.REPORTED) if history is HISTORIES[0] else Q()


def get_states_at(events: Any, rows: set[int], moment: datetime) -> dict[Key, CellState]:
    """What stood in the cells of some rows at a moment. One query.

    The rows were written after it as well, so none of them had been deleted before.
    """
    last = events.filter(pgh_obj_id__in=rows, pgh_created_at__lte=moment)
    last = last.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
    return {(event.division_id, event.indicator): state_of(event) for event in last}


def get_changes_from_corrected(reading: Reading) -> list[CellChange]:
    """The cells of a correction that differ from the version it corrects; nothing for any other. At most five queries."""
    old = reading.statement.corrects_id
    if old is None:
        return []
    codes = {division.code for division in reading.rows}
    figures = Figure.objects.filter(statement=old, origin=Origin.REPORTED, division__in=codes)
    rows: list[Figure | Gap] = [*figures, *Gap.objects.filter(statement=old, division__in=codes)]
    before, now = {(row.division_id, row.indicator): state_of(row) for row in rows}, states_of(reading)
    changed = [key for key in {*before, *now} if before.get(key) != now.get(key)]
    gone: dict[Key, Any] = {}
    if any(key not in now for key in changed):
        for history in HISTORIES:
            deleted = history.objects.filter(statement_id=reading.statement.pk, pgh_label="delete")
            for event in deleted.filter(typed(history)).select_related("pgh_context").order_by("pgh_id"):
                gone[event.division_id, event.indicator] = event
    return describe(changed, before, now, reading, gone)


def describe(
    changed: Iterable[Key],
    before: Mapping[Key, CellState],
    now: Mapping[Key, CellState],
    reading: Reading,
    events: Mapping[Key, Any],
) -> list[CellChange]:
    """The changes in the order of codes, with who typed: the row says it, or the event that deleted it. One query."""
    written: dict[Key, tuple[int | None, datetime | None]] = {}
    for key in changed:
        row = reading.figures.get(key) or reading.gaps.get(key)
        event = events.get(key)
        if row is not None:
            written[key] = (row.typed_by_id, row.typed_at)
        elif event is not None:
            said = event.pgh_context.metadata if event.pgh_context else {}
            written[key] = (said.get("user"), event.pgh_created_at)
    people = User.objects.in_bulk({who for who, _at in written.values() if who}) if written else {}
    found = []
    for key in sorted(changed):
        who, at = written.get(key, (None, None))
        found.append(CellChange(*key, before.get(key), now.get(key), str(people.get(who, "")), at))
    return found


def get_touched_since_return(statements: Iterable[AnnualStatement], *, prefix: str) -> set[int]:
    """Which of the statements had cells typed below a division's prefix since their last return. At most three queries."""
    moments = get_return_moments([statement.pk for statement in statements])
    if not moments:
        return set()
    since = Q()
    for key, at in moments.items():
        since |= Q(statement_id=key, pgh_created_at__gt=at)
    found: set[int] = set()
    for history in HISTORIES:
        events = history.objects.filter(since, typed(history), division__prefix__startswith=prefix)
        found.update(events.values_list("statement_id", flat=True).distinct())
    return found
