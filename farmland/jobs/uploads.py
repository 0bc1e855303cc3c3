"""Checking and applying filled-in files. Both may be run again from the beginning: a lost worker left nothing behind."""

import gc
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from django.utils import timezone, translation
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from farmland.actions import uploads as actions
from farmland.actions.uploads.nouns import noun_of
from farmland.models import AnnualStatement, Upload, UploadStatus
from farmland.selectors.statements import get_rows
from farmland.units import UNITS, Unit
from farmland.workbooks.filled import Filled, Unreadable
from farmland.workbooks.read import Progress
from farmland.workbooks.statements import NOUN, read_statement_file

logger = logging.getLogger(__name__)
MOST_TRIES = 3  # a file that ends its worker every time is not tried for ever
PROGRESS_SECONDS = 0.5
Reader = Callable[[Any, BinaryIO, Unit | None, Progress], Filled]


def read_statement(statement: AnnualStatement, content: BinaryIO, unit: Unit | None, progress: Progress) -> Filled:
    """A file of a statement."""
    return read_statement_file(content, statement=statement, rows=get_rows(statement), unit=unit, progress=progress)


READERS: dict[str, Reader] = {NOUN: read_statement}  # how a file of each noun is read


@app.task(name="farmland.jobs.uploads.check", queue="uploads")
def check(*, upload: int) -> None:
    """The dry run of a file."""
    with guarded(upload) as is_ours:
        if not is_ours:
            return
        begun = actions.begin(upload, at=timezone.now())
        if begun is None:
            return
        is_in_order, hints = dry_run(begun)
        if is_in_order:
            hints()


@app.task(name="farmland.jobs.uploads.apply", queue="uploads")
def apply(*, upload: int) -> None:
    """Write a checked file, all or nothing."""
    with guarded(upload) as is_ours:
        row = Upload.objects.select_related("by__division").get(pk=upload)
        if not is_ours or row.status != UploadStatus.APPLYING:
            return
        with collector_paused():
            record, filled = read(row)
            actions.apply_upload(
                upload, cells=filled.cells, faults=filled.faults, unit=UNITS[filled.unit], rows=filled.rows,
                at=timezone.now(),
            )  # fmt: skip
        renew_hints(row, record, filled)


@app.task(name="farmland.jobs.uploads.hint", queue="uploads")
def hint(*, upload: int) -> None:
    """What the rules find of a checked file whose conflicts are decided."""
    with guarded(upload) as is_ours:
        row = Upload.objects.select_related("by__division").get(pk=upload)
        if is_ours and row.status == UploadStatus.CHECKED:
            renew_hints(row, *read(row, is_watched=False))


def dry_run(upload: Upload) -> tuple[bool, Callable[[], None]]:
    """Read a file, judge every cell and write down the verdict. Answers whether it may be applied, and what makes the
    hints, which take longer and are not waited for."""
    with collector_paused():
        (record, filled), noun = read(upload), noun_of(upload)
        unit = UNITS[filled.unit]
        on = noun.ground(record, unit=unit, by=upload.by)
        found = noun.sort_out(filled.cells, on)
        done = actions.record_check(
            upload.pk, found=found, faults=filled.faults, unit=unit, rows=filled.rows, at=timezone.now(),
            cells=filled.cells,
        )  # fmt: skip
    return done == UploadStatus.CHECKED, lambda: actions.add_hints(
        upload.pk, found=found, on=on, unit=unit, at=timezone.now()
    )


@contextmanager
def collector_paused() -> Iterator[None]:
    """A file is a hundred thousand objects that all stay alive: looking for dead ones among them takes half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def renew_hints(upload: Upload, record: Any, filled: Filled) -> None:
    """Make the hints anew where the upload waits for a person, by what stands and what is decided now."""
    upload.refresh_from_db(fields=["status"])
    if upload.status != UploadStatus.CHECKED:
        return
    unit, chosen, noun = UNITS[filled.unit], actions.choices(upload), noun_of(upload)
    on = noun.ground(record, unit=unit, by=upload.by)
    found = noun.sort_out(filled.cells, on, chosen)
    actions.add_hints(upload.pk, found=found, on=on, unit=unit, at=timezone.now(), chosen=chosen)


def read(upload: Upload, *, is_watched: bool = True) -> tuple[Any, Filled]:
    """What a file is for and what it says; where somebody watches, progress is written down, and a cancelled upload stops
    the reading."""
    record = noun_of(upload).get(upload.object_id)
    with actions.open_content(upload) as content:
        progress = progress_of(upload.pk) if is_watched else None
        return record, READERS[upload.noun](record, content, UNITS.get(upload.unit), progress)


def progress_of(pk: int) -> Callable[[int, int], None]:
    """What a reader calls as often as it likes; written down twice a second."""
    last = time.monotonic()

    def note(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= PROGRESS_SECONDS:
            last = time.monotonic()
            actions.note_progress(pk, done, total)

    return note


@contextmanager
def guarded(pk: int) -> Iterator[bool]:
    """Run a job in the language of who handed the file in. What goes wrong ends the upload with words; our own faults are
    raised again, so that the queue keeps them. Answers False where the worker was lost too often."""
    upload = Upload.objects.get(pk=pk)
    with translation.override(upload.language):
        attempts = ProcrastinateJob.objects.filter(pk=upload.job).values_list("attempts", flat=True).first()
        if (attempts or 0) >= MOST_TRIES:
            actions.fail(pk, at=timezone.now(), lost=True)
            yield False
            return
        try:
            try:
                yield True
            except Unreadable as refused:
                where = (refused.sheet, refused.place)
                actions.refuse(pk, code=refused.code, detail=refused.detail, where=where, at=timezone.now())
        except actions.Cancelled:
            logger.info("upload %s was cancelled", pk)
        except Exception:  # whatever it is, the upload must not stay under way; the queue gets it too
            actions.fail(pk, at=timezone.now())
            raise
