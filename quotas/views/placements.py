"""Placing targets on the map and entering them into the database: the list, and the county's form for each target."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from farmland.indicators import PROMISED
from farmland.models import Division, Level
from farmland.selectors.history import get_history
from farmland.ui import fitted, unit_for
from farmland.units import WAN_MU
from farmland.views.board import must_see, places_of
from farmland.views.downloads import MOST_ROWS, table_response, wanted
from farmland.views.errors import forbid
from farmland.workflow import Refused
from quotas.actions import place as place_target
from quotas.actions.placements import may_place
from quotas.forms.placements import PlacementForm, PlacementQuery
from quotas.models import QuotaNode
from quotas.selectors.placements import (
    PlaceState,
    count_states,
    get_due_on,
    get_place_choices,
    get_placeable,
    in_state,
    placement_of,
)
from quotas.ui import placements as ui
from quotas.workbooks.placements import placements_table

PAGE_SIZE = 100
PLACED_FIELDS = frozenset({"placed_mu", "uploaded_on", "note"})  # of the history what a person wrote


@require_safe
def quota_placements(request: HttpRequest) -> HttpResponse:
    """The county-level targets in the user's scope with what is missing; `export` answers the same rows as a file."""
    must_see(request.user)
    query, user = PlacementQuery(request.GET), request.user
    nodes, code = QuotaNode.objects.visible_to(user), query.value("division")
    if code:
        nodes = nodes.within(get_object_or_404(Division.objects.visible_to(user), pk=code))
    placeable = get_placeable(nodes)
    indicators, years = get_place_choices(placeable)
    narrowed = {"version__indicator": query.value("indicator"), "version__target_year": query.value("year")}
    listed = placeable.filter(**{name: value for name, value in narrowed.items() if value})
    counts, rows = count_states(listed), in_state(listed, query.value("state"))
    unit = fitted(unit_for(user, WAN_MU), Level.COUNTY)
    due_on = get_due_on(timezone.now())
    if wanted(request):
        views = [ui.view(node, unit, due_on) for node in rows[:MOST_ROWS]]
        return table_response(
            request, placements_table(views, place=user.division.label, facts=choices(query, user.division), unit=unit)
        )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "query": query, "indicators": [PROMISED[one] for one in indicators], "years": years, "page": page,
        "rows": [ui.view(node, unit, due_on) for node in page.object_list], "unit": unit, "now": timezone.now(),
        "counts": [(ui.tag_of(state), counts[state]) for state in PlaceState], "total": sum(counts.values()),
        "places": places_of(user, Level.COUNTY), "is_own": user.division.counts_as_level == Level.COUNTY,
    }  # fmt: skip
    return render(request, "quotas/placements.html", context)


def choices(query: PlacementQuery, own: Division) -> list[tuple[str, str]]:
    """What was chosen, in words, for the file."""
    indicator, state = query.value("indicator"), query.value("state")
    return [
        (_("指标"), str(PROMISED[indicator].label) if indicator else _("全部")),
        (_("目标年"), str(query.value("year") or _("全部"))),
        (_("行政区划"), query.value("division") or f"{own.label} {own.code}"),
        (_("状态"), str(dict(query.fields["state"].choices)[state])),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def quota_placement(request: HttpRequest, pk: int) -> HttpResponse:
    """One target's placement with its history; the county's own staff record it here. 404 out of scope."""
    node = get_object_or_404(get_placeable(QuotaNode.objects.visible_to(request.user)), pk=pk)
    unit = fitted(unit_for(request.user, WAN_MU), Level.COUNTY)
    if request.method != "POST":
        return answer(request, node, PlacementForm(initial=PlacementForm.of(placement_of(node), unit)), 200)
    form = PlacementForm(request.POST)
    if not form.is_valid():
        return answer(request, node, form, 422)
    try:
        place_target(node, form.placed(), by=request.user, at=timezone.now())
    except Refused as refused:
        forbid(refused)
        form.refuse(refused)
        return answer(request, node, form, refused.status)
    messages.success(request, _("落图和入库情况已登记。"))
    return redirect("quota_placement", pk=pk)


def answer(request: HttpRequest, node: QuotaNode, form: PlacementForm, status: int) -> HttpResponse:
    """The page of one target."""
    unit, placement = fitted(unit_for(request.user, WAN_MU), Level.COUNTY), placement_of(node)
    context: dict[str, Any] = {
        "row": ui.view(node, unit, get_due_on(timezone.now())), "unit": unit, "form": form, "may_place": may_place(node, request.user),
        "history": get_history(placement, names=PLACED_FIELDS) if placement else [], "now": timezone.now(),
    }  # fmt: skip
    return render(request, "quotas/placement.html", context, status=status)
