"""What a filled-in file says, whatever its format: cells with the place they were read from, and what cannot be read."""

from dataclasses import dataclass, field


class Unreadable(Exception):
    """The whole file is refused: `code` for programs, `detail` a sentence that says what to do; `sheet` and `place` where
    it lies in one cell."""

    def __init__(self, code: str, detail: str, sheet: str = "", place: str = "") -> None:
        super().__init__(detail)
        self.code, self.detail, self.sheet, self.place = code, detail, sheet, place


@dataclass(slots=True)
class FilledCell:
    """One cell of a file. `value` is plain digits as they were typed ("" for an empty cell); `base_version` that of the
    figure it was prefilled from (0: there was none), None where the file does not say."""

    sheet: str
    place: str  # C12; of CSV the line and column as a spreadsheet would name them
    division: str
    indicator: str
    value: str
    absence: str = ""
    note: str | None = None
    base_version: int | None = None


@dataclass(slots=True)
class Fault:
    """A cell that cannot be taken: why, in a sentence, and the text that stands in it."""

    sheet: str
    place: str
    code: str
    detail: str
    value: str = ""
    division: str = ""
    indicator: str = ""


@dataclass(slots=True)
class Filled:
    """All of a file: its cells in reading order, its faults, the unit of area it is filled in (a code of `units`)."""

    unit: str
    cells: list[FilledCell] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    rows: int = 0
