"""The documents that people name when they hand down or adjust: recorded once for each number."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from farmland.models import PolicyDocument
from farmland.workflow import Refused


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as it is typed: its number (文号), title, issuer and date."""

    number: str
    title: str
    issued_on: date
    issuer: str = ""


def record_paper(paper: Paper, *, at: datetime) -> PolicyDocument:
    """The row of a document, made where it is new. It is known from the day on which it is recorded, so that what was
    known on an earlier day stays what it was (U-8). Raises Refused (422) for one without number or title, or of the future.
    """
    number, title = paper.number.strip(), paper.title.strip()
    today = timezone.localtime(at).date()
    if not number or not title:
        raise Refused(422, "document_required", _("请写明文件的文号和标题。"))
    if paper.issued_on > today:
        raise Refused(422, "document_date", _("文件日期不能晚于今天。"))
    digest = hashlib.sha256(f"{number}\n{title}\n{paper.issued_on}".encode()).hexdigest()[:16]
    document, _is_new = PolicyDocument.objects.get_or_create(
        key=f"quota-{digest}",
        defaults={
            "title": title[:300], "number": number[:60], "issuer": paper.issuer.strip()[:120],
            "date_text": paper.issued_on.isoformat(), "issued_on": paper.issued_on, "known_on": today,
        },
    )  # fmt: skip
    return document
