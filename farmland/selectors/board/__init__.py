"""The board of reporting: who owes what, against which day."""

from farmland.selectors.board.counts import TYPING, get_finished, marks_of
from farmland.selectors.board.rows import (
    BELOW,
    OPEN,
    Board,
    BoardRow,
    Progress,
    Totals,
    get_board,
    get_changed_at,
    totals,
)
from farmland.selectors.board.states import UNITS, BoardState
from farmland.selectors.board.years import YearCell, get_matrix, get_years

__all__ = [
    "BELOW",
    "OPEN",
    "TYPING",
    "UNITS",
    "Board",
    "BoardRow",
    "BoardState",
    "Progress",
    "Totals",
    "YearCell",
    "get_board",
    "get_changed_at",
    "get_finished",
    "get_matrix",
    "get_years",
    "marks_of",
    "totals",
]
