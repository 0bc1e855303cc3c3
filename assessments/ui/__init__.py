"""How figures are worded and printed on the pages."""

from assessments.ui.lines import around, attention, common_target_year, counts, line, lines, tag, tiles
from assessments.ui.sources import card_sources, points, sources, target_sources
from assessments.ui.trail import overview_step, step_to
from farmland.ui import Step

__all__ = [
    "Step",
    "around",
    "attention",
    "card_sources",
    "common_target_year",
    "counts",
    "line",
    "lines",
    "overview_step",
    "points",
    "sources",
    "step_to",
    "tag",
    "target_sources",
    "tiles",
]
