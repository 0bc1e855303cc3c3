"""Files of the annual statement."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from farmland.actions.sorted_cells import Decided, FileCell, Odd, Sorted
from farmland.actions.statements.bulk import Ground, ground, sort_out
from farmland.actions.statements.cells import OPEN, may_type, own_rows
from farmland.actions.statements.texts import storable
from farmland.actions.statements.written import gaps_of, lines_of, write_sorted
from farmland.actions.uploads.nouns import Typed, register
from farmland.models import AnnualStatement, Demand, Figure, Gap, IssueKind, Upload, UploadIssue, User
from farmland.rules import Finding, Severity
from farmland.selectors.statements import Key, Reading, get_contents, with_context
from farmland.units import Unit
from farmland.workflow import Refused

STATEMENT = "statement"
MOST_NAMES = 10
GRAVEST = (Demand.HARD, Demand.SOFT, Demand.INFO)


class StatementNoun:
    """What a filled-in form of a statement means."""

    code = STATEMENT

    def get(self, pk: int) -> AnnualStatement:
        """The statement with its division."""
        return AnnualStatement.objects.select_related("division").get(pk=pk)

    def lock(self, pk: int) -> AnnualStatement:
        """The statement under its lock."""
        return AnnualStatement.objects.locked().get(pk=pk)

    def must_accept(self, record: AnnualStatement, by: User) -> None:
        """Who types here has rows of their own, and the statement is open."""
        if not may_type(by) or not own_rows(record, by).exists():
            raise Refused(403, "permission_denied", _("只有填报人员可以为本单位的行上传文件。"))
        if closed := self.closed(record):
            raise Refused(409, "wrong_state", closed)

    def must_be_typing(self, by: User) -> str:
        """Only reporting staff type."""
        return "" if may_type(by) else _("只有填报人员可以录入数据。")

    def closed(self, record: AnnualStatement) -> str:
        """Figures are taken while it is open."""
        return "" if record.status in OPEN else _("报表现为“%s”，不能录入。") % record.get_status_display()

    def ground(self, record: AnnualStatement, *, unit: Unit, by: User) -> Ground:
        """What stands, whose rows they are."""
        return ground(record, unit=unit, by=by)

    def sort_out(self, cells: Iterable[FileCell], on: Ground, chosen: Mapping[Key, Decided] | None = None) -> Sorted:
        """Judge every cell as if it had been typed."""
        return sort_out(cells, on, chosen)

    def write(self, found: Sorted, on: Ground, *, at: datetime, upload: int, between: Callable[[], None]) -> None:
        """Write figures and gaps."""
        write_sorted(found, on, at=at, upload=upload, between=between)

    def typed(self, conflicts: Sequence[Odd]) -> list[Typed]:
        """Who filled in each figure or gap. Two queries, where there are any."""
        figures = [odd.current.pk for odd in conflicts if odd.current and not odd.current.kind]
        gaps = [odd.current.pk for odd in conflicts if odd.current and odd.current.kind]
        rows = [*Figure.objects.filter(pk__in=figures).select_related("typed_by")] if figures else []
        reasons = [*Gap.objects.filter(pk__in=gaps).select_related("typed_by")] if gaps else []
        filled: list[Figure | Gap] = [*rows, *reasons]
        who = {(isinstance(row, Gap), row.pk): (row.typed_by, row.typed_at) for row in filled}
        return [
            who.get((bool(odd.current.kind), odd.current.pk), (None, None)) if odd.current else (None, None)
            for odd in conflicts
        ]

    def hints(self, upload: Upload, found: Sorted, on: Ground, *, unit: Unit, at: datetime) -> list[UploadIssue]:
        """What the rules find in the statement as it would be, and how many rows that are done the file changes."""
        statement = with_context(type(on.statement).objects.select_related("division")).get(pk=on.statement.pk)
        contents = get_contents(statement)
        reading = contents.holding(rows_after(found, on, at)).read(unit=unit)
        findings = [row for row in reading.findings if row.division in on.allowed]
        missing = sum(row.code == "mandatory" for row in findings)
        said = [(demand_of(row, reading), row) for row in findings if row.code != "mandatory"]
        said.sort(key=lambda pair: GRAVEST.index(pair[0]))
        return finished_hint(upload, found, on) + missing_hint(upload, missing) + [
            UploadIssue(
                upload=upload, kind=IssueKind.NOTICE, division=row.division, indicator=row.indicator,
                code=row.code, detail=storable(str(row.detail), 600), demand=demand,
            )
            for demand, row in said
        ]  # fmt: skip

    def statement(self, record: AnnualStatement) -> AnnualStatement:
        """Itself."""
        return record


register(StatementNoun())


def demand_of(finding: Finding, reading: Reading) -> Demand:
    """What a finding asks for; one for which a reason stands asks for nothing more."""
    is_explained = finding.severity is Severity.SOFT and bool(reading.reasons.get(finding.key, "").strip())
    return Demand.INFO if is_explained else Demand(finding.severity.value)


def missing_hint(upload: Upload, missing: int) -> list[UploadIssue]:
    """How many mandatory cells will still be empty, in one line."""
    if not missing:
        return []
    said = ngettext("尚有 %(n)d 格必填未填。", "尚有 %(n)d 格必填未填。", missing) % {"n": missing}
    return [UploadIssue(upload=upload, kind=IssueKind.NOTICE, code="mandatory", detail=said)]


def finished_hint(upload: Upload, found: Sorted, on: Ground) -> list[UploadIssue]:
    """That rows which are marked as done would change; as with typing, their marks stay. One query."""
    taken = (*found.changed, *found.emptied)
    touched = {cell.division for cell in (*found.added, *(one.cell for one in taken))}
    marks = on.statement.finished_rows.filter(department=on.by.department, division__in=touched)
    rows = [mark.division for mark in marks.select_related("division").order_by("division")]
    if not rows:
        return []
    names = pgettext("list separator", "、").join(str(row.label) for row in rows[:MOST_NAMES])
    said = ngettext(
        "文件将改动 %(n)d 个已标为完成的行：%(names)s。写入后仍为“已完成”，如未填完请撤销完成。",
        "文件将改动 %(n)d 个已标为完成的行：%(names)s。写入后仍为“已完成”，如未填完请撤销完成。",
        len(rows),
    )
    shown = _("%s等") % names if len(rows) > MOST_NAMES else names
    detail = storable(said % {"n": len(rows), "names": shown}, 600)
    only = rows[0].code if len(rows) == 1 else ""
    return [UploadIssue(upload=upload, kind=IssueKind.NOTICE, division=only, code="finished_row", detail=detail)]


def rows_after(found: Sorted, on: Ground, at: datetime) -> dict[Key, Figure | Gap | None]:
    """The cells as they would stand, unsaved; conflicts count as kept."""
    cells = [*found.added, *(taken.cell for taken in found.changed)]
    after: dict[Key, Figure | Gap | None] = {
        (taken.cell.division, taken.cell.indicator): None for taken in found.emptied
    }
    for line in lines_of([cell for cell in cells if cell.value], on, {}):
        after[line.division, line.indicator] = Figure(
            statement=on.statement, division_id=line.division, indicator=line.indicator, year=on.statement.year,
            value_mu=line.value_mu, measure=line.measure, input_unit=line.unit, input_decimals=line.input_decimals,
        )  # fmt: skip
    notes = {key: row.note for key, row in on.standing.items()}
    for gap in gaps_of([cell for cell in cells if cell.absence], on, notes, 0, at):
        after[gap.division_id, gap.indicator] = gap
    return after
