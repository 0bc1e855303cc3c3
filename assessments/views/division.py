"""A division's page, at every level."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments import charts, ui
from assessments.forms import PageQuery
from assessments.selectors import access, series
from assessments.selectors.scorecard import CHILDREN
from assessments.views.files import export
from assessments.views.page import bad_query, chosen, paper
from assessments.views.scope import scope_of
from farmland.indicators import HEADLINE_INDICATORS
from farmland.models import NATION, Division, Level
from farmland.selectors.revisions import get_stamp
from farmland.ui import fitted, unit_for
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
    below = Level.COUNTY if place.level != Level.NATION else Level.PROVINCE
    unit = fitted(unit_for(request.user, WAN_MU), below)
    large = fitted(unit_for(request.user, WAN_MU if code != NATION else YI_MU), place.level)
    rows = ui.lines(cards.rows, indicator.code, unit)
    peers = ui.lines(cards.peers, indicator.code, unit) if len(cards.peers) > 1 else []
    shown_peers = ui.around(peers, code, most=MOST_PEERS)
    points = series.get_series(scope.figures, division=code, indicator=indicator.code, moment=choice.moment)
    above = [step.code for step in ui.ancestors(place)]
    readable = set(scope.divisions.filter(code__in=above).values_list("code", flat=True))
    printed = ui.points(points, large, charts.change_unit(large))
    tiles = ui.tiles(cards.parent, large)
    if query.cleaned_data["export"]:
        sections = [(_("本级"), tiles, large), (_("下级"), rows, unit), (_("可比区划"), shown_peers, unit)]
        return export(request, cards, choice, sections, printed, (large, charts.change_unit(large)))
    context = {
        "place": place,
        "trail": ui.trail(place, readable, choice.query_with_indicator),
        "choice": choice,
        "indicators": HEADLINE_INDICATORS,
        "cards": cards,
        "card": cards.parent,
        "unit": unit,
        "large": large,
        "tiles": tiles,
        "lines": rows,
        "counts": ui.counts(rows),
        "target_year": ui.common_target_year(rows),
        "matters": ui.attention([cards.parent, *cards.rows], unit),
        "points": printed,
        "peers": shown_peers,
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
