"""The site's addresses and, beside them, a bare view that returns the same bytes."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

KEPT = {"bytes": b""}


def bare(request: HttpRequest) -> HttpResponse:
    """What the summary is compared with: the same bytes, behind the same middleware and authentication."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return HttpResponse(KEPT["bytes"], content_type="application/json")


urlpatterns = [path("bench/bare/", bare), path("", include("farmland.urls"))]
