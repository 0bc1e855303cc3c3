"""Which statement a printed form is of, and whether it still says the same: by its code or by a scan."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from farmland.forms.prints import FindForm
from farmland.forms.scans import read_code
from farmland.models import PrintedForm, StatementStatus
from farmland.selectors.prints import Recognised, recognise
from farmland.ui import prints as ui
from farmland.views.board import must_see
from farmland.views.statements.prints import changed
from farmland.workflow import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def print_find(request: HttpRequest) -> HttpResponse:
    """A code (in the address or typed) or a scan (sent, and not kept); 404 for a code that is none in the user's scope,
    422 for a file in which there is none."""
    must_see(request.user)
    is_sent = request.method == "POST"
    form = FindForm(request.POST, request.FILES) if is_sent else FindForm(request.GET)
    if not (is_sent or request.GET.get("code")):
        return answer(request, FindForm(), {}, 200)
    if not form.is_valid():
        return answer(request, form, {}, 422)
    code, file = form.cleaned_data["code"], form.cleaned_data["file"]
    try:
        code = (read_code(file) or code) if file else code
    except Refused as refused:
        return answer(request, form, {"problem": refused.detail}, refused.status)
    if not code:
        problem = (
            _("没有在文件中读到校验码：请输入打印件上的校验码，或重新扫描。")
            if file
            else _("请输入校验码，或选择文件。")
        )
        return answer(request, form, {"problem": problem}, 422)
    rows = PrintedForm.objects.visible_to(request.user).filter(code=code)
    printed = rows.select_related("division", "by", "statement__division").first()
    if printed is None:
        problem = _("没有校验码为 %s 的打印件，或不在您的范围内。") % ui.grouped(code)
        return answer(request, form, {"problem": problem}, 404)
    return answer(request, form, found_context(recognise(printed)), 200)


def found_context(found: Recognised) -> dict[str, object]:
    """What is said of a form that was recognised."""
    printed = found.printed
    return {
        "found": found, "printed": printed, "statement": printed.statement, "code": ui.grouped(printed.code),
        "printed_status": StatementStatus(printed.status).label, "is_draft": ui.is_draft(printed), **changed(found),
    }  # fmt: skip


def answer(request: HttpRequest, form: FindForm, context: dict[str, object], status: int) -> HttpResponse:
    """The page with what was found, or why nothing was."""
    return render(request, "farmland/prints/print_find.html", {"form": form, **context}, status=status)
