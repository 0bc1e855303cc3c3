"""Versions in the user's scope."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from quotas.models import QuotaVersion

PARTS = ("owner", "owner__parent", "document", "adjusted_by", "supersedes", "superseded_by")


def version_of(request: HttpRequest, pk: int) -> QuotaVersion:
    """A version that the user works on; 404 outside the own subtree."""
    return get_object_or_404(QuotaVersion.objects.visible_to(request.user).select_related(*PARTS), pk=pk)


def readable_version(request: HttpRequest, pk: int) -> QuotaVersion:
    """A version that the user may read: what was once handed down is public."""
    return get_object_or_404(QuotaVersion.objects.readable_by(request.user).select_related(*PARTS), pk=pk)
