"""Writes to API tokens."""

from datetime import datetime

import pghistory
from django.db import transaction

from farmland.models import ApiToken, User
from farmland.models.tokens import PREFIX_LENGTH, digest


def create(*, label: str, by: User, at: datetime) -> str:
    """Make a token that opens the interface as its owner, and answer it. It is shown now and can never be read again."""
    key = ApiToken.new_key()
    with transaction.atomic(), pghistory.context(user=by.pk):
        ApiToken.objects.create(user=by, label=label, prefix=key[:PREFIX_LENGTH], key_digest=digest(key), created_at=at)
    return key


def revoke(token: ApiToken, *, by: User, at: datetime) -> None:
    """Close the door for good. A token that was revoked before keeps its moment."""
    with transaction.atomic(), pghistory.context(user=by.pk):
        ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at)
