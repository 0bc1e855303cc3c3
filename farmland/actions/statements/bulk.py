"""Whole files of cells, judged as if each had been typed: what is plainly in order is seen at a glance, everything else
is asked of `judge` and `prepare` themselves, so that codes and sentences are the same.

A file differs from typing in three ways. A cell that says what stands there already changes nothing, in whatever unit and
with however many zeros, as spreadsheets keep neither. A cell that was not touched since the file was made is left
alone, even where somebody else changed the figure since. And a file that names no versions never overwrites: what it
would change is asked about.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from farmland.actions.sorted_cells import (
    Decided,
    FileCell,
    Odd,
    Sorted,
    Standing,
    base_of,
    invalid,
    is_left_empty,
    twice,
)
from farmland.actions.statements.cells import BASES, Cell, judge, own_rows, unit_of
from farmland.actions.statements.texts import UNSTORABLE
from farmland.indicators import INDICATORS, Indicator
from farmland.models import AnnualStatement, Basis, Figure, Gap, Origin, User
from farmland.selectors.statements import Key
from farmland.units import AREA_MAX_DIGITS, BASE_DECIMALS, EXACT, Unit

LONGEST_NOTE = 600
MOST_INPUT_DECIMALS = 12


class Column(NamedTuple):
    """What is the same for every cell of an indicator: `plain` matches what is surely exact and not too large."""

    indicator: Indicator
    unit: Unit
    basis: str
    plain: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Ground:
    """What cells are judged against: what stands, whose rows they are, and the unit of the file."""

    statement: AnnualStatement
    by: User
    unit: Unit
    allowed: set[str]
    standing: Mapping[Key, Standing]
    columns: Mapping[str, Column]


def plain(indicator: Indicator, unit: Unit) -> re.Pattern[str]:
    """Numbers that are surely exact in stored decimals and surely not too large, by their text alone."""
    places = BASE_DECIMALS[unit.dimension]
    exponent = int(unit.factor.normalize().as_tuple().exponent)
    decimals = min(places + exponent, MOST_INPUT_DECIMALS)
    most = 12 if not indicator.is_area else AREA_MAX_DIGITS
    digits = most - places - len(str(int(unit.factor))) - 1
    return re.compile(rf"[0-9]{{1,{digits}}}(\.[0-9]{{1,{decimals}}})?")


def ground(statement: AnnualStatement, *, unit: Unit, by: User) -> Ground:
    """What the cells of a file are judged against, as the tables have it now. Three queries."""
    figures = Figure.objects.filter(statement=statement, origin=Origin.REPORTED)
    standing = {
        (division, indicator): Standing(pk, revision, value if measure is None else measure, note, "")
        for division, indicator, pk, revision, value, measure, note in figures.values_list(
            "division_id", "indicator", "pk", "revision", "value_mu", "measure", "note"
        ).iterator()
    }
    for row in Gap.objects.filter(statement=statement):
        standing[row.division_id, row.indicator] = Standing(row.pk, row.revision, None, row.note, row.kind)
    columns = {}
    for code, indicator in INDICATORS.items():
        own = unit_of(indicator, unit)
        columns[code] = Column(indicator, own, BASES.get(code, Basis.CHANGE_SURVEY), plain(indicator, own))
    return Ground(
        statement=statement,
        by=by,
        unit=unit,
        allowed=set(own_rows(statement, by).values_list("code", flat=True)),
        standing=standing,
        columns=columns,
    )


def sort_out(cells: Iterable[FileCell], on: Ground, decided: Mapping[Key, Decided] | None = None) -> Sorted:
    """Judge every cell of a file; one query where there are conflicts, for what stood there when the file was made."""
    found, decided = Sorted(), decided or {}
    allowed, standing, department = on.allowed, on.standing, on.by.department
    matches = {
        code: column.plain.fullmatch for code, column in on.columns.items() if column.indicator.department == department
    }
    seen: set[Key] = set()
    add = found.added.append
    for cell in cells:
        key = (cell.division, cell.indicator)
        current = standing.get(key)
        is_plain = matches.get(cell.indicator)
        if (
            current is None
            and is_plain
            and cell.value
            and not cell.base_version
            and not cell.absence
            and not cell.note
            and cell.division in allowed
            and is_plain(cell.value)
            and key not in seen
        ):
            add(cell)
        else:
            sort_one(cell, key, current, on, found, decided, seen)
        seen.add(key)
    found.conflicts = untouched(found, on)
    return found


def sort_one(
    cell: FileCell,
    key: Key,
    current: Standing | None,
    on: Ground,
    found: Sorted,
    decided: Mapping[Key, Decided],
    seen: set[Key],
) -> None:
    """Judge one cell that is not plainly new."""
    column = on.columns.get(cell.indicator)
    is_known = column is not None and cell.division in on.allowed
    if is_left_empty(cell):
        found.same += 1
        return
    if key in seen:
        found.errors.append(Odd(cell, invalid(cell, *twice()), current))
        return
    if is_known and column and current is not None and says_the_same(cell, current, column):
        found.same += 1
        return
    if UNSTORABLE.search(f"{cell.division}{cell.indicator}{cell.value}{cell.absence}{cell.note or ''}"):
        found.errors.append(Odd(cell, invalid(cell, "character", _("这一格或其说明含有不能存储的字符。")), current))
        return
    base = base_of(cell, current, decided.get(key))
    if base is None:
        found.same += 1
        return
    asked = Cell(cell.division, cell.indicator, cell.value, cell.absence, cell.note, base)
    outcome = judge(asked, as_row(current, column), on.unit, on.by, on.allowed)
    if outcome is None and cell.note and len(cell.note) > LONGEST_NOTE:
        outcome = invalid(cell, "note_too_long", _("说明超过 %d 字。") % LONGEST_NOTE)
    if outcome is not None:
        (found.conflicts if outcome.state == "conflict" else found.errors).append(Odd(cell, outcome, current))
    else:
        found.take(cell, current)


def says_the_same(cell: FileCell, current: Standing, column: Column) -> bool:
    """Whether a cell says what stands there already."""
    if cell.note is not None and cell.note != current.note:
        return False
    if cell.absence or current.kind:
        return cell.absence == current.kind and not cell.value
    return bool(column.plain.fullmatch(cell.value)) and stored(cell.value, column.unit) == current.value


def stored(value: str, unit: Unit) -> Decimal:
    """A plain number in base units."""
    return EXACT.multiply(Decimal(value), unit.factor)


def as_row(current: Standing | None, column: Column | None) -> Figure | Gap | None:
    """What stands in a cell as `judge` knows it."""
    if current is None:
        return None
    if current.kind:
        return Gap(pk=current.pk, kind=current.kind, revision=current.revision, note=current.note)
    is_area = column is None or column.indicator.is_area
    value, measure = (current.value, None) if is_area else (None, current.value)
    return Figure(pk=current.pk, value_mu=value, measure=measure, revision=current.revision, note=current.note)


def untouched(found: Sorted, on: Ground) -> list[Odd]:
    """The conflicts without those whose cells say what stood there when the file was made: nobody filled them in."""
    asking = [odd for odd in found.conflicts if odd.cell.base_version]
    if not asking:
        return found.conflicts
    versions = {odd.cell.base_version for odd in asking}
    events = Figure.pgh_event_model.objects.filter(  # type: ignore[attr-defined]  # set by pghistory
        statement=on.statement, revision__in=versions, division__in={odd.cell.division for odd in asking}
    ).exclude(pgh_label="delete")
    before = {
        (division, indicator, revision): Standing(0, revision, value if measure is None else measure, note, "")
        for division, indicator, revision, value, measure, note in events.values_list(
            "division_id", "indicator", "revision", "value_mu", "measure", "note"
        )
    }
    left = []
    for odd in found.conflicts:
        cell, column = odd.cell, on.columns.get(odd.cell.indicator)
        was = before.get((cell.division, cell.indicator, cell.base_version or 0))
        if was and column and says_the_same(cell, was, column):
            found.same += 1
        else:
            left.append(odd)
    return left
