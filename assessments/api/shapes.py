"""Scorecards in the shapes of the public contract."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from assessments.selectors.figures import is_demo
from assessments.selectors.scorecard import Cell, Scorecard, ScorecardSet
from farmland.models import XPCC, Division
from farmland.units import AREA_DECIMALS

PLACES = Decimal(1).scaleb(-AREA_DECIMALS)


def mu(value: Decimal | None) -> str | None:
    """An area of mu as a string with six decimals; None stays None, never zero."""
    return None if value is None else str(value.quantize(PLACES))


def text(value: Decimal | None) -> str | None:
    """A number as text; None stays None."""
    return None if value is None else str(value)


def division(row: Division) -> dict[str, str]:
    """A division's code and names; below the province the English name is empty."""
    return {"code": row.code, "name": row.name, "name_en": row.name_en}


def cell(item: Cell) -> dict[str, Any]:
    """One indicator: value, target, headroom, status, and where the value comes from."""
    figure, target, verdict = item.figure, item.target, item.verdict
    total = item.sum
    return {
        "value_mu": mu(item.value_mu),
        "target_mu": mu(target.value_mu) if target else None,
        "target_year": target.version.target_year if target else None,
        "headroom_mu": mu(verdict.headroom_mu),
        "headroom_percent": text(verdict.headroom_percent),
        "completion_percent": text(item.completion_percent),
        "status": verdict.status.value,
        "origin": figure.origin if figure else ("summed" if item.value_mu is not None else None),
        "basis": figure.basis if figure else None,
        "confidence": figure.confidence if figure else None,
        "qualifier": figure.qualifier if figure else None,
        "source": source(item),
        "demo": item.is_demo,
        "sum_mu": mu(total.value_mu) if total else None,
        "sum_coverage": {"reported": total.reported, "expected": total.expected} if total else None,
        "residual_mu": mu(item.residual_mu),
        "target_source": str(target.document) if target else None,
        "target_demo": bool(target and target.version.is_demo),
    }


def source(item: Cell) -> str | None:
    """The document or statement that the headline comes from, in words."""
    figure = item.figure
    if figure is None:
        return None
    return figure.document.title if figure.document else str(figure.statement)


def row(card: Scorecard) -> dict[str, Any]:
    """One division's line of the summary."""
    lead = card.lead
    statement = None
    if lead is not None:
        statement = {
            "id": lead.statement_id,
            "version": lead.statement.version if lead.statement else lead.edition,
            "source": lead.document.title if lead.document else str(lead.statement),
            "demo": is_demo(lead),
        }
    return {
        "division": division(card.division),
        "data_state": card.data_state,
        "statement": statement,
        "figures": {code: cell(item) for code, item in card.cells.items()},
    }


def summary(cards: ScorecardSet, *, level: str, as_of: datetime) -> dict[str, Any]:
    """The whole answer of the summary."""
    nation = row(cards.nation)
    return {
        "year": cards.year,
        "level": level,
        "as_of": timezone.localtime(as_of).isoformat(),
        "coverage": {
            "reported": cards.reported,
            "expected": len(cards.rows),
            "apart": {XPCC: cards.apart.data_state if cards.apart else "none"},
        },
        "national": {key: nation[key] for key in ("division", "data_state", "statement", "figures")},
        "results": [row(card) for card in cards.rows],
    }
