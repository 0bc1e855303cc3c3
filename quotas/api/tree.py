"""The tree of targets over REST."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.api.conditional import conditional
from farmland.api.errors import ErrorsSerializer
from farmland.api.statements.shared import answer
from farmland.forms.days import end_of
from farmland.models import Level, User
from farmland.selectors.revisions import get_stamp
from quotas.api import shapes
from quotas.api.serializers import TreeQuery
from quotas.models import Letter, Placement, Redo
from quotas.selectors.known import Working
from quotas.selectors.tree import Branch, Tree, above_of, get_place, get_tree


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
    """The answer; seven queries for however many divisions. Raises Http404 for a division that has no targets."""
    asked = TreeQuery(data=request.query_params)
    asked.is_valid(raise_exception=True)
    said = asked.validated_data
    day, moment, place = said.get("as_of"), end_of(said.get("as_of")), get_place(said["division"])
    if place is None or not place.is_valid(moment):
        raise Http404
    working = working_of(request.user)
    tree = get_tree(
        place, indicator=said["indicator"], year=said["period"], moment=moment, working=working, is_whole=True
    )
    return answer(
        {
            "indicator": said["indicator"], "direction": tree.direction.value, "period": said["period"],
            "as_of": day.isoformat() if day else None, "tree": shape(tree.root, nest(tree), working),
        }
    )  # fmt: skip


def working_of(user: User) -> Working:
    """What the caller may know of what divisions record themselves: the own subtree's; marks are public."""
    return Working(
        place=user.division if user.has_business_rights else None,
        placements=Placement.objects.visible_to(user),
        letters=Letter.objects.visible_to(user),
        redos=Redo.objects.readable_by(user),
    )


def nest(tree: Tree) -> dict[str, list[Branch]]:
    """The branches below each division; the Corps below the nation, which hands it its target."""
    found: dict[str, list[Branch]] = defaultdict(list)
    for branch in [*tree.rows, *([tree.apart] if tree.apart else [])]:
        found[above_of(branch.division)].append(branch)
    return found


def shape(branch: Branch, below: Mapping[str, Sequence[Branch]], working: Working) -> dict[str, Any]:
    """A division in the tree with all below it."""
    place, target, is_own = branch.division, branch.target, working.covers(branch.division)
    children = below.get(place.code, ())
    return {
        "division": shapes.division(place), "level": place.level, "counted": place.level != Level.SPECIAL,
        "node": target.node if target else None, "value_mu": shapes.mu(target.value_mu if target else None),
        "demo": bool(target and target.is_demo), "children_mu": shapes.mu(branch.children_mu),
        "gap_mu": shapes.mu(branch.margin_mu), "children_with_target": branch.with_target,
        "children_expected": branch.children,
        "placement": {
            "placed_mu": shapes.mu(branch.placed_mu), "expected": branch.expected, "placed": branch.recorded,
            "uploaded": branch.uploaded or 0,
        } if is_own else None,
        "letters": {
            "signed": sum(child.is_signed for child in children),
            "required": sum(child.target is not None for child in children),
        } if is_own else None,
        "needs_redo": shapes.redo(branch.mark),
        "children": [shape(child, below, working) for child in children],
    }  # fmt: skip
