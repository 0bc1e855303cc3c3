"""Typed cells: exact, never overwritten unseen, only of one's own rows and department, only while they are open."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from farmland.actions.statements import copying
from farmland.indicators import INDICATORS, Absence, Department, Indicator
from farmland.models import AnnualStatement, Basis, Division, Figure, Gap, Origin, Role, StatementStatus, User
from farmland.models.divisions import DivisionQuerySet
from farmland.selectors.statements import Contents, Key, get_contents, with_context
from farmland.units import InexactValue, TooLarge, Unit, to_base
from farmland.workflow import Refused

OPEN = (StatementStatus.DRAFT, StatementStatus.RETURNED)
NUMBER = re.compile(r"[0-9]{1,40}(\.[0-9]{1,12})?")
BASES = {"permanent_basic_farmland": Basis.PBF_DATABASE, "basic_not_cultivated": Basis.PBF_DATABASE} | {
    code: Basis.AGRI_STATISTICS
    for code, indicator in INDICATORS.items()
    if indicator.department == Department.AGRICULTURE
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What somebody typed: a number as text, or why there is none, on top of the version they saw (0: an empty cell)."""

    division: str
    indicator: str
    value: str = ""
    absence: str = ""
    note: str | None = None  # None: the note that stands there stays
    base_version: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a cell: `saved`, `unchanged`, `conflict` (somebody else's is kept) or `invalid` (with code, detail)."""

    cell: Cell
    state: str
    version: int = 0
    value_mu: Decimal | None = None
    code: str = ""
    detail: str = ""
    theirs: Figure | None = None  # of a conflict: what somebody else typed


def not_a_number(text: str) -> str:
    """The words for what cannot be a figure."""
    if text[:1] == "-" and NUMBER.fullmatch(text[1:]):
        return _("“%s”是负数，请填写零或正数。") % text
    return _("“%s”不是数，请填写零或正数。") % text


def unit_of(indicator: Indicator, unit: Unit) -> Unit:
    """The unit in which a cell is typed: the batch's for areas, else the indicator's own."""
    return unit if indicator.is_area else indicator.display_unit


def inexact(value: str, indicator: Indicator) -> str:
    """Why a value cannot be stored as it is."""
    if indicator.is_area:
        return _("“%s”换算成亩后超过六位小数，不能精确存储。") % value
    return _("“%s”超过四位小数，不能精确存储。") % value


def typed_rows(statement: AnnualStatement) -> DivisionQuerySet:
    """The divisions whose cells are typed: everything below the unit, or the unit alone where it has no parts."""
    below = Division.objects.shown().valid().within(statement.division)
    if statement.division.level == "special" or statement.division.is_leaf:
        return below.filter(pk=statement.division_id)
    return below.exclude(pk=statement.division_id).exclude(level="special")


def own_rows(statement: AnnualStatement, user: User) -> DivisionQuerySet:
    """The typed rows that are the user's to fill: those of the own subtree, for people inside the unit alone. Who stands
    above types nothing into a unit's statement."""
    rows = typed_rows(statement).within(user.division)
    return rows if statement.division.contains(user.division) else rows.none()


def may_type(user: User) -> bool:
    """Whether the user types figures at all."""
    return user.is_active and user.role == Role.REPORTER


@dataclass(frozen=True, slots=True)
class Typed:
    """What a save did: the outcome of every cell in their order, and what the statement holds after it."""

    outcomes: list[Outcome]
    contents: Contents


def save_cells(
    record: AnnualStatement, *, cells: Sequence[Cell], unit: Unit, by: User, at: datetime, dry_run: bool = False
) -> list[Outcome]:
    """Save cells of a statement that is open; answers what became of each, in their order.

    All of the batch are saved but those that conflict with a newer version (which is kept) and those that cannot be
    stored; `unit` applies to every value. A cell outside the user's own rows or department is `invalid` ("scope").
    Raises Refused (403) for who does not type, (409) where the statement is not open.
    """
    return type_cells(record, cells=cells, unit=unit, by=by, at=at, dry_run=dry_run).outcomes


@transaction.atomic
def type_cells(
    record: AnnualStatement, *, cells: Sequence[Cell], unit: Unit, by: User, at: datetime, dry_run: bool = False
) -> Typed:
    """The same as `save_cells`; answers the statement after it as well, which is read once, under the lock."""
    if not may_type(by):
        raise Refused(403, "permission_denied", _("只有填报人员可以录入数据。"))
    open_one = AnnualStatement.objects.locked()
    statement = with_context(open_one).get(pk=record.pk)
    if statement.status not in OPEN:
        raise Refused(409, "wrong_state", _("报表现为“%s”，不能录入。") % statement.get_status_display())
    contents = get_contents(statement)
    allowed = rows_to_type(contents, by)
    kept: dict[Key, Row] = {**contents.figures, **contents.gaps}
    standing, revision = dict(kept), statement.cells_revision + 1
    outcomes = []
    for cell in cells:
        key = (cell.division, cell.indicator)
        outcome = judge(cell, standing.get(key), unit, by, allowed)
        if outcome is None:
            outcome, standing[key] = prepare(cell, standing.get(key), statement, unit, revision, by, at)
        outcomes.append(outcome)
    if dry_run or not any(outcome.state == "saved" for outcome in outcomes):
        return Typed(outcomes, contents.holding(standing))
    with pghistory.context(user=by.pk, at=at.isoformat(), action="type"):
        AnnualStatement.objects.filter(pk=statement.pk).update(cells_revision=revision)  # first (see perform)
        write(kept, standing)
    return Typed(outcomes, contents.holding(standing))


Row = Figure | Gap | None


def rows_to_type(contents: Contents, by: User) -> set[str]:
    """The codes of `own_rows`, of what has been read already."""
    unit = contents.statement.division
    if not unit.contains(by.division):
        return set()
    is_alone = unit.level == "special" or unit.is_leaf
    rows = [unit] if is_alone else [row for row in contents.rows if row.code != unit.code]
    return {row.code for row in rows if by.division.contains(row)}


def judge(cell: Cell, current: Row, unit: Unit, by: User, allowed: set[str]) -> Outcome | None:
    """Why a cell cannot be saved; None where it can."""
    indicator = INDICATORS.get(cell.indicator)
    if indicator is None or cell.division not in allowed:
        return Outcome(cell, "invalid", code="scope", detail=_("这一格不存在，或不在您的填报范围内。"))
    if indicator.department != by.department:
        return Outcome(cell, "invalid", code="department", detail=_("%s由其他部门填报。") % indicator.label)
    if cell.absence and (cell.absence not in Absence.values or cell.value):
        return Outcome(cell, "invalid", code="absence", detail=_("有数值的格不能标为空缺或不适用。"))
    if cell.value and not NUMBER.fullmatch(cell.value):
        return Outcome(cell, "invalid", code="number", detail=not_a_number(cell.value))
    if cell.value:
        try:
            to_base(Decimal(cell.value), unit_of(indicator, unit))
        except TooLarge:
            return Outcome(cell, "invalid", code="too_large", detail=_("“%s”过大，超出可以存储的范围。") % cell.value)
        except InexactValue:
            return Outcome(cell, "invalid", code="U-1", detail=inexact(cell.value, indicator))
    version = current.revision if current else 0
    if version != cell.base_version:
        theirs = current if isinstance(current, Figure) else None
        value = theirs.value_mu if theirs else None
        return Outcome(cell, "conflict", version, value, code="conflict", detail=_("他人已修改这一格。"), theirs=theirs)
    return None


def prepare(
    cell: Cell, current: Row, statement: AnnualStatement, unit: Unit, revision: int, by: User, at: datetime
) -> tuple[Outcome, Row]:
    """The row that will stand in the cell, unsaved; None for an emptied one."""
    note = cell.note if cell.note is not None else current.note if current else ""
    common = {
        "statement": statement, "division_id": cell.division, "indicator": cell.indicator, "note": note,
        "revision": revision, "typed_by": by, "typed_at": at,
    }  # fmt: skip
    if cell.value:
        value, indicator = Decimal(cell.value), INDICATORS[cell.indicator]
        unit = unit_of(indicator, unit)
        stored = to_base(value, unit)
        row = Figure(
            year=statement.year,
            origin=Origin.REPORTED,
            value_mu=stored if indicator.is_area else None,
            measure=None if indicator.is_area else stored,
            input_value=value,
            input_unit=unit.code,
            input_decimals=max(0, -int(value.as_tuple().exponent)),
            basis=BASES.get(cell.indicator, Basis.CHANGE_SURVEY),
            **common,
        )
        same = isinstance(current, Figure) and all(
            getattr(current, name) == getattr(row, name)
            for name in ("value_mu", "measure", "input_value", "input_unit", "input_decimals", "note")
        )
        if same and current:
            return Outcome(cell, "unchanged", current.revision, row.value_mu), current
        return Outcome(cell, "saved", revision, row.value_mu), row
    if cell.absence:
        return Outcome(cell, "saved", revision), Gap(kind=cell.absence, **common)
    if current is None:
        return Outcome(cell, "unchanged"), None
    return Outcome(cell, "saved", 0), None


FIGURE_FIELDS = [
    "value_mu", "measure", "input_value", "input_unit", "input_decimals", "note", "revision", "typed_by", "typed_at",
]  # fmt: skip
GAP_FIELDS = ["kind", "note", "revision", "typed_by", "typed_at"]


MANY = 500  # from so many cells on COPY is worth it


def write(kept: dict[Key, Row], standing: dict[Key, Row]) -> None:
    """Make the tables hold what stands now where that differs from what was kept."""
    changed = {key: row for key, row in standing.items() if row is not kept.get(key)}
    tables: tuple[tuple[Any, list[str]], ...] = ((Figure, FIGURE_FIELDS), (Gap, GAP_FIELDS))
    for model, fields in tables:
        old = {key: row for key, row in kept.items() if isinstance(row, model)}
        new = {key: row for key, row in changed.items() if isinstance(row, model)}
        gone = [row.pk for key, row in old.items() if key in changed and key not in new]
        if gone:
            model.objects.filter(pk__in=gone).delete()
        for key, row in new.items():
            row.pk = old[key].pk if key in old else None
        again = [row for key, row in new.items() if key in old]
        if model is Figure and len(again) >= MANY:
            copying.change([(row.pk, copying.line_of(row)) for row in again], batch_of(again[0]))
        elif again:
            model.objects.bulk_update(again, fields)
        added = [row for key, row in new.items() if key not in old]
        if model is Figure and len(added) >= MANY:
            copying.add([copying.line_of(row) for row in added], batch_of(added[0]))
        elif added:
            model.objects.bulk_create(added)


def batch_of(figure: Figure) -> copying.Batch:
    """What the figures of one save share, from one of them."""
    statement, by, at = figure.statement, figure.typed_by, figure.typed_at
    if not (statement and by and at):
        raise ValueError(f"{figure} was typed by nobody")
    return copying.Batch(statement, figure.revision, by, at)
