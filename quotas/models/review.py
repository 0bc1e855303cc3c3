"""What happens to a version of targets on its way: transitions, written reasons, and what a raised parent asks for."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farmland.models import Division
from farmland.models.scope import ScopedQuerySet
from farmland.models.triggers import moves_revision, tracked
from farmland.units import AREA_DECIMALS, AREA_MAX_DIGITS
from quotas.models.versions import QuotaState, QuotaVersion

if TYPE_CHECKING:
    from farmland.models import User

USER = settings.AUTH_USER_MODEL


class QuotaAction(models.TextChoices):
    """What is done with a version on its way (domain C.1)."""

    OPEN = "open", _("起草")
    SUBMIT = "submit", _("上报")
    WITHDRAW = "withdraw", _("撤回")
    RETURN = "return", _("退回")
    APPROVE = "approve", _("批准")
    PUBLISH = "publish", _("下达")
    SUPERSEDE = "supersede", _("由新版本替代")
    REVOKE = "revoke", _("撤销")
    DISCARD = "discard", _("放弃")


class OfVersionQuerySet(ScopedQuerySet):
    """Rows that belong to a version, by the scope of its owner."""

    division_path = "version__owner"

    def visible_to(self, user: "User") -> Self:
        """Rows of the versions that the user sees."""
        return self.filter(version__in=QuotaVersion.objects.visible_to(user))


class QuotaTransition(models.Model):
    """办理记录: one step of a version, who took it, when, and why."""

    version = models.ForeignKey(QuotaVersion, models.PROTECT, related_name="transitions")
    action = models.CharField(_("操作"), max_length=12, choices=QuotaAction.choices)
    from_state = models.CharField(_("原状态"), max_length=12, choices=QuotaState.choices, blank=True)
    to_state = models.CharField(_("新状态"), max_length=12, choices=QuotaState.choices)
    comment = models.CharField(_("说明"), max_length=2000, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("办理人"))
    at = models.DateTimeField(_("时间"))

    objects = OfVersionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.CheckConstraint(
                name="a_returned_or_revoked_quota_says_why",
                condition=~Q(action__in=["return", "revoke"]) | ~Q(comment=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.action}"


@tracked()
class QuotaReason(models.Model):
    """理由: why a version may pass although a SOFT rule finds something; the reviewer sees it."""

    version = models.ForeignKey(QuotaVersion, models.PROTECT, related_name="reasons")
    code = models.CharField(_("规则"), max_length=8)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    text = models.CharField(_("理由"), max_length=600)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("填写人"))
    at = models.DateTimeField(_("时间"))

    objects = OfVersionQuerySet.as_manager()

    class Meta:
        triggers = moves_revision("'quotas'")
        constraints = [
            models.UniqueConstraint(name="one_reason_per_quota_finding", fields=["version", "code", "division"]),
            models.CheckConstraint(name="quota_reason_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.division_id}"


class RedoQuerySet(OfVersionQuerySet):
    """Marks by the scope of the version's owner."""

    def readable_by(self, user: "User") -> Self:
        """The marks of the versions that the user may read: that one in force is to be redone is as public as itself."""
        return self.filter(version__in=QuotaVersion.objects.readable_by(user))

    def open_at(self, moment: datetime | None) -> Self:
        """Those that stood open at a moment (None: now)."""
        if moment is None:
            return self.filter(done_at=None)
        return self.filter(Q(done_at=None) | Q(done_at__gt=moment), marked_at__lte=moment)


@tracked()
class Redo(models.Model):
    """须重新分解: a published version below a parent that was tightened since; done when its successor is published."""

    version = models.ForeignKey(QuotaVersion, models.PROTECT, related_name="redos")
    cause = models.ForeignKey(QuotaVersion, models.PROTECT, related_name="+", verbose_name=_("上级的新版本"))
    was_mu = models.DecimalField(_("原目标（亩）"), max_digits=AREA_MAX_DIGITS, decimal_places=AREA_DECIMALS)
    now_mu = models.DecimalField(_("新目标（亩）"), max_digits=AREA_MAX_DIGITS, decimal_places=AREA_DECIMALS)
    due_on = models.DateField(_("办理期限"))
    marked_at = models.DateTimeField(_("标记时间"))
    done_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    objects = RedoQuerySet.as_manager()

    class Meta:
        triggers = [
            *moves_revision("'quotas'"),
            pgtrigger.Protect(name="redo_is_kept", operation=pgtrigger.Delete),
        ]
        constraints = [
            models.UniqueConstraint(name="one_open_redo_per_version", fields=["version"], condition=Q(done_at=None)),
            models.CheckConstraint(
                name="redo_ends_after_it_began", condition=Q(done_at=None) | Q(done_at__gte=F("marked_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.due_on}"
