"""Reads of uploads: how far one has come, whether anybody takes it up, and what it changes."""

from datetime import datetime, timedelta

from procrastinate.contrib.django.models import ProcrastinateJob

from farmland.models import Decision, IssueKind, Upload, UploadStatus

PATIENCE = timedelta(seconds=15)
MOST_CHANGES = 500  # of one file are listed; the counts are always of all


def is_waiting_for_nobody(upload: Upload, now: datetime) -> bool:
    """Whether a job has lain in the queue for longer than a worker needs to take it up: none runs, or all are busy. One
    query while something is under way."""
    if upload.status not in (UploadStatus.WAITING, UploadStatus.APPLYING):
        return False
    last = datetime.fromisoformat(upload.log[-1][0]) if upload.log else upload.at
    if now - last <= PATIENCE:
        return False
    return ProcrastinateJob.objects.filter(pk=upload.job, status="todo").exists()


def is_looked_through(upload: Upload) -> bool:
    """Whether the hints of a checked file are still being made, at first or anew after the conflicts were decided. One
    query where it has none."""
    if upload.status != UploadStatus.CHECKED or "notice" in upload.counts:
        return False
    return ProcrastinateJob.objects.filter(pk=upload.job, status__in=["todo", "doing"]).exists()


def get_changes(upload: Upload) -> list[list[str]]:
    """The first changes of a file, as they were found; while it waits to be written, before them the conflicts that were
    decided for the file. One query where it has conflicts.

    Each is place, division, indicator, what stands now and what the file says; where the note changes, also what it was
    and what it will be.
    """
    kept: list[list[str]] = upload.counts.get("changes", [])
    if upload.status not in (UploadStatus.CHECKED, UploadStatus.APPLYING) or not upload.counts.get("conflict"):
        return kept
    noted = upload.counts.get("noted", {})
    mine = upload.issues.filter(kind=IssueKind.CONFLICT, decision=Decision.MINE).order_by("pk")
    decided = [
        [
            issue.place, issue.division, issue.indicator, issue.theirs, issue.value,
            *noted.get(f"{issue.division} {issue.indicator}", []),
        ]
        for issue in mine[:MOST_CHANGES]
    ]  # fmt: skip
    return (decided + kept)[:MOST_CHANGES]
