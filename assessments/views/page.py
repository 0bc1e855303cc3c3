"""What the dashboards have in common: reading the address, answering one that cannot be read, files of what is shown."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from assessments import workbooks
from assessments.forms import EXPORTS, PageQuery
from assessments.selectors import access
from assessments.selectors.scorecard import ScorecardSet
from assessments.ui.lines import Line
from farmland.indicators import HEADLINE_INDICATORS, INDICATORS, Direction, Indicator
from farmland.models import NATION
from farmland.units import Unit, from_base

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def bad_query(request: HttpRequest, query: PageQuery) -> HttpResponse:
    """400 with every complaint, and the way back."""
    return render(request, "assessments/bad_query.html", {"form": query}, status=400)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for, and what else could be asked for."""

    year: int
    indicator: Indicator
    years: list[int]
    as_of: date | None
    moment: datetime | None

    @property
    def query(self) -> str:
        """The choice as it stands in an address, but for the indicator."""
        return urlencode({"year": self.year} | ({"as_of": self.as_of.isoformat()} if self.as_of else {}))

    @property
    def query_with_indicator(self) -> str:
        """The whole choice as it stands in an address."""
        return f"{self.query}&{urlencode({'indicator': self.indicator.code})}"


def chosen(query: PageQuery, scope: access.Scope) -> Chosen:
    """The year (the latest that is published where none is given), the indicator, and the years there are."""
    moment = query.moment
    found = access.years(scope.figures, moment=moment)
    year = query.cleaned_data["year"] or access.latest_year(scope.figures, moment=moment) or (found or [2019])[0]
    code = query.cleaned_data["indicator"] or HEADLINE_INDICATORS[0].code
    years = sorted({*found, year}, reverse=True)
    return Chosen(year, INDICATORS[code], years, query.cleaned_data["as_of"], moment)


def paper(rows: list[Line], cards: ScorecardSet) -> dict[str, Any]:
    """What stands on the printed page: the state of its data in words, and when it was drawn."""
    is_demo = cards.parent.is_demo or any(row.card.is_demo for row in rows)
    words = _("含演示数据，不代表官方统计结果") if is_demo else _("公布与已通过的数据")
    note = " ".join(filter(None, [str(settings.MAP_SOURCE_NOTE), settings.MAP_APPROVAL_NO]))
    if cards.parent.division.code == NATION:
        note = " ".join([note, _("台湾省、香港、澳门资料暂缺。")])
    return {
        "state": words,
        "state_is_demo": is_demo,
        "now": timezone.now(),
        "map_note": note,
    }


def export(request: HttpRequest, cards: ScorecardSet, rows: list[Line], choice: Chosen, unit: Unit) -> HttpResponse:
    """The table of divisions as it is shown, as XLSX or CSV, with what was chosen written into it."""
    kind = EXPORTS[request.GET["export"]]
    table = table_of(request, cards, rows, choice, unit)
    content = workbooks.table_csv(table) if kind == "csv" else workbooks.table_xlsx(table)
    content_type = "text/csv; charset=utf-8" if kind == "csv" else XLSX
    disposition = f"attachment; filename*=UTF-8''{quote(f'{table.title}.{kind}')}"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})


def table_of(
    request: HttpRequest, cards: ScorecardSet, rows: list[Line], choice: Chosen, unit: Unit
) -> workbooks.Table:
    """The rows in the page's order, numbers rounded as the page prints them."""
    names = {"place": cards.parent.division.label, "year": cards.year, "indicator": choice.indicator.label}
    is_task = choice.indicator.direction is Direction.TASK
    label = unit.label
    head = [
        _("代码"), _("行政区划"), _("现状（%s）") % label, _("目标（%s）") % label, _("目标年"), _("余量（%s）") % label,
        _("完成率（%）") if is_task else _("余量占目标（%）"), _("状态"), _("标记"), _("来源"),
    ]  # fmt: skip
    return workbooks.Table(
        title=_("%(place)s%(year)d年%(indicator)s") % names,
        facts=facts(request, cards, rows, choice, unit),
        head=head,
        rows=[file_row(row, unit, is_task=is_task) for row in rows],
    )


def file_row(row: Line, unit: Unit, *, is_task: bool) -> list[Any]:
    """One division's cells."""
    cell, target = row.cell, row.cell.target
    values = (cell.value_mu, target.value_mu if target else None, cell.verdict.headroom_mu)
    value, goal, headroom = (None if v is None else from_base(v, unit) for v in values)
    figure = cell.figure
    source = (figure.document.title if figure.document else str(figure.statement)) if figure else ""
    return [
        row.code, row.name, value, goal, target.version.target_year if target else None, headroom,
        cell.completion_percent if is_task else cell.verdict.headroom_percent, row.tag.word,
        _("、").join([_("演示数据")] * row.is_demo + [*row.notes]), source,
    ]  # fmt: skip


def facts(
    request: HttpRequest, cards: ScorecardSet, rows: list[Line], choice: Chosen, unit: Unit
) -> list[tuple[str, str]]:
    """What a reader of the file must know: the choice, the state of the data, unit, coverage, who took it and when."""
    published = sum(bool(row.cell.figure and row.cell.figure.document_id) for row in rows)
    demo = sum(row.cell.is_demo for row in rows)
    missing = sum(row.cell.value_mu is None for row in rows)
    state = {"published": published, "demo": demo, "missing": missing, "all": len(rows)}
    as_of = _("%s 结束时所知") % choice.as_of if choice.as_of else _("最新")
    return [
        (_("年度"), _("%d 年 12 月 31 日时点") % cards.year),
        (_("指标"), str(choice.indicator.label)),
        (_("截至"), as_of),
        (_("数据状态"), _("共 %(all)d 行：公布 %(published)d，演示数据 %(demo)d，暂缺 %(missing)d") % state),
        (_("面积单位"), str(unit.label)),
        (_("有数据"), f"{cards.reported}/{len(cards.rows)}"),
        (_("排序"), _("余量占目标由低到高")),
        (_("导出"), f"{request.user} {timezone.localtime():%Y-%m-%d %H:%M}"),
    ]
