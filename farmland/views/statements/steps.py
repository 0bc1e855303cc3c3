"""Steps of a statement on its way, taken from its page."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from farmland.actions import statements as actions
from farmland.forms.statements import SheetQuery, StepForm
from farmland.views.statements.scope import statement_of
from farmland.views.statements.sheet import page
from farmland.workflow import Refused


@require_POST
def statement_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Take a step; what refuses is said on the page."""
    statement = statement_of(request, pk)
    said, now, form = request.POST, timezone.now(), StepForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["comment"]))
        return redirect("statement_detail", pk=pk)
    try:
        if action == "release":
            actions.release(statement, level=said.get("level", ""), by=request.user, at=now)
        else:
            actions.take_step(
                statement,
                action,
                by=request.user,
                at=now,
                comment=form.cleaned_data["comment"],
                evidence=request.FILES.getlist("file"),
            )
    except Refused as refused:
        if refused.status in (403, 404):
            raise (PermissionDenied if refused.status == 403 else Http404) from refused
        messages.error(request, refused.detail)
        if form.cleaned_data["comment"]:
            return page(request, statement, SheetQuery(said), {}, said={action: form.cleaned_data["comment"]})
    else:
        messages.success(request, _("已办理。"))
    return redirect("statement_detail", pk=pk)
