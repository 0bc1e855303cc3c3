"""A statement in its official form for paper, and the signed copies that come back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farmland.actions.prints import file_signed_copy, make_print
from farmland.forms.prints import SignedForm
from farmland.forms.scans import code_from
from farmland.forms.statements import SheetQuery
from farmland.models import AnnualStatement, PrintedForm, User
from farmland.selectors.prints import Recognised, recognise
from farmland.ui import Step
from farmland.ui import changes as changes_ui
from farmland.ui import prints as ui
from farmland.views.errors import forbid
from farmland.views.statements.files import back
from farmland.views.statements.scope import statement_of
from farmland.workflow import Refused

MOST_CHANGES = 200


def prints_of(user: User, **conditions: object) -> PrintedForm:
    """The printed form in the user's scope; 404 outside it."""
    rows = PrintedForm.objects.visible_to(user).select_related(
        "division", "by", "statement__division", "statement__handed_in_by", "statement__confirmed_by",
        "statement__submitted_by",
    )  # fmt: skip
    return get_object_or_404(rows, **conditions)


@require_POST
def statement_prints(request: HttpRequest, pk: int) -> HttpResponse:
    """Print what the user sees of the statement; the same content is not printed under a second code."""
    statement, query = statement_of(request, pk), SheetQuery(request.POST)
    try:
        printed = make_print(statement, unit=query.chosen_unit, by=request.user, at=timezone.now())
    except Refused as refused:
        raise PermissionDenied from refused
    return redirect("statement_print", pk=pk, printed=printed.pk)


@require_safe
def statement_print(request: HttpRequest, pk: int, printed: int) -> HttpResponse:
    """The form for paper; where the content has changed since, what changed instead: a code stands for one content."""
    form = prints_of(request.user, pk=printed, statement=pk)
    found = recognise(form)
    unit = ui.paper_unit(form.unit)
    context = {
        "printed": form, "statement": form.statement, "unit": unit, "code": ui.grouped(form.code), "found": found,
        "is_draft": ui.is_draft(form), "trail": trail(form.statement),
        **changed(found),
    }  # fmt: skip
    if found.is_same:
        context |= {
            "tables": ui.tables(found.reading, unit), "notes": ui.notes(found.reading), "qr": ui.qr(form.code),
            "signers": ui.signers(form), "few": ui.FEW_ROWS,
        }  # fmt: skip
    return render(request, "farmland/prints/print_form.html", context)


def trail(statement: AnnualStatement) -> list[Step]:
    """The way from the list of the year's statements to this form."""
    year = Step(_("年度报表"), f"{reverse('statement_list')}?year={statement.year}")
    page = Step(str(statement.division.label), reverse("statement_detail", args=[statement.pk]))
    return [year, page, Step(_("正式报表"), "")]


def changed(found: Recognised) -> dict[str, object]:
    """The cells that differ from what was printed, as they are listed."""
    names = {division.code: division for division in found.reading.rows}
    return {
        "changes": changes_ui.cells(found.changes[:MOST_CHANGES], names),
        "unshown": max(0, len(found.changes) - MOST_CHANGES),
    }


@require_POST
def statement_signed_copies(request: HttpRequest, pk: int) -> HttpResponse:
    """File a signed copy: its code is read from it, or typed where it cannot be read."""
    statement, form = statement_of(request, pk), SignedForm(request.POST, request.FILES)
    if not form.is_valid():
        for error in [error for errors in form.errors.values() for error in errors]:
            messages.error(request, error)
        return back(statement)
    file, typed = form.cleaned_data["file"], form.cleaned_data["code"]
    try:
        code, is_read = code_from(file, typed)
        printed = PrintedForm.objects.visible_to(request.user).filter(code=code)
        printed = printed.select_related("statement__division").first()
        if printed is None:
            raise Refused(422, "not_found", _("没有这个校验码的打印件，或不在您的范围内。"))
        file_signed_copy(
            statement, printed, name=file.name or "", content=file, is_read=is_read, by=request.user, at=timezone.now()
        )
    except Refused as refused:
        forbid(refused)
        messages.error(request, refused.detail)
    else:
        messages.success(request, _("已存入签字盖章件。"))
    return back(statement)
