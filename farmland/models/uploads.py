"""Files that people fill in and hand back (导入): what was received, what became of it, and every cell that was refused."""

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farmland.models.divisions import Division
from farmland.models.scope import ScopedQuerySet
from farmland.models.triggers import tracked

if TYPE_CHECKING:
    from farmland.models.users import User

USER = settings.AUTH_USER_MODEL


class UploadStatus(models.TextChoices):
    """Where a file stands on its way into the tables."""

    WAITING = "waiting", _("排队中")
    CHECKING = "checking", _("校验中")
    CHECKED = "checked", _("待确认")  # may be applied, perhaps after conflicts are decided
    REFUSED = "refused", _("有错误")  # nothing was written and nothing will be
    APPLYING = "applying", _("写入中")
    APPLIED = "applied", _("已写入")
    CANCELLED = "cancelled", _("已取消")
    FAILED = "failed", _("未完成")  # our own fault, or the worker was lost; nothing was written


UNDER_WAY = (UploadStatus.WAITING, UploadStatus.CHECKING, UploadStatus.APPLYING)


class UploadQuerySet(ScopedQuerySet):
    """Uploads by scope."""

    def visible_to(self, user: "User") -> Self:
        """What people of the same division and department handed in."""
        if not user.is_authenticated or not user.has_business_rights:
            return self.none()
        return self.filter(division=user.division, by__department=user.department)


@tracked(exclude=["done", "total", "log"])
class Upload(models.Model):
    """导入: a file that was handed in for a noun (`statement`, later quotas and projects) and one of its rows (`object_id`).

    The content lies in the storage "evidence" under its SHA-256, never changed.
    """

    noun = models.CharField(_("对象"), max_length=20)
    object_id = models.BigIntegerField(_("编号"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("提交单位"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("提交人"))
    at = models.DateTimeField(_("提交时间"))
    name = models.CharField(_("文件名"), max_length=200)
    kind = models.CharField(_("类型"), max_length=8)  # xlsx, xls, ods, csv, json: by its content
    size = models.PositiveIntegerField(_("字节数"))
    sha256 = models.CharField("SHA-256", max_length=64)
    unit = models.CharField(_("面积单位"), max_length=12, blank=True)  # as chosen, for files that do not say it
    language = models.CharField(_("语言"), max_length=10)  # in which what is found is written down
    status = models.CharField(
        _("状态"), max_length=10, choices=UploadStatus.choices, default=UploadStatus.WAITING, db_default="waiting"
    )
    done = models.PositiveIntegerField(_("已处理行数"), default=0)
    total = models.PositiveIntegerField(_("总行数"), default=0)
    counts = models.JSONField(_("结果"), default=dict)  # new, changed, same, conflict, error
    code = models.CharField(_("原因代码"), max_length=40, blank=True)  # why the whole file was refused
    detail = models.CharField(_("原因"), max_length=600, blank=True)
    log = models.JSONField(_("日志"), default=list)  # [moment, words]
    job = models.BigIntegerField(_("任务"), null=True, blank=True)
    cancel_asked_at = models.DateTimeField(_("要求取消"), null=True, blank=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["noun", "object_id"], name="upload_by_object")]
        triggers = [
            pgtrigger.Protect(name="upload_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="upload_stays_what_was_received",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "noun", "object_id", "division", "by", "at", "name", "kind", "size", "sha256"
                ),
            ),
            pgtrigger.Protect(
                name="applied_upload_stays_applied",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status="applied") & ~pgtrigger.Q(new__status="applied"),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="upload_status_is_known", condition=Q(status__in=UploadStatus.values)),
            models.CheckConstraint(name="upload_carries_its_digest", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_under_way(self) -> bool:
        """Whether the worker has it, or will."""
        return self.status in UNDER_WAY


class IssueKind(models.TextChoices):
    """What is said of a cell of a file."""

    ERROR = "error", _("错误")  # the file cannot be applied while it has one
    CONFLICT = "conflict", _("冲突")  # somebody else's newer figure stands there; a person decides
    NOTICE = "notice", pgettext_lazy("issue", "提示")  # what the rules find in the result; it may be applied


class Demand(models.TextChoices):
    """What a rule's finding asks for once the file is written; the words of `rules.Severity`."""

    HARD = "hard", _("写入后须更正")
    SOFT = "soft", _("写入后须说明")
    INFO = "info", pgettext_lazy("issue", "提示")


class Decision(models.TextChoices):
    """What a person decided of a conflict."""

    MINE = "mine", _("用文件中的")
    THEIRS = "theirs", _("保留现有的")


class UploadIssue(models.Model):
    """导入问题: one cell of a file, why it is refused or asked about, and what was decided."""

    upload = models.ForeignKey(Upload, models.PROTECT, related_name="issues")
    kind = models.CharField(_("类别"), max_length=10, choices=IssueKind.choices)
    sheet = models.CharField(_("工作表"), max_length=40, blank=True)
    cell = models.CharField(_("单元格"), max_length=40, blank=True)  # C12, of CSV too; figures[0].value of JSON
    division = models.CharField(_("区划代码"), max_length=20, blank=True)  # as the file says it
    indicator = models.CharField(_("指标"), max_length=40, blank=True)
    code = models.CharField(_("代码"), max_length=40)
    detail = models.CharField(_("说明"), max_length=600)
    value = models.CharField(_("文件中的值"), max_length=60, blank=True)
    theirs = models.CharField(_("现有的值"), max_length=60, blank=True)
    theirs_version = models.PositiveIntegerField(_("现有的修订"), null=True, blank=True)
    decision = models.CharField(_("决定"), max_length=10, choices=Decision.choices, blank=True)
    demand = models.CharField(_("要求"), max_length=4, choices=Demand.choices, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="only_conflicts_are_decided", condition=Q(decision="") | Q(kind="conflict")),
            models.CheckConstraint(name="only_hints_ask_for_something", condition=Q(demand="") | Q(kind="notice")),
        ]

    def __str__(self) -> str:
        return f"{self.cell} {self.code}"

    @property
    def place(self) -> str:
        """Its sheet and cell, as a formula would name them."""
        return f"{self.sheet}!{self.cell}" if self.sheet else self.cell
