"""Batches of typed cells over REST: what is the same for figures and for targets."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from farmland.actions.statements.cells import Outcome
from farmland.units import AREA_DECIMALS

MOST_CELLS = 5000


class BatchSerializer(serializers.Serializer):
    """A batch of cells, its `figures`; `unit` applies to all of them."""

    unit = serializers.ChoiceField(choices=["mu", "wan_mu", "ha", "m2"])
    dry_run = serializers.BooleanField(default=False)

    def validate_figures(self, cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Not more than one request can bear."""
        if len(cells) > MOST_CELLS:
            raise serializers.ValidationError(_("一次最多 %d 格。") % MOST_CELLS)
        return cells


def outcome_shape(outcome: Outcome, theirs: str) -> dict[str, Any]:
    """What became of a cell; `value` and `theirs`, what stands there, in the batch's unit."""
    return {
        "value": outcome.cell.value if outcome.state in ("saved", "unchanged") else "",
        "theirs": theirs if outcome.state == "conflict" else None,
        "message": outcome.detail, "division": outcome.cell.division, "indicator": outcome.cell.indicator,
        "state": "saved" if outcome.state == "unchanged" else outcome.state,
        "version": None if outcome.state == "invalid" else outcome.version,
        "value_mu": None if outcome.value_mu is None else f"{outcome.value_mu:.{AREA_DECIMALS}f}",
        "code": outcome.code or None, "detail": outcome.detail or None,
    }  # fmt: skip
