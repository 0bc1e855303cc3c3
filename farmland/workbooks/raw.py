"""A sheet as it was read, before anybody knows what it is."""

from dataclasses import dataclass, field
from typing import Any

Place = tuple[int, int]  # row and column, from 0


@dataclass(slots=True)
class SheetRead:
    """Rows of values from A1 on; `odd` says of cells what their value does not: formula, percent, error, date."""

    name: str
    rows: list[list[Any]]
    odd: dict[Place, str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, column, last row, column
