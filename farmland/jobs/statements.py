"""What happens to statements by itself."""

from django.utils import timezone
from procrastinate.contrib.django import app

from farmland.actions import statements as actions


@app.periodic(cron="7 1 * * *")
@app.task(name="farmland.jobs.statements.lock", queue="upkeep", queueing_lock="lock")
def lock(timestamp: int) -> None:
    """Every night: lock what was approved longer ago than the days of grace (C.2)."""
    actions.lock_settled(at=timezone.now())
