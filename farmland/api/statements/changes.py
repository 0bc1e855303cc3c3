"""What changed in a statement, over REST: against last year, since it was last returned, from the version it corrects."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.api.conditional import conditional_content
from farmland.api.rendering import dumps
from farmland.api.statements.shared import statement_of
from farmland.indicators import INDICATORS
from farmland.selectors.changes import (
    CellChange,
    CellState,
    Compared,
    get_changes_from_corrected,
    get_changes_since_return,
    get_return,
    get_totals_against_last_year,
)
from farmland.selectors.revisions import get_changed_at
from farmland.selectors.statements import read
from farmland.units import AREA_DECIMALS


class Changes(APIView):
    """The comparisons that the reviewer's page shows."""

    @extend_schema(responses={200: dict})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """What of them lies in the caller's scope; empty where nothing of the statement is shown."""
        statement = statement_of(request, pk)
        reading = read(statement).within(statement.part_shown_to(request.user))
        returned = get_return(statement) if reading.rows else None
        areas = [code for code, indicator in INDICATORS.items() if indicator.is_area]
        compared = get_totals_against_last_year(reading, areas) if reading.rows else []
        content = {
            "against_last_year": [compared_shape(line) for line in compared],
            "returned_at": timezone.localtime(returned.at).isoformat() if returned else None,
            "since_return": [change_shape(c) for c in get_changes_since_return(reading, returned)] if returned else [],
            "from_corrected": [change_shape(c) for c in get_changes_from_corrected(reading)] if reading.rows else [],
        }
        return conditional_content(request._request, dumps(content), get_changed_at(statement))


def mu(value: Any) -> str | None:
    """An area as the contract writes it; null where it is unknown."""
    return None if value is None else f"{value:.{AREA_DECIMALS}f}"


def compared_shape(line: Compared) -> dict[str, Any]:
    """One line of the part against last year; no difference where the bases differ."""
    return {
        "division": line.division, "indicator": line.indicator, "value_mu": mu(line.this_mu),
        "last_year_mu": mu(line.last_mu), "difference_mu": mu(line.difference_mu),
        "percent": None if line.percent is None else f"{line.percent:.2f}", "comparable": line.is_comparable,
    }  # fmt: skip


def change_shape(change: CellChange) -> dict[str, Any]:
    """One cell that differs."""
    return {
        "division": change.division, "indicator": change.indicator, "before": state_shape(change.before),
        "after": state_shape(change.after), "who": change.who or None,
        "at": timezone.localtime(change.at).isoformat() if change.at else None,
    }  # fmt: skip


def state_shape(state: CellState | None) -> dict[str, Any] | None:
    """What stood in a cell; null for an empty one."""
    if state is None:
        return None
    typed = None if state.input_value is None else f"{state.input_value:.{state.decimals}f}"
    return {
        "value_mu": mu(state.value_mu), "input_value": typed, "input_unit": state.unit or None,
        "absence": state.absence or None, "note": state.note,
    }  # fmt: skip
