"""What the endpoints of statements share: the statement in scope, refusals, and how findings read."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from rest_framework.exceptions import APIException, ErrorDetail
from rest_framework.request import Request

from farmland.api.conditional import PreconditionFailed, content_etag
from farmland.api.rendering import dumps
from farmland.models import AnnualStatement, Attachment, Comment
from farmland.rules import Finding, FindingKey
from farmland.workflow import Refused

Answer = TypeVar("Answer")


class Refusal(APIException):
    """What the workflow or a rule refused, with its own status and code."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.detail, refused.code)
        self.status_code = refused.status
        if refused.findings:  # all of them, each with its cell
            found: dict[str, list[ErrorDetail]] = {}
            for code, detail, cell in refused.findings:
                found.setdefault(cell, []).append(ErrorDetail(detail, code))
            self.detail = found


@contextmanager
def refusals() -> Iterator[None]:
    """Answer what an action refuses in the API's shape."""
    try:
        yield
    except Refused as refused:
        raise Refusal(refused) from refused


def statement_of(request: Request, pk: int) -> AnnualStatement:
    """The statement in the caller's scope; 404 outside it."""
    return get_object_or_404(
        AnnualStatement.objects.visible_to(request.user).select_related("division", "based_on"), pk=pk
    )


def written(
    request: Request,
    pk: int,
    write: Callable[[AnnualStatement], Answer],
    shape: Callable[[AnnualStatement], Any],
    found: AnnualStatement | None = None,
) -> Answer:
    """Write to a statement, where If-Match is sent only on top of the state that the caller knows (412 otherwise).

    The comparison and the write are one transaction under the statement's lock. `found` is the statement where the
    caller has looked it up in scope already.
    """
    statement = found or statement_of(request, pk)
    known = request.headers.get("If-Match", "")
    with refusals():
        if not known or known.strip() == "*":
            return write(statement)
        with transaction.atomic():
            AnnualStatement.objects.visible_to(request.user).locked().get(pk=statement.pk)
            current = content_etag(dumps(shape(statement_of(request, pk))))
            if current not in [tag.strip() for tag in known.split(",")]:
                raise PreconditionFailed
            return write(statement)


def finding_shape(finding: Finding, reasons: Mapping[FindingKey, str]) -> dict[str, Any]:
    """A finding as programs see it, with the written reason or ""."""
    return {
        "code": finding.code, "severity": finding.severity.value, "division": finding.division,
        "indicator": finding.indicator or None, "detail": str(finding.detail),
        "reason": reasons.get(finding.key, ""),
    }  # fmt: skip


def comment_shape(comment: Comment) -> dict[str, Any]:
    """A comment on a cell, a row or the whole."""
    return {
        "id": comment.pk, "division": comment.division_id, "indicator": comment.indicator or None,
        "text": comment.text, "by": comment.by.username, "at": timezone.localtime(comment.at).isoformat(),
        "resolved": comment.resolved_at is not None,
    }  # fmt: skip


def files_of(statement: AnnualStatement, request: Request) -> QuerySet[Attachment]:
    """The files of a statement that the caller sees."""
    return Attachment.objects.visible_to(request.user).filter(statement=statement).select_related("by").order_by("pk")


def file_shape(file: Attachment) -> dict[str, Any]:
    """A file of evidence as programs see it; its content is at `url`."""
    withdrawn = file.withdrawn_at
    return {
        "id": file.pk, "division": file.division_id, "indicator": file.indicator or None,
        "correction": file.correction_id, "name": file.name, "kind": file.kind, "size": file.size,
        "sha256": file.sha256, "by": str(file.by), "at": timezone.localtime(file.at).isoformat(),
        "withdrawn_at": timezone.localtime(withdrawn).isoformat() if withdrawn else None,
        "url": reverse("api_statement_file", kwargs={"pk": file.statement_id, "file": file.pk}),
    }  # fmt: skip


def answer(data: Any, status: int = 200) -> HttpResponse:
    """The data as JSON."""
    return HttpResponse(dumps(data), content_type="application/json", status=status)
