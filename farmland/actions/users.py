"""Writes to users: creating, editing, and the links by which people set their passwords."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import axes.utils
import pghistory
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from farmland.models import Division, User
from farmland.selectors.history import get_version

logger = logging.getLogger(__name__)

EDITABLE = ("name", "email", "division", "department", "role", "is_active")
MAIL_TIMEOUT_SECONDS = 10


class UsernameTaken(Exception):
    """Another user has this name, perhaps since a moment ago."""


class StaleEdit(Exception):
    """Somebody changed the user since the version that the edit was based on."""


@dataclass(frozen=True, slots=True)
class PasswordLink:
    """An address that sets a user's password once, and whether it was mailed to that user."""

    user: User
    url: str
    expires_at: datetime
    is_mailed: bool


def create(*, values: Mapping[str, Any], site: str, by: User, at: datetime) -> PasswordLink:
    """Make a user without a password and send the link that sets one.

    `site` is the site's address, for the link. The user stays when the mail fails. Raises UsernameTaken.
    """
    _check_place(values["division"], by=by)
    try:
        with transaction.atomic(), _noted(by=by, at=at):
            user = User.objects.create_user(**values)
    except IntegrityError:
        if User.objects.filter(username=values["username"]).exists():
            raise UsernameTaken from None
        raise
    return send_password_link(user, site=site, by=by, at=at)


def edit(user: User, *, values: Mapping[str, Any], version: int, by: User, at: datetime) -> User:
    """Change the user's details. `version` is the one the edit was based on; raises StaleEdit if it is not the latest.

    Nobody edits themself: rights are given and taken by somebody else.
    """
    if by.pk == user.pk:
        raise PermissionDenied
    with transaction.atomic(), _noted(by=by, at=at):
        current = User.objects.select_for_update().get(pk=user.pk)
        if get_version(current) != version:
            raise StaleEdit
        if values["division"].pk != current.division_id:
            _check_place(values["division"], by=by)
        for name in EDITABLE:
            setattr(current, name, values[name])
        current.save(update_fields=EDITABLE)
    return current


def set_password(user: User, *, password: str, by: User, at: datetime) -> None:
    """Set the password; every session made with the old one ends, and a lock-out with them."""
    with transaction.atomic(), _noted(by=by, at=at):
        user.set_password(password)
        user.save(update_fields=["password"])
        axes.utils.reset(username=user.username)


def send_password_link(user: User, *, site: str, by: User, at: datetime) -> PasswordLink:
    """Make the link by which the user sets a password, and mail it where there is an address.

    The administrator who asked (`by`) is named in the log, never the link.
    """
    url, expires_at = _password_url(user, site=site), at + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    logger.info("password link for user %s made by user %s", user.pk, by.pk)
    is_mailed = bool(user.email) and _mail_link(user, url=url, expires_at=expires_at)
    return PasswordLink(user, url, expires_at, is_mailed)


def mail_reset_links(*, email: str, site: str, at: datetime) -> None:
    """Mail a link to every active user with this address, also to those who never set a password.

    Tells the caller nothing, so that no page can say whether the address is known. The mail goes to the address on
    record, never to the one typed.
    """
    for user in User.objects.filter(email__iexact=email, is_active=True):
        send_password_link(user, site=site, by=user, at=at)


def _noted(*, by: User, at: datetime) -> pghistory.context:
    """The history's context: who did it and when they asked, also for writes from outside a request."""
    return pghistory.context(user=by.pk, at=at.isoformat())


def _check_place(division: Division, *, by: User) -> None:
    """Administrators place users in their own subtree alone."""
    if not (by.can_administer and by.division.contains(division)):
        raise PermissionDenied


def _password_url(user: User, *, site: str) -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return urljoin(site, reverse("password_reset_confirm", args=[uid, token]))


def _mail_link(user: User, *, url: str, expires_at: datetime) -> bool:
    """Send the link; whether the mail server took it. A failure is logged and told, it undoes nothing."""
    is_invitation = not user.has_usable_password()
    context = {"user": user, "url": url, "expires_at": expires_at, "is_invitation": is_invitation}
    message = EmailMultiAlternatives(
        _("邀请您使用耕地保护目标监测平台：请设置密码") if is_invitation else _("重设耕地保护目标监测平台的密码"),
        render_to_string("farmland/account/password_mail.txt", context),
        to=[user.email],
        connection=get_connection(timeout=MAIL_TIMEOUT_SECONDS),
    )
    message.attach_alternative(render_to_string("farmland/account/password_mail.html", context), "text/html")
    try:
        return bool(message.send())
    except OSError:  # smtplib's errors are OSErrors too
        logger.exception("mail to user %s failed", user.pk)
        return False
