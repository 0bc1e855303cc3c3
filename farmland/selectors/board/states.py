"""The states of a unit's or a row's year on the board, and its days against the one by which it is owed."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farmland.models import AnnualStatement, Level, StatementStatus
from farmland.selectors.queue import CHINA, is_overdue

UNITS = (Level.PROVINCE, Level.SPECIAL)  # what hands in a statement of its own


class BoardState(models.TextChoices):
    """Where a unit's year stands. A draft without any typed cell has not been begun."""

    NONE = "none", _("未开启")  # no statement: the year was not opened for it
    EMPTY = "empty", pgettext_lazy("board", "未填")
    FILLING = "filling", _("填报中")
    DONE = "done", _("已填完")  # of a prefecture or county: all departments marked its row
    HANDED_IN = "handed_in", _("待审（本级）")
    SUBMITTED = "submitted", _("待审（上级）")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("已通过")
    LOCKED = "locked", _("已锁定")


OF_STATUS = {
    StatementStatus.HANDED_IN: BoardState.HANDED_IN,
    StatementStatus.SUBMITTED: BoardState.SUBMITTED,
    StatementStatus.RETURNED: BoardState.RETURNED,
    StatementStatus.APPROVED: BoardState.APPROVED,
    StatementStatus.LOCKED: BoardState.LOCKED,
    StatementStatus.SUPERSEDED: BoardState.LOCKED,
}


def state_of(statement: AnnualStatement | None, is_typed: bool, *, is_done: bool = False) -> BoardState:
    """The state of a statement, or of a row in it that is `is_done` once all departments marked it."""
    if statement is None:
        return BoardState.NONE
    status = StatementStatus(statement.status)
    if status != StatementStatus.DRAFT:
        return OF_STATUS[status]
    if is_done:
        return BoardState.DONE
    return BoardState.FILLING if is_typed else BoardState.EMPTY


def days_against(first: AnnualStatement | None, due_on: date | None, today: date) -> tuple[int | None, bool]:
    """The days from the due one to when the first version was submitted (below zero: early), or to today where it is
    overdue, and whether it is. A correction has no day of its own."""
    if first is None or due_on is None:
        return None, False
    if first.submitted_at is not None:
        return (first.submitted_at.astimezone(CHINA).date() - due_on).days, False
    late = is_overdue(first, due_on, today)
    return ((today - due_on).days if late else None), late
