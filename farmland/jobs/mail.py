"""Notices by mail: one message for whatever is due to one person, plain and HTML, in the person's language."""

import logging
import time

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from farmland.actions import mail as actions
from farmland.actions.notices import SEND, wake_the_post
from farmland.actions.passwords import MAIL_TIMEOUT_SECONDS
from farmland.models import Notice
from farmland.ui import notices as shown

logger = logging.getLogger(__name__)

LONGEST_RUN_SECONDS = 45.0  # then other work gets its turn; the next run goes on


@app.periodic(cron="* * * * *")
@app.task(name="farmland.jobs.mail.sweep", queue="mail", queueing_lock="farmland.jobs.mail.sweep")
def sweep(timestamp: int) -> None:
    """Each minute: send what is due, be it again after a failure or because the queue was not told."""
    send()


@app.task(name=SEND, queue="mail", queueing_lock=SEND)
def send() -> None:
    """Send what is due. A mail server that cannot be reached ends the run at once: nobody else's try is spent on it."""
    seen: set[int] = set()
    until = time.monotonic() + LONGEST_RUN_SECONDS
    while notices := actions.claim(at=timezone.now(), but=seen):
        seen.add(notices[0].user_id)
        is_reached = deliver(notices)
        if not is_reached:
            return
        if time.monotonic() > until:
            wake_the_post()
            return


def deliver(notices: list[Notice]) -> bool:
    """Send one person's mail and note what became of it; whether the mail server could be reached at all."""
    connection = get_connection(timeout=MAIL_TIMEOUT_SECONDS)
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are OSErrors too
        logger.warning("the mail server cannot be reached: %s", error)
        actions.stamp_failed(notices, error=str(error), at=timezone.now())
        return False
    try:
        message = compose(notices)
        message.connection = connection
        message.send()
    except Exception as error:  # whatever is wrong with one person's mail, the others' goes out
        logger.warning("mail to user %s failed: %s", notices[0].user_id, error)
        actions.stamp_failed(notices, error=f"{type(error).__name__}: {error}", at=timezone.now())
    else:
        actions.stamp_sent(notices, at=timezone.now())
    finally:
        connection.close()
    return True


def compose(notices: list[Notice]) -> EmailMultiAlternatives:
    """One message with all of one person's notices."""
    person = notices[0].user
    with translation.override(person.language or settings.LANGUAGE_CODE):
        entries = [shown.view(notice) for notice in notices]
        context = {
            "person": person,
            "entries": [(entry, settings.SITE_URL.rstrip("/") + entry.address) for entry in entries],
            "choices": settings.SITE_URL.rstrip("/") + shown.choices_address(),
        }
        subject = entries[0].title if len(entries) == 1 else _("耕地保护目标监测平台：%d 条通知") % len(entries)
        message = EmailMultiAlternatives(
            " ".join(subject.split()),  # a line break in a name must not begin another header
            render_to_string("farmland/notices/mail.txt", context),
            to=[person.email],
        )
        message.attach_alternative(render_to_string("farmland/notices/mail.html", context), "text/html")
    return message
