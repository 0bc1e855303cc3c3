"""The statement as a form to be filled in elsewhere, over REST."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.api.statements.files import AnyAccept
from farmland.api.statements.shared import statement_of
from farmland.workbooks.downloads import WRITERS, form_response


class StatementForm(APIView):
    """The form of a statement."""

    content_negotiation_class = AnyAccept

    @extend_schema(
        parameters=[
            OpenApiParameter("format", str, enum=sorted(WRITERS), default="xlsx"),
            OpenApiParameter("unit", str, enum=["mu", "wan_mu", "ha", "m2"], default="wan_mu"),
        ],
        responses={(200, kind.partition(";")[0]): OpenApiTypes.BINARY for _write, kind in WRITERS.values()},
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The statement's figures as XLSX (the official form), CSV or JSON, prefilled; only own cells are open.

        404 for an unknown format or unit, and where the caller is shown nothing of the statement.
        """
        unit, kind = request.query_params.get("unit", ""), request.query_params.get("format", "xlsx")
        return form_response(statement_of(request, pk), request.user, unit=unit, kind=kind)
