"""The statement as a form to be filled in elsewhere: XLSX, CSV or JSON, as the reader sees it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from farmland.views.statements.scope import statement_of
from farmland.workbooks.downloads import form_response


@require_safe
def statement_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The form (`format`: xlsx, csv, json; `unit`), prefilled; 404 for what is no format or unit, and where the reader is
    shown nothing of the statement."""
    unit, kind = request.GET.get("unit", ""), request.GET.get("format", "xlsx")
    return form_response(statement_of(request, pk), request.user, unit=unit, kind=kind)
