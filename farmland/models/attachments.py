"""Evidence files (佐证材料) of a statement: what they are is judged by their content, and they are never changed."""

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farmland.indicators import INDICATOR_CHOICES
from farmland.models.divisions import Division
from farmland.models.review import Correction, OfStatementQuerySet
from farmland.models.statements import AnnualStatement
from farmland.models.triggers import OF_STATEMENT, moves_revision, tracked

if TYPE_CHECKING:
    from farmland.models.users import User


class AttachmentQuerySet(OfStatementQuerySet):
    """Files by the scope of their statement."""

    def visible_to(self, user: "User") -> Self:
        """What belongs to the own rows, and to the whole for who sees the whole: the unit itself and the levels above. A
        division inside the unit reads of the whole's files only what its own people handed in, and never a signed copy,
        which shows every row."""
        rows = super().visible_to(user)
        if not user.is_authenticated:
            return rows
        is_whole = Q(statement__division__prefix__startswith=user.division.prefix)
        is_own = Q(by__division__prefix__startswith=user.division.prefix, signed_copy__isnull=True)
        return rows.filter(Q(division__isnull=False) | is_whole | is_own)


@tracked()
class Attachment(models.Model):
    """附件: a file handed in as evidence on a cell, a row (no indicator), the whole (no division) or a correction.

    The content lies in the storage "evidence" under its SHA-256, so the same is kept once. Nothing is deleted: what was handed in by mistake
    is withdrawn, and stays readable to those who may read the statement.
    """

    statement = models.ForeignKey(AnnualStatement, models.PROTECT, related_name="attachments")
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+")
    indicator = models.CharField(_("指标"), max_length=40, choices=INDICATOR_CHOICES, blank=True)
    correction = models.ForeignKey(
        Correction, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("更正")
    )
    name = models.CharField(_("文件名"), max_length=200)
    kind = models.CharField(_("类型"), max_length=8)  # the usual ending of what the content is: pdf, png, xlsx…
    size = models.PositiveIntegerField(_("字节数"))
    sha256 = models.CharField("SHA-256", max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提交人"))
    at = models.DateTimeField(_("时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤回人")
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        triggers = [
            *moves_revision(OF_STATEMENT),
            pgtrigger.Protect(name="attachment_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="attachment_is_not_changed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["withdrawn_at", "withdrawn_by"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="attachment_on_an_indicator_names_its_row", condition=Q(indicator="") | Q(division__isnull=False)
            ),
            models.CheckConstraint(
                name="attachment_is_withdrawn_by_somebody",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            models.CheckConstraint(name="attachment_is_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(name="attachment_carries_its_digest", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return self.name
