"""What the page of a statement says of its prints and of the signed copies that came back."""

from farmland.models import Attachment, PrintedForm, SignedCopy, User
from farmland.selectors.prints import says_the_same
from farmland.selectors.statements import Reading
from farmland.ui import files as files_ui
from farmland.ui import prints as ui

LATEST = 5


def prints_context(user: User, reading: Reading) -> dict[str, object]:
    """The latest prints that the user sees of a statement."""
    rows = PrintedForm.objects.visible_to(user).filter(statement=reading.statement)
    rows = rows.select_related("by", "division").order_by("-pk")[:LATEST]
    return {"prints": [(row, ui.grouped(row.code)) for row in rows]}


def signed(user: User, reading: Reading, file: Attachment) -> files_ui.Signed | None:
    """What is said of a file that is a signed copy; whether the content is still the same only
    to who sees all that was printed."""
    copy: SignedCopy | None = getattr(file, "signed_copy", None)
    if copy is None:
        return None
    sees_all = user.division.contains(copy.printed.division) and bool(reading.rows)
    is_same = says_the_same(copy.printed, reading) if sees_all else None
    return files_ui.Signed(ui.grouped(copy.printed.code), copy.is_read, is_same)
