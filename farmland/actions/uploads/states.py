"""The states of an upload, each changed under the lock of its row, so that of two that cross exactly one happens.

The lock of what a file is for is always taken before the upload's, and the upload's only for a moment: somebody can cancel while
figures are being written.
"""

from collections.abc import Iterable
from datetime import datetime

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from farmland.actions.notices import notify
from farmland.actions.statements.texts import storable
from farmland.actions.uploads.nouns import noun_of
from farmland.models import Decision, Demand, IssueKind, NoticeKind, Upload, UploadIssue, UploadStatus, User
from farmland.workflow import Refused

S = UploadStatus
APPLY = "farmland.jobs.uploads.apply"
HINT = "farmland.jobs.uploads.hint"
MOST_LINES = 100  # of the log
ASKING = (Demand.HARD.value, Demand.SOFT.value)  # counted by themselves among the hints
CANCELLABLE = (S.WAITING, S.CHECKING, S.CHECKED, S.APPLYING)


class Cancelled(Exception):
    """Somebody took the upload back, or another worker has ended it: nothing more is done."""


def entry(at: datetime, words: str) -> list[str]:
    """A line of the log."""
    return [timezone.localtime(at).isoformat(timespec="seconds"), words]


def locked(pk: int) -> Upload:
    """The row under its lock."""
    return Upload.objects.select_for_update(of=("self",), no_key=True).select_related("by__division").get(pk=pk)


def move(upload: Upload, status: UploadStatus, *, at: datetime, words: str, **fields: object) -> Upload:
    """Write a new state and its line of the log; the row is under its lock."""
    upload.status = status
    upload.log = [*upload.log, entry(at, storable(words))][-MOST_LINES:]
    for name, value in fields.items():
        setattr(upload, name, value)
    upload.save(update_fields=["status", "log", *fields])
    return upload


def tell(upload: Upload, at: datetime) -> None:
    """Tell who handed it in where it stands."""
    noun = noun_of(upload)
    statement = noun.statement(noun.get(upload.object_id))
    words = {"state": upload.status, "name": upload.name, "detail": upload.detail}
    notify(NoticeKind.UPLOAD, [upload.by], by=None, at=at, statement=statement, upload=upload, words=words)


@transaction.atomic
def begin(pk: int, *, at: datetime) -> Upload | None:
    """Take up the check of an upload that waits, or whose worker was lost; None where there is nothing to do any more."""
    upload = locked(pk)
    if upload.status not in (S.WAITING, S.CHECKING):
        return None
    words = _("开始校验。") if upload.status == S.WAITING else _("上次处理中断，重新校验。")
    return move(upload, S.CHECKING, at=at, words=words, done=0, total=0)


def note_progress(pk: int, done: int, total: int) -> None:
    """Write down how far the reading has come; raises Cancelled where nobody waits for it any more."""
    alive = Upload.objects.filter(pk=pk, status__in=[S.CHECKING, S.APPLYING])
    if not alive.update(done=done, total=max(total, done)):
        raise Cancelled


@transaction.atomic
def refuse(pk: int, *, code: str, detail: str, at: datetime, where: tuple[str, str] = ("", "")) -> None:
    """Refuse the whole file; nothing was written. Where one cell is the reason (`where`: sheet and cell), it is listed
    as an error, so that the file can be given back with it marked."""
    upload = locked(pk)
    if upload.status not in (S.CHECKING, S.APPLYING):
        return
    upload.issues.all().delete()
    sheet, cell = where
    if cell:
        words = {"sheet": storable(sheet, 40), "cell": storable(cell, 40)}
        UploadIssue.objects.create(
            upload=upload, kind=IssueKind.ERROR, code=storable(code, 40), detail=storable(detail, 600), **words
        )
    move(
        upload,
        S.REFUSED,
        at=at,
        words=detail,
        code=storable(code, 40),
        detail=storable(detail, 600),
        counts={"error": 1} if cell else {},
        finished_at=at,
    )
    tell(upload, at)


@transaction.atomic
def fail(pk: int, *, at: datetime, lost: bool = False) -> None:
    """End an upload that could not be brought to an end, by our own fault or because its worker was lost again and
    again; nothing was written."""
    upload = locked(pk)
    if upload.status not in (S.WAITING, S.CHECKING, S.APPLYING):
        return
    words = _("处理程序出错，文件没有写入；问题已记录。请稍后重新上传。")
    if lost:
        words = _("处理程序多次中断，文件没有写入。请检查文件，或稍后重新上传。")
    move(upload, S.FAILED, at=at, words=words, code="failed", detail=words, finished_at=at)
    tell(upload, at)


def own(pk: int, by: User) -> Upload:
    """The row under its lock, for who handed it in; raises Refused (403) for anybody else."""
    upload = locked(pk)
    if upload.by_id != by.pk or not by.is_active:
        raise Refused(403, "permission_denied", _("只有提交人可以处理自己上传的文件。"))
    return upload


def wrong_state(upload: Upload) -> Refused:
    """The refusal of what is not open in this state."""
    return Refused(409, "wrong_state", _("导入现为“%s”，不能进行这项操作。") % upload.get_status_display())


def check_open(upload: Upload) -> None:
    """Refuse (409) where what the file is for takes no figures any more. It is asked again under its lock when they are
    written."""
    noun = noun_of(upload)
    if closed := noun.closed(noun.get(upload.object_id)):
        raise Refused(409, "wrong_state", closed)


@transaction.atomic
def cancel(record: Upload, *, by: User, at: datetime) -> Upload:
    """Take an upload back, at any moment before its figures are committed: nothing of it is written. Raises Refused
    (403, 409)."""
    upload = own(record.pk, by)
    if upload.status not in CANCELLABLE:
        raise wrong_state(upload)
    with pghistory.context(user=by.pk, at=at.isoformat(), action="cancel_upload"):
        words = _("已取消，没有写入。")
        return move(upload, S.CANCELLED, at=at, words=words, detail=words, cancel_asked_at=at, finished_at=at)


@transaction.atomic
def decide(record: Upload, *, issues: Iterable[int] | None, decision: str, by: User, at: datetime) -> int:
    """Decide conflicts: those of the numbers, or all (None); answers how many. Raises Refused (403, 409, 422)."""
    upload = own(record.pk, by)
    if upload.status != S.CHECKED:
        raise wrong_state(upload)
    check_open(upload)
    if decision not in Decision.values:
        raise Refused(422, "decision", _("请选择用文件中的，或保留现有的。"))
    rows = UploadIssue.objects.filter(upload=upload, kind=IssueKind.CONFLICT)
    if issues is not None:
        wanted = set(issues)
        rows = rows.filter(pk__in=wanted)
        if rows.count() != len(wanted):
            raise Refused(422, "no_such_conflict", _("没有这项冲突，请刷新后再看。"))
    decided = rows.update(decision=decision)
    forget_hints(upload)
    return decided


def forget_hints(upload: Upload) -> None:
    """Drop the hints, which were of other decisions; made anew once every conflict is decided. The row is locked."""
    if "notice" in upload.counts:
        upload.issues.filter(kind=IssueKind.NOTICE).delete()
        upload.counts = {name: n for name, n in upload.counts.items() if name not in ("notice", *ASKING)}
    if not upload.issues.filter(kind=IssueKind.CONFLICT, decision="").exists():
        upload.job = app.configure_task(HINT, queue="uploads").defer(upload=upload.pk)
    upload.save(update_fields=["counts", "job"])


@transaction.atomic
def request_apply(record: Upload, *, by: User, at: datetime) -> Upload:
    """Have a checked upload written; in the background. Raises Refused (403, 409; 422 while a conflict is undecided)."""
    upload = own(record.pk, by)
    if upload.status != S.CHECKED:
        raise wrong_state(upload)
    check_open(upload)
    open_ones = upload.issues.filter(kind=IssueKind.CONFLICT, decision="").count()
    if open_ones:
        raise Refused(422, "undecided", _("还有 %d 处冲突没有选择，请先选择用文件中的或保留现有的。") % open_ones)
    with pghistory.context(user=by.pk, at=at.isoformat(), action="apply_upload"):
        job = app.configure_task(APPLY, queue="uploads").defer(upload=upload.pk)
        return move(upload, S.APPLYING, at=at, words=_("等待写入。"), detail="", job=job, done=0, total=0)
