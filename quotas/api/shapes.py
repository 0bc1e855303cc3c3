"""Promises in the shapes of the public contract."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from farmland.models import Division, PolicyDocument
from farmland.units import AREA_DECIMALS
from quotas.models import QuotaNode, QuotaState, QuotaVersion, Redo
from quotas.rules import Finding
from quotas.selectors.known import Mark
from quotas.selectors.published import Placing


def mu(value: Decimal | None) -> str | None:
    """An area of mu as a string with six decimals; None stays None, never zero."""
    return None if value is None else f"{value:.{AREA_DECIMALS}f}"


def moment(at: datetime | None) -> str | None:
    """A time in the site's zone."""
    return timezone.localtime(at).isoformat() if at else None


def division(row: Division) -> dict[str, str]:
    """A division's code and names; below the province the English name is empty."""
    return {"code": row.code, "name": row.name, "name_en": row.name_en}


def document(row: PolicyDocument | None) -> dict[str, Any] | None:
    """A document as it is cited; null where there is none yet."""
    if row is None:
        return None
    return {
        "number": row.number, "title": row.title, "issuer": row.issuer,
        "issued_on": row.issued_on.isoformat() if row.issued_on else None,
    }  # fmt: skip


def redo(mark: Redo | Mark | None) -> dict[str, Any] | None:
    """By when what a version says is to be redone, and the number of the version that tightened its parent."""
    return {"due_on": mark.due_on.isoformat(), "cause": mark.cause_id} if mark else None


def placing(found: Placing | None) -> dict[str, Any] | None:
    """What of a target is on the map; null where nothing is known."""
    if found is None:
        return None
    return {
        "placed_mu": mu(found.placed_mu), "uploaded_on": found.uploaded_on.isoformat() if found.uploaded_on else None,
    }  # fmt: skip


def target(node: QuotaNode, placed: Placing | None, mark: Redo | None) -> dict[str, Any]:
    """A target in force; the version's state is the one that it had when the target was."""
    version, parent = node.version, node.parent
    return {
        "id": node.pk, "division": division(node.division), "indicator": version.indicator,
        "direction": version.direction.value, "period": version.target_year, "value_mu": mu(node.value_mu),
        "plan_mu": mu(node.plan_mu),
        "parent": {"owner": parent.division_id, "value_mu": mu(parent.value_mu)} if parent else None,
        "version": {
            "id": version.pk, "number": version.version, "state": QuotaState.PUBLISHED.value,
            "owner": version.owner_id, "complete": version.is_complete, "demo": version.is_demo,
        },
        "document": document(node.document), "confidence": node.confidence, "placement": placing(placed),
        "needs_redo": redo(mark),
    }  # fmt: skip


def version(row: QuotaVersion, mark: Redo | None) -> dict[str, Any]:
    """A version in a list; what will take its place is named once it does."""
    successor = getattr(row, "superseded_by", None)
    return {
        "id": row.pk, "kind": row.kind, "indicator": row.indicator, "direction": row.direction.value,
        "owner": division(row.owner), "period": row.target_year, "number": row.version, "state": row.state,
        "complete": row.is_complete, "demo": row.is_demo, "document": document(row.document),
        "adjustment": document(row.adjusted_by), "supersedes": row.supersedes_id,
        "superseded_by": successor.pk if successor and row.state == QuotaState.SUPERSEDED else None,
        "needs_redo": redo(mark), "opened_at": moment(row.opened_at), "submitted_at": moment(row.submitted_at),
        "approved_at": moment(row.approved_at), "published_at": moment(row.published_at),
    }  # fmt: skip


def node(place: Division, row: QuotaNode | None) -> dict[str, Any]:
    """One division's target in a version; `version` and `plan_version` are what a change of them is based on."""
    if row is None:
        return {
            "id": None, "division": division(place), "value_mu": None, "input_value": None, "input_unit": None,
            "plan_mu": None, "note": "", "version": 0, "plan_version": 0,
        }  # fmt: skip
    return {
        "id": row.pk, "division": division(place), "value_mu": mu(row.value_mu),
        "input_value": f"{row.input_value:.{row.input_decimals}f}", "input_unit": row.input_unit,
        "plan_mu": mu(row.plan_mu), "note": row.note, "version": row.revision, "plan_version": row.plan_revision,
    }  # fmt: skip


def finding(found: Finding) -> dict[str, str]:
    """What a rule says."""
    return {
        "code": found.code, "severity": found.severity.value, "division": found.division, "detail": str(found.detail),
    }  # fmt: skip
