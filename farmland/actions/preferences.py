"""Writes of preferences: how each user wants to see the site."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied

from farmland.models import User
from farmland.models.users import PREFERENCES


def set_preferences(user: User, *, values: Mapping[str, str], by: User, at: datetime) -> None:
    """Keep those of the preferences that `values` names; the others stay.

    Everybody sets their own. The history keeps nothing of it: no right and no figure depends on it.
    """
    if by.pk != user.pk:
        raise PermissionDenied
    chosen = {name: values[name] for name in PREFERENCES if name in values}
    if chosen:
        User.objects.filter(pk=user.pk).update(**chosen)
        for name, value in chosen.items():
            setattr(user, name, value)
