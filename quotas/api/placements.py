"""What of a target is on the map, and since when it is in the database, over REST."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.api.conditional import conditional_content
from farmland.api.rendering import dumps
from farmland.api.statements.shared import answer
from farmland.selectors.revisions import get_stamp
from farmland.units import UNITS
from quotas.actions import Placed, place
from quotas.actions.locks import lock_divisions
from quotas.api import shapes
from quotas.api.serializers import PlacementBody, PlacementShape
from quotas.api.shared import guarded
from quotas.api.steps import REFUSED
from quotas.models import CLOSED, Placement, QuotaNode


class PlacementDetail(APIView):
    """Where one target lies."""

    @extend_schema(operation_id="quotas_placements_retrieve", responses=PlacementShape)
    def get(self, request: Request, node: int) -> HttpResponse:
        """What is recorded; 404 outside the caller's subtree, and for what was not handed down."""
        content = dumps(shape(node_of(request, node)))
        return conditional_content(request._request, content, get_stamp().changed_at)

    @extend_schema(
        operation_id="quotas_placements_update", request=PlacementBody, responses={200: PlacementShape, **REFUSED}
    )
    def put(self, request: Request, node: int) -> HttpResponse:
        """Record it; 403 for all but the county's own staff, 409 where the target is not in force or somebody else changed
        the record, 422 for an entry of less than was handed down (C.1)."""
        row = node_of(request, node)
        said = PlacementBody(data=request.data)
        said.is_valid(raise_exception=True)
        data = said.validated_data
        placed = Placed(**{**data, "unit": UNITS[data["unit"]]})

        def write() -> Placement:
            return place(row, placed, by=request.user, at=timezone.now())

        guarded(request, lambda: lock_divisions([row.division_id]), lambda: shape(node_of(request, node)), write)
        return answer(shape(node_of(request, node)))


def node_of(request: Request, pk: int) -> QuotaNode:
    """The target in the caller's subtree, once it was handed down; 404 otherwise."""
    rows = QuotaNode.objects.visible_to(request.user).filter(version__state__in=CLOSED)
    return get_object_or_404(rows.select_related("division", "version", "placement__by"), pk=pk)


def shape(node: QuotaNode) -> dict[str, Any]:
    """A target and what of it is on the map."""
    row: Placement | None = getattr(node, "placement", None)
    return {
        "node": node.pk, "division": shapes.division(node.division), "indicator": node.version.indicator,
        "period": node.version.target_year, "value_mu": shapes.mu(node.value_mu),
        "placed_mu": shapes.mu(row.placed_mu) if row else None,
        "input_value": f"{row.input_value:.{row.input_decimals}f}" if row else None,
        "input_unit": row.input_unit if row else None,
        "uploaded_on": row.uploaded_on.isoformat() if row and row.uploaded_on else None,
        "note": row.note if row else "", "version": row.revision if row else 0,
        "by": row.by.username if row else None, "at": shapes.moment(row.at) if row else None,
    }  # fmt: skip
