"""How figures are worded and printed on the pages."""

from assessments.ui.lines import area, attention, line, lines, number, tag, tiles
from assessments.ui.sources import points, sources, target_sources

__all__ = ["area", "attention", "line", "lines", "number", "points", "sources", "tag", "target_sources", "tiles"]
