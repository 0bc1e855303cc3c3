"""The page of a statement: one part of it as a grid, with what is said of it and what may be done now."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farmland.actions import statements as actions
from farmland.actions.statements.cells import OPEN, may_type, typed_rows
from farmland.forms.statements import TYPED_UNITS, RemarkForm, SheetQuery, typed_cells
from farmland.indicators import Group, of_group
from farmland.models import AnnualStatement, Comment, Figure, FinishedRow, Transition, User
from farmland.selectors.statements import Reading, get_year, read
from farmland.ui import Step, findings, sheets
from farmland.ui.stages import due_on, filling, stages
from farmland.views.statements.changes import changes_context, own_remarks
from farmland.views.statements.files import files_context
from farmland.views.statements.history import history_context
from farmland.views.statements.scope import statement_of
from farmland.workflow import Refused, available_actions

MOST_SHOWN = 200


@require_safe
def statement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One part of the statement as a grid, with its findings, comments and what may be done now."""
    statement, query = statement_of(request, pk), SheetQuery(request.GET)
    reading = read(statement, unit=query.chosen_unit).within(statement.part_shown_to(request.user))
    comments = Comment.objects.visible_to(request.user).filter(statement=statement).select_related("by", "division")
    comments = list(comments.order_by("-pk"))
    context = {
        "statement": statement,
        "is_shown": bool(reading.rows),
        "comments": comments,
        "remark": RemarkForm(),
        "trail": trail(statement),
        **grid_context(request.user, reading, query, comments),
        "stages": stages(statement),
        "filling": filling(reading),
        "due_on": due_on(get_year(statement.year), request.user.division.level),
        **findings_context(reading),
        **steps_context(request.user, statement),
        **history_context(request.user, statement),
        **changes_context(reading, [indicator.code for indicator in of_group(query.chosen_group)], query.chosen_unit),
        "own_remarks": own_remarks(request.user, statement),
        **files_context(request.user, reading),
    }
    return render(request, "farmland/statements/statement_detail.html", context)


def trail(statement: AnnualStatement) -> list[Step]:
    """The way from the list of the year's statements to this one."""
    year = Step(_("年度报表"), f"{reverse('statement_list')}?year={statement.year}")
    return [year, Step(str(statement.division.label), "")]


def grid_context(user: User, reading: Reading, query: SheetQuery, comments: list[Comment]) -> dict[str, object]:
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
        open_rows=set(typed_rows(statement).within(user.division).values_list("code", flat=True)) if codes else set(),
        open_columns=codes,
        unit=unit,
        own=query.own_rows,
    )
    return {
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


def steps_context(user: User, statement: AnnualStatement) -> dict[str, object]:
    """What the user may do with the statement now, and what was done with it."""
    transitions = Transition.objects.visible_to(user).filter(statement=statement).select_related("by")
    return {
        "steps": available_actions(statement, user),
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
    try:
        outcomes = actions.save_cells(statement, cells=cells, unit=unit, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, refused.detail)
    else:
        for outcome in outcomes:
            if outcome.state in ("invalid", "conflict"):
                where = {"division": outcome.cell.division, "indicator": outcome.cell.indicator}
                sentence = _("%(division)s %(indicator)s：%(detail)s") % {**where, "detail": outcome.detail}
                messages.error(request, sentence)
        saved = sum(outcome.state == "saved" for outcome in outcomes)
        messages.success(request, _("已保存 %d 格。") % saved)
    return redirect(f"{reverse('statement_detail', args=[pk])}?group={query.chosen_group}&unit={unit.code}")
