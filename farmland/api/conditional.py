"""Conditional reads: an answer keeps its ETag until something it can depend on changes."""

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language

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


def conditional(request: HttpRequest, user: User, stamp: Stamp, build: Callable[[], HttpResponse]) -> HttpResponse:
    """304 where the client has the answer, else the answer, built once for a state of the data and a scope."""
    etag = etag_of(request, user, stamp)
    modified = int(stamp.changed_at.timestamp())
    early = get_conditional_response(request, etag=etag, last_modified=modified)
    if early is not None:
        return finish(early, etag, stamp.changed_at)
    kept = cache.get(etag)
    if kept is None:
        response = build()
        if response.status_code == 200:
            headers = {k: v for k, v in response.items() if k in ("Content-Type", "Content-Disposition")}
            cache.set(etag, (response.content, headers))
    else:
        content, headers = kept
        response = HttpResponse(content, headers=headers)
    return finish(response, etag, stamp.changed_at)


def finish(response: HttpResponse, etag: str, changed_at: datetime) -> HttpResponse:
    """Set the validators; the answer is for this reader alone."""
    response["ETag"] = etag
    response["Last-Modified"] = http_date(changed_at.timestamp())
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Accept", "Authorization", "Cookie", "Accept-Language"])
    return response
