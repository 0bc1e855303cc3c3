"""Responsibility letters: made ready when targets are handed down, then signed by both, with the signed copy kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import pghistory
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from farmland.actions.statements.files import keep
from farmland.models import Division, Role, User
from farmland.workflow import Refused
from quotas.models import Letter, QuotaVersion

EARLIEST = date(2000, 1, 1)  # responsibility letters are younger than that
KINDS = ("pdf", "png", "jpg")


@dataclass(frozen=True, slots=True)
class Signed:
    """What a letter says of its signatures: who signed for the Party committee and the government, and when."""

    party_signatory: str = ""
    party_signed_on: date | None = None
    government_signatory: str = ""
    government_signed_on: date | None = None
    note: str = ""
    base_version: int = 0


def make_letters(version: QuotaVersion, children: Iterable[Division]) -> None:
    """Make a letter without signatures for every child that has none yet for the year; works inside the publication."""
    if version.target_year is None:
        return
    Letter.objects.bulk_create(
        [
            Letter(target_year=version.target_year, upper=version.owner, lower=child, is_demo=version.is_demo)
            for child in children
        ],
        ignore_conflicts=True,
    )


def may_record(letter: Letter, user: User) -> bool:
    """Whether the user records the signatures: staff of one of the two divisions; of the nation's letters the ministry's."""
    places = (letter.upper_id, letter.lower_id)
    is_staff = user.is_active and user.has_business_rights and user.role in (Role.REPORTER, Role.REVIEWER)
    return is_staff and user.division_id in places


@transaction.atomic
def record_signatures(record: Letter, signed: Signed, *, by: User, at: datetime, copy: File | None = None) -> Letter:
    """Write down who signed and when, and keep the signed copy.

    Raises Refused: 403 for who is of neither division, 409 where somebody else changed the letter, 422 for a date without
    a name or of the future, for one signature alone without a reason (Q-11), and for a copy that is no PDF or picture.
    """
    letter = Letter.objects.select_for_update(no_key=True).get(pk=record.pk)
    if not may_record(letter, by):
        raise Refused(403, "permission_denied", _("只有责任书双方单位的填报或审核人员可以登记。"))
    if letter.revision != signed.base_version:
        raise Refused(409, "conflict", _("他人已修改这份责任书，请刷新后再看。"))
    check_signatures(signed, timezone.localtime(at).date())
    is_empty = not any((signed.party_signatory.strip(), signed.government_signatory.strip(), signed.note.strip()))
    if is_empty and copy is None and not letter.party_signatory and not letter.government_signatory:
        raise Refused(422, "signatory", _("请填写签订人和签订日期，或选择签订件。"))
    if letter.sha256 and not (signed.party_signed_on or signed.government_signed_on):
        raise Refused(422, "signatory", _("已有签订件，签订人和签订日期不能都删去；填错的请改正。"))
    kept = keep(copy.name or "", copy) if copy else None
    if kept and kept.kind not in KINDS:
        raise Refused(422, "file_kind", _("签订件须为 PDF、PNG 或 JPG。"))
    letter.party_signatory, letter.party_signed_on = signed.party_signatory.strip(), signed.party_signed_on
    letter.government_signatory = signed.government_signatory.strip()
    letter.government_signed_on = signed.government_signed_on
    letter.note, letter.by, letter.at = signed.note.strip()[:600], by, at
    letter.revision += 1
    if kept:
        letter.name, letter.kind, letter.size, letter.sha256 = kept.name, kept.kind, kept.size, kept.sha256
    with pghistory.context(user=by.pk, at=at.isoformat(), action="sign"):
        letter.save()
    return letter


def check_signatures(signed: Signed, today: date) -> None:
    """Refuse (422) what cannot be: see `record_signatures`."""
    pairs = (
        (signed.party_signatory, signed.party_signed_on),
        (signed.government_signatory, signed.government_signed_on),
    )
    if any(day and not name.strip() for name, day in pairs):
        raise Refused(422, "signatory", _("请写明签订人姓名。"))
    if any(day and day < EARLIEST for _name, day in pairs):
        raise Refused(422, "signed_on", _("签订日期不能早于 %s。") % EARLIEST.isoformat())
    if any(day and day > today for _name, day in pairs):
        raise Refused(422, "signed_on", _("签订日期不能晚于今天。"))
    if (signed.party_signed_on is None) != (signed.government_signed_on is None) and not signed.note.strip():
        raise Refused(422, "Q-11", _("党政同责：只有党委或政府一方签订，须写明原因。"))
