"""Files of evidence as pages list them."""

from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from farmland.actions.statements import may_withdraw
from farmland.models import Attachment, Correction, User


@dataclass(frozen=True, slots=True)
class Signed:
    """That a file is the signed copy of a print: its code, whether it was read from the file, and whether the statement
    still says the same (None: not told to this reader)."""

    code: str
    is_read: bool
    is_same: bool | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A file with what its line says; `withdraw_url` is empty where the reader may not take it back."""

    url: str
    name: str
    kind: str
    size: str
    digest: str
    by: User
    at: datetime
    place: str
    indicator: str
    withdrawn_at: datetime | None
    withdrawn_by: User | None
    withdraw_url: str
    signed: Signed | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to correct, with the evidence that came with it."""

    correction: Correction
    files: list[Shown]


def shown(file: Attachment, user: User, signed: Signed | None = None) -> Shown:
    """The line of a file; `signed` where it is a signed copy."""
    address = {"pk": file.statement_id, "file": file.pk}
    return Shown(
        url=reverse("statement_file", kwargs=address),
        name=file.name,
        kind=file.kind.upper(),
        size=filesizeformat(file.size),
        digest=file.sha256,
        by=file.by,
        at=file.at,
        place=str(file.division.label) if file.division else "",
        indicator=str(file.get_indicator_display()) if file.indicator else "",
        withdrawn_at=file.withdrawn_at,
        withdrawn_by=file.withdrawn_by,
        withdraw_url=reverse("statement_file_withdraw", kwargs=address) if may_withdraw(file, user) else "",
        signed=signed,
    )
