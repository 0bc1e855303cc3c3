"""What happens to a statement on its way up: the year's call, transitions, comments, reasons, finished rows, files."""

from datetime import date
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farmland.indicators import INDICATOR_CHOICES, Absence, Department
from farmland.models.divisions import Division, Level
from farmland.models.scope import ScopedQuerySet
from farmland.models.statements import FIRST_YEAR, LAST_YEAR, SETTLED, UNITS_OWN, AnnualStatement, StatementStatus
from farmland.models.triggers import OF_STATEMENT, frozen_parts, moves_revision, quoted, tracked

if TYPE_CHECKING:
    from farmland.models.users import User

USER = settings.AUTH_USER_MODEL


class Action(models.TextChoices):
    """What is done with a statement on its way (contract: statement states and actions)."""

    HAND_IN = "hand_in", _("送审")
    WITHDRAW = "withdraw", _("撤回")
    CONFIRM = "confirm", _("农业农村部门确认")
    RETURN = "return", _("退回")
    SUBMIT = "submit", _("上报")
    GIVE_OPINION = "give_opinion", _("农业农村部意见")
    APPROVE = "approve", _("通过")
    LOCK = "lock", _("锁定")
    SUPERSEDE = "supersede", _("由更正版本取代")


@tracked()
class ReportingYear(models.Model):
    """填报年度: the ministry's call for a year's statements, with the day by which each level owes its own."""

    year = models.PositiveSmallIntegerField(_("年度"), unique=True)
    county_due_on = models.DateField(_("县级截止"))
    prefecture_due_on = models.DateField(_("地级截止"))
    province_due_on = models.DateField(_("省级截止"))
    opened_at = models.DateTimeField(_("开启时间"))
    opened_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("开启人"))

    objects = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="deadlines_go_up_the_levels",
                condition=Q(county_due_on__lte=F("prefecture_due_on"), prefecture_due_on__lte=F("province_due_on")),
            ),
            models.CheckConstraint(
                name="reporting_year_is_plausible", condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR)
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    def due_on(self, level: str) -> date:
        """The day by which a level owes its own; the Corps owes as a province does."""
        days = {Level.COUNTY: self.county_due_on, Level.PREFECTURE: self.prefecture_due_on}
        return days.get(Level(level), self.province_due_on)


class OfStatementQuerySet(ScopedQuerySet):
    """Rows that belong to a statement, by the scope of its unit."""

    division_path = "statement__division"

    def visible_to(self, user: "User") -> Self:
        """Rows of statements of the own unit, and of those below that have been submitted; where a row names a division,
        only those of the own subtree."""
        if not user.is_authenticated or not user.has_business_rights:
            return self.none()
        below = self.in_subtree(user.division) & ~Q(statement__status__in=UNITS_OWN)
        rows = self.filter(below | Q(statement__division__prefix__in=user.division.prefixes_up))
        if any(field.name == "division" for field in self.model._meta.fields):
            rows = rows.filter(Q(division__isnull=True) | Q(division__prefix__startswith=user.division.prefix))
        return rows


@tracked()
class Gap(models.Model):
    """空缺: a cell of a statement that says in words why it has no value, where otherwise a figure would stand."""

    statement = models.ForeignKey(AnnualStatement, models.PROTECT, related_name="gaps")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    indicator = models.CharField(_("指标"), max_length=40, choices=INDICATOR_CHOICES)
    kind = models.CharField(_("类别"), max_length=16, choices=Absence.choices)
    note = models.CharField(_("原因"), max_length=600, blank=True)
    revision = models.PositiveIntegerField(_("修订"), default=1)
    typed_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("填报人"))
    typed_at = models.DateTimeField(_("填报时间"))

    objects = OfStatementQuerySet.as_manager()

    class Meta:
        triggers = [
            *moves_revision(OF_STATEMENT),
            *frozen_parts(
                parent="farmland_annualstatement",
                key="statement_id",
                closed=f"p.status IN ({quoted(SETTLED)})",
                message="a published or settled figure is followed by a new edition or version, not edited",
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="one_gap_per_cell", fields=["statement", "division", "indicator"]),
            models.CheckConstraint(name="gap_is_of_a_known_kind", condition=Q(kind__in=Absence.values)),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.indicator} {self.kind}"


class Transition(models.Model):
    """状态变更: one step of a statement: which action, from where to where, by whom, when and why. Never changed."""

    statement = models.ForeignKey(AnnualStatement, models.PROTECT, related_name="transitions")
    action = models.CharField(_("操作"), max_length=24, choices=Action.choices)
    from_status = models.CharField(_("原状态"), max_length=12, choices=StatementStatus.choices)
    to_status = models.CharField(_("新状态"), max_length=12, choices=StatementStatus.choices)
    comment = models.CharField(_("说明"), max_length=2000, blank=True)
    # None: the system itself, which only locks (C.2: automatic after the days of grace).
    by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人"))
    at = models.DateTimeField(_("时间"))

    objects = OfStatementQuerySet.as_manager()

    class Meta:
        triggers = [
            *moves_revision(OF_STATEMENT),
            pgtrigger.Protect(name="transition_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        constraints = [
            models.CheckConstraint(
                name="only_the_lock_is_nobodys", condition=Q(by__isnull=False) | Q(action=Action.LOCK)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.action}"


@tracked()
class Comment(models.Model):
    """意见: what somebody said of a cell, a row (no indicator) or the whole statement (no division)."""

    statement = models.ForeignKey(AnnualStatement, models.PROTECT, related_name="comments")
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+")
    indicator = models.CharField(_("指标"), max_length=40, choices=INDICATOR_CHOICES, blank=True)
    text = models.CharField(_("内容"), max_length=2000)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    at = models.DateTimeField(_("时间"))
    resolved_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    resolved_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfStatementQuerySet.as_manager()

    class Meta:
        triggers = moves_revision(OF_STATEMENT)
        constraints = [
            models.CheckConstraint(
                name="comment_on_an_indicator_names_its_row", condition=Q(indicator="") | Q(division__isnull=False)
            ),
            models.CheckConstraint(
                name="comment_is_resolved_by_somebody",
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]


@tracked()
class Reason(models.Model):
    """理由: why a finding of a SOFT rule stands; the reviewer reads it."""

    statement = models.ForeignKey(AnnualStatement, models.PROTECT, related_name="reasons")
    rule = models.CharField(_("规则"), max_length=40)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    indicator = models.CharField(_("指标"), max_length=40, choices=INDICATOR_CHOICES, blank=True)
    text = models.CharField(_("理由"), max_length=2000)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("填写人"))
    at = models.DateTimeField(_("时间"))

    objects = OfStatementQuerySet.as_manager()

    class Meta:
        triggers = moves_revision(OF_STATEMENT)
        constraints = [
            models.UniqueConstraint(
                name="one_reason_per_finding", fields=["statement", "rule", "division", "indicator"]
            ),
            models.CheckConstraint(name="a_reason_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.division_id}"


@tracked()
class FinishedRow(models.Model):
    """填报完成: a county or prefecture marked its row as done for one department."""

    statement = models.ForeignKey(AnnualStatement, models.PROTECT, related_name="finished_rows")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    department = models.CharField(_("部门"), max_length=20, choices=Department.choices)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("完成人"))
    at = models.DateTimeField(_("时间"))

    objects = OfStatementQuerySet.as_manager()

    class Meta:
        triggers = moves_revision(OF_STATEMENT)
        constraints = [
            models.UniqueConstraint(name="a_row_is_finished_once", fields=["statement", "division", "department"]),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.department}"


@tracked()
class Correction(models.Model):
    """更正: a request to correct a locked statement; two people of the ministry approve it, then version n+1 begins."""

    statement = models.ForeignKey(AnnualStatement, models.PROTECT, related_name="corrections")
    reason = models.CharField(_("理由"), max_length=2000)
    requested_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    requested_at = models.DateTimeField(_("申请时间"))
    first_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("初核人")
    )
    first_at = models.DateTimeField(_("初核时间"), null=True, blank=True)
    approved_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("批准人")
    )
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)

    objects = OfStatementQuerySet.as_manager()

    class Meta:
        triggers = moves_revision(OF_STATEMENT)
        constraints = [
            models.UniqueConstraint(
                name="one_open_correction_per_statement", fields=["statement"], condition=Q(approved_at__isnull=True)
            ),
            models.CheckConstraint(name="a_correction_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="two_people_approve_a_correction",
                condition=Q(approved_by__isnull=True) | (Q(first_by__isnull=False) & ~Q(approved_by=F("first_by"))),
            ),
        ]

    def __str__(self) -> str:
        return self.reason[:40]
