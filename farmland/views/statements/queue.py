"""The reviewer's list: what waits, beside it the one that is chosen, and one step for many."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from farmland.actions import statements as actions
from farmland.forms.queue import BatchForm, QueueQuery
from farmland.indicators import INDICATORS, Group
from farmland.models import AnnualStatement, Attachment, Role, Transition, User
from farmland.selectors.queue import QueueRow, get_rows
from farmland.selectors.statements import read
from farmland.ui import queue as shown
from farmland.ui import unit_for
from farmland.units import WAN_MU
from farmland.views.downloads import MOST_ROWS, table_response, wanted
from farmland.views.statements.changes import changes_context, own_remarks
from farmland.views.statements.sheet import findings_context, steps_context
from farmland.workbooks.lists import queue_table
from farmland.workflow import waiting_for

PAGE_SIZE = 25
# What the panel compares; the page of the statement has the rest.
COMPARED = (Group.LAND, Group.BASIC, Group.OUTFLOW, Group.INFLOW, Group.FACILITIES)


def must_review(user: User) -> None:
    """Refuse (403) whom no step of review is ever open to."""
    if not user.has_role([Role.REVIEWER]):
        raise PermissionDenied


@require_safe
def statement_queue(request: HttpRequest) -> HttpResponse:
    """What waits for the user's step, or all that the user may see; 403 for who reviews nothing.

    `selected` opens the panel of one statement; with htmx the panel is all that is answered.
    """
    must_review(request.user)
    query, user = QueueQuery(request.GET), request.user
    selected = query.value("selected")
    panel = panel_context(user, statement_in_queue(user, selected)) if selected else {}
    if request.htmx and selected:
        return render(request, "farmland/statements/parts/panel.html", panel)
    visible = AnnualStatement.objects.visible_to(user)
    mine = waiting_for(user)
    listed = query.filter(visible, mine).select_related("division", "handed_in_by", "submitted_by")
    listed = listed.order_by("-year", "division_id", "-version")
    if wanted(request):
        views = [shown.row(row, user) for row in rows_for(user, list(listed[:MOST_ROWS]))]
        return table_response(request, queue_table(views, facts=query.facts))
    page = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = rows_for(user, list(page.object_list))
    context = {
        "query": query,
        "page": page,
        "rows": [shown.row(row, user) for row in rows],
        "overdue": sum(row.is_overdue for row in rows),
        "years": visible.order_by("-year").values_list("year", flat=True).distinct(),
        "steps_for_many": shown.steps_for_many(user),
        **panel,
    }
    return render(request, "farmland/statements/statement_queue.html", context)


def rows_for(user: User, statements: list[AnnualStatement]) -> list[QueueRow]:
    """What the list says of the statements, as far as the user sees them."""
    return get_rows(
        statements,
        part=lambda statement: statement.part_shown_to(user),
        prefix=user.division.prefix,
        today=timezone.localdate(),
    )


def statement_in_queue(user: User, pk: object) -> AnnualStatement:
    """The chosen statement in the user's scope; 404 outside it."""
    rows = AnnualStatement.objects.visible_to(user).select_related("division", "corrected_by")
    if not isinstance(pk, int):
        raise Http404
    return get_object_or_404(rows, pk=pk)


def panel_context(user: User, statement: AnnualStatement) -> dict[str, object]:
    """One statement beside the list: changes, findings, files and what may be done, as far as the user sees it."""
    unit = unit_for(user, WAN_MU)
    reading = read(statement, unit=unit).within(statement.part_shown_to(user))
    standing = {indicator for _division, indicator in reading.figures}
    found = {finding.indicator for finding in reading.findings if finding.code != "mandatory"}
    lines = [
        code for code, line in INDICATORS.items() if (code in standing and line.group in COMPARED) or code in found
    ]
    said = Transition.objects.visible_to(user).filter(statement=statement, action="give_opinion")
    files = Attachment.objects.visible_to(user).filter(statement=statement, withdrawn_at__isnull=True)
    return {
        "statement": statement,
        "is_shown": bool(reading.rows),
        "tag": shown.tag_of(statement),
        "unit": unit,
        "files": files.select_related("by", "division").order_by("pk") if reading.rows else [],
        "opinion": said.select_related("by").order_by("-pk").first() if statement.opinion_at else None,
        "own_remarks": own_remarks(user, statement),
        **changes_context(reading, lines, unit),
        **findings_context(reading),
        **steps_context(user, statement),
    }


@require_POST
def statement_batch(request: HttpRequest) -> HttpResponse:
    """Take one step for all ticked statements; what became of each is a row of the answer. 403 for who reviews nothing."""
    must_review(request.user)
    form = BatchForm(request.POST)
    results = []
    if form.is_valid():
        numbers = form.cleaned_data["statement"]
        results = actions.take_steps(
            numbers,
            list(AnnualStatement.objects.visible_to(request.user).filter(pk__in=numbers).select_related("division")),
            form.cleaned_data["action"],
            by=request.user,
            at=timezone.now(),
            comment=form.cleaned_data["comment"],
        )
    context = {"form": form, "results": shown.results(results), "step": shown.label_of(request.POST.get("action", ""))}
    return render(request, "farmland/statements/statement_batch.html", context, status=200 if results else 422)
