"""The catalogue of indicators: one entry each, from which forms, sheets, checks, sums, pages and the API are made."""

from farmland.indicators.catalogue import HEADLINE_INDICATORS, INDICATOR_CHOICES, INDICATORS, MEASURES, of_group
from farmland.indicators.indicator import Absence, Department, Direction, Group, Indicator
from farmland.indicators.promises import PROMISED

__all__ = [
    "HEADLINE_INDICATORS",
    "INDICATORS",
    "INDICATOR_CHOICES",
    "MEASURES",
    "PROMISED",
    "Absence",
    "Department",
    "Direction",
    "Group",
    "Indicator",
    "of_group",
]
