"""Writes to users: creating and editing, always by an administrator of their subtree."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from farmland.actions.passwords import PasswordLink, send_password_link
from farmland.models import ApiToken, Division, User
from farmland.selectors.history import get_version

EDITABLE = ("name", "email", "division", "department", "role", "is_active")


class UsernameTaken(Exception):
    """Another user has this name, perhaps since a moment ago."""


class StaleEdit(Exception):
    """Somebody changed the user since the version that the edit was based on."""


def create(*, values: Mapping[str, Any], site: str, by: User, at: datetime) -> PasswordLink:
    """Make a user without a password and send the link that sets one.

    `site` is the site's address, for the link. The user stays when the mail fails. Raises UsernameTaken.
    """
    _check_place(values["division"], by=by)
    try:
        with transaction.atomic(), _noted(by=by, at=at):
            user = User.objects.create_user(**values)
    except IntegrityError:
        if User.objects.filter(username__iexact=values["username"]).exists():
            raise UsernameTaken from None
        raise
    return send_password_link(user, site=site, by=by, at=at)


def edit(user: User, *, values: Mapping[str, Any], version: int, by: User, at: datetime) -> User:
    """Change the user's details. `version` is the one the edit was based on; raises StaleEdit if it is not the latest.

    Nobody edits themself: rights are given and taken by somebody else, who must have them still when it is done.
    Whoever is deactivated loses the tokens for good.
    """
    if by.pk == user.pk:
        raise PermissionDenied
    with transaction.atomic(), _noted(by=by, at=at):
        both = User.objects.select_for_update().filter(pk__in=[user.pk, by.pk]).order_by("pk")
        rows = {row.pk: row for row in both}
        current = rows[user.pk]
        _check_place(current.division, by=rows[by.pk])
        if get_version(current) != version:
            raise StaleEdit
        if values["division"].pk != current.division_id:
            _check_place(values["division"], by=by)
        for name in EDITABLE:
            setattr(current, name, values[name])
        current.save(update_fields=EDITABLE)
        if not current.is_active:
            ApiToken.objects.filter(user=current, revoked_at__isnull=True).update(revoked_at=at)
    return current


def _noted(*, by: User, at: datetime) -> pghistory.context:
    """The history's context: who did it and when they asked, also for writes from outside a request."""
    return pghistory.context(user=by.pk, at=at.isoformat())


def _check_place(division: Division, *, by: User) -> None:
    """Administrators place users in their own subtree alone."""
    if not (by.is_active and by.can_administer and by.division.contains(division)):
        raise PermissionDenied
