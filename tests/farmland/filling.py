"""Files as somebody fills them in, and a queue that is worked off on the spot."""

from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from farmland.actions import uploads as actions
from farmland.models import AnnualStatement, Upload, User
from tests.factories import MOMENT


def filled_file(
    rows: Iterable[tuple[str, str, str]] = (), *, versions: dict[tuple[str, str], int] | None = None
) -> bytes:
    """A file with a line for each cell: division, indicator, value; each was touched (`was` is something else)."""
    versions = versions or {}
    lines = ["division,indicator,value,base_version,was"]
    lines += [f"{d},{i},{v},{versions.get((d, i), '')},?" for d, i, v in rows]
    return "\n".join(lines).encode()


def hand_in_file(statement: AnnualStatement, content: bytes, *, by: User, name: str = "耕地.csv") -> Upload:
    """A file received, its check waiting."""
    return actions.receive(statement, name=name, content=ContentFile(content), unit="wan_mu", by=by, at=MOMENT)


def work_off(only: int | None = None) -> int:
    """Do every waiting job of files, or one alone, here and now and inside the test's own transaction."""
    done = 0
    waiting = ProcrastinateJob.objects.filter(status="todo", queue_name="uploads").order_by("pk")
    while job := (waiting.filter(pk=only) if only else waiting).first():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job.pk])
        try:
            app.tasks[job.task_name].func(**job.args)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.pk])
        done += 1
    return done


def forget_jobs() -> None:
    """Empty the queue: what a test that commits leaves in it is not the next one's."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def checked(statement: AnnualStatement, content: bytes, *, by: User) -> Upload:
    """A file received and checked."""
    upload = hand_in_file(statement, content, by=by)
    work_off(upload.job)
    return Upload.objects.get(pk=upload.pk)


def applied(upload: Upload) -> Upload:
    """The upload after its figures were to be written."""
    actions.request_apply(upload, by=upload.by, at=MOMENT)
    work_off()
    return Upload.objects.get(pk=upload.pk)
