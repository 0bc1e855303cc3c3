"""The promises of a division: what it was handed, what it hands out, what waits."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from farmland.indicators import PROMISED
from farmland.models import NATION, Division, Role, User
from farmland.ui import unit_for
from farmland.units import WAN_MU
from farmland.views.downloads import table_response, wanted
from farmland.views.errors import forbid
from farmland.workflow import Refused
from quotas import ui
from quotas.actions import open_draft
from quotas.forms.versions import ListQuery, OpenForm
from quotas.models import QuotaVersion
from quotas.selectors.promises import get_promises
from quotas.ui.promises import promise_views
from quotas.workbooks.lists import promises_table
from quotas.workflow import waiting_for


@require_safe
def quota_list(request: HttpRequest) -> HttpResponse:
    """The targets of the user's division and of those that it may act for, and the versions that wait for the user."""
    user, query = request.user, ListQuery(request.GET)
    if not user.has_business_rights:
        raise PermissionDenied
    unit, chosen = unit_for(user, WAN_MU), query.chosen
    promises = get_promises(user.division, QuotaVersion.objects.visible_to(user), **chosen)
    if wanted(request):
        return table_response(request, promises_table(promises, unit, user, chosen))
    waiting = QuotaVersion.objects.visible_to(user).filter(waiting_for(user)).select_related("owner")
    waiting = waiting.order_by("target_year", "owner_id")
    context = {
        "query": query, "unit": unit, "promises": promise_views(promises, user, unit),
        "begin": begin_choices(user), "is_nation": user.division_id == NATION, "now": timezone.now(),
        "waiting": [(one, ui.tag_of(one)) for one in waiting],
    }  # fmt: skip
    return render(request, "quotas/quota_list.html", context)


def begin_choices(user: User) -> list[tuple[str, str]]:
    """The promises that the user may begin without being handed one: the nation's, in the own line of government."""
    if user.division_id != NATION or user.role != Role.REPORTER:
        return []
    return [(code, str(one.label)) for code, one in PROMISED.items() if one.department == user.department]


@require_POST
def quota_open(request: HttpRequest) -> HttpResponse:
    """Begin a version, or an adjustment of the one in force."""
    form = OpenForm(request.POST)
    if not form.is_valid():
        raise Http404
    said = form.cleaned_data
    owner = get_object_or_404(Division.objects.visible_to(request.user), pk=said["owner"] or request.user.division_id)
    try:
        version = open_draft(
            indicator=said["indicator"], owner=owner, target_year=said["year"], by=request.user, at=timezone.now()
        )
    except Refused as refused:
        forbid(refused)
        messages.error(request, refused.detail)
        return redirect("quota_list")
    return redirect("quota_version", pk=version.pk)
