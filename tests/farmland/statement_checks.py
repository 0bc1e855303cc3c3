"""What the proofs of the annual statement compare with: the whole database, the README's table, sums added up anew."""

import re
from decimal import Decimal
from pathlib import Path

from django.db import connection

from farmland.models import AnnualStatement, Figure, Gap, Transition

# The small tree below Hebei, as tests/factories.py makes it.
COUNTIES = ("130224", "130225")
PREFECTURE, PROVINCE = "130200", "130000"
WITH_SUMS = ("handed_in", "submitted", "approved", "locked", "superseded")


def dump() -> dict[str, list[str]]:
    """Every row of every table but for sessions: what may not change when an action fails or is refused."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^(farmland|quotas|pghistory)_'"
        )
        names = sorted(name for (name,) in cursor.fetchall())
        parts = [f"SELECT '{name}', array_agg(t::text ORDER BY t::text) FROM {name} t" for name in names]
        cursor.execute(" UNION ALL ".join(parts))
        return {name: rows or [] for name, rows in cursor.fetchall()}


def readme_table() -> set[tuple[str, str, str]]:
    """The steps of the README: action, from, to; and the one that a correction's approval takes along."""
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    section = readme[readme.index("## The way of a statement") : readme.index("## Roles and scope")]
    rows = set(re.findall(r"^\| `(\w+)` \| (\w+) \| (\w+) \|", section, re.MULTILINE))
    return rows | {("supersede", "locked", "superseded")}


Cells = dict[tuple[str, str], Decimal]


def expected_sums(
    typed: Cells, not_applicable: set[tuple[str, str]]
) -> dict[tuple[str, str], tuple[Decimal, int, int]]:
    """The sums that belong to typed cells of Hebei: value, parts with a figure, parts that owe one."""
    sums = {}
    for indicator in {name for _place, name in typed}:
        own = typed.get((PREFECTURE, indicator))
        parts = [typed[county, indicator] for county in COUNTIES if (county, indicator) in typed]
        owed = sum((c, indicator) in typed or (c, indicator) not in not_applicable for c in COUNTIES)
        if own is not None:
            sums[PROVINCE, indicator] = (own, 2, 2)
        elif parts:
            total = (sum(parts, Decimal(0)), len(parts), owed)
            sums |= {(PREFECTURE, indicator): total, (PROVINCE, indicator): total}
    return sums


def stored_sums(statement: AnnualStatement) -> dict[tuple[str, str], tuple[Decimal, int, int]]:
    """The sums that stand with a statement."""
    rows = Figure.objects.filter(statement=statement, origin="summed")
    return {(f.division_id, f.indicator): (f.value_mu, f.parts_reported, f.parts_expected) for f in rows}


def assert_consistent(pk: int) -> AnnualStatement:
    """A statement of Hebei whose sums are those of its parts, whose steps form one chain and whose signers differ."""
    statement = AnnualStatement.objects.get(pk=pk)
    typed = Figure.objects.filter(statement=pk, origin="reported")
    gaps = Gap.objects.filter(statement=pk, kind="not_applicable").values_list("division_id", "indicator")
    wanted = expected_sums({(f.division_id, f.indicator): f.value_mu for f in typed}, set(gaps))
    assert stored_sums(statement) == (wanted if statement.status in WITH_SUMS else {})
    status, table = "draft", readme_table()
    for step in Transition.objects.filter(statement=pk).order_by("pk"):
        assert step.from_status == status, "two steps were taken from one state"
        assert (step.action, step.from_status, step.to_status) in table
        status = step.to_status
    assert status == statement.status
    signers = {statement.handed_in_by_id, statement.submitted_by_id}
    assert statement.handed_in_by_id is None or statement.handed_in_by_id != statement.submitted_by_id
    assert statement.approved_by_id is None or statement.approved_by_id not in signers
    return statement
