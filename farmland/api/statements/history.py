"""The history of a statement over REST."""

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.api.conditional import conditional_content
from farmland.api.rendering import dumps
from farmland.api.statements.shared import statement_of
from farmland.forms.statements import HistoryQuery
from farmland.selectors.chronicle import get_chronicle
from farmland.selectors.revisions import get_changed_at


class History(APIView):
    """Every change of a statement, newest first, fifty a page."""

    @extend_schema(
        parameters=[
            OpenApiParameter("division", str, description="only this row"),
            OpenApiParameter("indicator", str, description="only this column"),
            OpenApiParameter("page", int, description="from 1"),
        ],
        responses={200: dict},
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """What of it lies in the caller's scope; an odd choice is none."""
        statement, chosen = statement_of(request, pk), HistoryQuery(request.query_params).chosen
        deeds, has_more = get_chronicle(statement, statement.part_shown_to(request.user), **chosen)
        changes = [
            {
                "at": timezone.localtime(deed.at).isoformat(), "who": deed.who or None, "what": deed.kind,
                "division": deed.division.code if deed.division else None, "indicator": deed.indicator or None,
                "deed": deed.label, "before": deed.before or None, "after": deed.after or None,
                "why": deed.why or None, "source": deed.source or None,
            }
            for deed in deeds
        ]  # fmt: skip
        content = dumps({"page": chosen["page"], "has_more": has_more, "changes": changes})
        return conditional_content(request._request, content, get_changed_at(statement))
