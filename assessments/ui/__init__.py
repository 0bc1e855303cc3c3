"""How figures are worded and printed on the pages."""

from assessments.ui.lines import around, attention, common_target_year, counts, line, lines, tag, tiles
from assessments.ui.sources import card_sources, points, sources, target_sources
from assessments.ui.trail import ancestors, step_to, trail
from farmland.ui import Step

__all__ = [
    "Step",
    "ancestors",
    "around",
    "attention",
    "card_sources",
    "common_target_year",
    "counts",
    "line",
    "lines",
    "points",
    "sources",
    "step_to",
    "tag",
    "target_sources",
    "tiles",
    "trail",
]
