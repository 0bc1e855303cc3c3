"""A page as a file: exactly what it shows, in its order and rounding, with what was chosen written into it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from assessments.selectors.scorecard import ScorecardSet
from assessments.ui.lines import Line
from assessments.ui.sources import PointLine, SourceLine
from assessments.views.page import Chosen
from farmland.indicators import Direction, Indicator
from farmland.models import Division
from farmland.units import Unit, from_base
from farmland.views.downloads import table_response
from farmland.workbooks.tables import Table

Sections = list[tuple[str, list[Line], Unit]]


def export(
    request: HttpRequest,
    cards: ScorecardSet,
    choice: Chosen,
    sections: Sections,
    points: list[PointLine],
    units: tuple[Unit, Unit],
) -> HttpResponse:
    """The page's tables as XLSX or CSV: its sections one below the other, and the series of years.

    `sections`: what each is called, its lines, and the unit they are printed in; `units`: those of the series and of its
    changes.
    """
    names = {"place": cards.parent.division.label, "year": cards.year, "indicator": choice.indicator.label}
    table = Table(
        title=_("%(place)s%(year)d年%(indicator)s") % names,
        facts=facts(request, cards, sections, choice),
        head=[
            _("部分"), _("代码"), _("行政区划"), _("指标"), _("现状"), _("目标"), _("目标年"), _("目标版本"), _("目标文件"),
            _("余量"), _("单位"),
            _("余量占目标（%）"), _("完成率（%）"), _("状态"), _("标记"), _("来源"),
        ],
        rows=[file_row(name, line, unit) for name, lines, unit in sections for line in lines],
        more=[series_table(points, units)],
    )  # fmt: skip
    return table_response(request, table)


def file_row(section: str, row: Line, unit: Unit) -> list[Any]:
    """One division's cells for one indicator."""
    cell, target = row.cell, row.cell.target
    values = (cell.value_mu, target.value_mu if target else None, cell.verdict.headroom_mu)
    value, goal, headroom = (None if v is None else from_base(v, unit) for v in values)
    is_task = cell.indicator.direction is Direction.TASK
    marks = [_("演示数据")] * row.is_demo + [_("演示目标")] * bool(target and target.version.is_demo) + [*row.notes]
    return [
        section, row.code, row.name, str(cell.indicator.label), value, goal,
        target.version.target_year if target else None, row.basis.version if row.basis else None,
        row.basis.paper if row.basis else "", headroom, str(unit.label),
        None if is_task else cell.verdict.headroom_percent, cell.completion_percent, row.tag.word, _("、").join(marks),
        source_of(row),
    ]  # fmt: skip


def source_of(row: Line) -> str:
    """The document or statement of a figure, in words."""
    figure = row.cell.figure
    if figure is None:
        return ""
    if figure.document:
        return figure.document.title
    version = figure.statement.version if figure.statement else 1
    return _("%(year)d 年度报表第 %(version)d 版") % {"year": figure.year, "version": version}


def series_table(points: list[PointLine], units: tuple[Unit, Unit]) -> Table:
    """The figures over the years, as they are printed."""
    value, change = units
    return Table(
        title=_("历年数据"),
        facts=[],
        head=[_("年度"), _("面积（%s）") % value.label, _("较上年（%s）") % change.label, _("来源"), _("标记")],
        rows=[[point.year, point.value, point.change, point.origin, _("、").join(point.notes)] for point in points],
    )


def sources_table(
    place: Division, indicator: Indicator, choice: Chosen, figures: list[SourceLine], targets: list[SourceLine]
) -> Table:
    """The source page: every figure and target with what it stands on, values in mu as stored."""
    head = [
        _("部分"), _("类别"), _("面积（亩）"), _("原文"), _("口径"), _("依据"), _("文号"), _("版次"), _("审核人"), _("文件日期"),
        _("可查日期"), _("说明"), _("标记"),
    ]  # fmt: skip

    def cells(line: SourceLine) -> list[Any]:
        return [
            line.label, line.value, line.typed, line.basis, line.document, line.number, line.version, line.reviewer,
            line.date_text, str(line.known_on or ""), line.note, _("、").join(line.badges),
        ]  # fmt: skip

    names = {"place": place.label, "year": choice.year, "indicator": indicator.label}
    as_of = _("%s 结束时所知") % choice.as_of if choice.as_of else _("最新")
    return Table(
        title=_("%(place)s%(year)d年%(indicator)s的来源") % names,
        facts=[(_("年度"), _("%d 年 12 月 31 日时点") % choice.year), (_("截至"), as_of), (_("面积单位"), _("亩"))],
        head=head,
        rows=[[_("现状")] + cells(line) for line in figures] + [[_("目标")] + cells(line) for line in targets],
    )


def facts(request: HttpRequest, cards: ScorecardSet, sections: Sections, choice: Chosen) -> list[tuple[str, str]]:
    """What a reader of the file must know: the choice, the state of the data, coverage, who took it and when."""
    rows = [line for _name, lines, _unit in sections for line in lines]
    state = {
        "all": len(rows),
        "published": sum(bool(row.cell.figure and row.cell.figure.document_id) for row in rows),
        "demo": sum(row.is_demo for row in rows),
        "targets": sum(bool(row.cell.target and row.cell.target.version.is_demo) for row in rows),
        "missing": sum(row.cell.value_mu is None for row in rows),
    }
    as_of = _("%s 结束时所知") % choice.as_of if choice.as_of else _("最新")
    found = [
        (_("年度"), _("%d 年 12 月 31 日时点") % cards.year),
        (_("指标"), str(choice.indicator.label)),
        (_("截至"), as_of),
        (
            _("数据状态"),
            _("共 %(all)d 行：公布 %(published)d，演示数据 %(demo)d，演示目标 %(targets)d，暂缺 %(missing)d") % state,
        ),
    ]
    if cards.rows:
        found.append((_("有数据的下级"), f"{cards.reported}/{len(cards.rows)}"))
    return [*found, (_("排序"), _("余量占目标由低到高"))]
