"""What a printed form holds, its digest and code, and whether the statement still says the same."""

import hashlib
import json
from dataclasses import dataclass

from farmland.models import PrintedForm
from farmland.selectors.changes import CellChange, Return, get_changes_since_return
from farmland.selectors.statements import Reading, read
from farmland.units import AREA_DECIMALS

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O and U, which are read as others
CODE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Recognised:
    """A printed form against what stands in the statement now: the same figures and gaps, or the cells that differ."""

    printed: PrintedForm
    reading: Reading
    is_same: bool
    changes: list[CellChange]


def content_of(reading: Reading, *, unit: str, status: str) -> bytes:
    """What is printed of a reading, in one way of writing it: figures in base units, gaps, status and unit."""
    statement = reading.statement
    figures = [
        [code, indicator, f"{figure.area_mu:.{AREA_DECIMALS}f}" if figure.measure is None else f"{figure.measure:.4f}"]
        + [figure.note]
        for (code, indicator), figure in sorted(reading.figures.items())
    ]
    gaps = [[code, indicator, gap.kind, gap.note] for (code, indicator), gap in sorted(reading.gaps.items())]
    said = {
        "form": "farmland-annual-1", "unit_of_area": unit, "status": status, "part": reading.root,
        "statement": [statement.division_id, statement.year, statement.version], "figures": figures, "gaps": gaps,
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def digest_of(reading: Reading, *, unit: str, status: str) -> str:
    """The SHA-256 of the printed content."""
    return hashlib.sha256(content_of(reading, unit=unit, status=status)).hexdigest()


def code_of(sha256: str) -> str:
    """The beginning of a digest in letters and figures that cannot be mistaken for each other: 80 bits."""
    number = int(sha256[: CODE_LENGTH * 5 // 4], 16)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(CODE_LENGTH)))


def recognise(printed: PrintedForm) -> Recognised:
    """Hold a printed form against its statement as it stands now. At most fifteen queries."""
    reading = read(printed.statement).within(printed.division)
    is_same = says_the_same(printed, reading)
    return Recognised(printed, reading, is_same, [] if is_same else get_changes_since(printed, reading))


def says_the_same(printed: PrintedForm, reading: Reading) -> bool:
    """Whether the part of the statement that was printed holds the same figures and gaps now."""
    part = reading.within(printed.division)
    return digest_of(part, unit=printed.unit, status=printed.status) == printed.sha256


def get_changes_since(printed: PrintedForm, reading: Reading) -> list[CellChange]:
    """The cells that were written after the print, with what stood in them before.

    By the database's own times, as after a return; a save whose transaction had begun before the print's and ended after
    it is told by the cell's revision.
    """
    history = PrintedForm.pgh_event_model.objects  # type: ignore[attr-defined]  # set by pghistory
    made = history.filter(pgh_obj_id=printed.pk).order_by("pgh_id").values_list("pgh_created_at", flat=True).first()
    if made is None:
        return []
    found = get_changes_since_return(reading, Return(made, "", ""))
    revisions = {key: figure.revision for key, figure in reading.figures.items()}
    revisions |= {key: gap.revision for key, gap in reading.gaps.items()}
    later = printed.cells_revision + 1  # of an emptied cell, which has none
    return [c for c in found if revisions.get((c.division, c.indicator), later) >= later]
