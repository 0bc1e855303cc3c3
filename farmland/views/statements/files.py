"""Files of evidence from the page of a statement: handed in, listed, downloaded, taken back."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farmland.actions import statements as actions
from farmland.forms.statements import PlaceForm
from farmland.indicators import INDICATORS
from farmland.models import AnnualStatement, Attachment, Correction, User
from farmland.selectors.statements import Reading
from farmland.ui import files as ui
from farmland.ui.downloads import evidence_response
from farmland.views.errors import forbid
from farmland.views.statements.printing import signed
from farmland.views.statements.scope import statement_of
from farmland.workflow import Refused


def files_context(user: User, reading: Reading) -> dict[str, object]:
    """The files and requests to correct that the user sees, and where more may be handed in."""
    statement = reading.statement
    rows = Attachment.objects.visible_to(user).filter(statement=statement)
    rows = list(
        rows.select_related("statement", "division", "by", "withdrawn_by", "signed_copy__printed__division").order_by(
            "-pk"
        )
    )
    asked = Correction.objects.visible_to(user).filter(statement=statement)
    asked = asked.select_related("requested_by", "first_by", "approved_by").order_by("-pk")
    return {
        "files": [ui.shown(row, user, signed(user, reading, row)) for row in rows if row.correction_id is None],
        "asked": [
            ui.Asked(correction, [ui.shown(row, user) for row in rows if row.correction_id == correction.pk])
            for correction in asked
        ],
        "places": reading.rows,
        "file_indicators": INDICATORS.values(),
        "may_attach": actions.may_attach(statement, user),
    }


def file_of(request: HttpRequest, pk: int, file: int) -> Attachment:
    """The file in the user's scope; 404 outside it."""
    rows = Attachment.objects.visible_to(request.user).select_related("statement")
    return get_object_or_404(rows, statement=pk, pk=file)


def back(statement: AnnualStatement | int) -> HttpResponse:
    """To the list of files on the statement's page."""
    response = redirect("statement_detail", pk=getattr(statement, "pk", statement))
    response["Location"] += "#files"
    return response


@require_POST
def statement_files(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in one or more files at one place; each is taken or refused by itself, and the page says which and why."""
    statement, form = statement_of(request, pk), PlaceForm(request.POST)
    files = request.FILES.getlist("file")
    if not form.is_valid():
        messages.error(request, _("请从列表中选择区划和指标。"))
        return back(statement)
    if not files:
        messages.error(request, _("请先选择要上传的文件。"))
    taken = 0
    for file in files:
        try:
            actions.attach(
                statement, name=file.name or "", content=file, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        except Refused as refused:
            forbid(refused)
            messages.error(request, _("%(name)s：%(detail)s") % {"name": file.name, "detail": refused.detail})
        else:
            taken += 1
    if taken:
        messages.success(request, _("已提交 %d 个文件。") % taken)
    return back(statement)


@require_safe
def statement_file(request: HttpRequest, pk: int, file: int) -> FileResponse:
    """The content, to be saved and never to be shown."""
    return evidence_response(file_of(request, pk, file))


@require_POST
def statement_file_withdraw(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Take a file back; it stays listed."""
    attachment = file_of(request, pk, file)
    try:
        actions.withdraw_attachment(attachment, by=request.user, at=timezone.now())
    except Refused as refused:
        forbid(refused)
        messages.error(request, refused.detail)
    else:
        messages.success(request, _("文件已撤回，仍保留在列表中。"))
    return back(pk)
