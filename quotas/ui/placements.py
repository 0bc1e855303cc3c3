"""Placements as they are printed."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from farmland.ui import Tag, area
from farmland.units import Unit
from quotas.models import Placement, QuotaNode
from quotas.rules import percent_of
from quotas.selectors.placements import PlaceState, find_overdue, placement_of, state_of
from quotas.ui.basis import Basis, basis_of
from quotas.ui.tree import Bar, bar, percent_words

TONES = {PlaceState.NONE: "none", PlaceState.PART: "warn", PlaceState.PLACED: "info", PlaceState.UPLOADED: "ok"}


@dataclass(frozen=True, slots=True)
class RowView:
    """One county-level target: how much of it is on the map, and since when it is in the database."""

    node: QuotaNode
    placement: Placement | None
    above: str
    label: str
    target: str
    basis: Basis
    placed: str
    percent: str
    bar: Bar | None
    tag: Tag
    late: str  # what Q-9 says


def tag_of(state: PlaceState) -> Tag:
    """A state as a tag."""
    return Tag(str(state.label), TONES[state])


def view(node: QuotaNode, unit: Unit, due_on: date | None = None) -> RowView:
    """A target with its words; `due_on` is the day by which it was to be on the map."""
    late = find_overdue(node, due_on, timezone.now())
    placement = placement_of(node)
    percent = percent_of(placement.placed_mu, node.value_mu) if placement else None
    return RowView(
        node, placement, above(node), str(node.version.promise.label), area(node.value_mu, unit),
        basis_of(node),
        area(placement.placed_mu if placement else None, unit), percent_words(percent), bar(percent),
        tag_of(state_of(node)), late.detail if late else "",
    )  # fmt: skip


def above(node: QuotaNode) -> str:
    """The divisions above a county, without the nation."""
    names, place = [], node.division.parent
    while place is not None and place.prefix:
        names.append(str(place.label))
        place = place.parent
    return " ".join(names[::-1])
