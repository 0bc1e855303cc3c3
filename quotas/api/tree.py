"""The tree of targets over REST."""

from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.api.conditional import conditional
from farmland.api.errors import ErrorsSerializer
from farmland.api.statements.shared import answer
from farmland.models import Division
from farmland.selectors.revisions import get_stamp
from quotas.api import shapes
from quotas.api.serializers import TreeQuery, end_of
from quotas.models import Letter, Placement, QuotaNode
from quotas.selectors.published import get_division
from quotas.selectors.tree_api import Branch, get_tree


class TargetTree(APIView):
    """Who was handed how much and handed on how much, from a division down to its counties."""

    @extend_schema(
        operation_id="quotas_tree_retrieve", parameters=[TreeQuery], responses={200: dict, 404: ErrorsSerializer}
    )
    def get(self, request: Request) -> HttpResponse:
        """The tree, conditional. `gap_mu` is by how much the children hold the target, negative where they break it, and
        null while one of them has none. What is on the map and which letters are signed is known within the caller's
        subtree alone."""
        return conditional(request._request, request.user, get_stamp(), lambda: build(request))


def build(request: Request) -> HttpResponse:
    """The answer; five queries for however many divisions. Raises Http404 for a division that has no targets."""
    asked = TreeQuery(data=request.query_params)
    asked.is_valid(raise_exception=True)
    said = asked.validated_data
    user, day = request.user, said.get("as_of")
    try:
        tree = get_tree(
            get_division(said["division"]),
            QuotaNode.objects.readable_by(user),
            Placement.objects.visible_to(user),
            Letter.objects.visible_to(user),
            indicator=said["indicator"],
            period=said["period"],
            moment=end_of(day),
        )
    except Division.DoesNotExist:
        raise Http404 from None
    own = user.division if user.has_business_rights else None
    return answer(
        {
            "indicator": said["indicator"], "direction": tree.direction.value, "period": said["period"],
            "as_of": day.isoformat() if day else None, "tree": shape(tree, own),
        }
    )  # fmt: skip


def shape(branch: Branch, own: Division | None) -> dict[str, Any]:
    """A division in the tree with all below it; `own` is the division whose subtree the caller works in."""
    place, mapped = branch.division, branch.mapped
    is_own = own is not None and own.contains(place)
    return {
        "division": shapes.division(place), "level": place.level, "counted": branch.is_counted,
        "node": branch.node.pk if branch.node else None, "value_mu": shapes.mu(branch.value_mu),
        "demo": bool(branch.node and branch.node.version.is_demo), "children_mu": shapes.mu(branch.children_mu),
        "gap_mu": shapes.mu(branch.gap_mu), "children_with_target": len(branch.known),
        "children_expected": len(branch.counted),
        "placement": {
            "placed_mu": shapes.mu(mapped.placed_mu), "expected": mapped.expected, "placed": mapped.placed,
            "uploaded": mapped.uploaded,
        } if is_own else None,
        "letters": {"signed": branch.signed, "required": branch.letters_required} if is_own else None,
        "needs_redo": shapes.redo(branch.mark),
        "children": [shape(child, own) for child in branch.children],
    }  # fmt: skip
