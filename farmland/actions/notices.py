"""Notices to people: told in the transaction of what they tell, so that none is lost and none is told of what failed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from farmland.models import AnnualStatement, MailState, Notice, NoticeChoice, NoticeKind, Upload, User

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
    """Tell each of `users`, but never who did it (`by`; None: the system) nor who is not active; works inside the caller's
    transaction.

    `words` are the parameters of the kind's sentences (plain JSON). Mail goes out afterwards, where the person wants it.
    """
    people = {user.pk: user for user in users if user.is_active and (by is None or user.pk != by.pk)}
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
    return Notice.objects.bulk_create(notices)
