"""What a file would change, cell by cell, kept beside the counts of its check; and what is said of a conflict."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from farmland.actions.sorted_cells import FileCell, Odd, Sorted, Standing
from farmland.actions.statements.bulk import LONGEST_NOTE
from farmland.actions.statements.texts import storable
from farmland.actions.uploads.nouns import Typed
from farmland.indicators import INDICATORS
from farmland.models import Gap, Upload, User
from farmland.selectors.uploads import MOST_CHANGES
from farmland.units import Unit, after_number, from_base


def kept_beside(upload: Upload, found: Sorted, unit: Unit) -> dict[str, Any]:
    """What is kept beside the counts: the changes, what a conflict would do to a note, and the unit that was chosen where
    the file says another. The row's own unit becomes that of the file, so the chosen one is taken from there only once."""
    chosen = upload.counts.get("chosen_unit") or upload.unit
    differs = {"chosen_unit": chosen} if chosen and chosen != unit.code else {}
    noted = {
        f"{odd.cell.division} {odd.cell.indicator}": change
        for odd in found.conflicts[:MOST_CHANGES]
        if (change := note_change(odd.cell, odd.current))
    }
    return {"changes": changes_of(found, unit)} | ({"noted": noted} if noted else {}) | differs


def changes_of(found: Sorted, unit: Unit) -> list[list[str]]:
    """The first changes: place, division, indicator, what stands now and what the file says ("" for nothing); where the
    note changes, also what it was and what it will be."""
    rows = [(taken.cell, taken.current) for taken in (*found.changed, *found.emptied)[:MOST_CHANGES]]
    rows += [(cell, None) for cell in found.added[: MOST_CHANGES - len(rows)]]
    return [
        [
            storable(f"{cell.sheet}!{cell.place}" if cell.sheet else cell.place, 60), cell.division, cell.indicator,
            standing_text(current, cell.indicator, unit), said(cell), *note_change(cell, current),
        ]
        for cell, current in rows
    ]  # fmt: skip


def note_change(cell: FileCell, current: Standing | None) -> list[str]:
    """What the note of a cell was and what it will be; nothing where it stays. It goes with an emptied cell."""
    was = current.note if current else ""
    will = (was if cell.note is None else cell.note) if cell.value or cell.absence else ""
    return [was, storable(will, LONGEST_NOTE)] if was != will else []


def said(cell: FileCell) -> str:
    """What a cell of the file says; nothing of an empty one."""
    if cell.absence:
        return str(dict(Gap._meta.get_field("kind").choices or ()).get(cell.absence, cell.absence))
    return cell.value


def standing_text(current: Standing | None, indicator: str, unit: Unit) -> str:
    """What stands in the cell now, in the unit of the file and exactly."""
    if current is None:
        return ""
    if current.value is None:
        return str(dict(Gap._meta.get_field("kind").choices or ()).get(current.kind, ""))
    own = unit_of(indicator, unit)
    text = f"{from_base(current.value, own, 12):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_of(column: str, unit: Unit) -> Unit:
    """The unit of a column: the file's, but for an indicator that is no area."""
    line = INDICATORS.get(column)
    return unit if line is None or line.is_area else line.display_unit


def sentences(conflicts: Iterable[Odd], unit: Unit, typed: Iterable[Typed]) -> list[str]:
    """What is said of each conflict: who filled the cell in and when, and what to do."""
    return [sentence(odd, unit, *who) for odd, who in zip(conflicts, typed, strict=True)]


def sentence(odd: Odd, unit: Unit, who: User | None, when: datetime | None) -> str:
    """What is said of one conflict."""
    choose = _("请选择“用文件中的”或“保留现有的”。")
    value = standing_text(odd.current, odd.cell.indicator, unit)
    if odd.current and not odd.current.kind:
        value = f"{value} {after_number(unit_of(odd.cell.indicator, unit).label)}"
    names = {"who": who or _("他人"), "when": f"{timezone.localtime(when):%m-%d %H:%M}" if when else "", "value": value}
    if odd.current is None:
        return _("文件生成后，这一格已被清空。") + choose
    if odd.cell.base_version is None:
        said_so = _("文件没有版本号，不能判断是否覆盖；现有的由%(who)s %(when)s 填报：%(value)s。")
    else:
        said_so = _("文件生成后，%(who)s %(when)s 已改为 %(value)s。")
    return said_so % names + choose
