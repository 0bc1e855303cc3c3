"""Reads of promises."""

from quotas.selectors.targets import (
    SetCompleteness,
    TargetSet,
    get_completeness,
    get_floors,
    get_targets,
    get_thresholds,
)

__all__ = [
    "SetCompleteness",
    "TargetSet",
    "get_completeness",
    "get_floors",
    "get_targets",
    "get_thresholds",
]
