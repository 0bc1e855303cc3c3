"""What a tightened parent asks for: every version below it is marked as needing to be redone, with a due date."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from farmland.models import Division
from quotas.models import QuotaNode, QuotaState, QuotaVersion, Redo
from quotas.rules import is_tightened


def mark_below(
    version: QuotaVersion, before: Mapping[str, Decimal], nodes: Mapping[str, QuotaNode], *, due_on: date, at: datetime
) -> int:
    """Mark what lies below the children whose targets were tightened; what an earlier mark asked of the others is done.

    `before` are the targets of the version that was superseded. Answers how many versions are marked. Works inside the
    publication's transaction, which holds the children's locks.
    """
    marked, above_it, short = 0, above(version), short_of(version, nodes)
    for division in Division.objects.filter(pk__in=nodes).order_by("code"):
        was, now = before.get(division.code), nodes[division.code].value_mu
        below = QuotaVersion.objects.filter(
            kind=version.kind, indicator=version.indicator, target_year=version.target_year, state=QuotaState.PUBLISHED
        ).within(division)
        # Also where the version that was in force between was revoked: what counts is what is handed on now.
        if (was is not None and is_tightened(version.direction, was, now)) or division.code in short:
            for child in below.order_by("owner_id", "pk"):
                Redo.objects.update_or_create(
                    version=child, done_at=None,
                    defaults={"cause": version, "was_mu": now if was is None else was, "now_mu": now, "due_on": due_on, "marked_at": at},
                )  # fmt: skip
                marked += 1
        elif was is not None:
            Redo.objects.filter(version__in=below, done_at__isnull=True, cause__owner__in=above_it).update(done_at=at)
    return marked


def short_of(version: QuotaVersion, nodes: Mapping[str, QuotaNode]) -> set[str]:
    """The children whose own version no longer holds what they are handed now. One query."""
    own = QuotaVersion.objects.filter(
        kind=version.kind, indicator=version.indicator, target_year=version.target_year, state=QuotaState.PUBLISHED,
        owner__in=nodes, is_complete=True,
    )  # fmt: skip
    totals = own.annotate(total=Sum("nodes__value_mu")).values_list("owner", "total")
    return {
        owner
        for owner, total in totals
        if total is not None and is_tightened(version.direction, total, nodes[owner].value_mu)
    }


def above(version: QuotaVersion) -> list[str]:
    """The owner of a version and all divisions above it."""
    codes: list[str] = []
    division: Division | None = version.owner
    while division is not None:
        codes.append(division.code)
        division = division.parent
    return codes
