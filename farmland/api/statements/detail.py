"""One statement over REST: what its page shows, in the caller's scope, and every step by its name."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.actions import statements as actions
from farmland.api.conditional import conditional_content
from farmland.api.rendering import dumps
from farmland.api.statements.lists import StatementSerializer
from farmland.api.statements.shared import (
    answer,
    comment_shape,
    file_shape,
    files_of,
    finding_shape,
    statement_of,
    written,
)
from farmland.models import AnnualStatement, Comment, Figure, FinishedRow
from farmland.selectors.revisions import get_changed_at
from farmland.selectors.statements import read
from farmland.units import AREA_DECIMALS
from farmland.workflow import available_actions


class StatementDetail(APIView):
    """One statement: its figures, findings, comments and what the caller may do now."""

    @extend_schema(responses=StatementSerializer)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The statement as the caller may see it."""
        statement = statement_of(request, pk)
        content = dumps(shape(statement, request))
        return conditional_content(request._request, content, get_changed_at(statement))


def shape(statement: AnnualStatement, request: Request) -> dict[str, Any]:
    """A statement with everything that belongs to it, as far as the caller sees it."""
    user = request.user
    figures = Figure.objects.visible_to(user).filter(statement=statement).order_by("division_id", "indicator")
    reading = read(statement).within(statement.part_shown_to(user))
    comments = Comment.objects.visible_to(user).filter(statement=statement).select_related("by").order_by("pk")
    return {
        **StatementSerializer(statement).data,
        "basis_changed": statement.basis_changed,
        "available_actions": [step.action for step in available_actions(statement, user)]
        + actions.correction_actions(statement, user)
        + ["release"] * bool(actions.releasable_levels(statement, user)),
        "figures": [figure_shape(figure) for figure in figures],
        "gaps": [
            {
                "division": gap.division_id, "indicator": gap.indicator, "absence": gap.kind, "note": gap.note,
                "version": gap.revision,
            }
            for gap in reading.gaps.values()
        ],
        "findings": [finding_shape(finding, reading.reasons) for finding in reading.findings],
        "comments": [comment_shape(comment) for comment in comments],
        "done": [
            {"division": row.division_id, "department": row.department}
            for row in FinishedRow.objects.visible_to(user).filter(statement=statement).order_by("division", "department")
        ],
        "files": [file_shape(file) for file in files_of(statement, request)],
    }  # fmt: skip


def figure_shape(figure: Figure) -> dict[str, Any]:
    """A figure of the statement, with what was typed."""
    return {
        "division": figure.division_id, "indicator": figure.indicator,
        "value_mu": None if figure.value_mu is None else f"{figure.value_mu:.{AREA_DECIMALS}f}",
        "measure": None if figure.measure is None else f"{figure.measure:.4f}", "origin": figure.origin,
        "input_value": f"{figure.input_value:.{figure.input_decimals}f}", "input_unit": figure.input_unit,
        "note": figure.note, "version": figure.revision,
    }  # fmt: skip


class StepSerializer(serializers.Serializer):
    """What may be said with a step; `level` says down to where `release` goes."""

    comment = serializers.CharField(max_length=2000, allow_blank=True, default="")
    level = serializers.ChoiceField(choices=["nation", "province", "prefecture", "county"], required=False)


class EvidenceStepSerializer(StepSerializer):
    """The same as a form, with the evidence that `request_correction` must have."""

    file = serializers.ListField(child=serializers.FileField(allow_empty_file=True, max_length=1000), default=list)


class StatementStep(APIView):
    """Every step on the way up, by its name."""

    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(
        request={"application/json": StepSerializer, "multipart/form-data": EvidenceStepSerializer},
        responses=StatementSerializer,
    )
    def post(self, request: Request, pk: int, action: str) -> HttpResponse:
        """Take the step; 403 for the wrong person, 409 from the wrong state, 422 where a rule refuses."""
        statement_of(request, pk)
        said = EvidenceStepSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        level, comment = said.validated_data.get("level", ""), said.validated_data["comment"]
        evidence = said.validated_data["file"]

        def take(statement: AnnualStatement) -> AnnualStatement:
            if action == "release":
                return actions.release(statement, level=level, by=request.user, at=timezone.now())
            return actions.take_step(
                statement, action, by=request.user, at=timezone.now(), comment=comment, evidence=evidence
            )

        current = written(request, pk, take, lambda statement: shape(statement, request))
        return answer(shape(current, request))
