"""Working records as they were known on a day: what stands now, or what the history kept of it."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet


def as_known(rows: QuerySet[Any], moment: datetime | None) -> QuerySet[Any]:
    """The rows as they stood at a moment, by the fields of the history (None: the rows themselves). A record counts from
    its own `at`; one that was only made, and nobody has written in yet, from its making."""
    if moment is None:
        return rows
    events = rows.model.pgh_event_model.objects.filter(pgh_obj__in=rows.values("pk"))
    made = Q(at__isnull=True, pgh_created_at__lte=moment)
    return events.filter(Q(at__lte=moment) | made).order_by("pgh_obj", "-pgh_id").distinct("pgh_obj")
