"""Conditional reads: an answer keeps its ETag until something it can depend on changes."""

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language, gettext_lazy
from rest_framework.exceptions import APIException

from farmland.models import User
from farmland.selectors.revisions import Stamp


def etag_of(request: HttpRequest, user: User, stamp: Stamp) -> str:
    """The ETag of an answer: the data's stamp, the address, the reader's scope, the language and the version."""
    parts = (
        settings.VERSION,
        stamp.key,
        request.get_full_path(),
        request.META.get("HTTP_ACCEPT", ""),
        user.division_id,
        user.has_business_rights,
        get_language(),
    )
    return quote_etag(blake2b(repr(parts).encode(), digest_size=16).hexdigest())


class PreconditionFailed(APIException):
    """The answer is no longer the one that the caller knows (If-Match)."""

    status_code = 412
    default_code = "precondition_failed"
    default_detail = gettext_lazy("数据已有变化，请重新读取后再试。")


def conditional(request: HttpRequest, user: User, stamp: Stamp, build: Callable[[], HttpResponse]) -> HttpResponse:
    """304 where the client has the answer, else the answer, built once for a state of the data and a scope.

    `build` raises for what cannot be read or does not exist, so that only what exists is ever "not modified". The date
    alone decides nothing: it knows of the data, not of the reader's scope. Raises PreconditionFailed.
    """
    etag = etag_of(request, user, stamp)
    exists = f"{etag}:exists"  # beside the bytes, which a 304 need not fetch
    response = None
    if not cache.has_key(exists):
        response = keep(etag, exists, build())
    early = get_conditional_response(request, etag=etag)
    if early is not None and early.status_code == 412:
        raise PreconditionFailed
    if early is None:
        kept = None if response else cache.get(etag)
        early = response or (HttpResponse(kept[0], headers=kept[1]) if kept else keep(etag, exists, build()))
    return finish(early, etag, stamp.changed_at)


def content_etag(content: bytes) -> str:
    """The ETag of an answer that is named by its own bytes."""
    return quote_etag(blake2b(content, digest_size=16).hexdigest())


def conditional_content(request: HttpRequest, content: bytes, changed_at: datetime) -> HttpResponse:
    """JSON whose ETag is its content: for what one revision does not cover. Raises PreconditionFailed."""
    etag = content_etag(content)
    early = get_conditional_response(request, etag=etag)
    if early is not None and early.status_code == 412:
        raise PreconditionFailed
    return finish(early or HttpResponse(content, content_type="application/json"), etag, changed_at)


def keep(etag: str, exists: str, response: HttpResponse) -> HttpResponse:
    """The response, remembered under its ETag."""
    headers = {k: v for k, v in response.items() if k in ("Content-Type", "Content-Disposition")}
    cache.set(etag, (response.content, headers))
    cache.set(exists, True)
    return response


def finish(response: HttpResponse, etag: str, changed_at: datetime) -> HttpResponse:
    """Set the validators; the answer is for this reader alone."""
    response["ETag"] = etag
    response["Last-Modified"] = http_date(changed_at.timestamp())
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Accept", "Authorization", "Cookie", "Accept-Language"])
    return response
