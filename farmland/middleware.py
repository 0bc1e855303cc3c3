"""What every request passes through: address, malformed input, idleness, language, sign-in, the history's context."""

import ipaddress
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pghistory.middleware
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout, middleware
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils import translation
from django.utils.http import urlencode

from farmland.views import errors

GetResponse = Callable[[HttpRequest], HttpResponseBase]
SEEN_COOKIE = "last_seen"
SEEN_SALT = "farmland.last_seen"
PROBES = ("/healthz", "/readyz")


def seen_now(session_key: str) -> str:
    """The cookie of a session that made a request just now."""
    return signing.TimestampSigner(salt=SEEN_SALT).sign(session_key[:8])


class ProxyAddressMiddleware:
    """Take the caller's network address from the proxy in front (BEHIND_PROXY).

    The last entry of X-Forwarded-For is the one that our own proxy wrote; what stands before it anybody may claim.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.BEHIND_PROXY:
            claimed = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
            with suppress(ValueError):  # none, or not an address: the proxy's own stays
                request.META["REMOTE_ADDR"] = str(ipaddress.ip_address(claimed))
        return self.get_response(request)


class RefuseNulMiddleware:
    """Answer 400 to a NUL character in the address or a cookie: PostgreSQL cannot hold one, so nothing can match it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        values = (request.path_info, *request.COOKIES.values())
        if any("\x00" in value for value in values) or "%00" in request.META.get("QUERY_STRING", ""):
            return errors.malformed(request)
        return self.get_response(request)


class IdleTimeoutMiddleware:
    """End a session after SESSION_IDLE_SECONDS without a request.

    The moment of the last request travels in a signed cookie bound to the session, so that reading writes nothing.
    Probes are nobody's: they must answer without the database, whatever cookies they carry.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info in PROBES:
            request.user = AnonymousUser()
            return self.get_response(request)
        if request.user.is_authenticated and not self.is_fresh(request):
            logout(request)
        response = self.get_response(request)
        # Asked of the session: an API view that refuses a request (a stale CSRF token) makes its user anonymous.
        if SESSION_KEY in request.session and request.session.session_key:
            response.set_cookie(
                SEEN_COOKIE,
                seen_now(request.session.session_key),
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        elif SEEN_COOKIE in request.COOKIES:
            response.delete_cookie(SEEN_COOKIE, samesite="Lax")
        return response

    @staticmethod
    def is_fresh(request: HttpRequest) -> bool:
        """Whether the cookie belongs to this session and is younger than the limit."""
        signer, cookie = signing.TimestampSigner(salt=SEEN_SALT), request.COOKIES.get(SEEN_COOKIE, "")
        try:
            value = signer.unsign(cookie, max_age=settings.SESSION_IDLE_SECONDS)
        except signing.BadSignature:
            return False
        return value == (request.session.session_key or "")[:8]


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Ask for a sign-in, and come back to what was asked for only where a GET can answer it.

    A part of a page that htmx asks for sends the whole page to the sign-in, and back to the page it stood on.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:
        """The way to the sign-in page."""
        if "HX-Request" in request.headers:
            address = resolve_url(self.get_login_url(view_func))
            if request.method in ("GET", "HEAD"):
                address = f"{address}?{urlencode({'next': request.get_full_path()})}"
            return HttpResponse(status=401, headers={"HX-Redirect": address})
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        return redirect(self.get_login_url(view_func))


class LanguageMiddleware:
    """Speak the language that the signed-in user chose; without one, LocaleMiddleware's by cookie and browser holds."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = request.user.language if request.user.is_authenticated else ""
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


class AnswerMiddleware:
    """A refused method gets a page that says so; what a signed-in user reads is kept by no cache on the way."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            page = errors.refused_method(request)
            page["Allow"] = response["Allow"]
            response = page
        is_lost_part = "HX-Request" in request.headers and request.method == "GET" and response.status_code >= 400
        if is_lost_part and not response.has_header("HX-Redirect"):
            response["HX-Redirect"] = request.get_full_path()  # the whole page says it, not a hole in this one
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache"
        return response


class HistoryMiddleware(pghistory.middleware.HistoryMiddleware):
    """Note with every change who made it, at which address of the site and from which network address."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        """The context that the history keeps: user (primary key), url, address."""
        return super().get_context(request) | {"address": request.META.get("REMOTE_ADDR", "")}
