"""The catalogue of indicators: one entry each, from which forms, sheets, checks, sums, pages and the API are made.

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
    sums_over_divisions: bool = True
    is_headline: bool = False  # shown on the overview and in the summary
    dimension: Dimension = Dimension.AREA


INDICATORS: dict[str, Indicator] = {
    indicator.code: indicator
    for indicator in (
        Indicator(
            code="cultivated_land",
            label=_("耕地保有量"),
            direction=Direction.FLOOR,
            is_stock=True,
            department=Department.NATURAL_RESOURCES,
            policy_point="主要目标；（一）",
            is_headline=True,
        ),
        Indicator(
            code="paddy",
            label=_("水田"),
            direction=None,
            is_stock=True,
            department=Department.NATURAL_RESOURCES,
            policy_point="（十一）",
            part_of="cultivated_land",
        ),
        Indicator(
            code="irrigated",
            label=_("水浇地"),
            direction=None,
            is_stock=True,
            department=Department.NATURAL_RESOURCES,
            policy_point="（五）",
            part_of="cultivated_land",
        ),
        Indicator(
            code="dry",
            label=_("旱地"),
            direction=None,
            is_stock=True,
            department=Department.NATURAL_RESOURCES,
            policy_point="（一）",
            part_of="cultivated_land",
        ),
        Indicator(
            code="stably_used_cultivated_land",
            label=_("稳定利用耕地"),
            direction=None,
            is_stock=True,
            department=Department.NATURAL_RESOURCES,
            policy_point="（十一）",
        ),
        Indicator(
            code="permanent_basic_farmland",
            label=_("永久基本农田"),
            direction=Direction.FLOOR,
            is_stock=True,
            department=Department.NATURAL_RESOURCES,
            policy_point="主要目标；（二）",
            is_headline=True,
        ),
        Indicator(
            code="high_standard_farmland",
            label=_("高标准农田"),
            direction=Direction.TASK,
            is_stock=True,
            department=Department.AGRICULTURE,
            policy_point="（四）",
            is_headline=True,
        ),
    )
}

HEADLINE_INDICATORS: tuple[Indicator, ...] = tuple(i for i in INDICATORS.values() if i.is_headline)
INDICATOR_CHOICES = [(indicator.code, indicator.label) for indicator in INDICATORS.values()]
