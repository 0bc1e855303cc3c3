"""A list or table as a file: the same rows in the same order, with what was chosen and who took it when written in."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from farmland.ui.downloads import CSV, XLSX
from farmland.workbooks.tables import Table, table_csv, table_xlsx

KINDS = {"xlsx": XLSX, "csv": CSV}
MOST_ROWS = 20_000


def wanted(request: HttpRequest) -> str:
    """The kind of file that a page is asked for (`?export=`); empty for the page itself, and for what is no such kind."""
    kind = request.GET.get("export", "")
    return kind if kind in KINDS else ""


def table_response(request: HttpRequest, table: Table) -> HttpResponse:
    """The table as the file that was asked for, under its title; who took it and when stands above it."""
    kind = wanted(request) or "xlsx"
    table.facts.append((_("导出"), moment_of(request)))
    content = table_csv(table) if kind == "csv" else table_xlsx(table)
    return file_response(content, kind, table.title)


def moment_of(request: HttpRequest) -> str:
    """Who takes a file now, and when: in the file itself."""
    return f"{request.user} {timezone.localtime():%Y-%m-%d %H:%M}"


def file_response(content: bytes, kind: str, title: str) -> HttpResponse:
    """A file of one of `KINDS`, to be saved under the title."""
    disposition = f"attachment; filename*=UTF-8''{quote(f'{title}.{kind}')}"
    return HttpResponse(content, content_type=KINDS[kind], headers={"Content-Disposition": disposition})
