"""What an indicator is; the catalogue of all of them, from which forms, checks, sums, pages and the API are made.

Where the regulation's working paper writes CULT, PBF or HSF_STOCK, the code here is that of the public contract; the
README holds the one mapping.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from farmland.units import WAN_MU, Dimension, Unit


class Direction(StrEnum):
    """How a figure is held against its promise (U-6); it decides progress, colour and the sign of a child sum."""

    FLOOR = "floor"  # must not fall below: cultivated land, permanent basic farmland
    CAP = "cap"  # must not rise above: occupation by construction
    TASK = "task"  # must be reached by a year: high-standard farmland


class Department(models.TextChoices):
    """The line of government that may type a figure (自然资源, 农业农村, 粮食和储备)."""

    NATURAL_RESOURCES = "natural_resources", _("自然资源")
    AGRICULTURE = "agriculture", _("农业农村")
    GRAIN_RESERVES = "grain_reserves", _("粮食和储备")


class Absence(models.TextChoices):
    """Why a cell has no number; zero, blank and not applicable differ (domain A.0)."""

    BLANK = "blank", _("空缺")  # there is one, but it is not known: needs a note
    NOT_APPLICABLE = "not_applicable", _("不适用")  # there is none of this here


class Group(models.TextChoices):
    """The parts of the annual statement, each a page of the grid."""

    LAND = "land", _("耕地")
    UNSTABLE = "unstable", _("不稳定利用")
    BASIC = "basic", _("永久基本农田")
    PLANTING = "planting", _("种植属性")
    RESTORABLE = "restorable", _("可恢复地类")
    OUTFLOW = "outflow", _("耕地减少")
    INFLOW = "inflow", _("耕地增加")
    FACILITIES = "facilities", _("高标准农田与灌溉")
    QUALITY = "quality", _("质量等级")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure that divisions answer for: its meaning, direction, printing and who types it."""

    code: str
    label: str | Promise
    direction: Direction | None  # None: recorded, but nothing is promised for it
    is_stock: bool  # state at 31 December (True) or flow of the year (False), U-7
    department: Department
    policy_point: str  # the point of the 2024 opinion that asks for it
    display_unit: Unit = WAN_MU
    part_of: str = ""  # the indicator of which this is a component (I-1)
    group: str = Group.LAND
    sums_over_divisions: bool = True
    weighted_by: str = ""  # of an average: the indicator whose area weighs it where divisions are put together
    is_headline: bool = False  # shown on the overview and in the summary

    @property
    def is_area(self) -> bool:
        """Whether it is an area, which may be typed in any unit of area."""
        return self.display_unit.dimension is Dimension.AREA
