"""Administrative divisions (行政区划): the tree that every figure, target and user hangs on."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from farmland.models.scope import ScopedQuerySet
from farmland.models.triggers import moves_revision, tracked

if TYPE_CHECKING:
    from farmland.models.users import User

NATION = "000000"
XPCC = "660000"  # 新疆生产建设兵团: reports on its own, its land lies inside Xinjiang (U-9)


class Level(models.TextChoices):
    """Level of government. `special` is the Xinjiang Production and Construction Corps alone."""

    NATION = "nation", _("全国")
    PROVINCE = "province", _("省级")
    PREFECTURE = "prefecture", _("地级")
    COUNTY = "county", _("县级")
    SPECIAL = "special", _("兵团")


class GrainZone(models.TextChoices):
    """The State Council's three grain zones (粮食功能区)."""

    MAIN_PRODUCING = "main_producing", _("主产区")
    MAIN_CONSUMING = "main_consuming", _("主销区")
    BALANCED = "balanced", _("产销平衡区")


class DivisionQuerySet(ScopedQuerySet):
    """Divisions by scope and by level."""

    division_path = ""

    def shown(self) -> Self:
        """Divisions that have a government and a part in the targets: no grouping rows, no map-only rows."""
        return self.filter(is_grouping=False, has_quota=True)

    def valid(self, moment: datetime | None = None) -> Self:
        """Divisions that were not closed by the day of a moment (None: now)."""
        rows = Q(abolished_on__isnull=True)
        if moment is not None:
            rows |= Q(abolished_on__gt=timezone.localtime(moment).date())
        return self.filter(rows)

    def at_level(self, level: str) -> Self:
        """Divisions of one level; `county` includes the prefectures that are leaves (东莞, 中山, 儋州, 嘉峪关)."""
        return self.filter(self.level_condition(level))

    @staticmethod
    def level_condition(level: str) -> Q:
        """The condition behind `at_level`."""
        if level == Level.COUNTY:
            return Q(level=Level.COUNTY) | Q(level=Level.PREFECTURE, is_leaf=True)
        return Q(level=level)

    def readable_by(self, user: "User") -> Self:
        """The user's own subtree, and what every signed-in user may read: the nation, the provinces and the
        Corps, and any division below for which a figure has been released or published."""
        if not user.is_authenticated:
            return self.none()
        figures = apps.get_model("farmland", "Figure").objects
        released = Exists(figures.released().filter(division=OuterRef("pk")))
        return self.filter(self.in_subtree(user.division) | Q(level__in=OPEN_LEVELS) | released)


OPEN_LEVELS = (Level.NATION, Level.PROVINCE, Level.SPECIAL)


@tracked(exclude=["prefix"])
class Division(models.Model):
    """行政区划: a unit of government by its GB/T 2260 code, from the nation (000000) to the county.

    Closed (`abolished_on`, `successor`), never deleted, so that old figures keep their place.
    """

    code = models.CharField(
        _("代码"), max_length=6, primary_key=True, validators=[RegexValidator(r"^[0-9]{6}$", _("代码为六位数字。"))]
    )
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    short_name = models.CharField(_("简称"), max_length=20, blank=True)
    level = models.CharField(_("级别"), max_length=12, choices=Level.choices)
    prefix = models.GeneratedField(
        expression=Func(F("code"), Value("(00)+$"), Value(""), function="regexp_replace"),
        output_field=models.CharField(max_length=6),
        db_persist=True,
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    is_grouping = models.BooleanField(_("分组行"), default=False)
    is_leaf = models.BooleanField(_("无下级"), default=False)
    has_quota = models.BooleanField(_("承担任务"), default=True)
    counts_in_national_total = models.BooleanField(_("计入全国合计"), default=True)
    grain_zone = models.CharField(_("粮食功能区"), max_length=16, choices=GrainZone.choices, blank=True)
    region = models.CharField(_("大区"), max_length=8, blank=True)
    has_black_soil = models.BooleanField(_("黑土地"), default=False)
    abolished_on = models.DateField(_("撤销日期"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("继任区划")
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        triggers = moves_revision("'divisions'")
        indexes = [models.Index(fields=["prefix"], name="division_by_prefix", opclasses=["varchar_pattern_ops"])]
        constraints = [
            models.CheckConstraint(name="division_code_is_six_digits", condition=Q(code__regex=r"^[0-9]{6}$")),
            models.CheckConstraint(
                name="only_the_nation_has_no_parent",
                condition=Q(code=NATION, parent__isnull=True) | (~Q(code=NATION) & Q(parent__isnull=False)),
            ),
            models.CheckConstraint(
                name="successor_only_of_a_closed_division",
                condition=Q(successor__isnull=True) | Q(abolished_on__isnull=False),
            ),
            models.CheckConstraint(
                name="division_is_not_its_own_successor",
                condition=Q(successor__isnull=True) | ~Q(successor=F("code")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the language of the interface; below the province that is the Chinese one."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    @property
    def prefixes_up(self) -> list[str]:
        """The own prefix and those of the divisions above it, without the nation's: whose rows it stands in."""
        return [self.prefix[:length] for length in range(2, len(self.prefix) + 1, 2)]

    @property
    def counts_as_level(self) -> str:
        """The level it takes part in: a prefecture without counties is a county-level leaf too."""
        return Level.COUNTY if self.is_leaf else self.level

    def is_valid(self, moment: datetime | None = None) -> bool:
        """Whether it was not closed by the day of a moment (None: now)."""
        if self.abolished_on is None or moment is None:
            return self.abolished_on is None
        return self.abolished_on > timezone.localtime(moment).date()

    def contains(self, other: "Division") -> bool:
        """Whether the other division is this one or lies below it."""
        return other.prefix.startswith(self.prefix)
