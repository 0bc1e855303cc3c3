"""The national overview."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments import ui
from assessments.forms import PageQuery
from assessments.selectors import access, series
from assessments.views.page import bad_query, chosen
from assessments.views.scope import scope_of
from farmland.indicators import HEADLINE_INDICATORS
from farmland.models import NATION
from farmland.selectors.revisions import get_stamp
from farmland.units import YI_MU
from quotas.selectors import get_completeness


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How the nation and each province stand in a year, the worst first."""
    query = PageQuery(request.GET)
    if not query.is_valid():
        return bad_query(request, query)
    scope = scope_of(request.user, get_stamp())
    year, indicator, years = chosen(query, scope)
    cards = access.scorecards(scope, year=year)
    points = series.get_series(scope.figures, division=NATION, indicator=indicator.code)
    red_line = cards.targets.red_line if indicator.code == "cultivated_land" else None
    context = {
        "year": year,
        "years": years,
        "indicator": indicator,
        "indicators": HEADLINE_INDICATORS,
        "cards": cards,
        "tiles": ui.tiles(cards.nation),
        "lines": ui.lines(cards.rows, indicator.code),
        "apart": ui.line(cards.apart, indicator.code) if cards.apart else None,
        "attention": ui.attention(cards, indicator.code),
        "points": ui.points(points, YI_MU),
        "completeness": get_completeness(cards.targets, cards.provinces, indicator=indicator.code),
        "red_line": red_line,
        "stamp": scope.stamp,
    }
    return render(request, "assessments/overview.html", context)
