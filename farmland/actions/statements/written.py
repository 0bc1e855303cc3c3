"""What was sorted out of a file, written into the tables."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

import pghistory

from farmland.actions.sorted_cells import FileCell, Sorted
from farmland.actions.statements import copying
from farmland.actions.statements.bulk import Ground, stored
from farmland.actions.statements.cells import GAP_FIELDS
from farmland.actions.statements.copying import Batch, Line
from farmland.models import AnnualStatement, Gap
from farmland.selectors.statements import Key
from farmland.units import to_base


def write_sorted(
    found: Sorted, on: Ground, *, at: datetime, upload: int, between: Callable[[], None] = lambda: None
) -> None:
    """Write what is to be written, in the order of `type_cells` and inside the caller's transaction, which holds the
    statement's lock. `between` is asked between pieces and may raise. The history names the upload."""
    statement, revision = on.statement, on.statement.cells_revision + 1
    batch = Batch(statement, revision, on.by, at)
    notes = {key: row.note for key, row in on.standing.items() if row.note}
    figures = [taken for taken in found.changed if taken.cell.value]
    gaps = [taken for taken in found.changed if not taken.cell.value]
    gone = [taken.current for taken in found.emptied if taken.current]
    gone += [taken.current for taken in figures if taken.current and taken.current.kind]
    gone += [taken.current for taken in gaps if taken.current and not taken.current.kind]
    again = [taken for taken in figures if taken.current and not taken.current.kind]
    added = [taken.cell for taken in figures if taken.current and taken.current.kind]
    added += [cell for cell in found.added if cell.value]
    with pghistory.context(user=on.by.pk, at=at.isoformat(), action="type", upload=upload):
        AnnualStatement.objects.filter(pk=statement.pk).update(cells_revision=revision)  # first (see perform)
        copying.remove([row.pk for row in gone if not row.kind])
        lines = lines_of([taken.cell for taken in again], on, notes)
        keys = [taken.current.pk for taken in again if taken.current]
        copying.change(list(zip(keys, lines, strict=True)), batch, between)
        copying.add(lines_of(added, on, notes), batch, between)
        write_gaps(found, on, notes, [row.pk for row in gone if row.kind], batch)


def write_gaps(found: Sorted, on: Ground, notes: Mapping[Key, str], gone: list[int], batch: Batch) -> None:
    """Write the cells that say why they have no number."""
    if gone:
        Gap.objects.filter(pk__in=gone).delete()
    kept = {
        (taken.cell.division, taken.cell.indicator): taken.current.pk
        for taken in found.changed
        if taken.cell.absence and taken.current and taken.current.kind
    }
    cells = [taken.cell for taken in found.changed if taken.cell.absence]
    cells += [cell for cell in found.added if cell.absence]
    rows = gaps_of(cells, on, notes, batch.revision, batch.at)
    for row in rows:
        row.pk = kept.get((row.division_id, row.indicator))
    if changed := [row for row in rows if row.pk]:
        Gap.objects.bulk_update(changed, GAP_FIELDS)
    if added := [row for row in rows if not row.pk]:
        Gap.objects.bulk_create(added)


def lines_of(cells: Iterable[FileCell], on: Ground, notes: Mapping[Key, str]) -> list[Line]:
    """The figures that numbers become; `notes` are those that stand where a cell says none."""
    lines, columns = [], on.columns
    for cell in cells:
        column = columns[cell.indicator]
        value = cell.value
        is_plain = column.plain.fullmatch(value)
        exact = stored(value, column.unit) if is_plain else to_base(Decimal(value), column.unit)
        is_area = column.indicator.is_area
        note = notes.get((cell.division, cell.indicator), "") if cell.note is None else cell.note
        lines.append(
            Line(
                cell.division,
                cell.indicator,
                column.unit.code,
                column.basis,
                exact if is_area else None,
                None if is_area else exact,
                value,
                len(value.partition(".")[2]),
                note,
            )
        )
    return lines


def gaps_of(cells: Iterable[FileCell], on: Ground, notes: Mapping[Key, str], revision: int, at: datetime) -> list[Gap]:
    """The rows that say why there is no number."""
    return [
        Gap(
            statement=on.statement,
            division_id=cell.division,
            indicator=cell.indicator,
            kind=cell.absence,
            note=notes.get((cell.division, cell.indicator), "") if cell.note is None else cell.note,
            revision=revision,
            typed_by=on.by,
            typed_at=at,
        )
        for cell in cells
    ]
