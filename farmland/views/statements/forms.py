"""The statement as a form to be filled in elsewhere: XLSX, CSV or JSON, as the reader sees it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from farmland.forms.statements import SheetQuery
from farmland.selectors.statements import read
from farmland.views.statements.scope import statement_of
from farmland.workbooks.downloads import form_response


@require_safe
def statement_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The form (`format`: xlsx, csv, json; `unit`), prefilled; 404 where the reader is shown nothing of the statement."""
    statement, unit = statement_of(request, pk), SheetQuery(request.GET).chosen_unit
    reading = read(statement, unit=unit).within(statement.part_shown_to(request.user))
    return form_response(reading, request.user, unit=unit, kind=request.GET.get("format", "xlsx"))
