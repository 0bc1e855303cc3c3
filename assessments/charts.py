"""Charts as plain specifications: what is drawn, with every text ready. Only static/js/charts.js knows the library."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.selectors.figures import is_demo
from assessments.selectors.scorecard import Cell, ScorecardSet
from assessments.selectors.series import Point, Projection, project
from assessments.ui.lines import Line, area, number
from assessments.ui.maps import OUTSIDE, Map, map_of
from assessments.ui.sources import series_decimals
from farmland.indicators import Direction, Indicator
from farmland.models import NATION, Level
from farmland.units import UNITS, Unit, after_number, from_base
from quotas.models import QuotaNode

PLOT_DECIMALS = 6
FIRST_YEAR = 2019  # of the third survey, on which the targets stand


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure of a page: its specification for the browser and its legend (swatch, words)."""

    id: str
    spec: dict[str, Any]
    legend: list[tuple[str, str]]

    @property
    def kind(self) -> str:
        """The kind of chart, which gives it its height."""
        return str(self.spec["kind"])


def plotted(value_mu: Decimal | None, unit: Unit) -> float | None:
    """A value as it is drawn: a float is exact enough for pixels, never for text."""
    return None if value_mu is None else float(from_base(value_mu, unit, PLOT_DECIMALS))


def map_chart(
    cards: ScorecardSet, rows: list[Line], indicator: Indicator, unit: Unit, *, drawn: Map, query: str
) -> Chart:
    """The divisions coloured by their headroom (a task: by how much of it is done)."""
    is_task = indicator.direction is Direction.TASK
    names = {"place": cards.parent.division.label, "indicator": indicator.label, "year": cards.year}
    areas = [area_of(row, unit, is_task=is_task, query=query) for row in rows]
    if cards.parent.division.code == NATION:
        areas += [nameless(code, str(name)) for code, name in OUTSIDE.items()]
    spec = {
        "kind": "map",
        "locale": get_language(),
        "map": drawn.url,
        "inset": drawn.inset,
        "inset_label": _("南海诸岛"),
        "description": _("%(place)s %(year)d 年%(indicator)s对照目标的分布图；数据见表。") % names,
        "no_data": _("资料暂缺"),
        "labels": "all",
        "areas": areas,
    }
    return Chart("chart-map", spec, map_legend(cards, is_task=is_task))


def area_of(row: Line, unit: Unit, *, is_task: bool, query: str) -> dict[str, Any]:
    """One area: its colour, what is printed on it and what the pointer shows."""
    target = row.cell.target
    name = after_number(unit.label)
    lines = [f"{_('现状')} {row.value} {name}"]
    if target:
        year = {"year": target.version.target_year}
        lines.append(f"{_('%(year)d 年目标') % year} {row.target} {name}")
        if row.cell.verdict.headroom_mu is not None:
            word = _("完成率") if is_task else _("余量占目标")
            lines += [f"{_('余量')} {row.headroom} {name}", f"{word} {row.percent}"]
    names = {"name": row.name}
    if row.card.division.level == Level.PROVINCE:
        names["short"] = row.short  # below, the map's own short names serve
    return {
        "code": row.code,
        **names,
        "class": row.map_class,
        "label": row.percent if row.cell.verdict.headroom_percent is not None else "",
        "lines": [*lines, row.tag.word, *([_("演示数据")] if row.is_demo else []), *row.notes],
        "url": f"{reverse('division', args=[row.code])}?{query}",
    }


def nameless(code: str, name: str) -> dict[str, Any]:
    """A province that reports nothing here; it is drawn as one without data."""
    return {"code": code, "name": name, "short": name, "class": None, "label": "", "lines": [_("资料暂缺")]}


def map_legend(cards: ScorecardSet, *, is_task: bool) -> list[tuple[str, str]]:
    """What the map's colours mean."""
    if is_task:
        steps = [("0", _("到期未完成")), ("2", "< 90%"), ("3", "90–100%"), ("4", "≥ 100%")]
    else:
        near = number(cards.thresholds.warn_headroom_pct, decimals=1)
        steps = [("0", _("未达标")), ("1", f"0–{near}%"), ("2", f"{near}–2%"), ("3", "2–5%"), ("4", "≥ 5%")]
    return [*steps, ("open", _("目标未录入")), ("none", _("资料暂缺"))]


def trend_chart(
    points: Sequence[Point], projection: Projection | None, cell: Cell, unit: Unit, *, red_line: QuotaNode | None
) -> Chart:
    """A division's figures over the years, against its target and the red line, with their extrapolation."""
    years = list(range(points[0].year, max([points[-1].year, *(projection.values if projection else ())]) + 1))
    by_year = {point.year: point.figure for point in points}
    series = [
        {
            "name": _("现状"),
            "role": "actual",
            "values": [plotted(by_year[y].value_mu, unit) if y in by_year else None for y in years],
            "value_texts": [
                area(by_year[y].value_mu, unit, decimals=series_decimals(by_year[y], unit)) if y in by_year else ""
                for y in years
            ],
            "demo": [y in by_year and is_demo(by_year[y]) for y in years],
        }
    ]
    legend = [("actual", _("现状"))]
    if any(is_demo(figure) for figure in by_year.values()):
        legend.append(("demo", _("演示数据")))
    if projection:
        extended_decimals = series_decimals(points[-1].figure, unit)
        extended = [projection.values.get(year) for year in years]
        texts = [area(value, unit, decimals=extended_decimals) if value is not None else "" for value in extended]
        series.append(
            {
                "name": _("外推"),
                "role": "projection",
                "values": [plotted(value, unit) for value in extended],
                "value_texts": texts,
            }
        )
        span = {"first": projection.first_year, "last": projection.last_year}
        legend.append(("projection", _("外推（按 %(first)d–%(last)d 年平均年变化，非预测）") % span))
    marks = []
    if cell.target:
        values = {"year": cell.target.version.target_year, "value": area(cell.target.value_mu, unit)}
        text = _("%(year)d 年演示目标 %(value)s") if cell.target.version.is_demo else _("%(year)d 年目标 %(value)s")
        mark = {"name": text % values, "value": plotted(cell.target.value_mu, unit)}
        marks.append(mark | {"role": "target"})
        legend.append(("target", _("目标")))
    if red_line:
        text = _("红线 %(value)s") % {"value": area(red_line.value_mu, unit)}
        marks.append({"name": text, "value": plotted(red_line.value_mu, unit), "role": "red_line"})
        legend.append(("red_line", _("红线")))
    breaks = [years.index(point.year) for point in points[1:] if not point.is_comparable]
    if breaks:
        legend.append(("break", _("口径变更")))
    spec = {
        "kind": "trend",
        "locale": get_language(),
        "unit": str(unit.label),
        "labels": [str(year) for year in years],
        "description": _("%(name)s历年趋势；数据见表。") % {"name": cell.indicator.label},
        "series": series,
        "lines": marks,
        "breaks": breaks,
    }
    return Chart("chart-trend", spec, legend)


def change_chart(points: Sequence[Point], indicator: Indicator, unit: Unit) -> Chart | None:
    """The change of each year against the one before; None where no two years may be compared."""
    changes = [point for point in points if point.change_mu is not None]
    if not changes:
        return None
    spec = {
        "kind": "change",
        "locale": get_language(),
        "unit": str(unit.label),
        "labels": [str(point.year) for point in changes],
        "description": _("%(name)s较上年的增减；数据见表。") % {"name": indicator.label},
        "series": [
            {
                "name": _("较上年"),
                "values": [plotted(point.change_mu, unit) for point in changes],
                "value_texts": [area(point.change_mu, unit, signed=True) for point in changes],
            }
        ],
    }
    return Chart("chart-change", spec, [("loss", _("减少")), ("gain", _("增加"))])


def bullet_chart(rows: Sequence[Line], indicator: Indicator) -> Chart | None:
    """How much of a task each division has done, from zero; None where nobody has a task."""
    done = [row for row in rows if row.cell.completion_percent is not None]
    if not done:
        return None
    spec = {
        "kind": "bullet",
        "locale": get_language(),
        "unit": "%",
        "labels": [row.short for row in done],
        "description": _("%(name)s的完成率；数据见表。") % {"name": indicator.label},
        "series": [
            {
                "name": _("完成率"),
                "values": [float(row.cell.completion_percent or 0) for row in done],
                "value_texts": [row.percent for row in done],
                "tones": [row.tag.tone for row in done],
            }
        ],
        "lines": [{"name": _("任务"), "value": 100}],
    }
    return Chart("chart-bullet", spec, [])


def change_unit(unit: Unit) -> Unit:
    """Changes of a figure that is printed in 亿亩 are printed in 万亩: they would vanish otherwise."""
    return UNITS["wan_mu"] if unit.code == "yi_mu" else unit


def of_page(
    cards: ScorecardSet,
    rows: list[Line],
    points: list[Point],
    indicator: Indicator,
    units: tuple[Unit, Unit],
    *,
    red_line: QuotaNode | None,
    query: str,
) -> dict[str, Chart | None]:
    """The charts of a page: map, trend, change and, for a task, bullets; None where there is nothing to draw.

    `units`: the one of the divisions and the larger one of the page's own division.
    """
    unit, large = units
    recent = [point for point in points if point.year >= FIRST_YEAR]
    points = recent if len(recent) > 1 else points
    cell = cards.parent.cells[indicator.code]
    drawn = map_of(cards.parent.division.code) if rows else None
    until = cell.target.version.target_year if cell.target else None
    projection = project(points, until=until) if until else None
    return {
        "map": map_chart(cards, rows, indicator, unit, drawn=drawn, query=query) if drawn else None,
        "trend": trend_chart(points, projection, cell, large, red_line=red_line) if len(points) > 1 else None,
        "change": change_chart(points, indicator, change_unit(large)),
        "bullet": bullet_chart(rows, indicator),
    }
