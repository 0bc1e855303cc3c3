"""What the dashboards have in common: reading the address, and answering one that cannot be read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.forms import PageQuery
from assessments.selectors import access
from farmland.indicators import HEADLINE_INDICATORS, INDICATORS, Indicator


def bad_query(request: HttpRequest, query: PageQuery) -> HttpResponse:
    """400 with every complaint, and the way back."""
    return render(request, "assessments/bad_query.html", {"form": query}, status=400)


def chosen(query: PageQuery, scope: access.Scope) -> tuple[int, Indicator, list[int]]:
    """The year (the latest that is published where none is given), the indicator, and the years there are."""
    found = access.years(scope.figures)
    year = query.cleaned_data["year"] or access.latest_year(scope.figures) or (found[0] if found else 2019)
    code = query.cleaned_data["indicator"] or HEADLINE_INDICATORS[0].code
    return year, INDICATORS[code], sorted({*found, year}, reverse=True)
