"""Printed forms (打印件): what was put on paper, under a code by which it is recognised when it comes back signed."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farmland.models.attachments import Attachment
from farmland.models.divisions import Division
from farmland.models.review import OfStatementQuerySet
from farmland.models.statements import AnnualStatement, StatementStatus
from farmland.models.triggers import tracked

USER = settings.AUTH_USER_MODEL


@tracked()
class PrintedForm(models.Model):
    """打印件: a statement, or the part of it that a division sees, as it stood when it was printed.

    `sha256` is that of the printed content (figures, gaps, status, unit); `code` is its beginning in capital letters and
    figures that cannot be mistaken for each other.
    """

    statement = models.ForeignKey(AnnualStatement, models.PROTECT, related_name="prints")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("打印范围"))
    unit = models.CharField(_("面积单位"), max_length=12)
    status = models.CharField(_("状态"), max_length=12, choices=StatementStatus.choices)
    cells_revision = models.PositiveIntegerField(_("修订"))
    sha256 = models.CharField("SHA-256", max_length=64)
    code = models.CharField(_("校验码"), max_length=24, unique=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("打印人"))
    at = models.DateTimeField(_("打印时间"))

    objects = OfStatementQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="printed_form_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        constraints = [
            models.CheckConstraint(name="print_carries_its_digest", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return self.code


@tracked()
class SignedCopy(models.Model):
    """签字盖章件: the file of a printed form that came back signed."""

    printed = models.ForeignKey(PrintedForm, models.PROTECT, related_name="signed_copies")
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="signed_copy")
    is_read = models.BooleanField(_("自动识别"))  # the code was read from the file itself, not typed
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("提交人"))
    at = models.DateTimeField(_("时间"))

    objects = models.Manager()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="signed_copy_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.printed_id} {self.attachment_id}"
