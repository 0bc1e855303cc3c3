"""A division's page, at every level."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments import charts, ui
from assessments.forms import PageQuery
from assessments.selectors import access, series
from assessments.selectors.scorecard import CHILDREN
from assessments.views.page import bad_query, chosen, export, paper
from assessments.views.scope import scope_of
from farmland.indicators import HEADLINE_INDICATORS
from farmland.models import NATION, Division, Level
from farmland.selectors.revisions import get_stamp
from farmland.ui import unit_for
from farmland.units import WAN_MU, YI_MU

MOST_PEERS = 40


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
    choice = chosen(query, scope)
    beside = place.parent_id if place.parent_id and place.level != Level.SPECIAL else ""
    try:
        cards = access.scorecards(
            scope, year=choice.year, parent=code, level=CHILDREN, beside=beside, moment=choice.moment
        )
    except Division.DoesNotExist:
        raise Http404 from None
    indicator = choice.indicator
    unit, large = unit_for(request.user, WAN_MU), unit_for(request.user, WAN_MU if code != NATION else YI_MU)
    rows = ui.lines(cards.rows, indicator.code, unit)
    peers = ui.lines(cards.peers, indicator.code, unit)
    if query.cleaned_data["export"]:
        return export(request, cards, rows or peers, choice, unit)
    points = series.get_series(scope.figures, division=code, indicator=indicator.code, moment=choice.moment)
    context = {
        "place": place,
        "trail": trail(place, choice.query_with_indicator),
        "choice": choice,
        "indicators": HEADLINE_INDICATORS,
        "cards": cards,
        "card": cards.parent,
        "unit": unit,
        "large": large,
        "tiles": ui.tiles(cards.parent, large),
        "lines": rows,
        "counts": ui.counts(rows),
        "target_year": ui.common_target_year(rows),
        "matters": ui.attention(rows, unit) if rows else None,
        "points": ui.points(points, large, charts.change_unit(large)),
        "peers": ui.around(peers, code, most=MOST_PEERS),
        "peers_target_year": ui.common_target_year(peers),
        "sources": ui.card_sources(cards.parent),
        "stamp": scope.stamp,
        "change_unit": charts.change_unit(large),
        **paper(rows, cards),
        **charts.of_page(
            cards, rows, points, indicator, (unit, large), red_line=None, query=choice.query_with_indicator
        ),
    }
    return render(request, "assessments/division.html", context)


def trail(place: Division, query: str) -> list[ui.Step]:
    """The divisions above, from the nation down, and the place itself."""
    steps = [ui.Step(place.label, "")]
    above = place.parent
    while above is not None:
        if above.prefix and not above.is_grouping:
            steps.append(ui.step_to(above, query))
        above = above.parent
    return [ui.overview_step(query), *steps[::-1]]
