"""The promises' tables."""

from quotas.models.letters import Letter
from quotas.models.placements import Placement
from quotas.models.review import QuotaAction, QuotaReason, QuotaTransition, Redo
from quotas.models.versions import (
    CLOSED,
    EDITABLE,
    UNDER_WAY,
    QuotaKind,
    QuotaNode,
    QuotaNodeQuerySet,
    QuotaState,
    QuotaVersion,
)

__all__ = [
    "CLOSED",
    "EDITABLE",
    "UNDER_WAY",
    "Letter",
    "Placement",
    "QuotaAction",
    "QuotaKind",
    "QuotaNode",
    "QuotaNodeQuerySet",
    "QuotaReason",
    "QuotaState",
    "QuotaTransition",
    "QuotaVersion",
    "Redo",
]
