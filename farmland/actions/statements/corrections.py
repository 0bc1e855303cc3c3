"""Corrections of what is locked (F15): asked for with a reason and evidence, approved by two people, made as version n+1."""

from collections.abc import Sequence
from datetime import datetime

import pghistory
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from farmland.actions.statements.files import keep, place
from farmland.actions.statements.tell import tell_correction
from farmland.actions.statements.years import is_ministry
from farmland.models import AnnualStatement, Correction, Figure, Gap, Origin, StatementStatus, User
from farmland.workflow import REVIEWER, Refused

REQUEST, APPROVE = "request_correction", "approve_correction"


def correction_actions(statement: AnnualStatement, user: User) -> list[str]:
    """What of a correction is open to the user now."""
    if statement.status != StatementStatus.LOCKED:
        return []
    pending = Correction.objects.filter(statement=statement, approved_at__isnull=True).first()
    if pending is None:
        is_under_way = AnnualStatement.objects.filter(corrects=statement).exists()
        return [REQUEST] if REVIEWER(statement, user) and not is_under_way else []
    return [APPROVE] if is_ministry(user) and pending.first_by_id != user.pk else []


def request_correction(
    statement: AnnualStatement, *, reason: str, evidence: Sequence[File], by: User, at: datetime
) -> Correction:
    """Ask for a correction of a locked statement, with at least one file (contract: reason and evidence).

    All files are taken or none. Raises Refused (403, 409, 422).
    """
    must_be_open_to(statement, by)
    if not reason.strip():
        raise Refused(422, "reason_required", _("请写明理由。"))
    if not evidence:
        raise Refused(422, "evidence_required", _("申请更正须附佐证材料：请至少选择一个文件。"))
    files = [keep(file.name or "", file) for file in evidence]
    with transaction.atomic():
        current = locked(statement)
        must_be_open_to(current, by)
        with pghistory.context(user=by.pk, at=at.isoformat(), action=REQUEST):
            asked = Correction.objects.create(
                statement=current, reason=reason.strip(), requested_by=by, requested_at=at
            )
            for kept in files:
                place(current, kept, correction=asked, by=by, at=at)
        tell_correction(current, "request", by=by, at=at, reason=reason)
        return asked


def must_be_open_to(statement: AnnualStatement, by: User) -> None:
    """Refuse who may not ask for a correction (403), and where none can be asked for now (409)."""
    if not REVIEWER(statement, by):
        raise Refused(403, "permission_denied", _("只有本单位审核人员可以申请更正。"))
    if REQUEST not in correction_actions(statement, by):
        raise Refused(409, "wrong_state", _("只有已锁定、且没有更正在办的报表可以申请更正。"))


@transaction.atomic
def approve_correction(statement: AnnualStatement, *, by: User, at: datetime) -> AnnualStatement | None:
    """Approve a correction: the first of two people notes it, the second begins version n+1 and gets it.

    The new version is a draft with all cells of the old one; the old one stays current until the new one is approved.
    Raises Refused (403, 409).
    """
    current = locked(statement)
    if not is_ministry(by):
        raise Refused(403, "permission_denied", _("更正由自然资源部两名审核人员批准。"))
    if APPROVE not in correction_actions(current, by):
        raise Refused(409, "wrong_state", _("没有待您批准的更正；两次批准须由不同的人办理。"))
    with pghistory.context(user=by.pk, at=at.isoformat(), action=APPROVE):
        pending = Correction.objects.get(statement=current, approved_at__isnull=True)
        if pending.first_by_id is None:
            pending.first_by, pending.first_at = by, at
            pending.save(update_fields=["first_by", "first_at"])
            return None
        new = next_version(current)  # before what belongs to the statement (see perform)
        pending.approved_by, pending.approved_at = by, at
        pending.save(update_fields=["approved_by", "approved_at"])
        tell_correction(new, "approve", by=by, at=at, reason=pending.reason)
        return new


def locked(statement: AnnualStatement) -> AnnualStatement:
    """The statement under its lock."""
    rows = AnnualStatement.objects.locked()
    return rows.get(pk=statement.pk)


def next_version(old: AnnualStatement) -> AnnualStatement:
    """A draft that corrects a statement, with its typed cells and gaps; sums are stored anew when it is handed in."""
    new = AnnualStatement.objects.create(
        division=old.division, year=old.year, version=old.version + 1, corrects=old, is_demo=old.is_demo,
        cells_revision=old.cells_revision,  # goes on where the copied cells' revisions end, so that none comes back
    )  # fmt: skip
    figures = list(Figure.objects.filter(statement=old, origin=Origin.REPORTED))
    gaps = list(Gap.objects.filter(statement=old))
    rows: list[Figure | Gap] = [*figures, *gaps]
    for row in rows:
        row.pk, row.statement = None, new
    Figure.objects.bulk_create(figures)
    Gap.objects.bulk_create(gaps)
    return new
