"""Typing over REST: a batch of cells in one request."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.actions import statements as actions
from farmland.api.cells import BatchSerializer, outcome_shape
from farmland.api.statements.detail import shape
from farmland.api.statements.shared import answer, finding_shape, statement_of, written
from farmland.models import AnnualStatement
from farmland.selectors.statements import Reading
from farmland.ui import sheets
from farmland.units import UNITS, Unit, from_base


class CellSerializer(serializers.Serializer):
    """One typed cell: a number as text in the batch's unit, or why there is none, on the version it was based on.

    Without `note` the one that stands there stays.
    """

    division = serializers.RegexField(r"^[0-9]{6}\Z")
    indicator = serializers.CharField(max_length=40)
    value = serializers.CharField(max_length=40, allow_blank=True, default="")
    absence = serializers.ChoiceField(choices=["", "blank", "not_applicable"], default="")
    note = serializers.CharField(max_length=600, allow_blank=True, required=False)
    base_version = serializers.IntegerField(min_value=0, default=0)


class CellsSerializer(BatchSerializer):
    """A batch of cells; `unit` applies to all of them."""

    figures = CellSerializer(many=True)


class StatementFigures(APIView):
    """Typing: a batch of cells in one request."""

    @extend_schema(request=CellsSerializer, responses={200: dict})
    def put(self, request: Request, pk: int) -> HttpResponse:
        """Save what can be saved; every cell gets its outcome, and what the caller sees of the statement its findings."""
        statement = statement_of(request, pk)
        batch = CellsSerializer(data=request.data)
        batch.is_valid(raise_exception=True)
        data, unit = batch.validated_data, UNITS[batch.validated_data["unit"]]
        cells = [actions.Cell(**cell) for cell in data["figures"]]

        def save(current: AnnualStatement) -> actions.Typed:
            return actions.type_cells(
                current, cells=cells, unit=unit, by=request.user, at=timezone.now(), dry_run=data["dry_run"]
            )

        typed = written(request, pk, save, lambda current: shape(current, request), statement)
        reading = typed.contents.read(unit=unit).within(statement.part_shown_to(request.user))
        return answer(
            {
                "figures": [outcome_shape(outcome, theirs(outcome, unit)) for outcome in typed.outcomes],
                "findings": [finding_shape(finding, reading.reasons) for finding in reading.findings],
                "totals": totals_of(reading, {cell.indicator for cell in cells}, unit),
            }
        )


def totals_of(reading: Reading, indicators: set[str], unit: Unit) -> list[dict[str, Any]]:
    """The sums of what the caller sees, of every division with others below it, in the batch's unit."""
    return [
        {"division": division, "indicator": indicator, "value": str(from_base(found.value_mu, unit))}
        for (division, indicator), found in reading.sums(sorted(indicators)).items()
        if found.value_mu is not None
    ]


def theirs(outcome: actions.Outcome, unit: Unit) -> str:
    """What somebody else typed in a cell, in the batch's unit."""
    return sheets.shown(outcome.theirs, unit) if outcome.theirs else ""
