"""API tokens: the keys of programs that pull summaries. Only a digest is kept."""

import hashlib
import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farmland.models.scope import ScopedQuerySet
from farmland.models.triggers import tracked

PREFIX_LENGTH = 8


def digest(token: str) -> str:
    """The SHA-256 of a token, in hexadecimal: what the database keeps instead of the token."""
    return hashlib.sha256(token.encode()).hexdigest()


class ApiTokenQuerySet(ScopedQuerySet):
    """Tokens by their user."""

    division_path = "user__division"

    def of_user(self, user: object) -> Self:
        """The tokens of one user: nobody else may list or revoke them."""
        return self.filter(user=user)

    def usable(self) -> Self:
        """Tokens that still open the door."""
        return self.filter(revoked_at__isnull=True, user__is_active=True)


@tracked(exclude=["key_digest", "last_used_at"])
class ApiToken(models.Model):
    """访问令牌: opens the REST interface with the scope and role of the user it belongs to."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_tokens")
    label = models.CharField(_("用途"), max_length=80, blank=True)
    prefix = models.CharField(_("前缀"), max_length=PREFIX_LENGTH)
    key_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("创建时间"))
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("作废时间"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="token_is_kept_as_a_digest", condition=Q(key_digest__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    @staticmethod
    def new_key() -> str:
        """A fresh random token of 43 URL-safe characters."""
        return secrets.token_urlsafe(32)
