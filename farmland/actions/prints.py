"""Printing a statement in its official form, and filing what comes back signed."""

from datetime import datetime

import pghistory
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from farmland.actions.statements.cells import OPEN
from farmland.actions.statements.files import keep, must_be_allowed, place
from farmland.actions.statements.kinds import JPEG, OFD, PDF, PNG
from farmland.models import AnnualStatement, PrintedForm, SignedCopy, User
from farmland.selectors.prints import code_of, digest_of
from farmland.selectors.statements import read
from farmland.units import Unit
from farmland.workflow import Refused

SCANS = (PDF, PNG, JPEG, OFD)  # what a signed copy may be; the code of an OFD is typed


@transaction.atomic
def make_print(statement: AnnualStatement, *, unit: Unit, by: User, at: datetime) -> PrintedForm:
    """Print what the user sees of a statement: the form of the same content where it was printed before, else a new one.

    Raises Refused (403) where nothing of it is shown to the user.
    """
    current = AnnualStatement.objects.locked().get(pk=statement.pk)
    part = current.part_shown_to(by) if by.is_active and by.has_business_rights else None
    if part is None:
        raise Refused(403, "permission_denied", _("报表上报以前，内容只对本单位可见。"))
    sha256 = digest_of(read(current).within(part), unit=unit.code, status=current.status)
    known = PrintedForm.objects.filter(code=code_of(sha256)).first()
    if known:
        return known
    with pghistory.context(user=by.pk, at=at.isoformat(), action="print"):
        return PrintedForm.objects.create(
            statement=current,
            division=part,
            unit=unit.code,
            status=current.status,
            cells_revision=current.cells_revision,
            sha256=sha256,
            code=code_of(sha256),
            by=by,
            at=at,
        )


def file_signed_copy(
    statement: AnnualStatement,
    printed: PrintedForm,
    *,
    name: str,
    content: File,
    is_read: bool,
    by: User,
    at: datetime,
) -> SignedCopy:
    """File the signed copy of a printed form with its statement's evidence; the same file again is answered as it stands.

    `is_read`: the code was read from the file, not typed. Raises Refused (403) for who hands in nothing there, (422) for
    a form of another statement, a print of a draft, or a file that is no scan.
    """
    division = "" if printed.division_id == statement.division_id else printed.division_id
    must_be_allowed(statement, division, "", by)
    if printed.statement_id != statement.pk:
        other = printed.statement
        words = {"name": other.division.label, "year": other.year, "version": other.version}
        raise Refused(
            422,
            "other_statement",
            _("这份文件是%(name)s %(year)d 年度报表第 %(version)d 版的打印件，不属于本报表。") % words,
        )
    if printed.status in OPEN:
        raise Refused(422, "draft_print", _("这是草稿的打印件，不能作为签字盖章件：请送审后重新打印。"))
    kept = keep(name, content)
    if kept.kind not in SCANS:
        raise Refused(422, "not_a_scan", _("签字盖章件应为 PDF、OFD、PNG 或 JPG。"))
    with transaction.atomic():
        current = AnnualStatement.objects.locked().get(pk=statement.pk)
        must_be_allowed(current, division, "", by)
        attachment = place(current, kept, division=division, by=by, at=at)
        filed = SignedCopy.objects.filter(attachment=attachment).first()
        if filed:
            return filed
        with pghistory.context(user=by.pk, at=at.isoformat(), action="file_signed_copy"):
            return SignedCopy.objects.create(printed=printed, attachment=attachment, is_read=is_read, by=by, at=at)
