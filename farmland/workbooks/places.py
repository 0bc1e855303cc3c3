"""Places in a sheet as spreadsheets name them: C12 is row 11, column 2."""

import re
from functools import lru_cache

PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
MOST_ROWS, MOST_COLUMNS = 20_000, 104  # A to CZ: wider and longer than any form


@lru_cache(maxsize=1024)
def letters(column: int) -> str:
    """The name of a column: 0 is A, 26 is AA."""
    name = ""
    while column >= 0:
        name = chr(65 + column % 26) + name
        column = column // 26 - 1
    return name


def place(row: int, column: int) -> str:
    """The name of a cell."""
    return f"{letters(column)}{row + 1}"


def cell_of(name: str) -> tuple[int, int] | None:
    """The row and column of a name; None where it is none."""
    found = PLACE.fullmatch(name)
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def range_of(name: str) -> tuple[int, int, int, int] | None:
    """First row, first column, last row, last column of a range or a single cell; None where it is none."""
    first, _colon, last = name.partition(":")
    one, other = cell_of(first), cell_of(last or first)
    return (*one, *other) if one and other else None
