"""Filled-in files over REST: handed in, watched, decided upon, written or cancelled."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.actions import uploads as actions
from farmland.api.statements.shared import answer, refusals, statement_of
from farmland.forms.statements import TYPED_UNITS
from farmland.models import Upload
from farmland.selectors.uploads import get_changes, is_looked_through
from farmland.ui.uploads import kind_of

MOST_SHOWN = 1000
CHANGE = ("cell", "division", "indicator", "before", "after")
FILE_NEEDED = gettext_lazy("请以 multipart/form-data 上传文件，字段名为 file。")


class UploadSerializer(serializers.Serializer):
    """A filled-in file, and the unit of its areas where it does not say it."""

    file = serializers.FileField(  # what is wrong with it the action says
        allow_empty_file=True, max_length=1000, error_messages={"required": FILE_NEEDED, "invalid": FILE_NEEDED}
    )
    unit = serializers.ChoiceField([code for code, _label in TYPED_UNITS], required=False, allow_blank=True, default="")


class DecisionSerializer(serializers.Serializer):
    """What is decided of conflicts: those of `issues`, or all where none are named."""

    decision = serializers.ChoiceField(["mine", "theirs"], required=False)
    issues = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=MOST_SHOWN)


def upload_of(request: Request, pk: int, upload: int) -> Upload:
    """The upload in the caller's scope; 404 outside it."""
    rows = Upload.objects.visible_to(request.user).filter(noun="statement", object_id=statement_of(request, pk).pk)
    return get_object_or_404(rows.select_related("by"), pk=upload)


def upload_shape(upload: Upload) -> dict[str, Any]:
    """An upload as programs see it, without its issues."""
    ended = upload.finished_at
    return {
        "id": upload.pk, "name": upload.name, "size": upload.size, "sha256": upload.sha256, "unit": upload.unit or None,
        "by": upload.by.username, "at": timezone.localtime(upload.at).isoformat(), "status": upload.status,
        "done": upload.done, "total": upload.total, "counts": {name: n for name, n in upload.counts.items() if isinstance(n, int)}, "code": upload.code or None,
        "detail": upload.detail or None, "finished_at": timezone.localtime(ended).isoformat() if ended else None,
    }  # fmt: skip


def change_shape(change: list[str]) -> dict[str, Any]:
    """A cell that changes; the notes are null where the note stays."""
    note_before, note_after = change[5:7] or (None, None)
    return dict(zip(CHANGE, change[:5], strict=True)) | {
        "kind": kind_of(change), "note_before": note_before, "note_after": note_after,
    }  # fmt: skip


def detail_shape(upload: Upload) -> dict[str, Any]:
    """The same with its log, its first 500 changes and its first thousand issues; `counts` are of all."""
    issues = upload.issues.order_by("pk")[:MOST_SHOWN]
    return upload_shape(upload) | {
        "chosen_unit": upload.counts.get("chosen_unit"),
        "hints_pending": is_looked_through(upload),
        "changes": [change_shape(row) for row in get_changes(upload)],
        "log": [{"at": at, "words": words} for at, words in upload.log],
        "issues": [
            {
                "id": issue.pk, "kind": issue.kind, "sheet": issue.sheet, "cell": issue.cell,
                "division": issue.division or None, "indicator": issue.indicator or None, "code": issue.code,
                "detail": issue.detail, "value": issue.value, "theirs": issue.theirs or None,
                "theirs_version": issue.theirs_version, "decision": issue.decision or None,
                "severity": issue.demand or None,
            }
            for issue in issues
        ],
    }  # fmt: skip


class StatementUploads(APIView):
    """The filled-in files of a statement, and one more."""

    parser_classes = [MultiPartParser, FormParser]  # a form without a file is told so

    @extend_schema(operation_id="statements_uploads_list", responses={200: dict})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The latest hundred that the caller sees, newest first."""
        rows = Upload.objects.visible_to(request.user).filter(noun="statement", object_id=statement_of(request, pk).pk)
        return answer([upload_shape(row) for row in rows.select_related("by").order_by("-pk")[:100]])

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={202: dict})
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Hand in a file; it is checked in the background, and nothing is written until it is applied."""
        statement = statement_of(request, pk)
        sent = UploadSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        file = sent.validated_data["file"]
        with refusals():
            upload = actions.receive(
                statement, name=file.name or "", content=file, unit=sent.validated_data["unit"], by=request.user,
                at=timezone.now(),
            )  # fmt: skip
        return answer(detail_shape(upload), status=202)


class StatementUpload(APIView):
    """One filled-in file."""

    @extend_schema(responses={200: dict})
    def get(self, request: Request, pk: int, upload: int) -> HttpResponse:
        """How far it has come, and what was found."""
        return answer(detail_shape(upload_of(request, pk, upload)))


class StatementUploadStep(APIView):
    """What may be done with a filled-in file: `decide`, `apply`, `cancel`."""

    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(operation_id="statements_uploads_step", request=DecisionSerializer, responses={200: dict})
    def post(self, request: Request, pk: int, upload: int, action: str) -> HttpResponse:
        """Take the step; 403 for anybody but who handed it in, 409 in the wrong state of the file or the
        statement, 422 while conflicts are open."""
        row, who = upload_of(request, pk, upload), {"by": request.user, "at": timezone.now()}
        said = DecisionSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        data = said.validated_data
        with refusals():
            if action == "decide":
                actions.decide(row, issues=data.get("issues"), decision=data.get("decision", ""), **who)
            elif action == "apply":
                actions.request_apply(row, **who)
            elif action == "cancel":
                actions.cancel(row, **who)
            else:
                raise Http404
        return answer(detail_shape(upload_of(request, pk, upload)))
