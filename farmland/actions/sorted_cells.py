"""The cells of a filled-in file, sorted by what will become of them: the same for every noun that files may be of.

Each noun judges its own cells; what a file says of a cell that somebody else changed meanwhile is settled here.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, Protocol

from django.utils.translation import gettext as _

from farmland.actions.statements.cells import Cell, Outcome

NO_VERSION = -1  # of a file that names none: never that of a figure


class FileCell(Protocol):
    """A cell as a file has it (farmland.workbooks.filled)."""

    sheet: str
    place: str
    division: str
    indicator: str
    value: str
    absence: str
    note: str | None
    base_version: int | None


class Standing(NamedTuple):
    """What stands in a cell: a figure's stored value, or in `kind` why there is none."""

    pk: int
    revision: int
    value: Decimal | None
    note: str
    kind: str


class Taken(NamedTuple):
    """A cell that can be saved, and what it will replace."""

    cell: FileCell
    current: Standing | None


class Odd(NamedTuple):
    """A cell that cannot be saved as it is, and why; of a conflict also what stands there."""

    cell: FileCell
    outcome: Outcome
    current: Standing | None


class Decided(NamedTuple):
    """What a person decided of a conflict, and on top of which version."""

    is_mine: bool
    version: int


@dataclass(slots=True)
class Sorted:
    """What became of the cells of a file."""

    added: list[FileCell] = field(default_factory=list)
    changed: list[Taken] = field(default_factory=list)
    emptied: list[Taken] = field(default_factory=list)
    conflicts: list[Odd] = field(default_factory=list)
    errors: list[Odd] = field(default_factory=list)
    same: int = 0

    @property
    def written(self) -> int:
        """How many cells will be written or emptied."""
        return len(self.added) + len(self.changed) + len(self.emptied)

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of each, for people."""
        return {
            "new": len(self.added), "changed": len(self.changed), "emptied": len(self.emptied), "same": self.same,
            "conflict": len(self.conflicts), "error": len(self.errors),
        }  # fmt: skip

    def take(self, cell: FileCell, current: Standing | None) -> None:
        """Count a cell that can be saved among those that are new, changed or emptied."""
        if is_empty(cell):
            self.emptied.append(Taken(cell, current))
        elif current is None:
            self.added.append(cell)
        else:
            self.changed.append(Taken(cell, current))


def invalid(cell: FileCell, code: str, detail: str) -> Outcome:
    """A refusal that typing does not know."""
    return Outcome(Cell(cell.division, cell.indicator, cell.value), "invalid", code=code, detail=detail)


def is_empty(cell: FileCell) -> bool:
    """Whether it says neither a number nor why there is none."""
    return not cell.value and not cell.absence


def is_left_empty(cell: FileCell) -> bool:
    """Whether it was empty when the file was made and was left so."""
    return is_empty(cell) and not cell.base_version


def base_of(cell: FileCell, current: Standing | None, choice: Decided | None) -> int | None:
    """The version that a cell is to be saved on top of, after what was decided of its conflict; None where what stands
    is to be kept. A decision on an older version than what stands now decides nothing."""
    version = current.revision if current else 0
    if choice is not None and choice.version == version:
        return version if choice.is_mine else None
    if cell.base_version is None:
        return NO_VERSION if current else 0
    return cell.base_version


def twice() -> tuple[str, str]:
    """Why a cell is refused that the file had already."""
    return "duplicate", _("同一格在文件中出现了两次。")
