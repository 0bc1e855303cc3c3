"""What the endpoints of promises share: rows in scope, and writes on top of what the caller knows."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from farmland.api.conditional import PreconditionFailed, content_etag
from farmland.api.rendering import dumps
from farmland.api.statements.shared import refusals
from quotas.models import QuotaVersion

Answer = TypeVar("Answer")
VERSION_PARTS = ("owner", "document", "adjusted_by", "superseded_by")


def version_of(request: Request, pk: int) -> QuotaVersion:
    """The version of the caller's own subtree, to be worked on; 404 outside it."""
    return get_object_or_404(QuotaVersion.objects.visible_to(request.user).select_related(*VERSION_PARTS), pk=pk)


def guarded(
    request: HttpRequest | Request, lock: Callable[[], object], shape: Callable[[], Any], write: Callable[[], Answer]
) -> Answer:
    """Write; where If-Match is sent only on top of the state that the caller knows (412 otherwise).

    `lock` takes what the write will take first, so that the comparison and the write are one transaction. `shape` is the
    state now, as reading answers it. All that an action refuses is answered in the API's shape, and nothing of it stays.
    """
    known = request.headers.get("If-Match", "").strip()
    with refusals(), transaction.atomic():
        if known and known != "*":
            lock()
            current = content_etag(dumps(shape()))
            if current not in [tag.strip() for tag in known.split(",")]:
                raise PreconditionFailed
        return write()
