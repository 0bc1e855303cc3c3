"""The tables of a statement's page as files: what the rules find, and what changed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from farmland.forms.statements import SheetQuery
from farmland.indicators import INDICATORS
from farmland.models import AnnualStatement
from farmland.selectors.changes import (
    get_changes_from_corrected,
    get_changes_since_return,
    get_return,
    get_totals_against_last_year,
)
from farmland.selectors.statements import Reading, read
from farmland.ui import changes, findings
from farmland.units import Unit
from farmland.views.downloads import table_response
from farmland.views.statements.scope import statement_of
from farmland.workbooks.lists import changes_table, findings_table


def shown_part(request: HttpRequest, pk: int) -> tuple[AnnualStatement, Reading, Unit]:
    """What the reader sees of the statement, and the unit that was asked for; 404 where nothing is shown."""
    statement, unit = statement_of(request, pk), SheetQuery(request.GET).chosen_unit
    reading = read(statement, unit=unit).within(statement.part_shown_to(request.user))
    if not reading.rows:
        raise Http404
    return statement, reading, unit


@require_safe
def statement_findings(request: HttpRequest, pk: int) -> HttpResponse:
    """All that the rules find, with the reasons (`export`: xlsx unless csv is asked for)."""
    _statement, reading, unit = shown_part(request, pk)
    return table_response(request, findings_table(reading, findings.views(reading), unit=unit))


@require_safe
def statement_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """All lines against last year, and all cells changed since the last return and from what is corrected."""
    statement, reading, unit = shown_part(request, pk)
    areas = [code for code, indicator in INDICATORS.items() if indicator.is_area]
    returned, names = get_return(statement), {division.code: division for division in reading.rows}
    table = changes_table(
        statement,
        changes.lines(get_totals_against_last_year(reading, areas), reading.findings, unit),
        changes.cells(get_changes_since_return(reading, returned) if returned else [], names),
        changes.cells(get_changes_from_corrected(reading), names),
        unit=unit,
    )
    return table_response(request, table)
