"""Locking by itself: what was approved and stood through the days of grace (C.2)."""

from datetime import datetime, timedelta

import pghistory
from django.db import transaction
from django.utils import timezone

from farmland.actions.statements.tell import tell_step
from farmland.models import AnnualStatement, PolicyParameter, StatementStatus
from farmland.workflow import lock_by_itself

GRACE, GRACE_DAYS = "lock_grace_days", 10  # the system's own default (D) where no parameter is in force


def grace_days(at: datetime) -> int:
    """How many days an approved statement stays unlocked, as the parameter of the day says. One query."""
    rows = PolicyParameter.objects.in_force(timezone.localtime(at).date()).filter(key=GRACE)
    value = rows.order_by("-effective_from").values_list("value", flat=True).first()
    return int(value) if value and value.isdecimal() else GRACE_DAYS


def lock_settled(*, at: datetime) -> int:
    """Lock every statement that was approved longer ago than the days of grace; answers how many. Each in a transaction
    of its own; once more does nothing."""
    due = AnnualStatement.objects.filter(
        status=StatementStatus.APPROVED, approved_at__lte=at - timedelta(days=grace_days(at))
    )
    locked = 0
    for statement in due.order_by("pk"):
        with transaction.atomic(), pghistory.context(at=at.isoformat(), action="lock"):
            if lock_by_itself(statement, at=at):
                tell_step(statement, "lock", by=None, at=at)
                locked += 1
    return locked
