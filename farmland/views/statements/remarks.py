"""What people say of a statement from its page: comments, reasons, rows that are done."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from farmland.actions import statements as actions
from farmland.forms.statements import RemarkForm, SheetQuery
from farmland.models import Comment
from farmland.views.statements.in_place import in_place
from farmland.views.statements.scope import statement_of
from farmland.workflow import Refused


@require_POST
@in_place
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


@require_POST
@in_place
def statement_comment_resolve(request: HttpRequest, pk: int, comment: int) -> HttpResponse:
    """Mark a comment as dealt with."""
    statement = statement_of(request, pk)
    said = get_object_or_404(Comment.objects.visible_to(request.user).filter(statement=statement), pk=comment)
    try:
        actions.resolve_comment(said, by=request.user, at=timezone.now())
    except Refused as refused:
        raise PermissionDenied(refused.detail) from refused
    messages.success(request, _("已标为处理完毕。"))
    return redirect(f"{reverse('statement_detail', args=[pk])}#comments")


@require_POST
def statement_row(request: HttpRequest, pk: int, division: str) -> HttpResponse:
    """Mark a row as done for the user's department (`done=1`), or take the mark back."""
    statement, query = statement_of(request, pk), SheetQuery(request.POST)
    action = actions.finish_row if request.POST.get("done") == "1" else actions.reopen_row
    try:
        action(statement, division=division, by=request.user, at=timezone.now())
    except Refused as refused:
        if refused.status == 403:
            raise PermissionDenied(refused.detail) from refused
        messages.error(request, refused.detail)
    else:
        messages.success(request, _("已保存。"))
    return redirect(
        f"{reverse('statement_detail', args=[pk])}?group={query.chosen_group}&unit={query.chosen_unit.code}"
    )
