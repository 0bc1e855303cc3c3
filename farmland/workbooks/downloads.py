"""A form on its way out."""

from collections.abc import Callable
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from farmland.models import AnnualStatement, User
from farmland.selectors.statements import read
from farmland.ui.downloads import CSV, XLSX
from farmland.units import AREA_UNITS, WAN_MU
from farmland.workbooks.statements import write_statement_csv, write_statement_form, write_statement_json

WRITERS: dict[str, tuple[Callable[..., bytes], str]] = {
    "xlsx": (write_statement_form, XLSX),
    "csv": (write_statement_csv, CSV),
    "json": (write_statement_json, "application/json"),
}


def form_response(statement: AnnualStatement, user: User, *, unit: str, kind: str) -> HttpResponse:
    """The statement as a file of a kind, as the user sees it; `unit` is the code of an area's unit, 万亩 where empty.

    Raises Http404 for an unknown kind or unit, and where nothing of the statement is shown.
    """
    code = unit or WAN_MU.code
    if kind not in WRITERS or code not in AREA_UNITS:
        raise Http404
    reading = read(statement, unit=AREA_UNITS[code]).within(statement.part_shown_to(user))
    if not reading.rows:
        raise Http404
    write, content_type = WRITERS[kind]
    label = next((row.label for row in reading.rows if row.code == reading.root), statement.division.label)
    name = _("%(name)s%(year)s年度耕地保护统计表") % {"name": label, "year": statement.year}
    response = HttpResponse(write(reading, user, unit=AREA_UNITS[code]), content_type=content_type)
    plain = f"{statement.division_id}-{statement.year}.{kind}"
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(f'{name}.{kind}')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response
