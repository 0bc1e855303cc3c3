"""A division's page, at every level."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments import ui
from assessments.forms import PageQuery
from assessments.selectors import access, series
from assessments.selectors.scorecard import CHILDREN
from assessments.views.page import bad_query, chosen
from assessments.views.scope import scope_of
from farmland.indicators import HEADLINE_INDICATORS
from farmland.models import NATION, Division
from farmland.selectors.revisions import get_stamp
from farmland.units import WAN_MU, YI_MU


@require_safe
def division(request: HttpRequest, code: str) -> HttpResponse:
    """The division's figures against its targets, its divisions below, and its series; 404 out of scope."""
    query = PageQuery(request.GET)
    if not query.is_valid():
        return bad_query(request, query)
    scope = scope_of(request.user, get_stamp())
    place = scope.divisions.shown().select_related("parent__parent__parent").filter(code=code).first()
    if place is None:
        raise Http404
    year, indicator, years = chosen(query, scope)
    try:
        cards = access.scorecards(scope, year=year, parent=code, level=CHILDREN)
    except Division.DoesNotExist:
        raise Http404 from None
    points = series.get_series(scope.figures, division=code, indicator=indicator.code)
    context = {
        "place": place,
        "trail": trail(place),
        "year": year,
        "years": years,
        "indicator": indicator,
        "indicators": HEADLINE_INDICATORS,
        "cards": cards,
        "card": cards.parent,
        "tiles": ui.tiles(cards.parent),
        "lines": ui.lines(cards.rows, indicator.code),
        "points": ui.points(points, WAN_MU if place.code != NATION else YI_MU),
        "stamp": scope.stamp,
    }
    return render(request, "assessments/division.html", context)


def trail(place: Division) -> list[Division]:
    """The divisions above, from the nation down."""
    found = []
    above = place.parent
    while above is not None:
        found.append(above)
        above = above.parent
    return found[::-1]
