"""Quotas (保护目标): what was handed down to each division, in versions that are never edited once published."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farmland.indicators import INDICATOR_CHOICES
from farmland.models import Confidence, Division, PolicyDocument, Qualifier
from farmland.models.scope import ScopedQuerySet
from farmland.models.triggers import frozen_parts, frozen_row, moves_revision, quoted, tracked
from farmland.units import AREA_DECIMALS, AREA_MAX_DIGITS, AREA_UNITS


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


CLOSED = (QuotaState.PUBLISHED, QuotaState.SUPERSEDED, QuotaState.REVOKED)


class QuotaVersionQuerySet(ScopedQuerySet):
    """Versions by scope and moment."""

    division_path = "owner"


@tracked()
class QuotaVersion(models.Model):
    """目标版本: one indicator's targets for a year, as one level handed them to the next by a document.

    An imported set that does not name every child is published as incomplete (T-1). A published version is never
    edited; a later one supersedes it and both stay readable with their documents (T-2).
    """

    kind = models.CharField(_("类别"), max_length=10, choices=QuotaKind.choices, default=QuotaKind.TARGET)
    indicator = models.CharField(_("指标"), max_length=40, choices=INDICATOR_CHOICES)
    owner = models.ForeignKey(Division, models.PROTECT, related_name="quota_versions", verbose_name=_("下达单位"))
    target_year = models.PositiveSmallIntegerField(_("目标年"), null=True, blank=True)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    document = models.ForeignKey(PolicyDocument, models.PROTECT, related_name="quota_versions")
    state = models.CharField(_("状态"), max_length=12, choices=QuotaState.choices, default=QuotaState.DRAFT)
    is_complete = models.BooleanField(_("完整"), default=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("替代")
    )
    published_at = models.DateTimeField(_("下达时间"), null=True, blank=True)

    objects = QuotaVersionQuerySet.as_manager()

    class Meta:
        triggers = [
            *moves_revision("'quotas'"),
            *frozen_row(
                closed=f"OLD.state IN ({quoted(CLOSED)})",
                columns=[
                    "kind", "indicator", "owner_id", "target_year", "version", "document_id", "is_complete",
                    "is_demo", "supersedes_id", "published_at",
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


class QuotaNodeQuerySet(ScopedQuerySet):
    """Nodes by scope and moment. Published targets of every level are public documents."""

    def published(self, moment: datetime | None = None) -> Self:
        """Nodes of published versions as they were known at a moment; None means now.

        A node is known from its document's date, and no longer in force once the version that supersedes its own
        was known. Both stay in the table.
        """
        rows = self.filter(version__state__in=[QuotaState.PUBLISHED, QuotaState.SUPERSEDED])
        if moment is None:
            return rows.filter(version__state=QuotaState.PUBLISHED)
        successor_known = Q(
            version__superseded_by__state__in=[QuotaState.PUBLISHED, QuotaState.SUPERSEDED],
            version__superseded_by__document__known_on__lte=moment.date(),
        )
        return rows.filter(document__known_on__lte=moment.date()).exclude(successor_known)


@tracked()
class QuotaNode(models.Model):
    """目标值: what one division is held to by a version; `parent` is the node it was handed down from."""

    version = models.ForeignKey(QuotaVersion, models.PROTECT, related_name="nodes", verbose_name=_("版本"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="quota_nodes", verbose_name=_("行政区划"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    document = models.ForeignKey(PolicyDocument, models.PROTECT, related_name="quota_nodes")
    value_mu = models.DecimalField(_("面积（亩）"), max_digits=AREA_MAX_DIGITS, decimal_places=AREA_DECIMALS)
    input_value = models.DecimalField(_("原值"), max_digits=AREA_MAX_DIGITS, decimal_places=AREA_DECIMALS)
    input_unit = models.CharField(_("原单位"), max_length=12)
    input_decimals = models.PositiveSmallIntegerField(_("原值小数位"))
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
                closed=f"p.state IN ({quoted(CLOSED)})",
                message="a published quota is superseded by a new version, not edited (T-2)",
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
