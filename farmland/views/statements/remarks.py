"""What people say of a statement from its page: comments, reasons, rows that are done."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from farmland.actions import statements as actions
from farmland.forms.statements import RemarkForm
from farmland.views.statements.scope import statement_of
from farmland.workflow import Refused


@require_POST
def statement_remark(request: HttpRequest, pk: int) -> HttpResponse:
    """Comment on a cell, a row or the whole; with a rule named, give the reason for its finding."""
    statement, form = statement_of(request, pk), RemarkForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明理由或意见。"))
        return redirect("statement_detail", pk=pk)
    said = form.cleaned_data
    where = {"division": said["division"], "indicator": said["indicator"], "text": said["text"]}
    try:
        if said["rule"]:
            actions.give_reason(statement, rule=said["rule"], **where, by=request.user, at=timezone.now())
        else:
            actions.add_comment(statement, **where, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, _("已保存。"))
    return redirect("statement_detail", pk=pk)
