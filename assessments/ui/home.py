"""Home as it is printed: days left in words, bars of progress, and the next step of each thing that is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.selectors.home import Due, Progress, Review
from farmland.indicators import INDICATORS
from farmland.models import AnnualStatement, Comment, Level, Role, StatementStatus, User
from farmland.selectors.queue import days_late
from farmland.ui import Tag
from farmland.ui.notices import comment_address
from farmland.ui.queue import late, tag_of, waits_for
from farmland.workflow import REPORTER

NEAR_DAYS = 7


@dataclass(frozen=True, slots=True)
class ProgressBar:
    """How much of its drawing a bar fills, in percent."""

    x: int
    width: int
    tone: str
    tick: int = 100


@dataclass(frozen=True, slots=True)
class DueView:
    """Something due: where it stands, how long it has, how far it is, and the next step."""

    due: Due
    tag: Tag
    left: Tag | None
    bar: ProgressBar
    step: str
    address: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """Something to review; `person` and `at` are of who brought it here."""

    review: Review
    tag: Tag
    left: Tag | None
    waits: Tag | None
    person: str
    at: datetime | None
    address: str


@dataclass(frozen=True, slots=True)
class SentView:
    """A statement that was sent on: with whom it lies now, and since when."""

    statement: AnnualStatement
    tag: Tag
    whom: str
    since: datetime | None
    address: str


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment and the cell, row or statement that it is about."""

    comment: Comment
    where: str
    address: str


def left(due_on: date | None, today: date) -> Tag | None:
    """How many days are left, or since when it is overdue."""
    if due_on is None:
        return None
    days = (due_on - today).days
    if days < 0:
        return Tag(_("逾期 %(days)d 天") % {"days": -days}, "bad")
    if days == 0:
        return Tag(_("今天到期"), "warn")
    words = _("还有 %(days)d 天") % {"days": days}
    return Tag(words, "warn" if days <= NEAR_DAYS else "info")


def dues(found: Sequence[Due], reader: User, today: date) -> list[DueView]:
    """What is due, with the reader's next step."""
    return [
        DueView(
            due, tag_of(due.statement), left(due.due_on, today), bar(due.progress), next_step(due, reader),
            reverse("statement_detail", args=[due.statement.pk]),
        )
        for due in found
    ]  # fmt: skip


def bar(progress: Progress) -> ProgressBar:
    """The bar of the rows that are filled."""
    width = round(100 * progress.filled / progress.rows) if progress.rows else 0
    return ProgressBar(0, width, "ok" if progress.filled == progress.rows else "info")


def next_step(due: Due, reader: User) -> str:
    """The words on the button."""
    is_typing = reader.role == Role.REPORTER
    if not is_typing:
        return _("查看")
    if due.returned:
        return _("按退回意见修改")
    if due.progress.filled < due.progress.rows:
        return _("继续填报") if due.progress.filled else _("开始填报")
    if REPORTER(due.statement, reader):
        return _("校验并送审")
    return _("核对并标记完成") if due.progress.done < due.progress.rows else _("查看")


def reviews(found: Sequence[Review], reader: User, today: date) -> list[ReviewView]:
    """What came in, each opened in the reviewer's list."""
    shown = []
    for review in found:
        statement = review.statement
        is_locked = statement.status == StatementStatus.LOCKED
        person = statement.submitted_by or statement.handed_in_by
        shown.append(
            ReviewView(
                review,
                Tag(_("更正申请"), "warn") if is_locked else tag_of(statement),
                None if is_locked else time_of(review, today),
                waits_for(statement, reader),
                str(person) if person else "",
                statement.submitted_at or statement.handed_in_at,
                f"{reverse('statement_queue')}?selected={statement.pk}",
            )
        )
    return shown


def time_of(review: Review, today: date) -> Tag | None:
    """Of what still has to be submitted, how long it has; of what was, only that it came too late."""
    statement = review.statement
    if statement.status == StatementStatus.HANDED_IN:
        return left(review.due_on, today)
    days = days_late(statement, review.due_on)
    return late(days) if days else None


def comments(found: Sequence[Comment]) -> list[CommentView]:
    """Comments with where they belong."""
    shown = []
    for comment in found:
        line = INDICATORS.get(comment.indicator)
        parts = [comment.division.label if comment.division else "", str(line.label) if line else ""]
        address = comment_address(comment.statement_id, comment.division_id or "", comment.indicator)
        shown.append(CommentView(comment, " ".join(filter(None, parts)), address))
    return shown


def sent(found: Sequence[AnnualStatement]) -> list[SentView]:
    """What was sent on, each with who has it now."""
    return [
        SentView(row, tag_of(row), *lies_with(row), reverse("statement_detail", args=[row.pk])) for row in found
    ]  # fmt: skip


def lies_with(statement: AnnualStatement) -> tuple[str, datetime | None]:
    """Who has the next step, and since when."""
    if statement.status == StatementStatus.HANDED_IN:
        if statement.confirmed_at is None and statement.division.level != Level.SPECIAL:
            return _("待本级农业农村部门确认"), statement.handed_in_at
        return _("待本级自然资源部门审核上报"), statement.confirmed_at or statement.handed_in_at
    if statement.opinion_at is None:
        return _("待农业农村部提出意见"), statement.submitted_at
    return _("待自然资源部审核"), statement.opinion_at
