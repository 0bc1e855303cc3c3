"""Writes of passwords, and the links by which people set them. Each leaves a line in the user's history."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

import axes.utils
import pghistory
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, urlsafe_base64_encode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from farmland.models import User
from farmland.models.users import PASSWORD_LINK, PASSWORD_SET
from farmland.selectors.users import LINK_TASK

logger = logging.getLogger(__name__)

MAIL_TIMEOUT_SECONDS = 10
RESET_LINKS_AN_HOUR = 3
# Tasks of the queue: mail leaves the request, so that neither a slow mail server nor the time an answer takes tells
# anybody anything. They are named here and made in jobs, which stand above.
RESET, LINK = "farmland.jobs.passwords.reset", LINK_TASK


class PasswordTokens(PasswordResetTokenGenerator):
    """An invitation lives for PASSWORD_RESET_TIMEOUT; a link that replaces a password for PASSWORD_LINK_SECONDS."""

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Whether the token is this user's, unused and young enough."""
        if not (user and token and super().check_token(user, token)):
            return False
        age = self._num_seconds(self._now()) - base36_to_int(token.partition("-")[0])
        return age <= lifetime(user).total_seconds()


tokens = PasswordTokens()


def lifetime(user: User) -> timedelta:
    """How long a link made for the user now opens the door."""
    is_invitation = not user.has_usable_password()
    return timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT if is_invitation else settings.PASSWORD_LINK_SECONDS)


@dataclass(frozen=True, slots=True)
class PasswordLink:
    """How a user gets the address that sets a password once: by mail (`url` is ""), or handed over by who asked."""

    user: User
    url: str
    expires_at: datetime


def set_password(user: User, *, password: str, by: User, at: datetime) -> None:
    """Set the password; every session made with the old one ends, and a lock-out with them."""
    with transaction.atomic(), pghistory.context(user=by.pk, at=at.isoformat()):
        current = User.objects.select_for_update().get(pk=user.pk)
        user.set_password(password)
        user.save(update_fields=["password"])
        axes.utils.reset(username=user.username)
        pghistory.create_event(current, label=PASSWORD_SET)


@transaction.atomic
def send_password_link(user: User, *, site: str, by: User, at: datetime) -> PasswordLink:
    """Have the link by which the user sets a password mailed, or answer it where there is no address.

    `site` is the site's address. The history names who asked (`by`), and never holds the link.
    """
    with pghistory.context(user=by.pk, at=at.isoformat()):
        pghistory.create_event(user, label=PASSWORD_LINK)
    if not user.email:
        return PasswordLink(user, _password_url(user, site=site), at + lifetime(user))
    _order(user, site=site, language=settings.LANGUAGE_CODE)
    return PasswordLink(user, "", at + lifetime(user))


def ask_for_reset_links(*, email: str, site: str, address: str, at: datetime) -> None:
    """Have a link mailed to every active user with this address, also to those who never set a password.

    All of it is done after the answer, whose words and time are the same whether or not the address is known; a user
    gets at most RESET_LINKS_AN_HOUR. `address` is the network address that asked, for the history.
    """
    language = get_language() or settings.LANGUAGE_CODE
    app.configure_task(RESET, queue="mail").defer(
        email=email, site=site, address=address, at=at.isoformat(), language=language
    )


def order_reset_links(*, email: str, site: str, address: str, at: datetime, language: str) -> None:
    """Order a link for each active user with the address, which is the one on record, never the one typed."""
    for user in User.objects.filter(email__iexact=email, is_active=True).order_by("pk"):
        with transaction.atomic():
            if _may_have_another(user, address=address, at=at):
                _order(user, site=site, language=language)


def _order(user: User, *, site: str, language: str) -> None:
    app.configure_task(LINK, queue="mail").defer(user=user.pk, site=site, language=language)


def mail_link(user: int, *, site: str, language: str) -> None:
    """Make a user's link and send it to the address on record, in the language that the user chose, else in `language`.

    Nothing for who is not active (any more) or has no address. Raises OSError where the mail server does not take it.
    """
    person = User.objects.filter(pk=user, is_active=True).exclude(email="").first()
    if person is None:
        return
    url, expires_at = _password_url(person, site=site), timezone.now() + lifetime(person)
    with translation.override(person.language or language):
        _mail_link(person, url=url, expires_at=expires_at)


def _may_have_another(user: User, *, address: str, at: datetime) -> bool:
    """Count the link and say yes, unless the user had enough of them within the hour."""
    events = User.pgh_event_model.objects  # type: ignore[attr-defined]  # set by pghistory
    with transaction.atomic(), pghistory.context(address=address, at=at.isoformat()):
        current = User.objects.select_for_update().get(pk=user.pk)
        since = at - timedelta(hours=1)
        links = events.filter(pgh_obj_id=user.pk, pgh_label=PASSWORD_LINK, pgh_created_at__gt=since)
        if links.count() >= RESET_LINKS_AN_HOUR:
            logger.warning("no further reset link for user %s within the hour", user.pk)
            return False
        pghistory.create_event(current, label=PASSWORD_LINK)
    return True


def _password_url(user: User, *, site: str) -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return urljoin(site, reverse("password_reset_confirm", args=[uid, tokens.make_token(user)]))


def _mail_link(user: User, *, url: str, expires_at: datetime) -> None:
    """Send the link."""
    is_invitation = not user.has_usable_password()
    context = {"user": user, "url": url, "expires_at": expires_at, "is_invitation": is_invitation}
    message = EmailMultiAlternatives(
        _("邀请您使用耕地保护目标监测平台：请设置密码") if is_invitation else _("重设耕地保护目标监测平台的密码"),
        render_to_string("farmland/account/password_mail.txt", context),
        to=[user.email],
        connection=get_connection(timeout=MAIL_TIMEOUT_SECONDS),
    )
    message.attach_alternative(render_to_string("farmland/account/password_mail.html", context), "text/html")
    message.send()
