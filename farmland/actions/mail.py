"""Notices on their way out by mail: claimed for a while, sent by the caller, stamped. None is lost, whatever fails.

A claim is a lease and not a lock held while mail is sent: a mail server that hangs must not keep anybody from reading
their notices. Who dies between sending and stamping lets it be sent twice, never not at all.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from farmland.actions.notices import is_shown_to
from farmland.models import MailState, Notice

logger = logging.getLogger(__name__)

MOST_IN_ONE = 50  # notices in one mail; the rest follow in the next
LEASE = timedelta(minutes=10)
# After each failed try, how long until the next: given up after some three days, a weekend included.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
MOST_TRIES = len(WAITS) + 1


def claim(*, at: datetime, but: Collection[int] = ()) -> list[Notice]:
    """The due notices of the person who waits longest, not one of `but` (keys), leased to the caller; none where nobody's
    are due. What must not go out any more (left, moved away, no address) is taken from the post and not answered.

    Every claim counts as a try, so that what kills its worker is given up in the end like what is refused.
    """
    while mine := due(at=at, but=but):
        with transaction.atomic():
            rows = Notice.objects.filter(pk__in=mine, mail=MailState.DUE, mail_next_at__lte=at)
            rows = rows.select_for_update(skip_locked=True, of=("self",)).order_by("pk")
            found = list(rows.select_related("user__division", "statement__division", "by", "upload"))
            alive = [notice for notice in found if may_go_out(notice)]
            for notice in alive:
                notice.mail_tries += 1
                notice.mail_next_at = at + LEASE
            Notice.objects.bulk_update(alive, ["mail_tries", "mail_next_at"])
            dead = [notice.pk for notice in found if notice not in alive]
            Notice.objects.filter(pk__in=dead).update(mail=MailState.NONE)
        if alive:
            return alive
        if not found:  # another worker has them
            but = [*but, *Notice.objects.filter(pk__in=mine).values_list("user", flat=True)]
    return []


def due(*, at: datetime, but: Collection[int]) -> list[int]:
    """The keys of what is due to the person who waits longest. Two queries."""
    rows = Notice.objects.filter(mail=MailState.DUE, mail_next_at__lte=at).exclude(user__in=but)
    first = rows.order_by("mail_next_at", "pk").values_list("user", flat=True).first()
    return list(rows.filter(user=first).order_by("pk").values_list("pk", flat=True)[:MOST_IN_ONE]) if first else []


def may_go_out(notice: Notice) -> bool:
    """Whether the person may still be told by mail; only statements of the own scope, which may have changed since."""
    person, statement = notice.user, notice.statement
    return person.is_active and bool(person.email) and (statement is None or is_shown_to(statement, person))


@transaction.atomic
def stamp_sent(notices: Collection[Notice], *, at: datetime) -> None:
    """Note that these went out."""
    keys = [notice.pk for notice in notices]
    Notice.objects.filter(pk__in=keys).update(mail=MailState.SENT, mailed_at=at, mail_next_at=None, mail_error="")


@transaction.atomic
def stamp_failed(notices: Collection[Notice], *, error: str, at: datetime) -> None:
    """Note that these did not go out, and when the next try is due; after the last one they are given up."""
    for notice in notices:
        is_over = notice.mail_tries >= MOST_TRIES
        next_at = None if is_over else at + WAITS[notice.mail_tries - 1]
        state = MailState.FAILED if is_over else MailState.DUE
        Notice.objects.filter(pk=notice.pk, mail=MailState.DUE).update(
            mail=state, mail_next_at=next_at, mail_error=error[:300]
        )
        if is_over:
            logger.error("mail of notice %s was given up after %d tries: %s", notice.pk, notice.mail_tries, error)
