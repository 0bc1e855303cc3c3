"""The dry run of a file: what every cell would do, written down beside the upload; nothing else is written."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Protocol

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from farmland.actions.sorted_cells import Decided, FileCell, Odd, Sorted
from farmland.actions.statements.texts import storable
from farmland.actions.uploads.changes import kept_beside, said, sentences, standing_text
from farmland.actions.uploads.nouns import noun_of
from farmland.actions.uploads.order import by_place, sheets_of
from farmland.actions.uploads.states import ASKING, S, locked, move, tell
from farmland.models import IssueKind, Upload, UploadIssue, UploadStatus
from farmland.selectors.statements import Key
from farmland.units import Unit

MOST_ISSUES = 20_000  # of one file are listed; the counts are always of all
MOST_HINTS = 500


class FileFault(Protocol):
    """A cell that cannot be read (farmland.workbooks.filled)."""

    sheet: str
    place: str
    code: str
    detail: str
    value: str
    division: str
    indicator: str


@transaction.atomic
def record_check(
    pk: int, *, found: Sorted, faults: Sequence[FileFault], unit: Unit, rows: int, at: datetime,
    cells: Sequence[FileCell] = (),
) -> UploadStatus | None:  # fmt: skip
    """Write down what a check of `cells` found; CHECKED where it may be applied, perhaps after conflicts are decided, else REFUSED.

    Answers the state; None where somebody cancelled or another worker was faster, and then nothing is written.
    """
    upload = locked(pk)
    if upload.status != S.CHECKING:
        return None
    return conclude(upload, found=found, faults=faults, unit=unit, rows=rows, at=at, cells=cells)


def conclude(
    upload: Upload, *, found: Sorted, faults: Sequence[FileFault], unit: Unit, rows: int, at: datetime,
    cells: Sequence[FileCell] = (),
) -> UploadStatus:  # fmt: skip
    """Write counts and issues of a row that is under its lock; decisions that still hold are kept."""
    write_issues(upload, found, faults, unit, cells)
    counts: dict[str, Any] = dict(found.counts)
    counts["error"] += len(faults)
    status, words, code = S.CHECKED, _("校验完成，没有错误，可以写入。"), ""
    if counts["error"]:
        status, code = S.REFUSED, "errors"
        words = (
            ngettext(
                "校验完成：有 %d 处错误，没有写入。请改正后重新上传。",
                "校验完成：有 %d 处错误，没有写入。请改正后重新上传。",
                counts["error"],
            )
            % counts["error"]
        )
    elif counts["conflict"]:
        words = (
            ngettext(
                "校验完成：有 %d 处冲突，请选择后写入。", "校验完成：有 %d 处冲突，请选择后写入。", counts["conflict"]
            )
            % counts["conflict"]
        )
    elif not found.written:
        words = _("校验完成：文件与现有数据相同，没有需要写入的。")
    finished = at if status == S.REFUSED else None
    move(
        upload, status, at=at, words=words, code=code, detail=words, counts=counts | kept_beside(upload, found, unit), done=rows,
        total=rows, unit=unit.code, finished_at=finished,
    )  # fmt: skip
    tell(upload, at)
    return status


def write_issues(
    upload: Upload, found: Sorted, faults: Sequence[FileFault], unit: Unit, cells: Sequence[FileCell]
) -> None:
    """Write errors, then conflicts, each in the order of the file, in the place of what was written before."""
    decided = dict(decisions(upload))
    upload.issues.all().delete()
    if not (faults or found.errors or found.conflicts):
        return
    key = by_place(sheets_of(cells, faults))
    errors = [(key(fault), fault_issue(upload, fault)) for fault in faults[:MOST_ISSUES]]
    errors += [(key(odd.cell), error_issue(upload, odd)) for odd in found.errors[:MOST_ISSUES]]
    issues = [issue for _key, issue in sorted(errors, key=itemgetter(0))]
    found.conflicts.sort(key=lambda odd: key(odd.cell))
    words_of = zip(
        found.conflicts, sentences(found.conflicts, unit, noun_of(upload).typed(found.conflicts)), strict=True
    )
    issues += [conflict_issue(upload, odd, words, unit, decided) for odd, words in words_of]
    UploadIssue.objects.bulk_create(issues[:MOST_ISSUES], batch_size=2_000)


def decisions(upload: Upload) -> Iterable[tuple[tuple[Key, int], str]]:
    """What was decided, by cell and the version on which it was."""
    rows = upload.issues.filter(kind=IssueKind.CONFLICT).exclude(decision="")
    for row in rows:
        yield ((row.division, row.indicator), row.theirs_version or 0), row.decision


def choices(upload: Upload) -> dict[Key, Decided]:
    """The decisions by cell, as `sort_out` takes them."""
    return {key: Decided(word == "mine", version) for (key, version), word in decisions(upload)}


def fault_issue(upload: Upload, fault: FileFault) -> UploadIssue:
    """A cell that cannot be read."""
    return UploadIssue(
        upload=upload, kind=IssueKind.ERROR, sheet=storable(fault.sheet, 40), cell=storable(fault.place, 40), division=storable(fault.division, 20),
        indicator=storable(fault.indicator, 40), code=storable(fault.code, 40), detail=storable(fault.detail, 600), value=storable(fault.value, 60),
    )  # fmt: skip


def error_issue(upload: Upload, odd: Odd) -> UploadIssue:
    """A cell that cannot be saved."""
    cell = odd.cell
    return UploadIssue(
        upload=upload, kind=IssueKind.ERROR, sheet=storable(cell.sheet, 40), cell=storable(cell.place, 40), division=storable(cell.division, 20),
        indicator=storable(cell.indicator, 40), code=storable(odd.outcome.code, 40), detail=storable(odd.outcome.detail, 600), value=storable(said(cell), 60),
    )  # fmt: skip


def conflict_issue(
    upload: Upload, odd: Odd, words: str, unit: Unit, decided: Mapping[tuple[Key, int], str]
) -> UploadIssue:
    """A cell in which somebody else's figure stands."""
    cell, current = odd.cell, odd.current
    version = current.revision if current else 0
    return UploadIssue(
        upload=upload, kind=IssueKind.CONFLICT, sheet=storable(cell.sheet, 40), cell=storable(cell.place, 40), division=cell.division,
        indicator=cell.indicator, code="conflict", detail=storable(words, 600), value=storable(said(cell), 60),
        theirs=storable(standing_text(current, cell.indicator, unit), 60), theirs_version=version,
        decision=decided.get(((cell.division, cell.indicator), version), ""),
    )  # fmt: skip


def add_hints(
    pk: int, *, found: Sorted, on: Any, unit: Unit, at: datetime, chosen: Mapping[Key, Decided] | None = None
) -> None:
    """What the rules find in the whole as it would be, as hints beside a checked upload. Judges nothing. Nothing is written
    where the decisions are not those of `chosen` any more."""
    upload = Upload.objects.get(pk=pk)
    hints = noun_of(upload).hints(upload, found, on, unit=unit, at=at)
    with transaction.atomic():
        upload = locked(pk)
        if upload.status != S.CHECKED or choices(upload) != (chosen or {}):
            return
        upload.issues.filter(kind=IssueKind.NOTICE).delete()
        UploadIssue.objects.bulk_create(hints[:MOST_HINTS])
        asking = {name: sum(hint.demand == name for hint in hints) for name in ASKING}
        Upload.objects.filter(pk=pk).update(counts=upload.counts | {"notice": len(hints)} | asking)
