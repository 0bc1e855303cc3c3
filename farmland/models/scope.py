"""Scope: whose rows a user may see (domain §E). Every page, export and API reads through these querysets."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from farmland.models.divisions import Division
    from farmland.models.users import User


class ScopedQuerySet(models.QuerySet):
    """A queryset whose rows belong to a division, reached by `division_path` ("" for divisions themselves)."""

    division_path = "division"

    def _path(self, name: str) -> str:
        return f"{self.division_path}__{name}" if self.division_path else name

    def in_subtree(self, division: "Division") -> Q:
        """The condition that a row lies in the division or below it: one comparison of prefixes."""
        return Q(**{self._path("prefix__startswith"): division.prefix})

    def within(self, division: "Division") -> Self:
        """Rows of the division and everything below it."""
        return self.filter(self.in_subtree(division))

    def visible_to(self, user: "User") -> Self:
        """Working data: rows of the user's own subtree. Nothing for anyone without business rights."""
        if not user.is_authenticated or not user.has_business_rights:
            return self.none()
        return self.within(user.division)
