"""Receiving a filled-in file: its content kept under its SHA-256, its check put into the queue, in one transaction."""

import hashlib
import unicodedata
from datetime import datetime
from typing import BinaryIO, cast

import pghistory
from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Model
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from farmland.actions.statements.cells import OPEN, may_type
from farmland.actions.statements.files import Kept, path_of, store
from farmland.actions.uploads.nouns import NOUNS
from farmland.actions.uploads.statements import STATEMENT
from farmland.actions.uploads.states import entry
from farmland.models import AnnualStatement, Upload, UploadStatus, User
from farmland.units import AREA_UNITS
from farmland.workflow import Refused

CHECK = "farmland.jobs.uploads.check"
LONGEST_NAME = 200
ENDINGS = ("xlsx", "xls", "ods", "csv", "json", "xlsm", "xlsb", "et")


def may_upload(statement: AnnualStatement, by: User) -> bool:
    """Whether the user may hand in a filled-in file of a statement now: who types inside the unit, while it is open. No
    query; `receive` also asks whether there are rows to fill."""
    return may_type(by) and statement.status in OPEN and statement.division.contains(by.division)


def receive(
    record: Model,
    *,
    name: str,
    content: File,
    unit: str = "",
    by: User,
    at: datetime,
    noun: str = STATEMENT,
) -> Upload:
    """Keep a file and have it checked in the background; answers its row, WAITING.

    `record` is what it is for, of the noun; `unit` that of areas, for files that do not say it. Raises Refused: 403 for who
    types nothing here, 409 where the record is not open, 422 for an empty file, one that is too large (before it is read) or an unknown unit.
    """
    NOUNS[noun].must_accept(record, by)
    if unit and unit not in AREA_UNITS:
        raise Refused(422, "unit", _("没有这种面积单位。"))
    kept = keep(name, content)
    with transaction.atomic(), pghistory.context(user=by.pk, at=at.isoformat(), action="upload"):
        upload = Upload.objects.create(
            noun=noun, object_id=record.pk, division=by.division, by=by, at=at, unit=unit,
            name=kept.name, kind=kept.kind, size=kept.size, sha256=kept.sha256, language=get_language() or "zh-hans",
            status=UploadStatus.WAITING, log=[entry(at, _("已收到文件，等待校验。"))],
        )  # fmt: skip
        upload.job = app.configure_task(CHECK, queue="uploads").defer(upload=upload.pk)
        upload.save(update_fields=["job"])
    return upload


def keep(name: str, content: File) -> Kept:
    """Put a content into the storage. What it is the check says; raises Refused (422) for what is empty or too large."""
    most = settings.EVIDENCE_MAX_BYTES
    too_large = Refused(
        422, "file_too_large", _("文件超过 %d MB：请删去多余的工作表和图片后再上传。") % (most // 1_000_000)
    )
    if (content.size or 0) > most:
        raise too_large
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while piece := content.read(64 * 1024):
        digest.update(piece)
        size += len(piece)
        if size > most:
            raise too_large
    if not size:
        raise Refused(422, "file_empty", _("文件是空的：请检查后重新选择。"))
    shown = clean(name)
    ending = shown.rpartition(".")[2].lower()
    kept = Kept(shown, ending if ending in ENDINGS else "", size, digest.hexdigest())
    store(kept, content)
    return kept


def clean(name: str) -> str:
    """A name to show: no path, no control or direction characters."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in base if not unicodedata.category(c).startswith("C")).strip(" .")
    if len(shown) > LONGEST_NAME:
        stem, _dot, ending = shown.rpartition(".")
        shown = f"{stem[: LONGEST_NAME - 9]}.{ending[:8]}"
    return shown or _("未命名")


def open_content(upload: Upload) -> BinaryIO:
    """The content as it was received, to be read from its beginning."""
    return cast(BinaryIO, storages["evidence"].open(path_of(upload.sha256)))
