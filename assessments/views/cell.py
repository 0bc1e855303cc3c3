"""Beside a cell of a statement: what it is held against, and how it came to be what it is."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from assessments.selectors import access
from assessments.selectors.figures import pick
from assessments.ui.cells import beside
from assessments.views.scope import scope_of
from farmland.forms.statements import SheetQuery
from farmland.indicators import INDICATORS
from farmland.models import AnnualStatement, Comment, Division, Figure, Gap
from farmland.selectors.history import get_history
from farmland.selectors.revisions import get_stamp


@require_safe
def statement_cell(request: HttpRequest, pk: int, code: str, indicator: str) -> HttpResponse:
    """One cell with last year's value, the published survey, the target, its comments and its history; 404 out of scope."""
    statement = get_object_or_404(AnnualStatement.objects.visible_to(request.user).select_related("division"), pk=pk)
    place = Division.objects.visible_to(request.user).shown().filter(pk=code).first()
    if place is None or indicator not in INDICATORS or not statement.division.contains(place):
        raise Http404
    cell = {"division": code, "indicator": indicator}
    figures = Figure.objects.visible_to(request.user).filter(**cell)
    current = figures.filter(statement=statement, origin="reported").first()
    scope = scope_of(request.user, get_stamp())
    known = scope.figures.known_at(None).filter(**cell).select_related("statement", "document")
    context = {
        "place": place,
        "indicator": INDICATORS[indicator],
        "lines": beside(
            SheetQuery(request.GET).chosen_unit,
            year=statement.year,
            current=current,
            previous=pick(known.filter(year=statement.year - 1)).headline,
            published=pick(known.filter(year=statement.year, document__isnull=False)).headline,
            target=access.target_of(code, indicator, year=statement.year),
        ),
        "figure": current,
        "gap": Gap.objects.visible_to(request.user).filter(statement=statement, **cell).first(),
        "comments": Comment.objects.visible_to(request.user).filter(statement=statement, **cell).select_related("by"),
        "history": get_history(current, limit=10) if current else [],
    }
    return render(request, "assessments/cell.html", context)
