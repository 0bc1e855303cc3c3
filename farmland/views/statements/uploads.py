"""Filled-in files on the page of a statement."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farmland.actions import uploads as actions
from farmland.actions.uploads.statements import STATEMENT
from farmland.models import AnnualStatement, User
from farmland.ui import Step
from farmland.views import uploads
from farmland.views.statements.scope import statement_of


def frame_of(statement: AnnualStatement) -> uploads.Frame:
    """A statement as the pages of its files show it."""
    home = reverse("statement_detail", args=[statement.pk])
    year = Step(_("年度报表"), f"{reverse('statement_list')}?year={statement.year}")
    return uploads.Frame(
        record=statement,
        noun=STATEMENT,
        label=f"{statement.division.label} {statement.year}",
        subject=_("报表"),
        home=home,
        base=reverse("statement_uploads", args=[statement.pk]),
        trail=[year, Step(str(statement.division.label), home)],
    )


def uploads_context(user: User, statement: AnnualStatement) -> dict[str, object]:
    """The latest files of a statement, for its own page."""
    return uploads.uploads_context(user, frame_of(statement), may_upload=actions.may_upload(statement, user))


@require_http_methods(["GET", "HEAD", "POST"])
def statement_uploads(request: HttpRequest, pk: int) -> HttpResponse:
    """All files that were handed in, or one more; its own page shows what becomes of it."""
    frame = frame_of(statement_of(request, pk))
    return uploads.receive_file(request, frame) if request.method == "POST" else uploads.upload_list(request, frame)


@require_safe
def statement_upload(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """What became of a file."""
    return uploads.upload_page(request, frame_of(statement_of(request, pk)), upload)


@require_POST
def statement_upload_step(request: HttpRequest, pk: int, upload: int, action: str) -> HttpResponse:
    """Decide conflicts, have it written, or cancel it."""
    return uploads.upload_step(request, frame_of(statement_of(request, pk)), upload, action)


@require_safe
def statement_upload_file(request: HttpRequest, pk: int, upload: int) -> FileResponse:
    """The file as it was received."""
    return uploads.upload_file(request, frame_of(statement_of(request, pk)), upload)


@require_safe
def statement_upload_marked(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """The file back with its faulty cells marked."""
    return uploads.upload_marked(request, frame_of(statement_of(request, pk)), upload)


@require_safe
def statement_upload_issues(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """All that was found and what would change, as a table to keep."""
    return uploads.upload_issues(request, frame_of(statement_of(request, pk)), upload)
