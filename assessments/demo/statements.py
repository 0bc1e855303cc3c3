"""Writes the demonstration's statements: figures by COPY while a statement is a draft, then its status."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from assessments.demo.accounts import REVIEWER
from assessments.demo.figures import BASIC, HIGH_STANDARD, ORDER, Province, Sheet
from assessments.demo.years import STAMPS, stamp
from farmland.models import (
    XPCC,
    AnnualStatement,
    Basis,
    Confidence,
    Figure,
    Level,
    Origin,
    Qualifier,
    StatementStatus,
    User,
)
from farmland.units import MU

BASES = {BASIC: Basis.PBF_DATABASE, HIGH_STANDARD: Basis.AGRI_STATISTICS}
COLUMNS = (
    "division_id", "indicator", "year", "origin", "statement_id", "document_id", "edition", "value_mu", "input_value",
    "input_unit", "input_decimals", "parts_reported", "parts_expected", "basis", "confidence", "qualifier", "note",
)  # fmt: skip
SETTLING = (
    "status", "approved_at", "approved_by", "released_at", "released_level",
    *[f"{name}_{part}" for name in STAMPS.values() for part in ("at", "by")],
)  # fmt: skip
NULL = r"\N"
ZONE = ZoneInfo("Asia/Shanghai")

LAST_LOCKED, LAST_FULL = 2023, 2024
# In the last year not everything has come in: two provinces wait for the ministry, one is still being typed.
STILL_SUBMITTED = ("450000", "520000")
STILL_DRAFT = "460000"
ROWS_MISSING = 6


def status_of(sheet: Sheet) -> StatementStatus:
    """Where a province's year stands."""
    if sheet.year <= LAST_LOCKED:
        return StatementStatus.LOCKED
    if sheet.year > LAST_FULL and sheet.division == STILL_DRAFT:
        return StatementStatus.DRAFT
    if sheet.year > LAST_FULL and sheet.division in STILL_SUBMITTED:
        return StatementStatus.SUBMITTED
    return StatementStatus.APPROVED


def write_statements(sheets: Iterable[Sheet], provinces: Mapping[str, Province], *, users: Mapping[str, User]) -> int:
    """Write the sheets as first versions of statements, unless the division has one for the year; how many it wrote.

    `users` are the accounts by name, of which some took the steps of those that are settled.

    Works inside the caller's transaction.
    """
    existing = set(AnnualStatement.objects.values_list("division", "year"))
    sheets = [sheet for sheet in sheets if (sheet.division, sheet.year) not in existing]
    statements = AnnualStatement.objects.bulk_create(
        AnnualStatement(division_id=sheet.division, year=sheet.year, is_demo=True) for sheet in sheets
    )
    copy = f"COPY {Figure._meta.db_table} ({', '.join(COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(copy) as target:
        for sheet, statement in zip(sheets, statements, strict=True):
            target.write("".join(lines(sheet, statement.pk, provinces.get(sheet.division))))
    for sheet, statement in zip(sheets, statements, strict=True):
        settle(statement, status_of(sheet), users[REVIEWER])
        stamp(statement, users)
    AnnualStatement.objects.bulk_update(statements, SETTLING)
    return len(statements)


def settle(statement: AnnualStatement, status: StatementStatus, reviewer: User) -> None:
    """Set the status, approved in June of the following year and released in July; the first provinces first."""
    statement.status = status
    if status in (StatementStatus.APPROVED, StatementStatus.LOCKED):
        order = timedelta(hours=int(statement.division_id[:2]))
        statement.approved_at = datetime(statement.year + 1, 6, 10, 9, tzinfo=ZONE) + order
        statement.approved_by = reviewer
        statement.released_at = datetime(statement.year + 1, 7, 20, 10, tzinfo=ZONE)
        statement.released_level = Level.PROVINCE


def lines(sheet: Sheet, statement: int, province: Province | None) -> Iterator[str]:
    """The rows of a sheet for COPY: what the counties reported, and the sums of prefectures and province.

    A draft misses its last rows and has no sums yet; the Corps (no province) reports its own totals alone.
    """
    rows = list(sheet.rows.items())
    is_draft = status_of(sheet) is StatementStatus.DRAFT
    if is_draft:
        rows = rows[:-ROWS_MISSING]
    for code, values in rows:
        yield from figure_lines(sheet.year, code, statement, values, parts=None)
    if province and not is_draft:
        for code, leaves in parts_of(province).items():
            sums = [sum(column) for column in zip(*(sheet.rows[leaf] for leaf in leaves), strict=True)]
            yield from figure_lines(sheet.year, code, statement, sums, parts=len(leaves))


def parts_of(province: Province) -> dict[str, list[str]]:
    """The county-level units that each sum adds up: those of every prefecture, and all of them for the province."""
    parts: dict[str, list[str]] = {}
    for leaf in province.leaves:
        if leaf.group:
            parts.setdefault(leaf.group, []).append(leaf.code)
    return parts | {province.code: [leaf.code for leaf in province.leaves]}


def figure_lines(year: int, code: str, statement: int, values: Iterable[int], *, parts: int | None) -> Iterator[str]:
    """One line for each indicator; `values` in hundredths of a mu, `parts` of a sum. XPCC and counties have none."""
    origin = Origin.REPORTED if parts is None else Origin.SUMMED
    count = NULL if parts is None else str(parts)
    for indicator, value in zip(ORDER, values, strict=True):
        area = f"{value // 100}.{value % 100:02d}"
        basis = BASES.get(indicator, Basis.CHANGE_SURVEY)
        cells = (
            code, indicator, str(year), origin.value, str(statement), NULL, "1", area, area,
            MU.code, "2", count, count, basis.value, Confidence.QUOTED.value, Qualifier.EXACT.value, "",
        )  # fmt: skip
        yield "\t".join(cells) + "\n"


def is_reporting(sheet: Sheet) -> bool:
    """Whether the division hands in a statement for the year: the Corps has none for the last one."""
    return sheet.division != XPCC or sheet.year <= LAST_FULL
