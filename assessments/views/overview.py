"""The national overview."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments import charts, ui
from assessments.forms import PageQuery
from assessments.selectors import access, series
from assessments.views.files import export
from assessments.views.page import bad_query, chosen, paper
from assessments.views.scope import scope_of
from farmland.indicators import HEADLINE_INDICATORS
from farmland.models import NATION, Level
from farmland.selectors.revisions import get_stamp
from farmland.ui import fitted, unit_for
from farmland.units import WAN_MU, YI_MU
from quotas.selectors import get_completeness


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How the nation and each province stand in a year, the worst first."""
    query = PageQuery(request.GET)
    if not query.is_valid():
        return bad_query(request, query)
    scope = scope_of(request.user, get_stamp())
    choice = chosen(query, scope)
    cards = access.scorecards(scope, year=choice.year, moment=choice.moment)
    indicator = choice.indicator
    unit, large = fitted(unit_for(request.user, WAN_MU), Level.PROVINCE), unit_for(request.user, YI_MU)
    rows = ui.lines(cards.rows, indicator.code, unit)
    points = series.get_series(scope.figures, division=NATION, indicator=indicator.code, moment=choice.moment)
    printed = ui.points(points, large, charts.change_unit(large))
    apart = ui.line(cards.apart, indicator.code, unit) if cards.apart else None
    tiles = ui.tiles(cards.nation, large)
    if query.cleaned_data["export"]:
        sections = [
            (_("全国"), tiles, large),
            (_("各省（区、市）"), rows, unit),
            (_("单列"), [apart] if apart else [], unit),
        ]
        return export(request, cards, choice, sections, printed, (large, charts.change_unit(large)))
    red_line = cards.targets.red_line if indicator.code == "cultivated_land" else None
    context = {
        "choice": choice,
        "indicators": HEADLINE_INDICATORS,
        "cards": cards,
        "unit": unit,
        "large": large,
        "tiles": tiles,
        "lines": rows,
        "counts": ui.counts(rows),
        "target_year": ui.common_target_year(rows),
        "apart": apart,
        "attention": ui.attention(cards.rows, unit),
        "points": printed,
        "completeness": get_completeness(cards.targets, cards.provinces, indicator=indicator.code),
        "red_line": red_line,
        "stamp": scope.stamp,
        "change_unit": charts.change_unit(large),
        **paper(rows, cards),
        **charts.of_page(
            cards, rows, points, indicator, (unit, large), red_line=red_line, query=choice.query_with_indicator
        ),
    }
    return render(request, "assessments/overview.html", context)
