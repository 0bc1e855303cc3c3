"""A form on its way out."""

from collections.abc import Callable
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from farmland.models import User
from farmland.selectors.statements import Reading
from farmland.units import Unit
from farmland.workbooks.statements import write_statement_csv, write_statement_form, write_statement_json

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITERS: dict[str, tuple[Callable[..., bytes], str]] = {
    "xlsx": (write_statement_form, XLSX),
    "csv": (write_statement_csv, "text/csv; charset=utf-8"),
    "json": (write_statement_json, "application/json"),
}


def form_response(reading: Reading, user: User, *, unit: Unit, kind: str) -> HttpResponse:
    """The statement as a file of a kind. Raises Http404 for an unknown kind or where nothing is shown."""
    if kind not in WRITERS or not reading.rows:
        raise Http404
    write, content_type = WRITERS[kind]
    statement = reading.statement
    label = next((row.label for row in reading.rows if row.code == reading.root), statement.division.label)
    name = _("%(name)s%(year)s年度耕地保护统计表") % {"name": label, "year": statement.year}
    response = HttpResponse(write(reading, user, unit=unit), content_type=content_type)
    plain = f"{statement.division_id}-{statement.year}.{kind}"
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(f'{name}.{kind}')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response
