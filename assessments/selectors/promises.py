"""What home says of promises: what must be redone or came back, what waits, and what is not yet handed on, signed or placed.

The edges scope the querysets; nothing here asks who the reader is but for the division and department they act for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from farmland.indicators import PROMISED
from farmland.models import Division, Level
from quotas.models import UNDER_WAY, QuotaKind, QuotaNode, QuotaState, QuotaTransition, QuotaVersion, Redo
from quotas.models.letters import LetterQuerySet
from quotas.models.review import OfVersionQuerySet
from quotas.models.versions import QuotaNodeQuerySet, QuotaVersionQuerySet
from quotas.selectors.letters import LetterState, count_states
from quotas.selectors.placements import MISSING, get_placeable, in_state

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Scoped:
    """One reader's querysets."""

    versions: QuotaVersionQuerySet
    transitions: QuerySet[QuotaTransition]
    redos: OfVersionQuerySet
    nodes: QuotaNodeQuerySet
    letters: LetterQuerySet


@dataclass(frozen=True, slots=True)
class Promises:
    """What waits for one division: marks of a raised parent, versions that came back (with the step that returned them) or
    wait for the reader, targets not handed on, letters by state, and county-level targets that are not entered yet."""

    marks: list[Redo]
    versions: list[QuotaVersion]
    returns: Mapping[int, QuotaTransition]
    to_hand_on: list[QuotaNode]
    letters: Mapping[LetterState, int]
    to_place: list[QuotaNode]


def get_promises(scoped: Scoped, waiting: Q, *, place: Division, department: str) -> Promises:
    """What home shows of promises; `waiting` is what the reader's next step is open for. Five queries at most."""
    codes = [code for code, indicator in PROMISED.items() if indicator.department == department]
    marks = scoped.redos.filter(version__owner=place, done_at__isnull=True, version__indicator__in=codes)
    came_back = Q(owner=place, state=QuotaState.RETURNED)
    rows = scoped.versions.filter(came_back | waiting, indicator__in=codes)
    versions = list(rows.select_related("owner", "submitted_by").order_by("submitted_at", "pk")[:SHOWN])
    returned = [version.pk for version in versions if version.state == QuotaState.RETURNED]
    steps = scoped.transitions.filter(version__in=returned, action="return").select_related("by") if returned else ()
    is_leaf = place.counts_as_level == Level.COUNTY
    return Promises(
        marks=list(marks.select_related("version", "cause").order_by("due_on", "pk")),
        versions=versions,
        returns={step.version_id: step for step in steps},
        to_hand_on=[] if is_leaf else get_to_hand_on(scoped.nodes, place, codes),
        letters=count_states(scoped.letters.filter(Q(upper=place) | Q(lower=place))),
        to_place=get_to_place(scoped.nodes, place, codes) if is_leaf else [],
    )


def get_to_hand_on(nodes: QuotaNodeQuerySet, place: Division, codes: list[str]) -> list[QuotaNode]:
    """The targets in force that a division was handed and has made nothing of yet. None for the nation and the Corps. One
    query."""
    if place.level not in (Level.PROVINCE, Level.PREFECTURE):
        return []
    begun = QuotaVersion.objects.filter(
        kind=QuotaKind.TARGET, owner=place, indicator=OuterRef("version__indicator"),
        target_year=OuterRef("version__target_year"), state__in=[*UNDER_WAY, QuotaState.PUBLISHED],
    )  # fmt: skip
    rows = nodes.published().filter(
        ~Exists(begun), division=place, version__kind=QuotaKind.TARGET, version__indicator__in=codes
    )
    found = rows.select_related("version", "document").order_by("version__target_year", "version__is_demo", "pk")
    return list({(node.version.indicator, node.version.target_year): node for node in reversed(found)}.values())


def get_to_place(nodes: QuotaNodeQuerySet, place: Division, codes: list[str]) -> list[QuotaNode]:
    """The targets of a county-level division that are not in the database yet. One query."""
    return list(in_state(get_placeable(nodes.filter(division=place, version__indicator__in=codes)), MISSING))
