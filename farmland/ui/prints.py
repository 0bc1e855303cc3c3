"""A statement in its official form: one table for each part, for paper."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import segno
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from farmland.indicators import INDICATORS, Group, Indicator, of_group
from farmland.models import PrintedForm, StatementStatus
from farmland.selectors.statements import Reading
from farmland.ui import sheets
from farmland.units import HA, M2, MU, UNITS, WAN_MU, Unit

PREFIX = "FP1:"
DECIMALS = {WAN_MU.code: 4, MU.code: 2, HA.code: 4, M2.code: 0}
FEW_ROWS = 6
UNSIGNED = (StatementStatus.DRAFT, StatementStatus.RETURNED)


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its division, whether it is a sum, and the texts of its cells."""

    code: str
    label: str
    is_sum: bool
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """One part of the statement with its number, two lines of headings, numbers of columns, rows and the total."""

    number: int
    title: str
    first: list[sheets.Head]
    second: list[sheets.Head]
    numbers: list[int]
    lines: list[Line]
    total: list[str]
    columns: int


@dataclass(frozen=True, slots=True)
class Note:
    """What is said of a cell: why it has no value, or a note beside it."""

    division: str
    indicator: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Signer:
    """A step that somebody took in the system, beside the line on which it is signed."""

    label: str
    name: str
    at: datetime | None


def grouped(code: str) -> str:
    """A code in groups of four, as it is read out."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def qr(code: str) -> SafeString:
    """The code as a drawing that any scanner reads, with a quarter of it to spare."""
    drawn = segno.make(PREFIX + code, error="q", micro=False)
    return mark_safe(drawn.svg_inline(border=2, dark="#000", light="#fff", omitsize=True))


def paper_unit(code: str) -> Unit:
    """The unit with as many decimals as the form prints."""
    return replace(UNITS[code], decimals=DECIMALS[code])


def tables(reading: Reading, unit: Unit) -> list[Table]:
    """The parts of the statement, their columns numbered through."""
    found, before = [], 0
    for number, (group, label) in enumerate(Group.choices, start=1):
        columns = of_group(group)
        found.append(table(reading, columns, unit, number=number, title=str(label), before=before))
        before += len(columns)
    return found


def table(reading: Reading, columns: Sequence[Indicator], unit: Unit, *, number: int, title: str, before: int) -> Table:
    """One part; `before` columns stand in those before it."""
    below = sheets.below(reading, columns, unit)
    rows = sheets.grid(
        reading, columns, below=below, commented=set(), done=set(), open_rows=set(), open_columns=set(), unit=unit,
        own=set(),
    )  # fmt: skip
    first, second = sheets.heads(columns)
    return Table(
        number,
        title,
        first,
        second,
        list(range(before + 1, before + len(columns) + 1)),
        [
            Line(row.division.code, str(row.division.label), row.is_sum, [text_of(cell) for cell in row.cells])
            for row in rows
        ],
        [cell.value for cell in sheets.totals(reading, columns, below)],
        len(columns) + 2,
    )


def text_of(cell: sheets.CellView | sheets.SumView) -> str:
    """What stands in a cell: its number, or why it has none; nothing where nothing was typed."""
    if isinstance(cell, sheets.SumView):
        return cell.value
    return cell.value or cell.absence_label


def notes(reading: Reading) -> list[Note]:
    """The gaps with a reason and the notes beside figures, in the order of codes."""
    names = {division.code: str(division.label) for division in reading.rows}
    found = [
        (key, Note(names[key[0]], str(INDICATORS[key[1]].label), str(gap.get_kind_display()), gap.note))
        for key, gap in reading.gaps.items()
        if gap.note
    ]
    found += [
        (key, Note(names[key[0]], str(INDICATORS[key[1]].label), _("附注"), figure.note))
        for key, figure in reading.figures.items()
        if figure.note
    ]
    return [note for _key, note in sorted(found, key=lambda pair: pair[0])]


def signers(printed: PrintedForm) -> list[Signer]:
    """The lines to sign on, with who handed in, confirmed and submitted in the system; a part of a statement has no such
    steps of its own."""
    statement = printed.statement
    if printed.division_id != statement.division_id:
        return [Signer(label, "", None) for label in (_("填报人"), _("审核人"), _("单位负责人"))]
    return [
        Signer(_("填报人"), str(statement.handed_in_by or ""), statement.handed_in_at),
        Signer(_("农业农村确认人"), str(statement.confirmed_by or ""), statement.confirmed_at),
        Signer(_("审核人"), str(statement.submitted_by or ""), statement.submitted_at),
        Signer(_("单位负责人"), "", None),
    ]


def is_draft(printed: PrintedForm) -> bool:
    """Whether the print is of a draft, which is not signed."""
    return printed.status in UNSIGNED
