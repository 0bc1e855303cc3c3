"""The queue in tests: what a worker would do, in the test's own connection and transaction."""

from concurrent.futures import ThreadPoolExecutor

from django.utils import timezone
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

done: set[int] = set()


def waiting(name: str = "") -> list[ProcrastinateJob]:
    """The jobs that were deferred and not run yet, of one task or all."""
    jobs = ProcrastinateJob.objects.filter(status="todo").exclude(pk__in=done).order_by("pk")
    return [job for job in jobs if not name or job.task_name == name]


def run_jobs() -> list[str]:
    """Run what waits, and what that defers, until nothing is left; answers the tasks' names. What a task raises is
    raised."""
    names = []
    while jobs := [job for job in waiting() if job.scheduled_at is None or job.scheduled_at <= timezone.now()]:
        for job in jobs:
            done.add(job.pk)
            app.tasks[job.task_name].func(**job.args)
            names.append(job.task_name)
    return names


def work() -> None:
    """Let a real worker do what waits, over its own connections; for tests whose rows are committed.

    In a thread: a browser of an earlier test keeps a running event loop in the main one.
    """
    with app.replace_connector(app.connector.get_worker_connector()) as worker, ThreadPoolExecutor(1) as thread:
        thread.submit(run_worker, worker).result()


def run_worker(worker: App) -> None:
    worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
