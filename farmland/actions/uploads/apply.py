"""Writing a checked file: every cell judged once more under the lock of what it is for, then all of it or nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from farmland.actions.sorted_cells import Decided, FileCell, Sorted
from farmland.actions.uploads.changes import kept_beside
from farmland.actions.uploads.check import FileFault, choices, conclude
from farmland.actions.uploads.nouns import noun_of
from farmland.actions.uploads.states import Cancelled, S, locked, move, refuse, tell
from farmland.models import IssueKind, Upload
from farmland.selectors.statements import Key
from farmland.units import Unit


class Changed(Exception):
    """Something stands in the way that the check did not find: the whole is undone, and it is said what."""

    def __init__(self, found: Sorted) -> None:
        super().__init__("the statement has changed since the check")
        self.found = found


def apply_upload(
    pk: int, *, cells: Sequence[FileCell], faults: Sequence[FileFault], unit: Unit, rows: int, at: datetime
) -> None:
    """Write the cells of an upload that is to be applied, all or none; safe to repeat, as the second time finds it applied.

    Where a cell cannot be written as it was checked, or the statement is not open any more, nothing is written and the
    upload says why. Cancelled is raised where somebody cancelled before the commit.
    """
    upload = Upload.objects.select_related("by__division").get(pk=pk)
    if upload.status != S.APPLYING:
        return
    if why := noun_of(upload).must_be_typing(upload.by):
        return refuse(pk, code="permission_denied", detail=why, at=at)
    chosen = choices(upload)
    try:
        write_all(upload, cells, faults, chosen, unit, at)
    except Changed as changed:
        with transaction.atomic():
            current = locked(pk)
            if current.status == S.APPLYING:
                conclude(current, found=changed.found, faults=faults, unit=unit, rows=rows, at=at, cells=cells)
    except NotOpen as closed:
        refuse(pk, code="wrong_state", detail=str(closed), at=at)
    return None


class NotOpen(Exception):
    """What the file is for takes no figures any more."""


@transaction.atomic
def write_all(
    upload: Upload,
    cells: Sequence[FileCell],
    faults: Sequence[FileFault],
    chosen: Mapping[Key, Decided],
    unit: Unit,
    at: datetime,
) -> None:
    """The one transaction in which everything is written and the upload becomes applied."""
    noun = noun_of(upload)
    record = noun.lock(upload.object_id)
    if closed := noun.closed(record):
        raise NotOpen(closed)

    def still_wanted() -> None:
        if not Upload.objects.filter(pk=upload.pk, status=S.APPLYING).exists():
            raise Cancelled

    still_wanted()  # also where another worker has applied it while we waited for the lock
    on = noun.ground(record, unit=unit, by=upload.by)
    found = noun.sort_out(cells, on, chosen)
    if faults or found.errors or found.conflicts:
        raise Changed(found)
    if found.written:
        noun.write(found, on, at=at, upload=upload.pk, between=still_wanted)
    current = locked(upload.pk)
    if current.status != S.APPLYING:
        raise Cancelled
    words = _("已写入：新填 %(new)d 格，修改 %(changed)d 格，清空 %(emptied)d 格。") % found.counts
    move(
        current,
        S.APPLIED,
        at=at,
        words=words,
        detail=words,
        counts=found.counts | kept_beside(current, found, unit),
        finished_at=at,
    )
    current.issues.filter(kind=IssueKind.NOTICE).delete()  # of what would be; what is, its own page shows
    tell(current, at)
