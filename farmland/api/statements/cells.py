"""Typing over REST: a batch of cells in one request."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.actions import statements as actions
from farmland.api.statements.detail import shape
from farmland.api.statements.shared import answer, finding_shape, statement_of, written
from farmland.models import AnnualStatement
from farmland.selectors.statements import Reading
from farmland.ui import sheets
from farmland.units import AREA_DECIMALS, UNITS, Unit, from_base

MOST_CELLS = 5000


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
                "figures": [outcome_shape(outcome, unit) for outcome in typed.outcomes],
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


def outcome_shape(outcome: actions.Outcome, unit: Unit) -> dict[str, Any]:
    """What became of a cell; `value` and `theirs` in the batch's unit."""
    value = outcome.value_mu
    printed = outcome.cell.value if outcome.state in ("saved", "unchanged") else ""
    theirs = sheets.shown(outcome.theirs, unit) if outcome.theirs else ""
    return {
        "value": printed, "theirs": theirs if outcome.state == "conflict" else None, "message": outcome.detail,
        "division": outcome.cell.division, "indicator": outcome.cell.indicator,
        "state": "saved" if outcome.state == "unchanged" else outcome.state,
        "version": None if outcome.state == "invalid" else outcome.version, "value_mu": None if value is None else f"{value:.{AREA_DECIMALS}f}",
        "code": outcome.code or None, "detail": outcome.detail or None,
    }  # fmt: skip
