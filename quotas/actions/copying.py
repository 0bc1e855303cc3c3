"""Thousands of targets at once: COPY for those that are new."""

from collections.abc import Callable, Iterable

from django.db import connection

from farmland.actions.statements.copying import CHUNK, NULL, escaped
from farmland.models import Confidence, Qualifier
from quotas.models import QuotaNode

COLUMNS = (
    "version_id", "division_id", "value_mu", "input_value", "input_unit", "input_decimals", "plan_mu", "plan_input",
    "plan_decimals", "plan_unit", "revision", "plan_revision", "typed_by_id", "typed_at", "note", "confidence", "qualifier",
)  # fmt: skip
END = f"{Confidence.QUOTED.value}\t{Qualifier.EXACT.value}\n"


def text_of(nodes: Iterable[QuotaNode]) -> str:
    """The nodes in the text format of COPY."""
    return "".join(
        [
            f"{n.version_id}\t{n.division_id}\t{n.value_mu}\t{n.input_value:f}\t{n.input_unit}\t{n.input_decimals}\t"
            f"{NULL if n.plan_mu is None else n.plan_mu}\t{NULL if n.plan_input is None else f'{n.plan_input:f}'}\t"
            f"{n.plan_decimals}\t{n.plan_unit}\t{n.revision}\t{n.plan_revision}\t{n.typed_by_id}\t"
            f"{n.typed_at.isoformat() if n.typed_at else NULL}\t{escaped(n.note)}\t{END}"
            for n in nodes
        ]
    )


def add(nodes: list[QuotaNode], between: Callable[[], None]) -> None:
    """Add nodes where none stand. Inside the caller's transaction, after a write that carried its history context: COPY
    goes past the mapper, and the context holds until the transaction ends."""
    command = f"COPY quotas_quotanode ({', '.join(COLUMNS)}) FROM STDIN"
    for start in range(0, len(nodes), CHUNK):
        between()
        with connection.cursor() as cursor, cursor.copy(command) as copy:
            copy.write(text_of(nodes[start : start + CHUNK]))
