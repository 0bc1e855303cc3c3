"""Annual statements over REST: reading, typing and every step, for whoever may do the same on a page."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.actions import statements as actions
from farmland.api.conditional import conditional
from farmland.api.rendering import dumps
from farmland.models import AnnualStatement, Comment, Figure, Origin, StatementStatus
from farmland.selectors.revisions import get_stamp
from farmland.selectors.statements import get_findings, get_reasons
from farmland.ui import sheets
from farmland.units import AREA_DECIMALS, UNITS, Unit, from_base
from farmland.workflow import Refused, available_actions

MOST_CELLS = 5000


class Refusal(APIException):
    """What the workflow or a rule refused, with its own status and code."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.detail, refused.code)
        self.status_code = refused.status


class StatementSerializer(serializers.ModelSerializer):
    """A statement in a list."""

    division = serializers.CharField(source="division_id")

    class Meta:
        model = AnnualStatement
        fields = [
            "id", "division", "year", "version", "status", "is_demo", "handed_in_at", "submitted_at", "approved_at",
            "released_at", "released_level",
        ]  # fmt: skip


class StatementFilter(django_filters.FilterSet):
    """`division`, `year` and `status`."""

    division = django_filters.CharFilter(field_name="division", max_length=6)
    year = django_filters.NumberFilter(field_name="year", min_value=1949, max_value=2100)
    status = django_filters.ChoiceFilter(choices=StatementStatus.choices)

    class Meta:
        model = AnnualStatement
        fields: list[str] = []


class StatementList(ListAPIView):
    """The statements that the caller may see."""

    serializer_class = StatementSerializer
    filterset_class = StatementFilter
    queryset = AnnualStatement.objects.none()

    def get_queryset(self) -> QuerySet[AnnualStatement]:
        """Statements in scope."""
        return AnnualStatement.objects.visible_to(self.request.user)

    def list(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        """A page of statements, conditional."""

        def build() -> HttpResponse:
            data = super(StatementList, self).list(request, *args, **kwargs).data
            return HttpResponse(dumps(data), content_type="application/json")

        return conditional(request._request, request.user, get_stamp(), build)


class CellSerializer(serializers.Serializer):
    """One typed cell: a number as text in the batch's unit, or why there is none, on the version it was based on."""

    division = serializers.RegexField(r"^[0-9]{6}\Z")
    indicator = serializers.CharField(max_length=40)
    value = serializers.CharField(max_length=40, allow_blank=True, default="")
    absence = serializers.ChoiceField(choices=["", "blank", "not_applicable"], default="")
    note = serializers.CharField(max_length=600, allow_blank=True, default="")
    base_version = serializers.IntegerField(min_value=0, default=0)


class CellsSerializer(serializers.Serializer):
    """A batch of cells; `unit` applies to all of them."""

    unit = serializers.ChoiceField(choices=["mu", "wan_mu", "ha", "m2"])
    dry_run = serializers.BooleanField(default=False)
    figures = CellSerializer(many=True)

    def validate_figures(self, cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Not more than one request can bear."""
        if len(cells) > MOST_CELLS:
            raise serializers.ValidationError(_("一次最多 %d 格。") % MOST_CELLS)
        return cells


class StepSerializer(serializers.Serializer):
    """What may be said with a step; `level` says down to where `release` goes."""

    comment = serializers.CharField(max_length=2000, allow_blank=True, default="")
    level = serializers.ChoiceField(choices=["nation", "province", "prefecture", "county"], required=False)


def statement_of(request: Request, pk: int) -> AnnualStatement:
    """The statement in the caller's scope; 404 outside it."""
    return get_object_or_404(AnnualStatement.objects.visible_to(request.user).select_related("division"), pk=pk)


class StatementDetail(APIView):
    """One statement: its figures, findings, comments and what the caller may do now."""

    @extend_schema(responses=StatementSerializer)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The statement as the caller may see it."""
        statement = statement_of(request, pk)
        return HttpResponse(dumps(shape(statement, request)), content_type="application/json")


def shape(statement: AnnualStatement, request: Request) -> dict[str, Any]:
    """A statement with everything that belongs to it."""
    figures = Figure.objects.visible_to(request.user).filter(statement=statement).order_by("division_id", "indicator")
    inside = statement.division.contains(request.user.division) or figures.exists()
    findings = get_findings(statement) if inside else []
    reasons = get_reasons(statement)
    comments = Comment.objects.visible_to(request.user).filter(statement=statement).order_by("pk")
    return {
        **StatementSerializer(statement).data,
        "available_actions": [step.action for step in available_actions(statement, request.user)]
        + actions.correction_actions(statement, request.user)
        + ["release"] * bool(actions.releasable_levels(statement, request.user)),
        "figures": [
            {
                "division": figure.division_id, "indicator": figure.indicator,
                "value_mu": f"{figure.value_mu:.{AREA_DECIMALS}f}", "origin": figure.origin,
                "input_value": str(figure.input_value), "input_unit": figure.input_unit, "note": figure.note,
                "version": figure.revision,
            }
            for figure in figures
        ],
        "findings": [finding_shape(finding) | {"reason": reasons.get(finding.key, "")} for finding in findings],
        "comments": [
            {
                "id": comment.pk, "division": comment.division_id, "indicator": comment.indicator or None,
                "text": comment.text, "at": timezone.localtime(comment.at).isoformat(),
                "resolved": comment.resolved_at is not None,
            }
            for comment in comments
        ],
    }  # fmt: skip


def finding_shape(finding: Any) -> dict[str, Any]:
    """A finding as programs see it."""
    return {
        "code": finding.code, "severity": finding.severity.value, "division": finding.division,
        "indicator": finding.indicator or None, "detail": str(finding.detail),
    }  # fmt: skip


class StatementFigures(APIView):
    """Typing: a batch of cells in one request."""

    @extend_schema(request=CellsSerializer, responses={200: dict})
    def put(self, request: Request, pk: int) -> HttpResponse:
        """Save what can be saved; every cell gets its outcome, and the statement its findings."""
        statement = statement_of(request, pk)
        batch = CellsSerializer(data=request.data)
        batch.is_valid(raise_exception=True)
        data = batch.validated_data
        cells = [actions.Cell(**cell) for cell in data["figures"]]
        try:
            outcomes = actions.save_cells(
                statement, cells=cells, unit=UNITS[data["unit"]], by=request.user, at=timezone.now(),
                dry_run=data["dry_run"],
            )  # fmt: skip
        except Refused as refused:
            raise Refusal(refused) from refused
        unit = UNITS[data["unit"]]
        answer = {
            "figures": [outcome_shape(outcome, unit) for outcome in outcomes],
            "findings": [finding_shape(finding) for finding in get_findings(statement)],
            "totals": totals_of(request, statement, {cell.indicator for cell in cells}, unit),
        }
        return HttpResponse(dumps(answer), content_type="application/json")


def totals_of(request: Request, statement: AnnualStatement, indicators: set[str], unit: Unit) -> list[dict[str, Any]]:
    """The sums of what the caller may see, of the unit and its prefectures, in the batch's unit."""
    figures = Figure.objects.visible_to(request.user).filter(
        statement=statement, origin=Origin.REPORTED, indicator__in=indicators
    )
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for figure in figures.select_related("division"):
        for place in {statement.division_id, figure.division.parent_id} - {figure.division_id}:
            sums[str(place), figure.indicator] += figure.value_mu
    return [
        {"division": division, "indicator": indicator, "value": str(from_base(value, unit))}
        for (division, indicator), value in sums.items()
    ]


def outcome_shape(outcome: actions.Outcome, unit: Unit) -> dict[str, Any]:
    """What became of a cell; `value` and `theirs` in the batch's unit."""
    value = outcome.value_mu
    printed = outcome.cell.value if outcome.state in ("saved", "unchanged") else ""
    theirs = sheets.plain(value, unit) if outcome.state == "conflict" and value is not None else ""
    return {
        "value": printed, "theirs": theirs if outcome.state == "conflict" else None, "message": outcome.detail,
        "division": outcome.cell.division, "indicator": outcome.cell.indicator,
        "state": "saved" if outcome.state == "unchanged" else outcome.state,
        "version": outcome.version, "value_mu": None if value is None else f"{value:.{AREA_DECIMALS}f}",
        "code": outcome.code or None, "detail": outcome.detail or None,
    }  # fmt: skip


class StatementStep(APIView):
    """Every step on the way up, by its name."""

    @extend_schema(request=StepSerializer, responses=StatementSerializer)
    def post(self, request: Request, pk: int, action: str) -> HttpResponse:
        """Take the step; 403 for the wrong person, 409 from the wrong state, 422 where a rule refuses."""
        statement = statement_of(request, pk)
        said = StepSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        level, now = said.validated_data.get("level", ""), timezone.now()
        try:
            if action == "release":
                current = actions.release(statement, level=level, by=request.user, at=now)
            else:
                current = actions.take_step(
                    statement, action, by=request.user, at=now, comment=said.validated_data["comment"]
                )
        except Refused as refused:
            raise Refusal(refused) from refused
        return HttpResponse(dumps(shape(current, request)), content_type="application/json")
