"""What keeps the queue itself in order: jobs of workers that died are run again, finished ones are forgotten."""

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)
DEAD_AFTER_SECONDS = 30  # without a sign of life; a worker gives one every ten
KEPT_HOURS = 14 * 24


@app.periodic(cron="* * * * *")
@app.task(name="farmland.jobs.upkeep.resume", queue="upkeep", queueing_lock="resume", pass_context=True)
async def resume(context: JobContext, timestamp: int) -> None:
    """Every minute: put the jobs of dead workers back into the queue. Every task may be run again from its beginning."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
        logger.warning("job %s (%s) lost its worker and is run again", job.id, job.task_name)
        await manager.retry_job(job)


@app.periodic(cron="17 4 * * *")
@app.task(name="farmland.jobs.upkeep.forget", queue="upkeep", queueing_lock="forget", pass_context=True)
async def forget(context: JobContext, timestamp: int) -> None:
    """Every night: remove jobs that ended two weeks ago."""
    await context.app.job_manager.delete_old_jobs(
        KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
