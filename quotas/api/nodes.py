"""Typing targets over REST: a batch of cells in one request, as the grid sends them."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.actions.statements.cells import Cell, Outcome
from farmland.api.cells import BatchSerializer, outcome_shape
from farmland.api.statements.shared import answer
from farmland.ui.sheets import plain
from farmland.units import UNITS, Unit, from_base
from quotas import ui
from quotas.actions import Typed, save_nodes
from quotas.actions.locks import lock_version
from quotas.actions.nodes import COLUMNS, VALUE
from quotas.api import shapes
from quotas.api.shared import guarded, version_of
from quotas.api.versions import detail
from quotas.models import QuotaVersion


class TargetCellSerializer(serializers.Serializer):
    """One typed cell: `indicator` is its column, the target handed down (`value`) or the child's own plan (`plan`)."""

    division = serializers.RegexField(r"^[0-9]{6}\Z")
    indicator = serializers.ChoiceField(choices=COLUMNS, default=VALUE)
    value = serializers.CharField(max_length=40, allow_blank=True, default="")
    note = serializers.CharField(max_length=600, allow_blank=True, required=False)
    base_version = serializers.IntegerField(min_value=0, default=0)


class TargetCellsSerializer(BatchSerializer):
    """A batch of cells; `unit` applies to all of them."""

    figures = TargetCellSerializer(many=True)


class VersionNodes(APIView):
    """Typing: a batch of targets in one request."""

    @extend_schema(operation_id="quotas_versions_nodes_update", request=TargetCellsSerializer, responses={200: dict})
    def put(self, request: Request, pk: int) -> HttpResponse:
        """Save what can be saved; every cell gets its outcome, the version its findings and what is left of its target."""
        version = version_of(request, pk)
        batch = TargetCellsSerializer(data=request.data)
        batch.is_valid(raise_exception=True)
        data, unit = batch.validated_data, UNITS[batch.validated_data["unit"]]
        cells = [Cell(**{"absence": "", **cell}) for cell in data["figures"]]

        def save() -> Typed:
            return save_nodes(
                version, cells=cells, unit=unit, by=request.user, at=timezone.now(), dry_run=data["dry_run"]
            )

        typed = guarded(
            request, lambda: lock_version(version), lambda: detail(version_of(request, pk), request.user), save
        )
        return answer(shape(typed, unit))


def shape(typed: Typed, unit: Unit) -> dict[str, Any]:
    """What became of every cell, what the rules find, and the balance as the page prints it."""
    contents = typed.contents
    balance = ui.balance_of(contents, unit)
    owner: QuotaVersion = contents.version
    return {
        "figures": [outcome_shape(outcome, theirs(outcome, unit)) for outcome in typed.outcomes],
        "findings": [
            shapes.finding(one) | {"indicator": ui.column_of(one), "reason": ""} for one in contents.findings()
        ],
        "totals": [
            {"division": owner.owner_id, "indicator": VALUE, "value": str(from_base(contents.total_mu, unit))}
        ],
        "balance": {
            "parent": balance.parent, "handed_out": balance.handed_out, "left": balance.left, "word": balance.word,
            "tone": balance.tone,
        },
    }  # fmt: skip


def theirs(outcome: Outcome, unit: Unit) -> str:
    """What stands in a cell, in the batch's unit."""
    return plain(outcome.value_mu, unit) if outcome.value_mu is not None else ""
