"""What is known of the targets below a division on a day: who holds what, what of it is on the map, which letters are
signed, what is to be redone. Targets in force are public; what divisions record of their own comes scoped."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from farmland.models import Division
from quotas.models import QuotaKind, QuotaNode
from quotas.models.letters import LetterQuerySet
from quotas.models.placements import PlacementQuerySet
from quotas.models.review import RedoQuerySet

HELD = (
    "division_id", "pk", "value_mu", "confidence", "qualifier", "version__owner", "version_id", "version__version",
    "version__is_demo", "document__title", "document__number", "document__known_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Working:
    """The scoped querysets of one reader, and the division whose subtree they cover; None where they cover nothing."""

    place: Division | None
    placements: PlacementQuerySet
    letters: LetterQuerySet
    redos: RedoQuerySet

    def covers(self, division: Division) -> bool:
        """Whether what is not among the rows of a division is known not to be there."""
        return self.place is not None and self.place.contains(division)


@dataclass(frozen=True, slots=True)
class Held:
    """The target in force of a division, in mu, with the version and document that it stands on, and whose they are."""

    division: str
    node: int
    value_mu: Decimal
    confidence: str
    qualifier: str
    owner: str
    version_id: int
    version: int
    is_demo: bool
    title: str
    number: str
    known_on: date


@dataclass(frozen=True, slots=True)
class Mark:
    """That a version must be redone, by when, and the version that asks for it: what its owner was held to before and
    is now, in mu."""

    version_id: int
    cause_id: int
    was_mu: Decimal
    now_mu: Decimal
    due_on: date


def get_divisions(place: Division, moment: datetime | None) -> list[Division]:
    """All that lies below a division, closed ones in the trees of their days. One query."""
    rows = Division.objects.shown().valid(moment).within(place).exclude(pk=place.pk)
    return list(rows.order_by("code").defer("note", "region"))


def get_held(place: Division, *, indicator: str, year: int, moment: datetime | None) -> dict[str, Held]:
    """The target in force of a division and of each below it, an official one before a demonstration's. One query."""
    rows = QuotaNode.objects.published(moment).within(place)
    rows = rows.filter(version__kind=QuotaKind.TARGET, version__indicator=indicator, version__target_year=year)
    found: dict[str, Held] = {}
    for row in rows.order_by("version__is_demo", "pk").values_list(*HELD):
        if row[0] not in found:
            found[row[0]] = Held(*row)
    return found


Placed = tuple[Decimal, date | None]


def get_placed(working: Working, indicator: str, year: int, moment: datetime | None) -> dict[int, Placed]:
    """What is on the map of each target, by node, and the day of its entry into the database. One query."""
    rows = working.placements.filter(node__version__indicator=indicator, node__version__target_year=year)
    found = as_known(rows, moment).values_list("node_id", "placed_mu", "uploaded_on")
    return {node: (value, day) for node, value, day in found}


def get_signed(working: Working, year: int, moment: datetime | None) -> dict[tuple[str, str], bool]:
    """Of each letter of a year, by upper and lower division, whether both have signed. One query."""
    rows = as_known(working.letters.filter(target_year=year), moment)
    fields = ("upper_id", "lower_id", "party_signed_on", "government_signed_on")
    return {(upper, lower): bool(party and head) for upper, lower, party, head in rows.values_list(*fields)}


def get_marks(working: Working, indicator: str, year: int, moment: datetime | None) -> dict[int, Mark]:
    """The open marks of a raised parent, by version. One query."""
    rows = working.redos.open_at(moment).filter(version__indicator=indicator, version__target_year=year)
    fields = ("version_id", "cause_id", "was_mu", "now_mu", "due_on")
    return {row[0]: Mark(*row) for row in rows.order_by("pk").values_list(*fields)}


def as_known(rows: QuerySet[Any], moment: datetime | None) -> QuerySet[Any]:
    """The rows as they stood at a moment, by the fields of the history (None: the rows themselves). A record counts from
    its own `at`; one that was only made, and nobody has written in yet, from its making."""
    if moment is None:
        return rows
    events = rows.model.pgh_event_model.objects.filter(pgh_obj__in=rows.values("pk"))
    made = Q(at__isnull=True, pgh_created_at__lte=moment)
    return events.filter(Q(at__lte=moment) | made).order_by("pgh_obj", "-pgh_id").distinct("pgh_obj")
