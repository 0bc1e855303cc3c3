"""What is done with a version from its page."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from farmland.workflow import Refused
from quotas.actions import apply_proposal, explain, name_adjustment, record_paper, take_back, take_step, take_steps
from quotas.forms.versions import PaperForm, ReasonForm, RevisionForm, StepForm, WayForm
from quotas.models import QuotaVersion
from quotas.selectors.sets import get_below
from quotas.views.scope import version_of
from quotas.workflow import available_actions, find, needs_document


def told(request: HttpRequest, pk: int, act: Callable[[], object], done: str, fragment: str = "") -> HttpResponse:
    """Do it and say so on the version's page; what refuses is said there too."""
    try:
        act()
    except Refused as refused:
        if refused.status in (403, 404):
            raise (PermissionDenied if refused.status == 403 else Http404) from refused
        messages.error(request, refused.detail)
        for _code, detail, _division in refused.findings[1:6]:
            messages.error(request, detail)
    else:
        messages.success(request, done)
    response = redirect("quota_version", pk=pk)
    response["Location"] += fragment
    return response


@require_POST
def quota_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Take a step, with words and where it asks for one with a document."""
    version, form, paper = version_of(request, pk), StepForm(request.POST), PaperForm(request.POST)

    def act() -> None:
        if not form.is_valid():
            raise Refused(422, "comment", " ".join(str(error) for errors in form.errors.values() for error in errors))
        named = paper.paper if paper.is_valid() else None
        if (
            named is None
            and needs_document(version, find(version, action, request.user))
            and version.document_id is None
        ):
            raise Refused(422, "document_required", _("请写明下达文件的文号、标题和日期。"))
        take_step(version, action, by=request.user, at=timezone.now(), bringing=form.bringing(named))

    return told(request, pk, act, _("已办理。"))


@require_POST
def quota_steps_below(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Take one step for every version below for which it is open to the user; each says what became of it."""
    version, form, paper = version_of(request, pk), StepForm(request.POST), PaperForm(request.POST)
    if not form.is_valid():
        raise Http404
    chosen = [
        one
        for one in get_below(version, QuotaVersion.objects.visible_to(request.user))
        if action in {s.action for s in available_actions(one, request.user)}
    ]
    bringing = form.bringing(paper.paper if paper.is_valid() else None)
    results = take_steps(chosen, action, by=request.user, at=timezone.now(), bringing=bringing)
    done = sum(not result.detail for result in results)
    if done:
        messages.success(request, _("已办理 %d 个下级的目标。") % done)
    for result in results:
        if result.detail:
            words = {"place": result.version.owner.label, "words": result.detail}
            messages.error(request, _("%(place)s：%(words)s") % words)
    if not results:
        messages.error(request, _("下级没有可以办理这一步的目标。"))
    return redirect("quota_version", pk=pk)


@require_POST
def quota_reason(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down why a finding may stand."""
    version, form = version_of(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        raise Http404
    said = form.cleaned_data

    def act() -> None:
        explain(version, **said, by=request.user, at=timezone.now())

    return told(request, pk, act, _("已保存理由。"), "#findings")


@require_POST
def quota_adjustment(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the superior's document by which targets are weakened, or take it back."""
    version, form = version_of(request, pk), PaperForm(request.POST, prefix="adjustment")

    def act() -> None:
        now = timezone.now()
        if "forget" in request.POST:
            name_adjustment(version, document=None, by=request.user, at=now)
            return
        if not form.is_valid():
            raise Refused(422, "document_required", _("请写明调整文件的文号、标题和日期。"))
        name_adjustment(version, document=record_paper(form.paper, at=now), by=request.user, at=now)

    return told(request, pk, act, _("已登记调整依据。"))


@require_POST
def quota_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill all targets by a proposal."""
    version, form = version_of(request, pk), WayForm(request.POST)
    if not form.is_valid():
        raise Http404

    revisions: list[int] = []

    def act() -> None:
        apply_proposal(version, way=form.cleaned_data["way"], by=request.user, at=timezone.now())
        revisions.append(version_of(request, pk).nodes_revision)

    response = told(request, pk, act, _("已按建议填入全部目标；原来的数在修改记录中。"))
    if revisions:
        response["Location"] += f"?proposed={revisions[0]}#ways"
    return response


@require_POST
def quota_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposal back."""
    version, form = version_of(request, pk), RevisionForm(request.POST)
    if not form.is_valid():
        raise Http404

    def act() -> None:
        take_back(version, revision=form.cleaned_data["revision"], by=request.user, at=timezone.now())

    return told(request, pk, act, _("已恢复填入建议以前的目标。"))
