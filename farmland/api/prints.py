"""Recognising a printed form over REST."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.api.errors import ErrorsSerializer
from farmland.api.statements.shared import answer
from farmland.forms.scans import clean_code
from farmland.models import PrintedForm
from farmland.selectors.prints import recognise


class FindSerializer(serializers.Serializer):
    """The code as it stands on the paper; hyphens and small letters do not matter."""

    code = serializers.CharField(max_length=60)

    def validate_code(self, text: str) -> str:
        """The code as it is kept; what is none fits no form."""
        return clean_code(text)


class PrintFind(APIView):
    """Which statement a printed form is of."""

    @extend_schema(parameters=[FindSerializer], responses={200: dict, 403: ErrorsSerializer, 404: ErrorsSerializer})
    def get(self, request: Request) -> HttpResponse:
        """The form, and the cells that differ from it now; 404 for a code that is none in the caller's scope."""
        if not request.user.has_business_rights:
            raise PermissionDenied
        asked = FindSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = PrintedForm.objects.visible_to(request.user).select_related("division", "by", "statement__division")
        found = recognise(get_object_or_404(rows, code=asked.validated_data["code"] or None))
        changes = [{"division": change.division, "indicator": change.indicator} for change in found.changes]
        return answer({**print_shape(found.printed), "same": found.is_same, "changes": changes})


def print_shape(printed: PrintedForm) -> dict[str, Any]:
    """A printed form as programs see it."""
    return {
        "id": printed.pk, "code": printed.code, "sha256": printed.sha256, "statement": printed.statement_id,
        "division": printed.division_id, "year": printed.statement.year, "version": printed.statement.version,
        "unit": printed.unit, "status": printed.status, "by": str(printed.by),
        "at": timezone.localtime(printed.at).isoformat(),
    }  # fmt: skip
