"""What the database itself does on every write, also one made in SQL: keep history, move revisions, refuse changes."""

from collections.abc import Callable, Sequence
from typing import Any

import pghistory
import pgtrigger


def tracked_in_bulk() -> Callable[[type[Any]], type[Any]]:
    """The same as `tracked` for a table that is loaded in bulk: one pass for a whole load, not one call for every row."""
    return pghistory.track(
        pghistory.InsertEvent(level=pgtrigger.Statement), pghistory.UpdateEvent(), pghistory.DeleteEvent()
    )


def tracked(exclude: Sequence[str] = (), deeds: Sequence[str] = ()) -> Callable[[type[Any]], type[Any]]:
    """Keep every insert, update and deletion of the model's rows, but for the fields named in `exclude`.

    `deeds` are further events, which the actions note themselves because no tracked field shows them.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        *[pghistory.ManualEvent(deed) for deed in deeds],
        exclude=list(exclude) or None,
    )


MOVE = """
    INSERT INTO farmland_revision (topic, count, changed_at)
    SELECT topic, 1, clock_timestamp() FROM (
        SELECT DISTINCT {topic} AS topic FROM ({rows}) AS changed
    ) AS topics ORDER BY topic
    ON CONFLICT (topic) DO UPDATE SET
        count = farmland_revision.count + 1,
        changed_at = GREATEST(clock_timestamp(), farmland_revision.changed_at + interval '1 microsecond');
    RETURN NULL;
"""


def moves_revision(topic: str) -> list[pgtrigger.Trigger]:
    """Triggers that move the revision of a topic; `topic` is an SQL expression over the written row's columns."""
    tables = {
        "insert": (pgtrigger.Insert, pgtrigger.Referencing(new="new_values"), "SELECT * FROM new_values"),
        "update": (
            pgtrigger.Update,
            pgtrigger.Referencing(old="old_values", new="new_values"),
            "SELECT * FROM old_values UNION ALL SELECT * FROM new_values",
        ),
        "delete": (pgtrigger.Delete, pgtrigger.Referencing(old="old_values"), "SELECT * FROM old_values"),
    }
    return [
        pgtrigger.Trigger(
            name=f"revision_moves_on_{name}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=referencing,
            func=MOVE.format(topic=topic, rows=rows),
        )
        for name, (operation, referencing, rows) in tables.items()
    ]


# The topic of what belongs to a statement: apart from the figures', so that a comment makes no dashboard stale.
OF_STATEMENT = (
    "(SELECT 'statements:' || left(s.division_id, 2) FROM farmland_annualstatement s WHERE s.id = statement_id)"
)


REFUSE = "RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation';"


def quoted(values: Sequence[str]) -> str:
    """The values as an SQL list."""
    return ", ".join(f"'{value}'" for value in values)


def frozen_row(*, closed: str, columns: Sequence[str], message: str) -> list[pgtrigger.Trigger]:
    """Refuse to delete a closed row, or to change one of its columns.

    `closed` is an SQL condition over OLD; a row that is closed stays closed.
    """
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    reopened = closed.replace("OLD.", "NEW.")
    return [
        pgtrigger.Trigger(
            name="closed_row_is_frozen",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=f"IF ({closed}) AND (({old}) IS DISTINCT FROM ({new}) OR NOT ({reopened})) THEN "
            f"{REFUSE.format(message=message)} END IF; RETURN NEW;",
        ),
        pgtrigger.Trigger(
            name="closed_row_is_kept",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            func=f"IF {closed} THEN {REFUSE.format(message=message)} END IF; RETURN OLD;",
        ),
    ]


def frozen_parts(*, parent: str, key: str, closed: str, message: str, also: str = "FALSE") -> list[pgtrigger.Trigger]:
    """Refuse to add, change or delete the rows that belong to a closed parent.

    `parent` is the parent's table, `key` the column that names it, `closed` a condition over the parent as `p`;
    `also` is a further condition over the part as `part` that freezes it against change.
    """
    test = f"EXISTS (SELECT 1 FROM {parent} p WHERE p.id = part.{key} AND {closed})"
    kept = f"{test} OR {also}"

    def over(row: str, condition: str) -> str:
        return condition.replace("part.", f"{row}.")

    return [
        pgtrigger.Trigger(
            name="closed_parts_gain_nothing",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="new_values"),
            func=f"IF EXISTS (SELECT 1 FROM new_values part JOIN {parent} p ON p.id = part.{key} WHERE {closed}) THEN "
            f"{REFUSE.format(message=message)} END IF; RETURN NULL;",
        ),
        pgtrigger.Trigger(
            name="closed_parts_are_frozen",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=f"IF {over('OLD', kept)} OR {over('NEW', test)} THEN "
            f"{REFUSE.format(message=message)} END IF; RETURN NEW;",
        ),
        pgtrigger.Trigger(
            name="closed_parts_are_kept",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            func=f"IF {over('OLD', kept)} THEN {REFUSE.format(message=message)} END IF; RETURN OLD;",
        ),
    ]
