"""The list of a year's statements, and the ministry's call for a year."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farmland.actions import statements as actions
from farmland.actions.statements.years import is_ministry
from farmland.forms.statements import ListQuery, YearForm
from farmland.models import AnnualStatement
from farmland.selectors.statements import get_year
from farmland.ui.queue import tag_of
from farmland.workflow import Refused


@require_safe
def statement_list(request: HttpRequest) -> HttpResponse:
    """The statements that the user may see, of one year, in the order of their units."""
    visible = AnnualStatement.objects.visible_to(request.user)
    latest = visible.aggregate(latest=Max("year"))["latest"] or timezone.localdate().year - 1
    year = ListQuery(request.GET).chosen_year or latest
    rows = visible.for_year(year).select_related("division")
    context = {
        "year": year,
        "years": list(visible.order_by("-year").values_list("year", flat=True).distinct()),
        "statements": [(row, tag_of(row)) for row in rows.order_by("division_id", "-version")],
        "opened": get_year(year),
        "may_open": is_ministry(request.user),
        "form": YearForm(initial={"year": latest + 1}),
    }
    return render(request, "farmland/statements/statement_list.html", context)


@require_POST
def year_open(request: HttpRequest) -> HttpResponse:
    """Open a year's reporting."""
    form = YearForm(request.POST)
    if not is_ministry(request.user):
        raise PermissionDenied
    if not form.is_valid():
        return render(request, "farmland/statements/year_open.html", {"form": form}, status=422)
    try:
        actions.open_year(**form.cleaned_data, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, _("已开启 %d 年度填报。") % form.cleaned_data["year"])
    return redirect(f"{reverse('statement_list')}?year={form.cleaned_data['year']}")
