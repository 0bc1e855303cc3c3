"""What people say of a statement: comments, reasons for findings, rows that are done."""

from datetime import datetime

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from farmland.actions.statements.cells import OPEN, may_type, own_rows, typed_rows
from farmland.actions.statements.tell import tell_comment
from farmland.indicators import INDICATORS
from farmland.models import AnnualStatement, Comment, FinishedRow, Reason, Role, User
from farmland.rules import Severity
from farmland.selectors.statements import read
from farmland.workflow import Refused


def in_scope(statement: AnnualStatement, division: str, by: User) -> bool:
    """Whether the row belongs to the statement and lies in the user's subtree; "" is the whole statement."""
    if not division:
        return by.division.contains(statement.division) or statement.division.contains(by.division)
    if division == statement.division_id:
        return by.division.contains(statement.division)
    return typed_rows(statement).filter(pk=division).within(by.division).exists()


@transaction.atomic
def add_comment(
    statement: AnnualStatement, *, division: str, indicator: str, text: str, by: User, at: datetime
) -> Comment:
    """Comment on a cell, a row or the whole; reporters and reviewers of the unit and above. Raises Refused."""
    is_shown = statement.part_shown_to(by) is not None
    if (
        not by.is_active
        or by.role not in (Role.REPORTER, Role.REVIEWER)
        or not is_shown
        or not in_scope(statement, division, by)
    ):
        raise Refused(403, "permission_denied", _("您不能对这里提出意见。"))
    if indicator and (indicator not in INDICATORS or not division):
        raise Refused(422, "indicator", _("没有这项指标，或没有写明区划。"))
    if not text.strip():
        raise Refused(422, "comment_required", _("请写明理由或意见。"))
    with pghistory.context(user=by.pk, at=at.isoformat()):
        comment = Comment.objects.create(
            statement=statement, division_id=division or None, indicator=indicator, text=text.strip(), by=by, at=at
        )
    tell_comment(comment)
    return comment


@transaction.atomic
def resolve_comment(comment: Comment, *, by: User, at: datetime) -> None:
    """Mark a comment as dealt with: its author, or a reporter of the row it is about; who resolved it first stays.

    Raises Refused (403).
    """
    is_typist = may_type(by) and comment.statement.division.contains(by.division)
    if (
        not by.is_active
        or comment.by_id != by.pk
        and not (is_typist and in_scope(comment.statement, comment.division_id or "", by))
    ):
        raise Refused(403, "permission_denied", _("意见由提出人或本行的填报人员标为已处理。"))
    with pghistory.context(user=by.pk, at=at.isoformat()):
        Comment.objects.filter(pk=comment.pk, resolved_at__isnull=True).update(resolved_at=at, resolved_by=by)


@transaction.atomic
def give_reason(
    statement: AnnualStatement, *, rule: str, division: str, indicator: str, text: str, by: User, at: datetime
) -> Reason:
    """Say why a finding of a SOFT rule stands, while the statement is open; a later reason replaces it (history keeps both).

    Raises Refused (403, 409, 422).
    """
    current = AnnualStatement.objects.locked().get(pk=statement.pk)
    if not may_type(by) or not current.division.contains(by.division) or not in_scope(current, division, by):
        raise Refused(403, "permission_denied", _("只有填报人员可以说明理由。"))
    if current.status not in OPEN:
        raise Refused(409, "wrong_state", _("报表现为“%s”，不能录入。") % current.get_status_display())
    if not text.strip():
        raise Refused(422, "reason_required", _("请写明理由。"))
    soft = {finding.key for finding in read(current).findings if finding.severity is Severity.SOFT}
    if (rule, division, indicator) not in soft:
        raise Refused(422, "no_such_finding", _("这里没有须说明理由的问题：数据可能已经改正，请刷新后再看。"))
    with pghistory.context(user=by.pk, at=at.isoformat()):
        reason, _is_new = Reason.objects.update_or_create(
            statement=current,
            rule=rule,
            division_id=division,
            indicator=indicator,
            defaults={"text": text.strip(), "by": by, "at": at},
        )
    return reason


@transaction.atomic
def finish_row(statement: AnnualStatement, *, division: str, by: User, at: datetime) -> FinishedRow:
    """Mark a row as done for the user's department; a mark that is there stays. Raises Refused (403, 409)."""
    current = own_row(statement, division, by)
    with pghistory.context(user=by.pk, at=at.isoformat()):
        row, _is_new = FinishedRow.objects.get_or_create(
            statement=current, division_id=division, department=by.department, defaults={"by": by, "at": at}
        )
    return row


@transaction.atomic
def reopen_row(statement: AnnualStatement, *, division: str, by: User, at: datetime) -> None:
    """Take the mark of a row back. Raises Refused (403, 409)."""
    current = own_row(statement, division, by)
    with pghistory.context(user=by.pk, at=at.isoformat()):
        FinishedRow.objects.filter(statement=current, division=division, department=by.department).delete()


def own_row(statement: AnnualStatement, division: str, by: User) -> AnnualStatement:
    """The statement under its lock, where it is open and the row is the user's to type in. Raises Refused (403, 409)."""
    current = AnnualStatement.objects.locked().get(pk=statement.pk)
    if not may_type(by) or not own_rows(current, by).filter(pk=division).exists():
        raise Refused(403, "permission_denied", _("这一行不在您的填报范围内。"))
    if current.status not in OPEN:
        raise Refused(409, "wrong_state", _("报表现为“%s”，不能录入。") % current.get_status_display())
    return current
