"""Versions of targets over REST: what each says, what the rules find in it, and what the caller may do."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.api.conditional import conditional, conditional_content
from farmland.api.errors import ErrorsSerializer
from farmland.api.rendering import dumps
from farmland.api.statements.shared import answer, refusals
from farmland.models import NATION, Division, User
from farmland.selectors.revisions import get_stamp
from quotas.actions import open_draft
from quotas.api import shapes
from quotas.api.serializers import OpenedBody, VersionDetailShape, VersionQuery, VersionShape
from quotas.api.shared import VERSION_PARTS
from quotas.api.targets import division_of
from quotas.models import UNDER_WAY, QuotaState, QuotaVersion
from quotas.selectors.handing_down import Contents, get_contents
from quotas.selectors.published import get_marks
from quotas.workflow import available_actions, needs_document


class VersionList(ListAPIView):
    """The versions that the caller may read: all that were once handed down, and the own under way."""

    serializer_class = VersionShape
    filter_backends = ()
    queryset = QuotaVersion.objects.none()

    @extend_schema(
        operation_id="quotas_versions_list",
        parameters=[VersionQuery],
        responses={200: VersionShape(many=True), 404: ErrorsSerializer},
    )
    def get(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        """A page of them, conditional."""
        return conditional(request._request, request.user, get_stamp(), lambda: self.page(request))

    def page(self, request: Request) -> HttpResponse:
        """The page; two queries for however many versions."""
        asked = VersionQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        if "owner" in said:
            said["owner"] = division_of(said["owner"])
        if "period" in said:
            said["target_year"] = said.pop("period")
        rows = QuotaVersion.objects.readable_by(request.user).filter(**said).select_related(*VERSION_PARTS)
        versions = self.paginate_queryset(rows)
        marks = get_marks((row.pk for row in versions), None)
        return answer(self.get_paginated_response([shapes.version(row, marks.get(row.pk)) for row in versions]).data)

    @extend_schema(
        operation_id="quotas_versions_create", request=OpenedBody,
        responses={201: VersionDetailShape, 409: ErrorsSerializer, 422: ErrorsSerializer},
    )  # fmt: skip
    def post(self, request: Request) -> HttpResponse:
        """Begin a version; where one is in force it begins with its targets. 403 for who does not draw it up, 409 where one
        is under way or the owner was handed no target, 422 for no such promise."""
        said = OpenedBody(data=request.data)
        said.is_valid(raise_exception=True)
        data = said.validated_data
        owner = get_object_or_404(Division.objects.visible_to(request.user), pk=data["owner"])
        with refusals():
            version = open_draft(
                indicator=data["indicator"], owner=owner, target_year=data["period"], by=request.user, at=timezone.now()
            )
        return answer(detail(version, request.user), 201)


class VersionDetail(APIView):
    """One version."""

    @extend_schema(operation_id="quotas_versions_retrieve", responses=VersionDetailShape)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The version with its targets and findings; reasons and steps are for those whose affair it is."""
        rows = QuotaVersion.objects.readable_by(request.user).select_related(*VERSION_PARTS)
        version = get_object_or_404(rows, pk=pk)
        is_own = QuotaVersion.objects.visible_to(request.user).filter(pk=pk).exists()
        content = dumps(detail(version, request.user, is_own=is_own))
        return conditional_content(request._request, content, get_stamp().changed_at)


def detail(version: QuotaVersion, user: User, *, is_own: bool = True) -> dict[str, Any]:
    """A version with all that belongs to it, as far as it is the user's affair."""
    contents = get_contents(version)
    is_judged = version.state in (*UNDER_WAY, QuotaState.PUBLISHED)
    return {
        **shapes.version(version, get_marks([version.pk], None).get(version.pk)),
        "parent_mu": shapes.mu(contents.parent.value_mu if contents.parent else None),
        "nodes": nodes(contents),
        "findings": [shapes.finding(found) for found in contents.findings()] if is_judged else [],
        "reasons": reasons(version) if is_own else [],
        "transitions": transitions(version) if is_own else [],
        "available_actions": [
            {
                "name": step.action.value, "label": step.label, "needs_comment": step.needs_comment,
                "needs_document": needs_document(version, step),
            }
            for step in available_actions(version, user)
        ],
    }  # fmt: skip


def nodes(contents: Contents) -> list[dict[str, Any]]:
    """The targets: of a version under way one for every division that gets one, else those that were handed down."""
    version = contents.version
    if version.state not in UNDER_WAY:
        rows = sorted(contents.nodes.values(), key=lambda row: row.division_id)
        return [shapes.node(row.division, row) for row in rows]
    places = [version.owner, *contents.places] if version.owner_id == NATION else contents.places
    return [shapes.node(place, contents.nodes.get(place.code)) for place in places]


def reasons(version: QuotaVersion) -> list[dict[str, Any]]:
    """Why SOFT findings may stand."""
    rows = version.reasons.select_related("by").order_by("division", "code")
    return [
        {
            "code": row.code, "division": row.division_id, "text": row.text, "by": row.by.username,
            "at": shapes.moment(row.at),
        }
        for row in rows
    ]  # fmt: skip


def transitions(version: QuotaVersion) -> list[dict[str, Any]]:
    """The steps that were taken."""
    return [
        {
            "action": row.action, "from_state": row.from_state or None, "to_state": row.to_state,
            "comment": row.comment, "by": row.by.username, "at": shapes.moment(row.at),
        }
        for row in version.transitions.select_related("by").order_by("pk")
    ]  # fmt: skip
