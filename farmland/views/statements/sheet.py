"""The page of a statement: one part of it as a grid, with what is said of it and what may be done now."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farmland.actions import statements as actions
from farmland.actions.statements.cells import OPEN, may_type, own_rows
from farmland.actions.statements.corrections import REQUEST
from farmland.forms.statements import TYPED_UNITS, GapForm, RemarkForm, SheetQuery, typed_cells
from farmland.indicators import INDICATORS, Group, of_group
from farmland.models import AnnualStatement, Comment, Division, Figure, FinishedRow, Transition, User
from farmland.selectors.statements import Reading, get_year, read
from farmland.ui import Step, findings, sheets
from farmland.ui.queue import tag_of
from farmland.ui.stages import filling, stages
from farmland.ui.typed import clean
from farmland.units import Unit
from farmland.views.statements.changes import changes_context, own_remarks
from farmland.views.statements.files import files_context
from farmland.views.statements.history import history_context
from farmland.views.statements.printing import prints_context
from farmland.views.statements.scope import statement_of
from farmland.views.statements.uploads import uploads_context
from farmland.workflow import Refused, available_actions

MOST_SHOWN = 200
MOST_SAID = 10


@require_safe
def statement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One part of the statement as a grid, with its findings, comments and what may be done now."""
    statement, query = statement_of(request, pk), SheetQuery(request.GET)
    response = afresh(request, statement, query) if request.htmx else page(request, statement, query, {})
    patch_vary_headers(response, ["HX-Request"])
    return response


def afresh(request: HttpRequest, statement: AnnualStatement, query: SheetQuery) -> HttpResponse:
    """What follows from the cells, without the grid: asked for after each save."""
    unit = query.chosen_unit
    reading = read(statement, unit=unit).within(statement.part_shown_to(request.user))
    context = {
        "statement": statement, "unit": unit, "filling": filling(reading),
        "is_open": grid_is_open(request.user, reading, query), **findings_context(reading),
        **changes_context(reading, areas_of(query), unit),
    }  # fmt: skip
    return render(request, "farmland/statements/parts/afresh.html", context)


def areas_of(query: SheetQuery) -> list[str]:
    """The lines of the open part that are areas, which are held against last year's."""
    return [indicator.code for indicator in of_group(query.chosen_group) if indicator.is_area]


def grid_is_open(user: User, reading: Reading, query: SheetQuery) -> bool:
    """Whether the user types anything in the open part."""
    if reading.statement.status not in OPEN or not may_type(user) or not reading.rows:
        return False
    return any(indicator.department == user.department for indicator in of_group(query.chosen_group))


def page(
    request: HttpRequest,
    statement: AnnualStatement,
    query: SheetQuery,
    refused: Mapping[sheets.Key, sheets.Refusal],
    said: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The statement's page; 422 with what was typed where cells, or a step with its words (`said`), were refused."""
    reading = read(statement, unit=query.chosen_unit).within(statement.part_shown_to(request.user))
    comments = Comment.objects.visible_to(request.user).filter(statement=statement).select_related("by", "division")
    comments = list(comments.order_by("-pk"))
    opened = get_year(statement.year)
    context = {
        "statement": statement,
        "said_for_correction": (said or {}).get(REQUEST, ""),
        "is_shown": bool(reading.rows),
        "comments": comments,
        "remark": RemarkForm(),
        "trail": trail(statement),
        **grid_context(request.user, reading, query, comments, refused),
        "stages": stages(statement),
        "tag": tag_of(statement),
        "filling": filling(reading),
        "due_on": opened.due_on(request.user.division.level) if opened else None,
        **findings_context(reading),
        **steps_context(request.user, statement, said),
        **history_context(request.user, statement),
        **changes_context(reading, areas_of(query), query.chosen_unit),
        "own_remarks": own_remarks(request.user, statement),
        **files_context(request.user, reading),
        **prints_context(request.user, reading),
        **uploads_context(request.user, statement),
    }
    return render(request, "farmland/statements/statement_detail.html", context, status=422 if refused or said else 200)


def trail(statement: AnnualStatement) -> list[Step]:
    """The way from the list of the year's statements to this one."""
    year = Step(_("年度报表"), f"{reverse('statement_list')}?year={statement.year}")
    return [year, Step(str(statement.division.label), "")]


def grid_context(
    user: User,
    reading: Reading,
    query: SheetQuery,
    comments: list[Comment],
    refused: Mapping[sheets.Key, sheets.Refusal],
) -> dict[str, object]:
    """The grid of one part in one unit, and what of it the user may type."""
    statement, unit, columns = reading.statement, query.chosen_unit, of_group(query.chosen_group)
    is_open = statement.status in OPEN and may_type(user) and bool(reading.rows)
    done = FinishedRow.objects.visible_to(user).filter(statement=statement, department=user.department)
    codes = {indicator.code for indicator in columns if indicator.department == user.department} if is_open else set()
    below = sheets.below(reading, columns, unit)
    rows = sheets.grid(
        reading,
        columns,
        below=below,
        commented={(c.division_id or "", c.indicator) for c in comments if c.resolved_at is None},
        done=set(done.values_list("division", flat=True)),
        open_rows=set(own_rows(statement, user).values_list("code", flat=True)) if codes else set(),
        open_columns=codes,
        unit=unit,
        own=query.own_rows,
        finishable=user.division_id if is_open else "",
        refused=refused,
    )
    return {
        "heads": sheets.heads(columns), "own": sorted(query.own_rows),
        "group": query.chosen_group, "groups": Group.choices, "unit": unit, "units": TYPED_UNITS, "columns": columns,
        "rows": rows, "is_open": bool(codes), "root": reading.root,
        "totals": sheets.totals(reading, columns, below),
    }  # fmt: skip


def findings_context(reading: Reading) -> dict[str, object]:
    """What the rules find in what the user sees; empty mandatory cells are counted alone."""
    shown = findings.views(reading)
    asking = [view for view in shown if view.severity != "info"]
    return {
        "findings": asking[:MOST_SHOWN],
        "unshown": max(0, len(asking) - MOST_SHOWN),
        "hints": [view for view in shown if view.severity == "info"][:MOST_SHOWN],
        "missing": len(reading.findings) - len(shown),
    }


def steps_context(user: User, statement: AnnualStatement, said: Mapping[str, str] | None = None) -> dict[str, object]:
    """What the user may do with the statement now, with the words that a refused step was sent with, and what was done
    with it."""
    steps = available_actions(statement, user)
    transitions = Transition.objects.visible_to(user).filter(statement=statement).select_related("by")
    return {
        "steps": steps,
        "offered": [(step, (said or {}).get(step.action, "")) for step in steps],
        "levels": actions.releasable_levels(statement, user),
        "corrections": actions.correction_actions(statement, user),
        "corrected": getattr(statement, "corrected_by", None),
        "transitions": transitions.order_by("-pk"),
    }


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
    if "absence" in request.POST and (one := GapForm(request.POST)).is_valid():
        said = one.cleaned_data
        cells = [actions.Cell(**said | {"value": "" if said["absence"] else clean(said["value"])})]
    refused = save(request, statement, cells, unit)
    if refused:
        return page(request, statement_of(request, pk), query, refused)
    own = "".join(f"&own={code}" for code in sorted(query.own_rows))
    return redirect(f"{reverse('statement_detail', args=[pk])}?group={query.chosen_group}&unit={unit.code}{own}")


def save(
    request: HttpRequest, statement: AnnualStatement, cells: list[actions.Cell], unit: Unit
) -> dict[sheets.Key, sheets.Refusal]:
    """Save the cells and say how many; answers those that were refused."""
    try:
        outcomes = actions.save_cells(statement, cells=cells, unit=unit, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, refused.detail)
        return {}
    odd = {
        (outcome.cell.division, outcome.cell.indicator): sheets.Refusal(
            outcome.cell.value, outcome.state, told(outcome, unit)
        )
        for outcome in outcomes
        if outcome.state in ("invalid", "conflict")
    }
    saved = sum(outcome.state == "saved" for outcome in outcomes)
    if saved or not odd:
        messages.success(request, _("已保存 %d 格。") % saved)
    if odd:
        messages.error(request, _("%d 格未能保存：填写的内容仍在格中，请改正后再保存。") % len(odd))
        places = Division.objects.visible_to(request.user).in_bulk({division for division, _indicator in odd})
        for (division, indicator), refusal in list(odd.items())[:MOST_SAID]:
            place = places[division].label if division in places else division
            where = {"division": place, "indicator": INDICATORS[indicator].label if indicator in INDICATORS else ""}
            messages.error(request, _("%(division)s %(indicator)s：%(detail)s") % {**where, "detail": refusal.message})
    return odd


def told(outcome: actions.Outcome, unit: Unit) -> str:
    """Why a cell was refused; of a conflict also what stands there now."""
    if outcome.state != "conflict":
        return outcome.detail
    theirs = "" if outcome.value_mu is None else sheets.plain(outcome.value_mu, unit)
    return _("%(detail)s现为 %(value)s；再次保存将以您的为准。") % {
        "detail": outcome.detail,
        "value": theirs or _("空"),
    }
