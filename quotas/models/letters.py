"""Responsibility letters (责任书): what a division and the one above it signed for the targets of a year (党政同责)."""

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farmland.models import Division
from farmland.models.scope import ScopedQuerySet
from farmland.models.triggers import moves_revision, tracked

if TYPE_CHECKING:
    from farmland.models import User


class LetterQuerySet(ScopedQuerySet):
    """Letters by the division that signs below."""

    division_path = "lower"

    def visible_to(self, user: "User") -> Self:
        """The letters of the own subtree, that of the own division with the one above it among them."""
        return super().visible_to(user)

    def signed(self) -> Self:
        """Signed by both, the secretary of the Party committee and the head of the government."""
        return self.filter(party_signed_on__isnull=False, government_signed_on__isnull=False)


@tracked()
class Letter(models.Model):
    """责任书: of one parent and one child for a target year; made without signatures when the targets are handed down."""

    target_year = models.PositiveSmallIntegerField(_("目标年"))
    upper = models.ForeignKey(Division, models.PROTECT, related_name="letters_down", verbose_name=_("上级"))
    lower = models.ForeignKey(Division, models.PROTECT, related_name="letters_up", verbose_name=_("下级"))
    party_signatory = models.CharField(_("党委书记"), max_length=60, blank=True)
    party_signed_on = models.DateField(_("党委签订日期"), null=True, blank=True)
    government_signatory = models.CharField(_("政府主要负责人"), max_length=60, blank=True)
    government_signed_on = models.DateField(_("政府签订日期"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=600, blank=True)  # why one of the two is missing
    name = models.CharField(_("签订件"), max_length=200, blank=True)
    kind = models.CharField(_("类型"), max_length=8, blank=True)
    size = models.PositiveIntegerField(_("字节数"), default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    revision = models.PositiveIntegerField(_("修订"), default=1)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("登记人")
    )
    at = models.DateTimeField(_("登记时间"), null=True, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        triggers = [
            *moves_revision("'quotas'"),
            pgtrigger.Protect(name="letter_is_kept", operation=pgtrigger.Delete),
        ]
        constraints = [
            models.UniqueConstraint(name="one_letter_per_pair_and_year", fields=["target_year", "upper", "lower"]),
            models.CheckConstraint(name="letter_is_of_two_divisions", condition=~Q(upper=F("lower"))),
            models.CheckConstraint(
                name="letter_names_the_secretary_who_signed",
                condition=Q(party_signed_on__isnull=True) | ~Q(party_signatory=""),
            ),
            models.CheckConstraint(
                name="letter_names_the_head_who_signed",
                condition=Q(government_signed_on__isnull=True) | ~Q(government_signatory=""),
            ),
            models.CheckConstraint(
                name="letter_signed_by_one_says_why",
                condition=Q(party_signed_on__isnull=True, government_signed_on__isnull=True)
                | Q(party_signed_on__isnull=False, government_signed_on__isnull=False)
                | ~Q(note=""),
            ),
            models.CheckConstraint(
                name="signed_copy_carries_its_digest",
                condition=Q(sha256="", size=0) | Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upper_id} {self.lower_id} {self.target_year}"

    @property
    def is_signed(self) -> bool:
        """Whether both have signed."""
        return self.party_signed_on is not None and self.government_signed_on is not None

    @property
    def is_signed_by_one(self) -> bool:
        """Whether only one of the two has signed (Q-11)."""
        return (self.party_signed_on is None) != (self.government_signed_on is None)
