"""Quotas (保护目标): what was handed down to each division, in versions that are never edited once published."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farmland.indicators import PROMISED, Department, Direction, Indicator
from farmland.models import NATION, Confidence, Division, PolicyDocument, Qualifier
from farmland.models.scope import ScopedQuerySet
from farmland.models.triggers import frozen_parts, frozen_row, moves_revision, quoted, tracked, tracked_in_bulk
from farmland.units import AREA_DECIMALS, AREA_MAX_DIGITS, AREA_UNITS

if TYPE_CHECKING:
    from farmland.models import User

USER = settings.AUTH_USER_MODEL
PROMISE_CHOICES = [(code, indicator.label) for code, indicator in PROMISED.items()]


class QuotaKind(models.TextChoices):
    """What a quota says: a target to be kept or reached, or the absolute red line (18 亿亩)."""

    TARGET = "target", _("目标")
    RED_LINE = "red_line", _("红线")


class QuotaState(models.TextChoices):
    """Where a version stands (domain C.1)."""

    DRAFT = "draft", _("草拟")
    SUBMITTED = "submitted", _("已上报")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("已批准")
    PUBLISHED = "published", _("已下达")
    SUPERSEDED = "superseded", _("已被替代")
    REVOKED = "revoked", _("已撤销")
    DISCARDED = "discarded", _("已放弃")  # a draft that nobody wants any more: kept, and its owner's affair


CLOSED = (QuotaState.PUBLISHED, QuotaState.SUPERSEDED, QuotaState.REVOKED)
FROZEN = (*CLOSED, QuotaState.DISCARDED)
EDITABLE = (QuotaState.DRAFT, QuotaState.RETURNED)
UNDER_WAY = (QuotaState.DRAFT, QuotaState.SUBMITTED, QuotaState.RETURNED, QuotaState.APPROVED)


class QuotaVersionQuerySet(ScopedQuerySet):
    """Versions by scope and moment."""

    division_path = "owner"

    def visible_to(self, user: "User") -> Self:
        """Versions of the own subtree; what is still being drawn up is its owner's affair, and that of the division
        above which may draw it up for it (the ministry types nothing for a province)."""
        rows = super().visible_to(user)
        if not user.is_authenticated or not user.has_business_rights:
            return rows
        own = Q(owner=user.division_id)
        if user.division_id != NATION:
            own |= Q(owner__parent=user.division_id)
        return rows.filter(~Q(state__in=(*EDITABLE, QuotaState.DISCARDED)) | own)

    def readable_by(self, user: "User") -> Self:
        """What is visible, and every version that was once published: targets handed down are public documents."""
        if not user.is_authenticated:
            return self.none()
        visible = self.visible_to(user).values("pk")
        return self.filter(Q(state__in=CLOSED) | Q(pk__in=visible))

    def locked(self) -> Self:
        """Rows to be written, under a lock that spares their keys."""
        return self.select_for_update(of=("self",), no_key=True).select_related("owner", "owner__parent")


@tracked()
class QuotaVersion(models.Model):
    """目标版本: one indicator's targets for a year, as one level handed them to the next by a document.

    An imported set that does not name every child is published as incomplete (T-1). A published version is never
    edited; a later one supersedes it and both stay readable with their documents (T-2).
    """

    kind = models.CharField(_("类别"), max_length=10, choices=QuotaKind.choices, default=QuotaKind.TARGET)
    indicator = models.CharField(_("指标"), max_length=40, choices=PROMISE_CHOICES)
    owner = models.ForeignKey(Division, models.PROTECT, related_name="quota_versions", verbose_name=_("下达单位"))
    target_year = models.PositiveSmallIntegerField(_("目标年"), null=True, blank=True)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    document = models.ForeignKey(  # of a version under way it may still be missing
        PolicyDocument, models.PROTECT, null=True, blank=True, related_name="quota_versions", verbose_name=_("文件")
    )
    # By which the superior allows a node to be weakened.
    adjusted_by = models.ForeignKey(
        PolicyDocument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("调整依据")
    )
    state = models.CharField(_("状态"), max_length=12, choices=QuotaState.choices, default=QuotaState.DRAFT)
    is_complete = models.BooleanField(_("完整"), default=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("替代")
    )
    opened_at = models.DateTimeField(_("起草时间"), null=True, blank=True)
    opened_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(_("上报时间"), null=True, blank=True)
    submitted_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    approved_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(_("下达时间"), null=True, blank=True)
    published_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    nodes_revision = models.PositiveIntegerField(_("修订"), default=0)  # of the last change to a node

    objects = QuotaVersionQuerySet.as_manager()

    class Meta:
        triggers = [
            *moves_revision("'quotas'"),
            *frozen_row(
                closed=f"OLD.state IN ({quoted(FROZEN)})",
                columns=[
                    "kind", "indicator", "owner_id", "target_year", "version", "document_id", "is_complete",
                    "is_demo", "supersedes_id", "published_at", "adjusted_by_id", "submitted_by_id", "approved_by_id",
                    "published_by_id", "nodes_revision",
                ],
                message="a published quota is superseded by a new version, not edited (T-2)",
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                name="one_quota_version_per_indicator_owner_year_and_number",
                fields=["kind", "indicator", "owner", "target_year", "version", "is_demo"],
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="one_published_quota_per_indicator_owner_and_year",
                fields=["kind", "indicator", "owner", "target_year", "is_demo"],
                condition=Q(state=QuotaState.PUBLISHED),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="one_quota_under_way_per_indicator_owner_and_year",
                fields=["kind", "indicator", "owner", "target_year", "is_demo"],
                condition=Q(state__in=UNDER_WAY),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="nobody_approves_a_quota_they_submitted",
                condition=Q(approved_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(approved_by=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="closed_quotas_carry_their_document",
                condition=~Q(state__in=CLOSED) | Q(document__isnull=False),
            ),
            models.CheckConstraint(name="quota_state_is_known", condition=Q(state__in=QuotaState.values)),
            models.CheckConstraint(
                name="closed_quotas_carry_their_publication",
                condition=Q(state__in=CLOSED, published_at__isnull=False)
                | (~Q(state__in=CLOSED) & Q(published_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="targets_name_their_year_and_red_lines_have_none",
                condition=Q(kind=QuotaKind.TARGET, target_year__isnull=False)
                | Q(kind=QuotaKind.RED_LINE, target_year__isnull=True),
            ),
            models.CheckConstraint(
                name="quota_does_not_supersede_itself",
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.indicator} {self.target_year or ''} v{self.version}"

    @property
    def promise(self) -> Indicator:
        """What is promised."""
        return PROMISED[self.indicator]

    @property
    def direction(self) -> Direction:
        """How its sums are held against its parent (U-6)."""
        return self.promise.direction or Direction.FLOOR

    @property
    def department(self) -> Department:
        """The line of government that draws it up and decides on it."""
        return self.promise.department


class QuotaNodeQuerySet(ScopedQuerySet):
    """Nodes by scope and moment. Published targets of every level are public documents."""

    def readable_by(self, user: "User") -> Self:
        """Nodes of the versions that the user may read: all that were once handed down, and the own under way."""
        return self.filter(version__in=QuotaVersion.objects.readable_by(user))

    def published(self, moment: datetime | None = None) -> Self:
        """Nodes of published versions as they were known at a moment; None means now.

        A node is known from its document's date, and no longer in force once the version that supersedes its own was
        known, or its own was revoked. All stay in the table.
        """
        if moment is None:
            return self.filter(version__state=QuotaState.PUBLISHED)
        revoked = QuotaVersion.objects.filter(transitions__to_state=QuotaState.REVOKED, transitions__at__lte=moment)
        rows = self.filter(version__state__in=CLOSED, document__known_on__lte=moment.date())
        successor_known = Q(
            version__superseded_by__state__in=CLOSED, version__superseded_by__document__known_on__lte=moment.date()
        )
        return rows.exclude(successor_known).exclude(version__in=revoked)


# Publication still names the parent and the document of every node; the values stand from handing in on.
HANDED_IN = f"""
    IF TG_OP = 'UPDATE' AND (OLD.version_id, OLD.division_id, OLD.value_mu, OLD.plan_mu)
        IS NOT DISTINCT FROM (NEW.version_id, NEW.division_id, NEW.value_mu, NEW.plan_mu) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT 1 FROM quotas_quotaversion p
        WHERE p.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END
            AND p.state IN ('{QuotaState.SUBMITTED}', '{QuotaState.APPROVED}')
    ) THEN
        RAISE EXCEPTION 'a quota that was handed in is returned first, not edited' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


@tracked_in_bulk()
class QuotaNode(models.Model):
    """目标值: what one division is held to by a version; `parent` is the node it was handed down from."""

    version = models.ForeignKey(QuotaVersion, models.PROTECT, related_name="nodes", verbose_name=_("版本"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="quota_nodes", verbose_name=_("行政区划"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    document = models.ForeignKey(  # set with the version's publication, if not before
        PolicyDocument, models.PROTECT, null=True, blank=True, related_name="quota_nodes"
    )
    value_mu = models.DecimalField(_("面积（亩）"), max_digits=AREA_MAX_DIGITS, decimal_places=AREA_DECIMALS)
    input_value = models.DecimalField(_("原值"), max_digits=AREA_MAX_DIGITS, decimal_places=AREA_DECIMALS)
    input_unit = models.CharField(_("原单位"), max_length=12)
    input_decimals = models.PositiveSmallIntegerField(_("原值小数位"))
    # What the division's own plan says, in the same unit; it may not fall below what it was handed.
    plan_mu = models.DecimalField(
        _("本级规划数（亩）"), max_digits=AREA_MAX_DIGITS, decimal_places=AREA_DECIMALS, null=True, blank=True
    )
    plan_input = models.DecimalField(
        _("规划数原值"), max_digits=AREA_MAX_DIGITS, decimal_places=AREA_DECIMALS, null=True, blank=True
    )
    plan_decimals = models.PositiveSmallIntegerField(_("规划数小数位"), default=0)
    plan_unit = models.CharField(_("规划数单位"), max_length=12, blank=True)
    revision = models.PositiveIntegerField(_("修订"), default=1)  # of the target
    plan_revision = models.PositiveIntegerField(_("规划数修订"), default=0)
    typed_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    typed_at = models.DateTimeField(_("录入时间"), null=True, blank=True)
    confidence = models.CharField(_("核实程度"), max_length=10, choices=Confidence.choices, default=Confidence.QUOTED)
    qualifier = models.CharField(_("精确程度"), max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT)
    note = models.CharField(_("说明"), max_length=600, blank=True)

    objects = QuotaNodeQuerySet.as_manager()

    class Meta:
        triggers = [
            *moves_revision("'quotas'"),
            *frozen_parts(
                parent="quotas_quotaversion",
                key="version_id",
                closed=f"p.state IN ({quoted(FROZEN)})",
                message="a published quota is superseded by a new version, not edited (T-2)",
            ),
            pgtrigger.Trigger(
                name="what_was_handed_in_is_not_edited",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=HANDED_IN,
            ),
        ]
        indexes = [models.Index(fields=["division"], name="quota_node_by_division")]
        constraints = [
            models.UniqueConstraint(name="one_node_per_version_and_division", fields=["version", "division"]),
            models.CheckConstraint(name="quota_area_is_not_negative", condition=Q(value_mu__gte=0)),
            models.CheckConstraint(name="quota_unit_is_official", condition=Q(input_unit__in=list(AREA_UNITS))),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.value_mu}"

    @property
    def paper(self) -> PolicyDocument:
        """The document that a published target stands on. Raises ValueError while there is none."""
        if self.document is None:
            raise ValueError(f"{self} is not published")
        return self.document
