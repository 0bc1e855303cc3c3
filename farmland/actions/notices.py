"""Notices to people: told in the transaction of what they tell, so that none is lost and none is told of what failed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from farmland.models import AnnualStatement, MailState, Notice, NoticeChoice, NoticeKind, Upload, User

BATCH = 1000  # rows of one INSERT: a year's call tells thousands
SEND = "farmland.jobs.mail.send"

# Whether a kind also comes by mail until a person chooses otherwise.
BY_MAIL = {
    NoticeKind.YEAR_OPENED: True,
    NoticeKind.FOR_REVIEW: True,
    NoticeKind.RETURNED: True,
    NoticeKind.DECIDED: True,
    NoticeKind.COMMENTED: False,
    NoticeKind.DUE_SOON: True,
    NoticeKind.OVERDUE: True,
    NoticeKind.REMINDED: True,
    NoticeKind.CORRECTION: True,
    NoticeKind.UPLOAD: False,
    NoticeKind.TARGETS: True,
}


def notify(
    kind: NoticeKind,
    users: Iterable[User],
    *,
    by: User | None,
    at: datetime,
    statement: AnnualStatement | None = None,
    upload: Upload | None = None,
    year: int | None = None,
    words: dict[str, Any] | None = None,
) -> list[Notice]:
    """Tell each of `users`, but never who did it (`by`; None: the system), nor who is not active, nor of a statement that
    is not shown to them; works inside the caller's transaction.

    `words` are the parameters of the kind's sentences (plain JSON). Mail goes out afterwards, where the person wants it:
    the queue is told after the commit and not before it, as two writers that wait for the same entry of the queue could
    wait for each other's statements too. What a crash keeps from the queue is found by the sweep of each minute.
    """
    people = {user.pk: user for user in users if user.is_active and (by is None or user.pk != by.pk)}
    if statement:
        people = {pk: user for pk, user in people.items() if is_shown_to(statement, user)}
    chosen = dict(NoticeChoice.objects.filter(user__in=people, kind=kind).values_list("user", "by_mail"))
    notices = [
        Notice(
            user=user,
            kind=kind,
            statement=statement,
            upload=upload,
            year=year or (statement.year if statement else None),
            by=by,
            at=at,
            words=words or {},
            mail=MailState.DUE if user.email and chosen.get(user.pk, BY_MAIL[kind]) else MailState.NONE,
            mail_next_at=at,
        )
        for user in people.values()
    ]
    if any(notice.mail == MailState.DUE for notice in notices):
        transaction.on_commit(wake_the_post, robust=True)
    return Notice.objects.bulk_create(notices, batch_size=BATCH)


def is_shown_to(statement: AnnualStatement, user: User) -> bool:
    """Whether the user sees anything of what the statement holds."""
    return user.has_business_rights and statement.part_shown_to(user) is not None


def wake_the_post() -> None:
    """Ask the queue to send what is due, unless it has been asked already."""
    try:
        with transaction.atomic():
            app.configure_task(SEND, queueing_lock=SEND, queue="mail").defer()
    except AlreadyEnqueued:
        pass


def mark_read(notices: Iterable[int], *, by: User, at: datetime) -> int:
    """Mark some of the own notices as read; answers how many were not. Others' are left alone."""
    return Notice.objects.filter(user=by, pk__in=list(notices), read_at__isnull=True).update(read_at=at)


def mark_all_read(*, until: int, by: User, at: datetime) -> int:
    """Mark all own notices up to one (`until`, the latest that was seen) as read; answers how many were not."""
    return Notice.objects.filter(user=by, pk__lte=until, read_at__isnull=True).update(read_at=at)


@transaction.atomic
def choose(user: User, *, by_mail: Mapping[str, bool], by: User, at: datetime) -> None:
    """Keep for each kind that is named whether it also comes by mail; the others stay. Everybody chooses their own."""
    if by.pk != user.pk:
        raise PermissionDenied
    with pghistory.context(user=by.pk, at=at.isoformat()):
        NoticeChoice.objects.bulk_create(
            [NoticeChoice(user=user, kind=NoticeKind(kind), by_mail=wanted) for kind, wanted in by_mail.items()],
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["by_mail"],
        )
