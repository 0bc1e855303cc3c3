"""The sheet of remarks of a filled-in form: each line is about one cell."""

import re
from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _

from farmland.workbooks.filled import Filled, FilledCell
from farmland.workbooks.form import ASIDE, DOUBT, ROUNDED, Expected
from farmland.workbooks.numbers import sentence
from farmland.workbooks.places import place
from farmland.workbooks.raw import SheetRead
from farmland.workbooks.values import text_of, unquoted

MOST_NOTE = 600
SPACE = re.compile(r"\s+")
Key = tuple[str, str]  # division, indicator


class Remarks:
    """Puts remarks to the cells that the form's other sheets gave; `untouched` are those that nobody changed."""

    def __init__(
        self,
        states: Mapping[str, Mapping[str, str]],
        facts: Mapping[str, Sequence[str]],
        expected: Expected,
        filled: Filled,
        untouched: Mapping[Key, tuple[FilledCell, str]],
        fault: Callable[..., None],
    ) -> None:
        self.states, self.facts, self.filled, self.untouched, self.fault = states, facts, filled, untouched, fault
        self.cells = {(cell.division, cell.indicator): cell for cell in filled.cells}
        self.by_label = {label: code for code, labels in expected.columns.items() for label in labels}
        self.seen: dict[Key, str] = {}

    def read(self, sheets: Sequence[tuple[SheetRead, int, int]]) -> None:
        """Every line of the sheets (each with the row and column of its ids), and what a removed line took away."""
        for sheet, top, left in sheets:
            for number in range(top + 1, len(sheet.rows)):
                words = [text_of(value) for value in (sheet.rows[number] + [""] * 5)[left : left + 5]]
                if words[0] != ASIDE and (words[1] or words[3] or words[4]):
                    self.read_line(sheet, number, left, words)
        if not sheets:
            return
        sheet, top, left = sheets[0]
        for name in self.facts:
            said, _colon, rest = name.partition(":")
            code, _colon, indicator = rest.partition(":")
            if said == "note" and (code, indicator) not in self.seen and (problem := self.put((code, indicator), "")):
                self.fault(sheet, (top, left + 4), "note", problem, "", division=code, indicator=indicator)

    def read_line(self, sheet: SheetRead, number: int, left: int, words: list[str]) -> None:
        """One line: division, its name, indicator, remark."""
        _key, where, _name, label, note = words
        code, indicator = where.split(" ")[0], self.by_label.get(SPACE.sub("", label), label)
        state = self.states.get(code, {}).get(indicator, "x")
        at = (number, left + 4)
        if any((number, left + offset) in sheet.odd for offset in range(1, 5)):
            self.fault(sheet, at, "formula", sentence("formula", note), note)
        elif note.startswith(DOUBT):
            self.fault(sheet, at, "doubt", sentence("doubt", note), note)
        elif state[0] == "x":
            detail = _("说明须写明可填报的区划代码和指标。")
            self.fault(sheet, (number, left + 1), "note", detail, f"{where} {label}")
        elif len(note) > MOST_NOTE:
            self.fault(sheet, at, "note", _("说明最多 600 字。"), note)
        elif before := self.seen.get((code, indicator)):
            detail = _("与 %s 重复：一格只能有一条说明。") % before
            self.fault(sheet, at, "duplicate", detail, note, division=code, indicator=indicator)
        elif problem := self.put((code, indicator), unquoted(note)):
            self.fault(sheet, at, "note", problem, note, division=code, indicator=indicator)
        self.seen.setdefault((code, indicator), place(*at))

    def put(self, key: Key, note: str) -> str:
        """Put a remark to its cell; answers why it cannot be. One that stood there already changes nothing."""
        if key in self.cells:
            self.cells[key].note = note
        elif key in self.untouched:
            cell, stood = self.untouched[key]
            if note == unquoted((self.facts.get(f"note:{key[0]}:{key[1]}") or [""])[0]):
                return ""
            if stood.startswith(ROUNDED):
                return _("这一格的数值在此单位下经过舍入，请在网页上修改其说明。")
            cell.note = note
            self.filled.cells.append(cell)
        elif note:
            return _("说明所指的格是空的，请先填写数值或“空缺”。")
        return ""
