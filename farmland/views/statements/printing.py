"""What the page of a statement says of its prints and of the signed copies that came back."""

from farmland.models import PrintedForm, User
from farmland.selectors.prints import get_signed_copies, says_the_same
from farmland.selectors.statements import Reading
from farmland.ui import files as files_ui
from farmland.ui import prints as ui

LATEST = 5


def prints_context(user: User, reading: Reading) -> dict[str, object]:
    """The latest prints that the user sees of a statement."""
    rows = PrintedForm.objects.visible_to(user).filter(statement=reading.statement)
    rows = rows.select_related("by", "division").order_by("-pk")[:LATEST]
    return {"prints": [(row, ui.grouped(row.code)) for row in rows]}


def signed_copies(user: User, reading: Reading) -> dict[int, files_ui.Signed]:
    """The signed copies among a statement's files, by file; whether the content is still the same is said to who sees
    all that was printed."""
    found = {}
    for file, copy in get_signed_copies(reading.statement).items():
        sees_all = user.division.contains(copy.printed.division) and bool(reading.rows)
        is_same = says_the_same(copy.printed, reading) if sees_all else None
        found[file] = files_ui.Signed(ui.grouped(copy.printed.code), copy.is_read, is_same)
    return found
