"""Files of evidence (佐证材料) of a statement: judged by content, kept once under their SHA-256, never deleted.

The content is stored before its row is written: a crash between the two leaves at most a file that nobody uses.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime

import pghistory
from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import connection, transaction
from django.utils.translation import gettext as _

from farmland.actions.statements.cells import OPEN, typed_rows
from farmland.actions.statements.kinds import ENDINGS, kind_of, plain_file
from farmland.indicators import INDICATORS
from farmland.models import AnnualStatement, Attachment, Correction, Role, User
from farmland.models.statements import UNITS_OWN
from farmland.workflow import Refused

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A file whose content lies in the storage."""

    name: str
    kind: str
    size: int
    sha256: str


def may_attach(statement: AnnualStatement, by: User) -> bool:
    """Whether the user hands in files here: reporters and reviewers inside the unit, reviewers above once submitted."""
    if not by.is_active or by.role not in (Role.REPORTER, Role.REVIEWER):
        return False
    if statement.division.contains(by.division):
        return True
    is_above = by.division.contains(statement.division)
    return is_above and by.role == Role.REVIEWER and statement.status not in UNITS_OWN


def may_withdraw(attachment: Attachment, by: User) -> bool:
    """Whether the user may take the file back: the own one, while the statement is open."""
    is_standing = attachment.withdrawn_at is None and attachment.correction_id is None
    return is_standing and by.is_active and attachment.by_id == by.pk and attachment.statement.status in OPEN


def attach(
    statement: AnnualStatement,
    *,
    name: str,
    content: File,
    division: str = "",
    indicator: str = "",
    correction: Correction | None = None,
    by: User,
    at: datetime,
) -> Attachment:
    """Hand in a file on a cell, a row (no indicator), the whole (no division) or a correction, in every status.

    The same content at the same place is answered with the row that stands there. Raises Refused (403) for who may not
    write there, (422) for a file or a place that cannot be taken.
    """
    must_be_allowed(statement, division, indicator, by)
    kept = keep(name, content)
    with transaction.atomic():
        current = AnnualStatement.objects.locked().get(pk=statement.pk)
        must_be_allowed(current, division, indicator, by)
        return place(current, kept, division=division, indicator=indicator, correction=correction, by=by, at=at)


def place(
    current: AnnualStatement,
    kept: Kept,
    *,
    division: str = "",
    indicator: str = "",
    correction: Correction | None = None,
    by: User,
    at: datetime,
) -> Attachment:
    """Write the row of a kept file, where the same does not stand there already; the statement is under its lock."""
    where = {"statement": current, "division_id": division or None, "indicator": indicator, "correction": correction}
    standing = Attachment.objects.filter(**where, sha256=kept.sha256, withdrawn_at__isnull=True).first()
    if standing:
        return standing
    with pghistory.context(user=by.pk, at=at.isoformat(), action="attach"):
        return Attachment.objects.create(
            **where, name=kept.name, kind=kept.kind, size=kept.size, sha256=kept.sha256, by=by, at=at
        )


@transaction.atomic
def withdraw_attachment(attachment: Attachment, *, by: User, at: datetime) -> None:
    """Take back a file that was handed in by mistake; it stays listed. Raises Refused (403, 409)."""
    AnnualStatement.objects.locked().get(pk=attachment.statement_id)
    current = Attachment.objects.select_related("statement").get(pk=attachment.pk)
    if current.by_id != by.pk or not by.is_active:
        raise Refused(403, "permission_denied", _("只有提交人可以撤回自己的文件。"))
    if not may_withdraw(current, by):
        raise Refused(409, "wrong_state", _("文件已撤回，或报表已送审，不能再撤回。"))
    with pghistory.context(user=by.pk, at=at.isoformat(), action="withdraw_attachment"):
        Attachment.objects.filter(pk=current.pk).update(withdrawn_at=at, withdrawn_by=by)


def must_be_allowed(statement: AnnualStatement, division: str, indicator: str, by: User) -> None:
    """Refuse who may not hand in files at this place (403), and a place that is none (422)."""
    if not may_attach(statement, by) or (division and not is_own_row(statement, division, by)):
        raise Refused(403, "permission_denied", _("您不能在这里提交佐证材料。"))
    if indicator and (indicator not in INDICATORS or not division):
        raise Refused(422, "place", _("请先选择区划，再选择该区划的指标。"))


def is_own_row(statement: AnnualStatement, division: str, by: User) -> bool:
    """Whether the division is the unit or a row of the statement, in the user's own subtree."""
    if division == statement.division_id:
        return by.division.contains(statement.division)
    return typed_rows(statement).filter(pk=division).within(by.division).exists()


def keep(name: str, content: File) -> Kept:
    """Judge a file and put its content into the storage. Raises Refused (422)."""
    stream, digest, size = plain_file(content), hashlib.sha256(), 0
    stream.seek(0)
    while piece := stream.read(64 * 1024):
        digest.update(piece)
        size += len(piece)
        if size > settings.EVIDENCE_MAX_BYTES:
            most = settings.EVIDENCE_MAX_BYTES // 1_000_000
            raise Refused(422, "evidence_too_large", _("文件超过 %d MB：请压缩图片，或拆分后分别上传。") % most)
    if not size:
        raise Refused(422, "evidence_empty", _("文件是空的：请检查后重新选择。"))
    kind = kind_of(stream)
    if not kind:
        raise Refused(
            422,
            "evidence_kind",
            _("这种文件不能上传：请另存为 PDF、OFD、PNG、JPG、不含宏的 XLSX 或 DOCX，或纯文本、CSV。"),
        )
    kept = Kept(clean_name(name, kind), kind, size, digest.hexdigest())
    store(kept, content)
    return kept


@transaction.atomic
def store(kept: Kept, content: File) -> None:
    """Write the content where it is not there yet; of several at once one writes, and what a crash left half is redone."""
    storage, path = storages["evidence"], path_of(kept.sha256)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"evidence:{kept.sha256}"])
    if storage.exists(path):
        if storage.size(path) == kept.size:
            return
        storage.delete(path)
    content.seek(0)
    saved = storage.save(path, content)
    if saved != path:  # cannot happen under the lock, unless the storage renames
        storage.delete(saved)
        raise RuntimeError(f"evidence was stored as {saved!r} instead of {path!r}")


def path_of(sha256: str) -> str:
    """Where in the storage a content lies."""
    return f"{sha256[:2]}/{sha256}"


def clean_name(name: str, kind: str) -> str:
    """A name to show and to save under: no path, no control or direction characters, with an ending of its kind."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in base if not unicodedata.category(c).startswith("C")).rstrip(" .")
    endings = ENDINGS[kind]
    ending = next((end for end in endings if shown.lower().endswith(end)), "")
    stem = shown[: len(shown) - len(ending)].strip(" .")
    shown_ending = shown[len(shown) - len(ending) :] if ending else endings[0]
    return (stem or _("佐证材料"))[: LONGEST_NAME - len(shown_ending)] + shown_ending
