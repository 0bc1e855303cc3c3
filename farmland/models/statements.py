"""Annual statements (年度报表): one unit's year, in versions, and where it stands on its way."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farmland.models.divisions import Division, Level
from farmland.models.scope import ScopedQuerySet
from farmland.models.triggers import frozen_row, moves_revision, quoted, tracked

if TYPE_CHECKING:
    from farmland.models.users import User

FIRST_YEAR, LAST_YEAR = 1949, 2100


class StatementStatus(models.TextChoices):
    """Where a statement stands on its way from a desk to a published figure."""

    DRAFT = "draft", _("填报中")
    HANDED_IN = "handed_in", _("待本级审核")
    SUBMITTED = "submitted", _("待上级审核")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("已通过")
    SUPERSEDED = "superseded", _("已被更正")
    LOCKED = "locked", _("已锁定")


SETTLED = (StatementStatus.APPROVED, StatementStatus.LOCKED, StatementStatus.SUPERSEDED)


# Until it is submitted a statement is its unit's own affair: levels above see that it is there, not what is in it.
UNITS_OWN = (StatementStatus.DRAFT, StatementStatus.HANDED_IN, StatementStatus.RETURNED)


class AnnualStatementQuerySet(ScopedQuerySet):
    """Statements by scope, year and state."""

    def visible_to(self, user: "User") -> Self:
        """Statements of the own subtree, and those in which the own rows stand."""
        if not user.is_authenticated or not user.has_business_rights:
            return self.none()
        return self.filter(self.in_subtree(user.division) | Q(division__prefix__in=user.division.prefixes_up))

    def locked(self) -> Self:
        """Rows under the lock that every write to a statement takes first, each with its division.

        It spares the key (FOR NO KEY UPDATE): rows that point at the statement are checked against it at commit, and
        would wait for each other in a circle.
        """
        return self.select_for_update(of=("self",), no_key=True).select_related("division")

    def for_year(self, year: int) -> Self:
        """Statements of one statistical year (state at 31 December, U-7)."""
        return self.filter(year=year)


@tracked(exclude=["cells_revision"])
class AnnualStatement(models.Model):
    """年度报表: one reporting unit's figures of one year, in one version. What is locked is never edited."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="statements", verbose_name=_("填报单位"))
    year = models.PositiveSmallIntegerField(_("年度"))
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    status = models.CharField(_("状态"), max_length=12, choices=StatementStatus.choices, default=StatementStatus.DRAFT)
    is_demo = models.BooleanField(_("演示数据"), default=False)
    # Grows with every save of cells and becomes their revision, so that no number ever comes back to a cell.
    cells_revision = models.PositiveIntegerField(_("录入修订"), default=0)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("更正")
    )
    # Last year's statement that the rules compared with when this was handed in: superseded since, its basis changed.
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所依据的上年报表")
    )
    handed_in_at = models.DateTimeField(_("送审时间"), null=True, blank=True)
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("送审人")
    )
    submitted_at = models.DateTimeField(_("上报时间"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("上报人")
    )
    # Agriculture's reviewers: the unit's confirmed its lines, the ministry's gave an opinion on them.
    confirmed_at = models.DateTimeField(_("农业农村确认时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("农业农村确认人"),
    )
    opinion_at = models.DateTimeField(_("农业农村意见时间"), null=True, blank=True)
    opinion_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("农业农村意见人"),
    )
    approved_at = models.DateTimeField(_("通过时间"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审核人")
    )
    superseded_at = models.DateTimeField(_("更正时间"), null=True, blank=True)
    released_at = models.DateTimeField(_("公开时间"), null=True, blank=True)
    released_level = models.CharField(_("公开至"), max_length=12, choices=Level.choices, blank=True)

    objects = AnnualStatementQuerySet.as_manager()

    class Meta:
        triggers = [
            *moves_revision("'figures:' || left(division_id, 2)"),
            *frozen_row(
                closed=f"OLD.status IN ({quoted(SETTLED)})",
                columns=[
                    "division_id",
                    "year",
                    "version",
                    "is_demo",
                    "handed_in_at",
                    "handed_in_by_id",
                    "submitted_at",
                    "submitted_by_id",
                    "approved_at",
                    "approved_by_id",
                    "based_on_id",
                ],
                message="a settled statement is corrected by a new version, not edited",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_statement_per_division_year_and_version", fields=["division", "year", "version"]
            ),
            models.UniqueConstraint(
                name="one_current_statement_per_division_and_year",
                fields=["division", "year"],
                condition=Q(status__in=[StatementStatus.APPROVED, StatementStatus.LOCKED]),
            ),
            models.CheckConstraint(name="statement_status_is_known", condition=Q(status__in=StatementStatus.values)),
            models.CheckConstraint(
                name="settled_statements_carry_their_approval",
                condition=Q(status__in=SETTLED, approved_at__isnull=False, approved_by__isnull=False)
                | (~Q(status__in=SETTLED) & Q(approved_at__isnull=True, approved_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="nobody_submits_what_they_handed_in",
                condition=Q(submitted_by__isnull=True) | ~Q(submitted_by=F("handed_in_by")),
            ),
            models.CheckConstraint(
                name="nobody_approves_what_they_handed_in",
                condition=Q(approved_by__isnull=True)
                | Q(handed_in_by__isnull=True)
                | ~Q(approved_by=F("handed_in_by")),
            ),
            models.CheckConstraint(
                name="nobody_approves_what_they_submitted",
                condition=Q(approved_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(approved_by=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="superseded_statements_carry_their_end",
                condition=Q(status=StatementStatus.SUPERSEDED, superseded_at__isnull=False)
                | (~Q(status=StatementStatus.SUPERSEDED) & Q(superseded_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="release_names_its_level_and_follows_approval",
                condition=Q(released_at__isnull=True, released_level="")
                | Q(released_at__isnull=False, approved_at__isnull=False, released_level__in=Level.values),
            ),
            models.CheckConstraint(
                name="statement_year_is_plausible", condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.year} v{self.version}"

    @property
    def basis_changed(self) -> bool:
        """BASIS_CHANGED: last year's statement that this one was checked against has been corrected since (F15)."""
        return self.based_on is not None and self.based_on.status == StatementStatus.SUPERSEDED

    def part_shown_to(self, user: "User") -> Division | None:
        """The division whose rows the user sees of this statement: the own one inside the unit, the whole unit from above
        once it is submitted; None where nothing is shown. The rows themselves come through `visible_to`."""
        if self.division.contains(user.division):
            return user.division
        return None if self.status in UNITS_OWN else self.division
