"""Reads of uploads: how far one has come, and whether anybody takes it up."""

from datetime import datetime, timedelta

from procrastinate.contrib.django.models import ProcrastinateJob

from farmland.models import Upload, UploadStatus

PATIENCE = timedelta(seconds=15)


def is_waiting_for_nobody(upload: Upload, now: datetime) -> bool:
    """Whether a job has lain in the queue for longer than a worker needs to take it up: none runs, or all are busy. One
    query while something is under way."""
    if upload.status not in (UploadStatus.WAITING, UploadStatus.APPLYING):
        return False
    last = datetime.fromisoformat(upload.log[-1][0]) if upload.log else upload.at
    if now - last <= PATIENCE:
        return False
    return ProcrastinateJob.objects.filter(pk=upload.job, status="todo").exists()
