"""Pages of annual statements: the list, the grid, and every step on the way up."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farmland.actions import statements as actions
from farmland.actions.statements.cells import OPEN, may_type, typed_rows
from farmland.actions.statements.years import is_ministry
from farmland.forms.statements import TYPED_UNITS, RemarkForm, SheetQuery, YearForm, typed_cells
from farmland.indicators import Group, of_group
from farmland.models import AnnualStatement, Comment, Figure, FinishedRow, Gap, Transition
from farmland.selectors.statements import get_findings, get_reasons, get_rows
from farmland.ui import Step, sheets
from farmland.workflow import Refused, available_actions

MOST_SHOWN = 200


@require_safe
def statement_list(request: HttpRequest) -> HttpResponse:
    """The statements that the user may see, of one year, in the order of their units."""
    visible = AnnualStatement.objects.visible_to(request.user)
    text = request.GET.get("year", "")
    latest = visible.aggregate(latest=Max("year"))["latest"] or timezone.localdate().year - 1
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else latest
    context = {
        "year": year,
        "years": list(visible.order_by("-year").values_list("year", flat=True).distinct()),
        "statements": visible.for_year(year).select_related("division").order_by("division_id", "-version"),
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


def statement_of(request: HttpRequest, pk: int) -> AnnualStatement:
    """The statement in the user's scope; 404 outside it."""
    return get_object_or_404(AnnualStatement.objects.visible_to(request.user).select_related("division"), pk=pk)


@require_safe
def statement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One part of the statement as a grid, with its findings, comments and what may be done now."""
    statement, query = statement_of(request, pk), SheetQuery(request.GET)
    return render(request, "farmland/statements/statement_detail.html", sheet_context(request, statement, query))


def sheet_context(request: HttpRequest, statement: AnnualStatement, query: SheetQuery) -> dict[str, object]:
    """Everything that the page of a statement shows to its reader."""
    user, unit, group = request.user, query.chosen_unit, query.chosen_group
    is_open = statement.status in OPEN and may_type(user)
    inside = statement.division.contains(user.division)
    own = user.division if inside else statement.division
    figures = Figure.objects.visible_to(user).filter(statement=statement)
    is_shown = inside or figures.exists()
    mine = {division.code for division in get_rows(statement) if own.contains(division)}
    findings = [finding for finding in get_findings(statement) if finding.division in mine] if is_shown else []
    comments = (
        Comment.objects.visible_to(user).filter(statement=statement).select_related("by", "division").order_by("-pk")
    )
    reasons = get_reasons(statement)
    columns = of_group(group)
    rows = [division for division in get_rows(statement) if own.contains(division)]
    codes = {indicator.code for indicator in columns if indicator.department == user.department}
    view = sheets.grid(
        rows, columns,
        figures=figures.filter(indicator__in=[i.code for i in columns]),
        gaps=Gap.objects.visible_to(user).filter(statement=statement),
        findings=findings,
        reasons={tuple(key) for key in reasons},
        commented={(c.division_id or "", c.indicator) for c in comments if c.resolved_at is None},
        done=set(FinishedRow.objects.visible_to(user).filter(statement=statement, department=user.department).values_list("division", flat=True)),
        open_rows=set(typed_rows(statement).within(own).values_list("code", flat=True)) if is_open else set(),
        open_columns=codes if is_open else set(),
        unit=unit, root=statement.division_id,
    )  # fmt: skip
    leaves = [row.division.code for row in view if not row.is_sum]
    typed = {(f.division_id, f.indicator): f for f in figures if f.origin == "reported"}
    return {
        "statement": statement, "group": group, "groups": Group.choices, "unit": unit, "units": TYPED_UNITS,
        "columns": columns, "rows": view, "is_open": is_open and bool(codes), "is_shown": is_shown,
        "totals": [sheets.total(indicator, leaves, typed, unit) for indicator in columns],
        "findings": [(finding, reasons.get(finding.key, "")) for finding in findings if finding.code != "A-1"][:MOST_SHOWN],
        "missing": sum(finding.code == "A-1" for finding in findings),
        "steps": available_actions(statement, user),
        "levels": actions.releasable_levels(statement, user),
        "corrections": actions.correction_actions(statement, user),
        "corrected": getattr(statement, "corrected_by", None), "comments": comments,
        "transitions": Transition.objects.visible_to(user).filter(statement=statement).select_related("by").order_by("-pk"),
        "trail": [Step(_("年度报表"), f"{reverse('statement_list')}?year={statement.year}"), Step(str(statement.division.label), "")],
        "remark": RemarkForm(),
    }  # fmt: skip


@require_POST
def statement_cells(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the cells of a form that was sent without script; what did not change is left alone."""
    statement, query = statement_of(request, pk), SheetQuery(request.POST)
    unit = query.chosen_unit
    standing = {
        (figure.division_id, figure.indicator): sheets.shown(figure, unit)
        for figure in Figure.objects.visible_to(request.user).filter(statement=statement, origin="reported")
    }
    cells = [
        actions.Cell(division, indicator, text, base_version=version)
        for division, indicator, version, text in typed_cells(request.POST)
        if text != standing.get((division, indicator), "")
    ]
    try:
        outcomes = actions.save_cells(statement, cells=cells, unit=unit, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, refused.detail)
    else:
        for outcome in outcomes:
            if outcome.state in ("invalid", "conflict"):
                messages.error(
                    request,
                    _("%(division)s %(indicator)s：%(detail)s")
                    % {
                        "division": outcome.cell.division,
                        "indicator": outcome.cell.indicator,
                        "detail": outcome.detail,
                    },
                )
        saved = sum(outcome.state == "saved" for outcome in outcomes)
        messages.success(request, _("已保存 %d 格。") % saved)
    return redirect(f"{reverse('statement_detail', args=[pk])}?group={query.chosen_group}&unit={unit.code}")


@require_POST
def statement_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Take a step; what refuses is said on the page."""
    statement = statement_of(request, pk)
    said, now = request.POST, timezone.now()
    try:
        if action == "release":
            actions.release(statement, level=said.get("level", ""), by=request.user, at=now)
        else:
            actions.take_step(statement, action, by=request.user, at=now, comment=said.get("comment", ""))
    except Refused as refused:
        if refused.status == 403:
            raise PermissionDenied from refused
        messages.error(request, refused.detail)
    else:
        messages.success(request, _("已办理。"))
    return redirect("statement_detail", pk=pk)


@require_POST
def statement_remark(request: HttpRequest, pk: int) -> HttpResponse:
    """Comment on a cell, a row or the whole; with a rule named, give the reason for its finding."""
    statement, form = statement_of(request, pk), RemarkForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明理由或意见。"))
        return redirect("statement_detail", pk=pk)
    said = form.cleaned_data
    where = {"division": said["division"], "indicator": said["indicator"], "text": said["text"]}
    try:
        if said["rule"]:
            actions.give_reason(statement, rule=said["rule"], **where, by=request.user, at=timezone.now())
        else:
            actions.add_comment(statement, **where, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, _("已保存。"))
    return redirect("statement_detail", pk=pk)
