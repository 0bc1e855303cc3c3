"""The statement that an address names."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from farmland.models import AnnualStatement


def statement_of(request: HttpRequest, pk: int) -> AnnualStatement:
    """The statement in the user's scope; 404 outside it."""
    return get_object_or_404(
        AnnualStatement.objects.visible_to(request.user).select_related("division", "based_on"), pk=pk
    )
