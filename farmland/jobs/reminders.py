"""Reminders that the system sends by itself."""

from django.utils import timezone
from procrastinate.contrib.django import app

from farmland.actions.deadlines import remind as remind_all


# Each hour from 08:17 to 19:17 in China (the queue's clock is UTC): a reminder goes out once, so that a run that was
# missed is made up for by the next.
@app.periodic(cron="17 0-11 * * *")
@app.task(name="farmland.jobs.reminders.remind", queue="mail", queueing_lock="farmland.jobs.reminders.remind")
def remind(timestamp: int) -> None:
    """Remind whoever is behind."""
    remind_all(at=timezone.now())
