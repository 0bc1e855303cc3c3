"""Thousands of figures at once: COPY for those that are new, one UPDATE and one DELETE for the rest.

What stands in the tables afterwards, in the history too, is what `write` would have left there.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from farmland.models import AnnualStatement, Figure, Origin, User
from farmland.models.figures import Confidence, Qualifier

CHUNK = 10_000  # rows between two looks at whether somebody cancelled
COLUMNS = (
    "division_id", "indicator", "input_unit", "basis", "value_mu", "measure", "input_value", "input_decimals", "note",
    "revision", "typed_by_id", "typed_at", "statement_id", "year", "origin", "edition", "confidence", "qualifier",
)  # fmt: skip
# SQL types of what is changed, in the order of `Line` without its cell.
UPDATE = """
    UPDATE farmland_figure SET
        value_mu = s.value_mu, measure = s.measure, input_value = s.input_value, input_unit = s.input_unit,
        input_decimals = s.input_decimals, note = s.note, revision = %s, typed_by_id = %s, typed_at = %s
    FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::text[], %s::int[], %s::text[])
        AS s (id, value_mu, measure, input_value, input_unit, input_decimals, note)
    WHERE farmland_figure.id = s.id
"""
NULL = r"\N"
SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"})


class Line(NamedTuple):
    """A reported figure as it will stand: where, in what unit and on what basis, the stored value (of which one is
    None), and what was typed."""

    division: str
    indicator: str
    unit: str
    basis: str
    value_mu: Decimal | None
    measure: Decimal | None
    input_value: str
    input_decimals: int
    note: str


class Batch(NamedTuple):
    """What all lines of one save share."""

    statement: AnnualStatement
    revision: int
    by: User
    at: datetime


def line_of(figure: Figure) -> Line:
    """A figure that was made one by one as a line."""
    return Line(
        figure.division_id, figure.indicator, figure.input_unit, figure.basis, figure.value_mu, figure.measure,
        f"{figure.input_value:f}", figure.input_decimals, figure.note,
    )  # fmt: skip


def escaped(text: str) -> str:
    """A text as COPY reads it."""
    return text.translate(SPECIAL) if text else ""


def text_of(lines: Iterable[Line], batch: Batch) -> str:
    """The lines in the text format of COPY."""
    end = "\t".join(
        [
            str(batch.revision), str(batch.by.pk), batch.at.isoformat(), str(batch.statement.pk), str(batch.statement.year),
            Origin.REPORTED.value, "1", Confidence.QUOTED.value, Qualifier.EXACT.value,
        ]
    )  # fmt: skip
    return "".join(
        [
            f"{division}\t{indicator}\t{unit}\t{basis}\t{NULL if mu is None else mu}\t"
            f"{NULL if measure is None else measure}\t{typed}\t{decimals}\t{escaped(note)}\t{end}\n"
            for division, indicator, unit, basis, mu, measure, typed, decimals, note in lines
        ]
    )


def add(lines: Sequence[Line], batch: Batch, between: Callable[[], None] = lambda: None) -> None:
    """Add figures where none stand. Inside the caller's transaction, after a write that carried its history context:
    COPY goes past the mapper, and the context holds until the transaction ends.

    `between` is asked before each piece and may raise; it may query, so no COPY is open then.
    """
    command = f"COPY farmland_figure ({', '.join(COLUMNS)}) FROM STDIN"
    for start in range(0, len(lines), CHUNK):
        between()
        with connection.cursor() as cursor, cursor.copy(command) as copy:
            copy.write(text_of(lines[start : start + CHUNK], batch))


def change(lines: Sequence[tuple[int, Line]], batch: Batch, between: Callable[[], None] = lambda: None) -> None:
    """Change the figures that have these primary keys."""
    for start in range(0, len(lines), CHUNK):
        between()
        part = lines[start : start + CHUNK]
        rows = [line for _pk, line in part]
        parameters: list[list[Any]] = [
            [pk for pk, _line in part],
            [line.value_mu for line in rows],
            [line.measure for line in rows],
            [Decimal(line.input_value) for line in rows],
            [line.unit for line in rows],
            [line.input_decimals for line in rows],
            [line.note for line in rows],
        ]
        with connection.cursor() as cursor:
            cursor.execute(UPDATE, [batch.revision, batch.by.pk, batch.at, *parameters])


def remove(keys: Sequence[int]) -> None:
    """Remove the figures that have these primary keys."""
    if keys:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM farmland_figure WHERE id = ANY(%s)", [list(keys)])
