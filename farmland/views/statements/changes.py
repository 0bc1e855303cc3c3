"""What changed in a statement, for its page and for the reviewer's panel: as far as the reader sees it."""

from collections.abc import Sequence

from farmland.models import AnnualStatement, Comment, User
from farmland.selectors.changes import (
    get_changes_from_corrected,
    get_changes_since_return,
    get_return,
    get_totals_against_last_year,
)
from farmland.selectors.statements import Reading
from farmland.ui import changes
from farmland.units import Unit

MOST_SHOWN = 200


def changes_context(reading: Reading, indicators: Sequence[str], unit: Unit) -> dict[str, object]:
    """The part's lines against last year, and its cells that differ since the last return and from what is corrected.

    `reading` holds only what the reader may see; where that is nothing the card is left out.
    """
    if not reading.rows:
        return {"compared": []}
    compared = get_totals_against_last_year(reading, indicators)
    returned = get_return(reading.statement)
    since = get_changes_since_return(reading, returned) if returned else []
    corrected = get_changes_from_corrected(reading)
    names = {division.code: division for division in reading.rows}
    return {
        "compared": changes.lines(compared, reading.findings, unit),
        "last_year": reading.statement.year - 1,
        "returned": returned,
        "since_return": changes.cells(since[:MOST_SHOWN], names),
        "unshown_since_return": max(0, len(since) - MOST_SHOWN),
        "from_corrected": changes.cells(corrected[:MOST_SHOWN], names),
        "unshown_from_corrected": max(0, len(corrected) - MOST_SHOWN),
    }


def own_remarks(user: User, statement: AnnualStatement) -> list[Comment]:
    """The reader's own open comments since the statement came: a return takes them along."""
    came_at = statement.submitted_at or statement.handed_in_at
    if came_at is None:
        return []
    mine = Comment.objects.visible_to(user).filter(statement=statement, by=user, resolved_at__isnull=True)
    return list(mine.filter(at__gte=came_at).select_related("division").order_by("pk"))
