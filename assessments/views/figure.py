"""Where a number comes from: every figure and target of one division and indicator in a year."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments import ui
from assessments.forms import PageQuery
from assessments.selectors import sources
from assessments.selectors.figures import is_demo as is_synthetic
from assessments.views.files import sources_table
from assessments.views.page import bad_query, chosen
from assessments.views.scope import scope_of
from farmland.indicators import INDICATORS
from farmland.selectors.revisions import get_stamp
from farmland.views.downloads import table_response


@require_safe
def figure(request: HttpRequest, code: str, indicator: str) -> HttpResponse:
    """The figures with document or statement, version and dates, and all targets, superseded ones too."""
    query = PageQuery(request.GET)
    if not query.is_valid():
        return bad_query(request, query)
    scope = scope_of(request.user, get_stamp())
    place = scope.divisions.shown().select_related("parent__parent__parent").filter(code=code).first()
    if place is None or indicator not in INDICATORS:
        raise Http404
    choice = chosen(query, scope)
    figures = sources.get_figures(
        scope.figures, division=code, indicator=indicator, year=choice.year, moment=choice.moment
    )
    readable = set(
        scope.divisions.filter(code__in=[above.code for above in ui.ancestors(place)]).values_list("code", flat=True)
    )
    label = str(INDICATORS[indicator].label)
    is_demo = any(is_synthetic(row) for row in figures)
    targets = sources.get_targets(division=code, indicator=indicator, moment=choice.moment)
    if query.cleaned_data["export"]:
        table = sources_table(place, INDICATORS[indicator], choice, ui.sources(figures), ui.target_sources(targets))
        return table_response(request, table)
    context = {
        "place": place,
        "now": timezone.now(),
        "state_is_demo": is_demo,
        "state": _("含演示数据，不代表官方统计结果") if is_demo else _("公布与已通过的数据"),
        "trail": [*ui.trail(place, readable, choice.query)[:-1], ui.step_to(place, choice.query), ui.Step(label, "")],
        "indicator": INDICATORS[indicator],
        "choice": choice,
        "figures": ui.sources(figures),
        "targets": ui.target_sources(targets),
        "stamp": scope.stamp,
    }
    return render(request, "assessments/figure.html", context)
