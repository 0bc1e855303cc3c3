"""Filled-in files on the page of a version."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farmland.models import User
from farmland.ui import Step
from farmland.units import AREA_UNITS, WAN_MU
from farmland.views import uploads
from farmland.views.downloads import file_response
from quotas.actions.files import QUOTA
from quotas.models import EDITABLE, QuotaVersion
from quotas.selectors.handing_down import get_parent
from quotas.selectors.sets import get_set
from quotas.views.scope import version_of
from quotas.workbooks.targets import column_labels, title_of, write_target_csv, write_target_form
from quotas.workflow import drafter


def frame_of(version: QuotaVersion) -> uploads.Frame:
    """A version as the pages of its files show it."""
    home = reverse("quota_version", args=[version.pk])
    return uploads.Frame(
        record=version,
        noun=QUOTA,
        label=f"{version.owner.label} {version.promise.label} {version.target_year}",
        subject=_("目标"),
        home=home,
        base=reverse("quota_uploads", args=[version.pk]),
        trail=[Step(_("目标分解"), reverse("quota_list")), Step(str(version.owner.label), home)],
        columns=column_labels(),
    )


def uploads_context(user: User, version: QuotaVersion) -> dict[str, object]:
    """The latest files of a version, for its own page."""
    may = version.state in EDITABLE and drafter(version, user)
    return uploads.uploads_context(user, frame_of(version), may_upload=may)


@require_safe
def quota_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The form to fill in (`format`: xlsx, csv) in a unit; 404 for others, 403 for who does not draw the version up."""
    version = version_of(request, pk)
    kind, code = request.GET.get("format", "xlsx"), request.GET.get("unit") or WAN_MU.code
    if kind not in ("xlsx", "csv") or code not in AREA_UNITS or version.state not in EDITABLE:
        raise Http404
    if not drafter(version, request.user):
        raise Http404
    found, unit, parent = get_set(version, request.user.division), AREA_UNITS[code], get_parent(version)
    if kind == "csv":
        return file_response(write_target_csv(found, unit=unit), "csv", title_of(version))
    content = write_target_form(found, request.user, unit=unit, parent_mu=parent.value_mu if parent else None)
    return file_response(content, "xlsx", title_of(version))


@require_http_methods(["GET", "HEAD", "POST"])
def quota_uploads(request: HttpRequest, pk: int) -> HttpResponse:
    """The files so far; or hand in a filled-in one, whose own page shows what becomes of it."""
    if request.method != "POST":
        return uploads.upload_list(request, frame_of(version_of(request, pk)))
    return uploads.receive_file(request, frame_of(version_of(request, pk)))


@require_safe
def quota_upload(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """What became of a file."""
    return uploads.upload_page(request, frame_of(version_of(request, pk)), upload)


@require_POST
def quota_upload_step(request: HttpRequest, pk: int, upload: int, action: str) -> HttpResponse:
    """Decide conflicts, have it written, or cancel it."""
    return uploads.upload_step(request, frame_of(version_of(request, pk)), upload, action)


@require_safe
def quota_upload_file(request: HttpRequest, pk: int, upload: int) -> FileResponse:
    """The file as it was received."""
    return uploads.upload_file(request, frame_of(version_of(request, pk)), upload)


@require_safe
def quota_upload_marked(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """The file back with its faulty cells marked."""
    return uploads.upload_marked(request, frame_of(version_of(request, pk)), upload)


@require_safe
def quota_upload_issues(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """All that was found and what would change, as a table to keep."""
    return uploads.upload_issues(request, frame_of(version_of(request, pk)), upload)
