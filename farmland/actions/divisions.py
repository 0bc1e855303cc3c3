"""Writes of divisions: the list is loaded and refreshed as a whole, and no division is ever deleted."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from farmland.models import Division

REFRESHED = (
    "name", "name_en", "short_name", "level", "parent_id", "is_grouping", "is_leaf", "has_quota",
    "counts_in_national_total", "grain_zone", "region", "has_black_soil", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DivisionChanges:
    """How many divisions a refresh added and how many it changed."""

    added: int
    changed: int


@transaction.atomic
def refresh_divisions(*, divisions: Sequence[Division]) -> DivisionChanges:
    """Add the divisions that are missing and bring the others up to date with the list.

    `divisions`: unsaved rows of the list, each with its `parent_id`. What has not changed is not written, so that a
    second run leaves no trace; a division that the list no longer names stays as it is (it is closed, not deleted).
    Raises IntegrityError where a parent exists neither in the list nor in the database.
    """
    existing = Division.objects.select_for_update().in_bulk([division.code for division in divisions])
    added, changed = [], []
    for division in divisions:
        current = existing.get(division.code)
        if current is None:
            added.append(division)
        elif any(getattr(current, name) != getattr(division, name) for name in REFRESHED):
            for name in REFRESHED:
                setattr(current, name, getattr(division, name))
            changed.append(current)
    Division.objects.bulk_create(added)
    if changed:
        Division.objects.bulk_update(changed, [name.removesuffix("_id") for name in REFRESHED])
    return DivisionChanges(len(added), len(changed))
