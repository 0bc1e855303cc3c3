"""Figures: what each division has, in a year, from a published document or from a statement."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.utils.translation import gettext_lazy as _

from farmland.indicators import INDICATOR_CHOICES, MEASURES
from farmland.models.divisions import Division, Level
from farmland.models.documents import PolicyDocument
from farmland.models.scope import ScopedQuerySet
from farmland.models.statements import FIRST_YEAR, LAST_YEAR, SETTLED, UNITS_OWN, AnnualStatement, StatementStatus
from farmland.models.triggers import frozen_parts, moves_revision, quoted, tracked_in_bulk
from farmland.units import AREA_DECIMALS, AREA_MAX_DIGITS, AREA_UNITS, UNITS

if TYPE_CHECKING:
    from farmland.models.users import User


class Origin(models.TextChoices):
    """Where a figure comes from; the first of these that exists is the headline."""

    PUBLISHED = "published", _("公布")
    REPORTED = "reported", _("填报")
    SUMMED = "summed", _("汇总")


class Basis(models.TextChoices):
    """On what survey a figure stands. Figures of different bases are never subtracted or divided."""

    SURVEY2 = "survey2", _("第二次全国土地调查")
    SURVEY3 = "survey3", _("第三次全国国土调查")
    CHANGE_SURVEY = "change_survey", _("年度国土变更调查")
    PBF_DATABASE = "pbf_database", _("永久基本农田数据库")
    AGRI_STATISTICS = "agri_statistics", _("农业农村部门统计")


class Confidence(models.TextChoices):
    """How far the printed figure was checked; `recalled` shows as 待核实."""

    QUOTED = "quoted", _("原文引用")
    RECALLED = "recalled", _("待核实")
    DERIVED = "derived", _("推算")


class Qualifier(models.TextChoices):
    """How exactly the source states the figure (「超过」「约」)."""

    EXACT = "exact", _("确数")
    APPROX = "approx", _("约数")
    AT_LEAST = "at_least", _("下限")


RELEASE_DEPTH: dict[str, tuple[str, ...]] = {
    Level.NATION: (Level.NATION,),
    Level.PROVINCE: (Level.NATION, Level.PROVINCE, Level.SPECIAL),
    Level.PREFECTURE: (Level.NATION, Level.PROVINCE, Level.SPECIAL, Level.PREFECTURE),
    Level.COUNTY: tuple(Level.values),
}


class FigureQuerySet(ScopedQuerySet):
    """Figures by scope, release and moment."""

    def visible_to(self, user: "User") -> Self:
        """Working data of the own subtree; of a statement that is still its unit's own affair, to the unit alone."""
        rows = super().visible_to(user)
        if not user.is_authenticated:
            return rows
        is_open = Q(statement__status__in=UNITS_OWN)
        return rows.filter(~is_open | Q(statement__division__prefix__in=user.division.prefixes_up))

    @staticmethod
    def released_condition() -> Q:
        """What every signed-in user may read: published figures, and released ones at their level."""
        condition = Q(document__isnull=False)
        for level, depth in RELEASE_DEPTH.items():
            condition |= Q(
                statement__released_at__isnull=False, statement__released_level=level, division__level__in=depth
            )
        return condition

    def readable_condition(self, user: "User") -> Q:
        """Working data of the own subtree, and what has been released or published."""
        if not user.has_business_rights:
            return self.released_condition()
        return self.released_condition() | self.in_subtree(user.division)

    def released(self) -> Self:
        """Figures that every signed-in user may read."""
        return self.filter(self.released_condition())

    def readable_by(self, user: "User") -> Self:
        """Figures that the user may read; a user of the nation with business rights reads all."""
        if not user.is_authenticated:
            return self.none()
        if user.has_business_rights and not user.division.prefix:
            return self
        return self.filter(self.readable_condition(user))

    def summable_by(self, user: "User") -> Self:
        """What the user may read (`is_readable`), and beside it what stands in the nation's sum for every reader:
        the provinces' published figures and those released at least for the nation."""
        if not user.is_authenticated:
            return self.none()
        readable = self.readable_condition(user)
        national = Q(statement__released_at__isnull=False, division__level=Level.PROVINCE)
        return self.filter(readable | national).annotate(
            is_readable=ExpressionWrapper(readable, output_field=models.BooleanField())
        )

    def settled(self) -> Self:
        """Published figures and those of statements that were once approved, superseded ones too."""
        return self.filter(Q(document__isnull=False) | Q(statement__status__in=SETTLED))

    def known_at(self, moment: datetime | None) -> Self:
        """Figures of settled statements and documents as they were known at a moment; None means now.

        A published figure is known from its document's date, a reported one from its approval until it was
        superseded (U-8).
        """
        if moment is None:
            settled = [StatementStatus.APPROVED, StatementStatus.LOCKED]
            return self.filter(Q(document__isnull=False) | Q(statement__status__in=settled))
        return self.filter(
            Q(document__known_on__lte=moment.date())
            | (
                Q(statement__status__in=SETTLED, statement__approved_at__lte=moment)
                & (Q(statement__superseded_at__isnull=True) | Q(statement__superseded_at__gt=moment))
            )
        )


@tracked_in_bulk()
class Figure(models.Model):
    """数据: one indicator of one division in one year, from a published document or from a statement.

    Area is kept in mu beside what was typed and its unit (U-1, U-2). A later edition of a published figure
    (final after preliminary) supersedes the earlier one, which stays readable.
    """

    division = models.ForeignKey(Division, models.PROTECT, related_name="figures", verbose_name=_("行政区划"))
    indicator = models.CharField(_("指标"), max_length=40, choices=INDICATOR_CHOICES)
    year = models.PositiveSmallIntegerField(_("年度"))
    origin = models.CharField(_("来源"), max_length=12, choices=Origin.choices)
    statement = models.ForeignKey(AnnualStatement, models.PROTECT, null=True, blank=True, related_name="figures")
    document = models.ForeignKey(PolicyDocument, models.PROTECT, null=True, blank=True, related_name="figures")
    edition = models.PositiveSmallIntegerField(_("版次"), default=1)
    # One of the two: an area, or what is no area (soil organic matter), in its indicator's own unit.
    value_mu = models.DecimalField(_("面积（亩）"), max_digits=AREA_MAX_DIGITS, decimal_places=AREA_DECIMALS, null=True)
    measure = models.DecimalField(_("测定值"), max_digits=12, decimal_places=4, null=True, blank=True)
    # As it was typed, with more decimals than mu has: 0.0000000001 万亩 is a millionth of a mu.
    input_value = models.DecimalField(_("原值"), max_digits=AREA_MAX_DIGITS + 12, decimal_places=12)
    revision = models.PositiveIntegerField(_("修订"), default=1, db_default=1)  # notices a lost update of the cell
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("填报人")
    )
    typed_at = models.DateTimeField(_("填报时间"), null=True, blank=True)
    input_unit = models.CharField(_("原单位"), max_length=12)
    input_decimals = models.PositiveSmallIntegerField(_("原值小数位"))
    # Of a sum: how many of the divisions it adds up had a figure, and how many there are.
    parts_reported = models.PositiveSmallIntegerField(_("已汇总单位数"), null=True, blank=True)
    parts_expected = models.PositiveSmallIntegerField(_("应汇总单位数"), null=True, blank=True)
    basis = models.CharField(_("口径"), max_length=16, choices=Basis.choices)
    confidence = models.CharField(_("核实程度"), max_length=10, choices=Confidence.choices, default=Confidence.QUOTED)
    qualifier = models.CharField(_("精确程度"), max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT)
    note = models.CharField(_("说明"), max_length=600, blank=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        triggers = [
            *moves_revision("'figures:' || left(division_id, 2)"),
            *frozen_parts(
                parent="farmland_annualstatement",
                key="statement_id",
                closed=f"p.status IN ({quoted(SETTLED)})",
                also="part.document_id IS NOT NULL",
                message="a published or settled figure is followed by a new edition or version, not edited",
            ),
        ]
        indexes = [
            models.Index(fields=["year", "indicator", "division"], name="figure_by_year_and_indicator"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_published_figure_per_edition",
                fields=["division", "indicator", "year", "edition"],
                condition=Q(document__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_figure_per_statement_division_and_indicator",
                fields=["statement", "division", "indicator"],
                condition=Q(statement__isnull=False),
            ),
            models.CheckConstraint(
                name="figure_comes_from_a_document_or_a_statement",
                condition=Q(origin=Origin.PUBLISHED, document__isnull=False, statement__isnull=True)
                | Q(origin__in=[Origin.REPORTED, Origin.SUMMED], document__isnull=True, statement__isnull=False),
            ),
            models.CheckConstraint(
                name="sums_say_how_many_parts_they_add_up",
                condition=Q(origin=Origin.SUMMED, parts_reported__lte=F("parts_expected"))
                | (~Q(origin=Origin.SUMMED) & Q(parts_reported__isnull=True, parts_expected__isnull=True)),
            ),
            models.CheckConstraint(
                name="figure_is_an_area_or_a_measure_and_not_negative",
                condition=Q(~Q(indicator__in=MEASURES), value_mu__gte=0, measure__isnull=True)
                | Q(indicator__in=MEASURES, value_mu__isnull=True, measure__gte=0),
            ),
            models.CheckConstraint(
                name="figure_unit_is_official",
                condition=Q(value_mu__isnull=False, input_unit__in=list(AREA_UNITS))
                | Q(measure__isnull=False, input_unit__in=[code for code in UNITS if code not in AREA_UNITS]),
            ),
            models.CheckConstraint(name="figure_basis_is_known", condition=Q(basis__in=Basis.values)),
            models.CheckConstraint(
                name="figure_year_is_plausible", condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR)
            ),
            models.CheckConstraint(name="figure_edition_starts_at_one", condition=Q(edition__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.indicator} {self.year}"

    @property
    def area_mu(self) -> Decimal:
        """The area of a figure that is one, in mu; a measure has none, and asking for it is an error."""
        if self.value_mu is None:
            raise ValueError(f"{self.indicator} is no area")
        return self.value_mu
