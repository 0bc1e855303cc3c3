"""Targets in force over REST."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request

from farmland.api.conditional import conditional
from farmland.api.errors import ErrorsSerializer
from farmland.api.statements.shared import answer
from farmland.forms.days import end_of
from farmland.models import Division
from farmland.selectors.revisions import get_stamp
from quotas.api import shapes
from quotas.api.serializers import TargetQuery, TargetShape
from quotas.models import Placement, QuotaNode
from quotas.selectors.published import Asked, get_division, get_marks, get_placings, get_published


class TargetList(ListAPIView):
    """Targets that were handed down and are in force, of every level: they are public documents."""

    serializer_class = TargetShape
    filter_backends = ()
    queryset = QuotaNode.objects.none()

    @extend_schema(
        operation_id="quotas_list",
        parameters=[TargetQuery],
        responses={200: TargetShape(many=True), 404: ErrorsSerializer},
    )
    def get(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        """A page of them, conditional; 400 for what cannot be read, 404 for a division that there is not."""
        return conditional(request._request, request.user, get_stamp(), lambda: self.page(request))

    def page(self, request: Request) -> HttpResponse:
        """The page; three queries for however many targets."""
        said = TargetQuery(data=request.query_params)
        said.is_valid(raise_exception=True)
        asked = asked_for(said.validated_data)
        nodes = self.paginate_queryset(get_published(QuotaNode.objects.readable_by(request.user), asked))
        rows = shaped(nodes, request, asked.moment)
        return answer(self.get_paginated_response(rows).data)


def asked_for(said: dict[str, Any]) -> Asked:
    """What a request asks for; raises Http404 for a division that there is not."""
    return Asked(
        kind=said["kind"],
        indicator=said.get("indicator", ""),
        period=said.get("period"),
        division=division_of(said.get("division")),
        within=division_of(said.get("within")),
        level=said.get("level", ""),
        moment=end_of(said.get("as_of")),
    )


def division_of(code: str | None) -> Division | None:
    """The division of a code; None without one. Raises Http404 for one that there is not."""
    try:
        return get_division(code) if code else None
    except Division.DoesNotExist:
        raise Http404 from None


def shaped(nodes: list[QuotaNode], request: Request, moment: datetime | None) -> list[dict[str, Any]]:
    """The targets as programs see them, with what of them is on the map where that is the caller's to know."""
    placings = get_placings(Placement.objects.visible_to(request.user), nodes, moment)
    marks = get_marks((node.version_id for node in nodes), moment)
    return [shapes.target(node, placings.get(node.pk), marks.get(node.version_id)) for node in nodes]
