"""The list of a year's statements, and the ministry's call for a year."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farmland.actions import statements as actions
from farmland.actions.statements.years import is_ministry
from farmland.forms.statements import ListQuery, YearForm
from farmland.models import AnnualStatement, Division, Figure
from farmland.selectors.figures import get_year_rows
from farmland.selectors.statements import get_year
from farmland.ui import unit_for
from farmland.ui.queue import tag_of
from farmland.units import WAN_MU
from farmland.views.downloads import file_response, moment_of, table_response, wanted
from farmland.workbooks import mass
from farmland.workbooks.lists import data_state, statements_table
from farmland.workflow import Refused


@require_safe
def statement_list(request: HttpRequest) -> HttpResponse:
    """The statements that the user may see, of one year, in the order of their units."""
    visible = AnnualStatement.objects.visible_to(request.user)
    latest = visible.aggregate(latest=Max("year"))["latest"] or timezone.localdate().year - 1
    year = ListQuery(request.GET).chosen_year or latest
    rows = visible.for_year(year).select_related("division").order_by("division_id", "-version")
    if wanted(request):
        if request.GET.get("year") and ListQuery(request.GET).chosen_year is None:
            raise Http404  # a file of another year than was asked for would be taken for that year's
        return table_response(request, statements_table(list(rows), year=year))
    context = {
        "year": year,
        "years": list(visible.order_by("-year").values_list("year", flat=True).distinct()),
        "statements": [(row, tag_of(row)) for row in rows],
        "opened": get_year(year),
        "may_open": is_ministry(request.user),
        "form": YearForm(initial={"year": latest + 1}),
    }
    return render(request, "farmland/statements/statement_list.html", context)


@require_safe
def statement_figures(request: HttpRequest) -> HttpResponse:
    """All figures of a year that the user may see as one file (`export`: xlsx unless csv is asked for), in the unit of
    the user's choice. 404 for a year without any statement in the user's scope."""
    user, year = request.user, ListQuery(request.GET).chosen_year
    statements = list(AnnualStatement.objects.visible_to(user).filter(year=year)) if year else []
    if not statements:
        raise Http404
    unit, kind = unit_for(user, WAN_MU), wanted(request) or "xlsx"
    places = {place.code: place for place in Division.objects.visible_to(user)}
    rows = get_year_rows(Figure.objects.visible_to(user), places, year=year)
    facts = [
        (_("年度"), _("%d 年 12 月 31 日时点") % year),
        (_("范围"), f"{user.division.label} {user.division_id}"),
        (_("面积单位"), str(unit.label)),
        data_state(statements),
        (_("来源"), _("各省年度报表；公布数据不在其中")),
        (_("导出"), moment_of(request)),
    ]
    write = mass.to_csv if kind == "csv" else mass.to_xlsx
    title = _("%d 年度报表全部数据") % year
    return file_response(write(title, facts, rows, unit), kind, title)


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
