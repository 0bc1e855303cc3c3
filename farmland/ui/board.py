"""The board as it is printed: each row with its words and tones, the totals, and the years side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from farmland.actions.reminders import Reminded
from farmland.models import Division, Level, Reminder
from farmland.selectors.board import TYPING, Board, BoardRow, BoardState, Progress, Totals, YearCell
from farmland.ui import Tag
from farmland.ui.queue import late
from farmland.units import DASH

B = BoardState
NEAR_DAYS = 7
TONES = {
    B.NONE: "none", B.EMPTY: "none", B.FILLING: "info", B.DONE: "ok", B.HANDED_IN: "info", B.SUBMITTED: "info",
    B.RETURNED: "bad", B.APPROVED: "ok", B.LOCKED: "ok",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """A level's marks, by department: the words, done of expected, and whether all are there."""

    label: str
    text: str
    is_full: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One line of the board. `done` stands for the levels below: of a unit both, of a row below it its own."""

    row: BoardRow
    above: str  # of a row below a unit: the unit and what stands between
    tag: Tag
    timing: Tag | None
    filled: str
    prefectures: list[Done]
    counties: list[Done]
    handed_in_at: datetime | None
    submitted_at: datetime | None
    reminder: Reminder | None
    notes: list[str]
    may_remind: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """A number on top, and of how many it is."""

    label: str
    value: int
    of: int | None
    note: str
    tone: str = ""


def tag_of(state: str) -> Tag:
    """A state as a tag."""
    return Tag(str(BoardState(state).label), TONES[BoardState(state)])


def timing_of(days: int | None, *, is_overdue: bool, days_left: int | None = None) -> Tag | None:
    """The days against the one by which it was owed, or that are left to it, in words; None where there is nothing to
    say."""
    if days is None:
        return None if days_left is None else left(days_left)
    if is_overdue:
        return Tag(ngettext("逾期 %d 天", "逾期 %d 天", days) % days, "bad")
    if days > 0:
        return late(days)
    if days == 0:
        return Tag(_("按期"), "ok")
    return Tag(ngettext("提前 %d 天", "提前 %d 天", -days) % -days, "ok")


def left(days: int) -> Tag:
    """How many days are left."""
    if days == 0:
        return Tag(_("今天到期"), "warn")
    return Tag(ngettext("还有 %d 天", "还有 %d 天", days) % days, "warn" if days <= NEAR_DAYS else "info")


def of(progress: Progress) -> str:
    """Done of expected; a dash where nothing is."""
    return f"{progress.done}/{progress.expected}" if progress.expected else DASH


def done_at(row: BoardRow, level: str) -> list[Done]:
    """The marks of a level, department by department."""
    found = []
    for department in TYPING:
        progress = row.done.get((level, department.value), Progress(0, 0))
        is_full = bool(progress.expected) and progress.done == progress.expected
        found.append(Done(str(department.label), of(progress), is_full))
    return found


def notes_of(row: BoardRow) -> list[str]:
    """What is to be said of a unit's versions."""
    notes = []
    if row.is_correcting:
        notes.append(_("第 %d 版更正中") % row.versions)
    elif row.versions > 1:
        notes.append(_("第 %d 版") % row.versions)
    if row.requests:
        notes.append(_("%d 项更正申请") % row.requests)
    return notes


def above(row: BoardRow) -> str:
    """The names of what a row below a unit belongs to, the unit's first."""
    places = [place for place in (row.province, row.division.parent) if place]
    return " ".join(dict.fromkeys(str(place.label) for place in places)) if row.province else ""


def view(row: BoardRow, *, may_remind: bool) -> RowView:
    """A row with its words."""
    statement = row.statement
    return RowView(
        row=row,
        above=above(row),
        tag=tag_of(row.state),
        timing=timing_of(row.days, is_overdue=row.is_overdue, days_left=row.days_left),
        filled=of(row.filled),
        prefectures=done_at(row, Level.PREFECTURE),
        counties=done_at(row, Level.COUNTY),
        handed_in_at=statement.handed_in_at if statement else None,
        submitted_at=statement.submitted_at if statement else None,
        reminder=row.reminder,
        notes=notes_of(row),
        may_remind=may_remind and row.owes,
    )


def tiles(found: Totals, level: str) -> list[Tile]:
    """The numbers on top; below the province what arrives is what all departments marked as done."""
    arrived = _("已上报") if level == Level.PROVINCE else _("已填完")
    unknown = found.arrived - found.on_time - found.late
    return [
        Tile(arrived, found.arrived, found.expected, _("含已通过和已锁定") if level == Level.PROVINCE else ""),
        Tile(_("按期"), found.on_time, None, _("另有 %d 个没有记录时间") % unknown if unknown else ""),
        Tile(_("迟报"), found.late, None, "", "warn" if found.late else ""),
        Tile(_("逾期未报"), found.overdue, None, "", "bad" if found.overdue else ""),
        Tile(str(B.EMPTY.label), found.untouched, None, ""),
    ]


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many rows have a state."""

    tag: Tag
    number: int


def counts(found: Totals) -> list[StateCount]:
    """The states that there are, in their order."""
    return [StateCount(tag_of(state), found.by_state[state]) for state in BoardState if found.by_state.get(state)]


@dataclass(frozen=True, slots=True)
class CellView:
    """A unit's year in the matrix."""

    year: int
    tag: Tag
    timing: Tag | None


def matrix(found: Iterable[tuple[Division, list[YearCell]]]) -> list[tuple[Division, list[CellView]]]:
    """The units over the years, with their words."""
    return [
        (
            unit,
            [
                CellView(cell.year, tag_of(cell.state), timing_of(cell.days, is_overdue=cell.is_overdue))
                for cell in cells
            ],
        )
        for unit, cells in found
    ]


@dataclass(frozen=True, slots=True)
class RemindedView:
    """What became of one unit that was to be reminded."""

    name: str
    tag: Tag
    recipients: int
    detail: str


def reminded(results: Iterable[Reminded]) -> list[RemindedView]:
    """The results in their order."""
    return [
        RemindedView(
            str(result.division.label) if result.division else result.code_of_unit,
            Tag(_("未催报"), "bad") if result.code else Tag(_("已催报"), "ok"),
            result.recipients,
            result.detail,
        )
        for result in results
    ]


def due_words(board: Board) -> str:
    """The day by which the level owes its own, in words."""
    if board.opened is None:
        return _("%d 年度没有开启填报") % board.year
    days = {Level.COUNTY: board.opened.county_due_on, Level.PREFECTURE: board.opened.prefecture_due_on}
    return _("截止 %s") % days.get(Level(board.level), board.opened.province_due_on).isoformat()
