"""Notices (通知) to people, in the application and by mail, and the reminders (催报) that some of them come from."""

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farmland.models.divisions import Division
from farmland.models.scope import ScopedQuerySet
from farmland.models.statements import AnnualStatement
from farmland.models.triggers import tracked
from farmland.models.uploads import Upload

if TYPE_CHECKING:
    from farmland.models.users import User

USER = settings.AUTH_USER_MODEL


class NoticeKind(models.TextChoices):
    """What a notice tells; each person chooses by kind whether it also comes by mail."""

    YEAR_OPENED = "year_opened", _("开启年度填报")
    FOR_REVIEW = "for_review", _("收到待审报表")
    RETURNED = "returned", _("报表被退回")
    DECIDED = "decided", _("报表通过或锁定")
    COMMENTED = "commented", _("收到意见")
    DUE_SOON = "due_soon", _("即将到期")
    OVERDUE = "overdue", _("已经逾期")
    REMINDED = "reminded", _("上级催报")
    CORRECTION = "correction", _("更正申请与批准")
    UPLOAD = "upload", _("导入结果")
    TARGETS = "targets", _("目标分解")


class MailState(models.TextChoices):
    """Whether a notice goes out by mail, and whether it has."""

    NONE = "none", _("不发邮件")
    DUE = "due", _("待发送")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")  # given up after many tries; the notice itself is in the application


class NoticeQuerySet(models.QuerySet):
    """Notices by whom they are for."""

    def visible_to(self, user: "User") -> Self:
        """The own ones alone."""
        return self.filter(user=user.pk) if user.is_authenticated else self.none()


class Notice(models.Model):
    """通知: told to one person. `words` are the parameters of its kind's sentences, so that it is read in any language."""

    user = models.ForeignKey(USER, models.PROTECT, related_name="notices")
    kind = models.CharField(_("类别"), max_length=12, choices=NoticeKind.choices)
    statement = models.ForeignKey(AnnualStatement, models.PROTECT, null=True, blank=True, related_name="+")
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, blank=True, related_name="+")
    year = models.PositiveSmallIntegerField(_("年度"), null=True, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")  # None: the system itself
    at = models.DateTimeField(_("时间"))
    words = models.JSONField(_("内容"), default=dict)
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)
    mail = models.CharField(_("邮件"), max_length=6, choices=MailState.choices, default=MailState.NONE)
    mail_tries = models.PositiveSmallIntegerField(_("发送次数"), default=0)
    mail_next_at = models.DateTimeField(_("下次发送"), null=True, blank=True)
    mail_error = models.CharField(_("失败原因"), max_length=300, blank=True)
    mailed_at = models.DateTimeField(_("发送时间"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["user", "-at"], name="notice_by_user"),
            models.Index(fields=["mail_next_at"], name="notice_to_mail", condition=Q(mail="due")),
        ]
        triggers = [
            pgtrigger.Protect(name="notice_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="notice_stays_what_was_told",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("user", "kind", "statement", "upload", "year", "by", "at", "words"),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="notice_kind_is_known", condition=Q(kind__in=NoticeKind.values)),
            models.CheckConstraint(name="mail_state_is_known", condition=Q(mail__in=MailState.values)),
            models.CheckConstraint(
                name="mail_that_was_sent_says_when",
                condition=Q(mail="sent", mailed_at__isnull=False) | (~Q(mail="sent") & Q(mailed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


@tracked()
class NoticeChoice(models.Model):
    """通知设置: whether a person wants a kind of notice by mail; without a row the kind's default holds."""

    user = models.ForeignKey(USER, models.PROTECT, related_name="notice_choices")
    kind = models.CharField(_("类别"), max_length=12, choices=NoticeKind.choices)
    by_mail = models.BooleanField(_("发邮件"))

    objects = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_choice_per_kind", fields=["user", "kind"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class ReminderKind(models.TextChoices):
    """Why somebody was reminded."""

    SENT = "sent", _("催报")  # by a person, from the board
    DUE_SOON = "due_soon", _("到期前提醒")
    OVERDUE = "overdue", _("逾期提醒")


@tracked()
class Reminder(models.Model):
    """催报: that a unit was reminded of a year's statement, by whom (None: the system), when and with what words."""

    year = models.PositiveSmallIntegerField(_("年度"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="reminders", verbose_name=_("被催单位"))
    kind = models.CharField(_("类别"), max_length=10, choices=ReminderKind.choices)
    due_on = models.DateField(_("截止日期"))
    text = models.CharField(_("内容"), max_length=600, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("催报人"))
    at = models.DateTimeField(_("时间"))
    recipients = models.PositiveSmallIntegerField(_("通知人数"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["year", "division"], name="reminder_by_unit")]
        triggers = [pgtrigger.Protect(name="reminder_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(
                name="the_system_reminds_once_of_a_day",
                fields=["year", "division", "kind", "due_on"],
                condition=Q(by__isnull=True),
            ),
            models.CheckConstraint(
                name="people_send_and_the_system_reminds",
                condition=Q(kind="sent", by__isnull=False) | (~Q(kind="sent") & Q(by__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.year} {self.kind}"
