"""A worker that is killed in the middle of an import: all of the file stands in the tables, or nothing of it."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from farmland.actions import uploads as actions
from farmland.indicators import INDICATORS
from farmland.models import Division, Figure, Upload
from tests import factories
from tests.factories import MOMENT
from tests.farmland.filling import filled_file, forget_jobs, hand_in_file
from tests.farmland.hebei import people

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]
COUNTIES, KILLS, LONGEST = 100, 10, 60
LATEST_KILL = 0.8  # seconds after a worker took the import up; it lasts about as long
OWN = [code for code, one in INDICATORS.items() if one.department == "natural_resources" and one.is_area][:20]


@contextmanager
def worker(*options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker on the test's database and files; killed at the end where it has not ended."""
    environment = os.environ | {
        "DATABASE_URL": test_database(),
        "DATA_DIR": str(settings.STORAGES["evidence"]["OPTIONS"]["location"].parent),
        "DEBUG": "true",
    }
    command = [sys.executable, "manage.py", "procrastinate", "worker", "--queues", "uploads", *options]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        kill(process)


def test_database() -> str:
    """The address of the database that the test writes to."""
    address = urlsplit(os.environ["DATABASE_URL"])  # a socket's folder may stand in the query, with slashes of its own
    return address._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


test_database.__test__ = False  # type: ignore[attr-defined]


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to this process alone, and wait until the database has noticed."""
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    process.wait()


def until(condition: object, seconds: float = LONGEST) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def forget_the_dead() -> None:
    """What the minutely task does, without its thirty seconds of waiting: jobs of dead workers go back into the queue."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE status = 'doing'")
        for (job,) in cursor.fetchall():
            cursor.execute("SELECT procrastinate_retry_job_v2(%s, NULL, NULL, NULL, NULL)", [job])
        cursor.execute("DELETE FROM procrastinate_workers")


@pytest.fixture
def place(transactional_db: None) -> SimpleNamespace:
    forget_jobs()
    cast = factories.tree()
    for city in range(1, 1 + COUNTIES // 50):
        above = Division.objects.create(
            code=f"130{city + 2}00", name=f"市{city}", level="prefecture", parent=cast.hebei
        )
        for number in range(10, 60):
            code = f"130{city + 2}{number}"
            Division.objects.create(code=code, name=f"县{code}", level="county", parent=above)
    who = people(cast)
    statement = factories.AnnualStatement.objects.create(division=cast.hebei, year=2024)
    counties = Division.objects.filter(level="county", prefix__startswith="13").exclude(parent=cast.tangshan)
    return SimpleNamespace(who=who, statement=statement, codes=list(counties.values_list("code", flat=True)))


def values() -> set[Decimal]:
    """The different values that stand in the statement."""
    return set(Figure.objects.values_list("value_mu", flat=True))


def status_of(upload: Upload) -> str:
    """Where an upload stands now."""
    return Upload.objects.values_list("status", flat=True).get(pk=upload.pk)


def filled_with(place: SimpleNamespace, number: int) -> Upload:
    """A file with the same number in every cell, on top of what stands."""
    known = {(f.division_id, f.indicator): f.revision for f in Figure.objects.all()}
    rows = [(code, indicator, str(number)) for code in place.codes for indicator in OWN]
    return hand_in_file(place.statement, filled_file(rows, versions=known), by=place.who.reporter)


def is_begun(upload: Upload) -> bool:
    """Whether a worker has taken up the job that applies it."""
    return not ProcrastinateJob.objects.filter(status="todo", queue_name="uploads").exists()


def resumed(upload: Upload, number: int, place: SimpleNamespace) -> None:
    """Wait until a new worker has brought an import to its end: all of it stands, once."""
    until(lambda: status_of(upload) == "applied")
    assert values() == {Decimal(number * 10_000)}
    assert Figure.objects.count() == len(place.codes) * len(OWN)


def test_an_import_whose_worker_is_killed_is_all_there_or_not_at_all(place):
    """Ten times: the worker is killed at a random moment of the import, and the next one brings it to its end."""
    moments, undone, upload = random.Random(4), 0, None
    for turn in range(1, KILLS + 1):
        before = {Decimal((turn - 1) * 10_000)} if turn > 1 else set()
        with worker() as process:
            if upload:
                resumed(upload, turn - 1, place)
            upload = filled_with(place, turn)
            until(lambda: status_of(upload) == "checked")  # noqa: B023
            actions.request_apply(Upload.objects.get(pk=upload.pk), by=place.who.reporter, at=MOMENT)
            until(lambda: is_begun(upload))  # noqa: B023
            time.sleep(moments.uniform(0, LATEST_KILL))
            kill(process)
        until(lambda: not others_are_writing())
        is_written = status_of(upload) == "applied"
        assert values() == ({Decimal(turn * 10_000)} if is_written else before)
        undone += not is_written
        forget_the_dead()
    with worker():
        resumed(upload, KILLS, place)
    assert undone, "every kill came too late to show anything"


def others_are_writing() -> bool:
    """Whether another connection still holds a transaction open: the server takes a moment to notice a dead client."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND xact_start IS NOT NULL"
        )
        return bool(cursor.fetchone()[0])
