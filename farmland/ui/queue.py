"""The reviewer's list as it is printed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from farmland.actions.statements import BATCH_ACTIONS, Result
from farmland.models import NATION, Action, AnnualStatement, Level, Role, StatementStatus, User
from farmland.selectors.queue import QueueRow
from farmland.ui import Tag
from farmland.workflow import AGRICULTURE, NATURAL

TONES = {
    StatementStatus.DRAFT: "none",
    StatementStatus.HANDED_IN: "info",
    StatementStatus.SUBMITTED: "info",
    StatementStatus.RETURNED: "bad",
    StatementStatus.APPROVED: "ok",
    StatementStatus.LOCKED: "ok",
    StatementStatus.SUPERSEDED: "none",
}
LABELS: Mapping[str, str | Promise] = {action.value: action.label for action in Action} | {
    "approve_correction": gettext_lazy("批准更正"),
}
# The main step first.
OF_UNIT, OF_MINISTRY = ("submit", "return"), ("approve", "return", "lock", "approve_correction")


@dataclass(frozen=True, slots=True)
class RowView:
    """One statement of the list; `person` and `at` are of who brought it where it is."""

    row: QueueRow
    tag: Tag
    timing: Tag | None  # overdue, or submitted too late
    waits: Tag | None  # for whom it waits before the reader's own step is open
    person: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ResultView:
    """What became of one ticked statement."""

    result: Result
    tag: Tag
    status: str


def tag_of(statement: AnnualStatement) -> Tag:
    """A statement's status as a tag."""
    return Tag(statement.get_status_display(), TONES[StatementStatus(statement.status)])


def waits_for(statement: AnnualStatement, reader: User) -> Tag | None:
    """What the reader's own step still waits for: agriculture's confirmation in the unit, its opinion in the ministry."""
    if reader.role != Role.REVIEWER or reader.department != NATURAL:
        return None
    is_own = statement.division_id == reader.division_id and statement.division.level != Level.SPECIAL
    if is_own and statement.status == StatementStatus.HANDED_IN and statement.confirmed_at is None:
        return Tag(_("等农业农村部门确认"), "warn")
    is_above = reader.division_id == NATION
    if is_above and statement.status == StatementStatus.SUBMITTED and statement.opinion_at is None:
        return Tag(_("等农业农村部意见"), "warn")
    return None


def timing_of(*, is_overdue: bool, days_late: int) -> Tag | None:
    """Not submitted although the day has passed is overdue (逾期); submitted after it is late (迟报)."""
    if is_overdue:
        return Tag(_("逾期"), "bad")
    return late(days_late) if days_late else None


def late(days: int) -> Tag:
    """By how many days something came after its day."""
    return Tag(ngettext("迟报 %d 天", "迟报 %d 天", days) % days, "warn")


def row(found: QueueRow, reader: User) -> RowView:
    """A row with its tags and who handed in or, later, submitted."""
    statement = found.statement
    person = statement.submitted_by or statement.handed_in_by
    return RowView(
        row=found,
        tag=tag_of(statement),
        timing=timing_of(is_overdue=found.is_overdue, days_late=found.days_late),
        waits=waits_for(statement, reader),
        person=str(person) if person else "",
        at=statement.submitted_at or statement.handed_in_at,
    )


def steps_for_many(user: User) -> list[tuple[str, str]]:
    """The steps that a reviewer of this department and level takes, for the buttons above the list; whether one is
    open is asked for each statement when it is sent."""
    is_ministry = user.division_id == NATION
    if user.department == AGRICULTURE:
        names: tuple[str, ...] = ("give_opinion",) if is_ministry else ("confirm",)
    else:
        names = OF_MINISTRY if is_ministry else OF_UNIT
    return [(name, str(LABELS[name])) for name in names]


def label_of(action: str) -> str:
    """The word for a step; empty where it is none for many."""
    return str(LABELS[action]) if action in BATCH_ACTIONS else ""


def results(found: Iterable[Result]) -> list[ResultView]:
    """The results in their order."""
    return [
        ResultView(
            result,
            Tag(_("未办理"), "bad") if result.code else Tag(_("已办理"), "ok"),
            str(StatementStatus(result.status).label) if result.status else "",
        )
        for result in found
    ]
