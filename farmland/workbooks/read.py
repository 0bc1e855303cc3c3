"""A filled-in form back into cells: by its hidden ids alone, wherever its rows and columns have been moved to."""

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from farmland.units import UNITS
from farmland.workbooks.filled import Fault, Filled, FilledCell, Unreadable
from farmland.workbooks.form import ASIDE, COLON, FORMAT, FORMAT_VERSION, IDS, NOTES, ROUNDED, SUM, Expected, seal
from farmland.workbooks.numbers import canonical, of_float, ordinary, sentence
from farmland.workbooks.places import letters, place
from farmland.workbooks.raw import SheetRead
from farmland.workbooks.remarks import Remarks
from farmland.workbooks.values import padded, parse, text_of

Progress = Callable[[int, int], None] | None
STEP = 200  # rows between two words on progress
SPACE = re.compile(r"\s+")


class Ids:
    """What the hidden sheet says: which form it is, and of each cell its version or that it is locked."""

    def __init__(self, sheet: SheetRead) -> None:
        self.facts: dict[str, list[str]] = {}
        self.states: dict[str, dict[str, str]] = {}
        columns: list[str] = []
        for row in sheet.rows:
            words = [text_of(value) for value in row]
            key = words[0] if words else ""
            if key == "columns":
                columns = [word for word in words[1:] if word]
            elif key.startswith("row:"):
                self.states[key[4:]] = dict(zip(columns, words[1].split(" "), strict=False))
            elif key:
                self.facts[key] = words[1:]

    def fact(self, name: str) -> str:
        """One word of what is said; "" where it is not."""
        return (self.facts.get(name) or [""])[0]


def form_ids(sheets: list[SheetRead]) -> Ids | None:
    """The hidden sheet of one of our forms; None where the file is none."""
    for sheet in sheets:
        if sheet.rows and sheet.rows[0] and sheet.rows[0][0] == "format":
            ids = Ids(sheet)
            if ids.fact("format") == FORMAT:
                return ids
    if any(marker_of(sheet) for sheet in sheets):
        raise Unreadable("ids_missing", _("填报表的隐藏工作表“%s”已被删除，不能核对版本。请重新下载填报表。") % IDS)
    return None


def check_ids(ids: Ids, expected: Expected) -> None:
    """Refuse a form of something else, of another system or of another time."""
    if ids.fact("format_version") != str(FORMAT_VERSION):
        raise Unreadable("format_version", _("填报表的版式已更新，这份文件是旧版式。请重新下载填报表后再填。"))
    said = (ids.fact("noun"), ids.fact("object"), ids.fact("identity"))
    if said != (expected.noun, str(expected.object_id), expected.identity):
        raise Unreadable(
            "another_form", _("这份填报表属于另一份报表（%s），不能导入到这里。") % ids.fact("identity")[:60]
        )
    if ids.fact("unit") not in expected.units:
        raise Unreadable("unit", _("填报表没有写明计量单位，请重新下载填报表。"))


def marker_of(sheet: SheetRead) -> tuple[int, int, str] | None:
    """Where a sheet of a form carries its row of ids, and which part it is."""
    for number, row in enumerate(sheet.rows[:60]):
        for column, value in enumerate(row[:60]):
            if isinstance(value, str) and value.startswith(FORMAT + " "):
                return number, column, value.split(" ")[-1]
    return None


class FormReader:
    """Reads the sheets of one form into one answer."""

    def __init__(self, ids: Ids, expected: Expected, progress: Progress) -> None:
        self.ids, self.expected, self.progress = ids, expected, progress
        self.filled = Filled(unit=ids.fact("unit"))
        self.seen: dict[tuple[str, str], tuple[str, int]] = {}
        self.total = 0
        self.untouched: dict[tuple[str, str], tuple[FilledCell, str]] = {}  # they stay as they are

    def read(self, sheets: list[SheetRead]) -> Filled:
        """All of it. Raises Unreadable where a part is missing."""
        marked = [(sheet, found) for sheet in sheets if (found := marker_of(sheet))]
        parts = {part for _sheet, (_row, _column, part) in marked}
        for said in self.ids.facts.get("parts", []):
            code, _colon, label = said.partition(":")
            if code and code not in parts:
                words = _("缺少工作表“%s”，或其表头上方的隐藏行已被删除。请重新下载填报表。") % label
                raise Unreadable("part_missing", words)
        self.total = sum(len(sheet.rows) for sheet, _found in marked)
        for sheet, found in marked:
            if found[2] != NOTES:
                self.read_part(sheet, *found)
        remarks = Remarks(self.ids.states, self.ids.facts, self.expected, self.filled, self.untouched, self.fault)
        remarks.read([(sheet, *found[:2]) for sheet, found in marked if found[2] == NOTES])
        return self.filled

    def fault(
        self, sheet: SheetRead, at: tuple[int, int], code: str, detail: str, value: Any = "", **where: str
    ) -> None:
        """Note a cell that cannot be taken."""
        text = "" if value == "" else text_of(value)
        self.filled.faults.append(Fault(sheet.name, place(*at), code, detail, text[:60], **where))

    @staticmethod
    def refused(code: str, sheet: SheetRead, at: tuple[int, int], words: str) -> Unreadable:
        """The whole form refused for one cell, named in the sentence too."""
        said = _("%(place)s：%(words)s") % {"place": f"{sheet.name} {place(*at)}", "words": words}
        return Unreadable(code, said, sheet.name, place(*at))

    # Heads

    def read_part(self, sheet: SheetRead, top: int, left: int, part: str) -> None:
        """One sheet: its columns by the hidden ids above them, its rows by the hidden keys beside them."""
        keys = [text_of(row[left]) if len(row) > left else "" for row in sheet.rows]
        first = next((n for n, key in enumerate(keys) if n > top and key and key != ASIDE), len(keys))
        columns = self.columns_of(sheet, top, left, part, first)
        self.check_unit(sheet, top, left, first)
        self.check_merged(sheet, keys, top, columns)
        known = {left, left + 1, left + 2, *(column for column, _code in columns)}
        beside = [column for column in range(max(map(len, sheet.rows))) if column not in known]
        for number in range(top + 1, len(keys)):
            key = keys[number]
            if key == ASIDE:
                continue
            if number < first:  # heads are words
                if any(
                    column < len(sheet.rows[number]) and isinstance(sheet.rows[number][column], float)
                    for column in known
                ):
                    self.check_stray(sheet, number, columns)
                continue
            if key:
                self.check_beside(sheet, number, beside)
                self.read_row(sheet, number, left, key, columns, part)
            else:
                self.check_stray(sheet, number, columns)
            if self.progress and number % STEP == 0:
                self.progress(self.filled.rows, self.total)
        if self.progress:
            self.progress(self.filled.rows, self.total)

    def columns_of(self, sheet: SheetRead, top: int, left: int, part: str, first: int) -> list[tuple[int, str]]:
        """The columns of figures by their hidden codes; the heading that people see must be the same one's."""
        found: dict[str, int] = {}
        for column, value in enumerate(sheet.rows[top]):
            code = text_of(value)
            if column == left or not code or code == ASIDE:
                continue
            if code not in self.expected.columns or code in found:
                detail = _("表头上方的隐藏编码“%s”不认识或重复，不能确定这一列是什么。请重新下载填报表。") % code[:40]
                raise self.refused("head", sheet, (top, column), detail)
            seen = {SPACE.sub("", text_of(row[column])) for row in sheet.rows[top + 1 : first] if len(row) > column}
            labels = self.expected.columns[code]
            if not seen & labels:
                words = _("表头与表式不符：这一列应为“%(label)s”。请勿改动、移动表头。") % {
                    "label": self.expected.titles[code]
                }
                raise self.refused("head", sheet, (max(top + 1, first - 2), column), words)
            found[code] = column
        missing = [code for code in self.ids.facts.get(f"part:{part}", []) if code and code not in found]
        if missing:
            label = self.expected.titles.get(missing[0], missing[0])
            raise Unreadable(
                "head",
                _("工作表“%(sheet)s”缺少列“%(label)s”。请重新下载填报表。") % {"sheet": sheet.name, "label": label},
            )
        return [(column, code) for code, column in found.items()]

    def check_unit(self, sheet: SheetRead, top: int, left: int, first: int) -> None:
        """The unit that is printed above the table must be the one that the form was made in."""
        is_said = False
        for number, row in enumerate(sheet.rows[top:first], start=top):
            for column, value in enumerate(row):
                if not isinstance(value, str):
                    continue
                caption, _colon, label = SPACE.sub(" ", value).replace(COLON, ":").partition(":")
                if caption.strip() not in self.expected.captions:
                    continue
                is_said = True
                if label.strip() not in self.expected.units[self.filled.unit]:
                    words = _(
                        "表上的计量单位“%(seen)s”与填报表生成时的单位“%(made)s”不一致。请改回，或按需要的单位重新下载。"
                    )
                    made = UNITS[self.filled.unit].label
                    words = words % {"seen": label.strip()[:20], "made": made}
                    raise self.refused("unit", sheet, (number, column), words)
        if not is_said:
            words = _("表头上方的计量单位一栏被改动或删去，不能确定数值的单位。请恢复原样，或重新下载填报表。")
            last = max(len(sheet.rows[top]) - 1, left + 4)
            raise self.refused("unit", sheet, (min(top + 4, first - 1), last), words)

    def check_merged(self, sheet: SheetRead, keys: list[str], top: int, columns: list[tuple[int, str]]) -> None:
        """Cells of the table that have been merged say nothing for all but one of them."""
        places = {column for column, _code in columns}
        for first, left, last, right in sheet.merged:
            rows = [n for n in range(max(first, top), min(last + 1, len(keys))) if keys[n] and keys[n] != ASIDE]
            if rows and any(left <= column <= right for column in places):
                words = _("这里的单元格被合并了，不能确定数值属于哪一格。请取消合并。")
                self.fault(sheet, (first, left), "merged", words)

    # Rows

    def read_row(
        self, sheet: SheetRead, number: int, left: int, key: str, columns: list[tuple[int, str]], part: str
    ) -> None:
        """One row of figures."""
        row, code = sheet.rows[number], key.removeprefix(SUM)
        if code not in self.expected.rows:
            words = _("行代码“%s”不属于这份报表。") % code[:20]
            return self.fault(sheet, (number, left), "division", words, code, division=code[:20])
        visible = text_of(row[left + 1]) if len(row) > left + 1 else ""
        if visible and visible != code:
            words = _("这一行的代码“%(seen)s”与其隐藏编码“%(key)s”不一致，不能确定是哪一行。")
            return self.fault(sheet, (number, left + 1), "row", words % {"seen": visible[:20], "key": code}, visible)
        if (before := self.seen.setdefault((key, part), (sheet.name, number))) != (sheet.name, number):
            words = _("这一行与工作表“%(sheet)s”第 %(row)s 行重复。") % {"sheet": before[0], "row": before[1] + 1}
            return self.fault(sheet, (number, left), "duplicate", words, code, division=code)
        self.filled.rows += 1
        states, width, odd = self.ids.states.get(key), len(row), sheet.odd
        if states is None:
            return self.fault(sheet, (number, left), "row", _("这一行不是填报表原有的行。"), code, division=code)
        add, line = self.filled.cells.append, str(number + 1)
        for column, indicator in columns:
            value = row[column] if column < width else ""
            state = states.get(indicator, "x")
            if state == "0" and (text := ordinary(value)) and not (odd and (number, column) in odd):
                add(FilledCell(sheet.name, letters(column) + line, code, indicator, text, "", None, 0))
            elif state[0] == "x":
                self.check_locked(sheet, (number, column), state, value, code, indicator)
            elif value != "" or state != "0" or (odd and (number, column) in odd):
                self.take(sheet, number, column, state, value, code, indicator)
        return None

    def take(
        self, sheet: SheetRead, number: int, column: int, state: str, value: Any, code: str, indicator: str
    ) -> None:
        """One open cell."""
        version, _colon, stood = state.partition(":")
        text, absence, problem = parse(value, sheet.odd.get((number, column), ""), self.expected.words)
        if problem:
            shown = text_of(value) or repr(value)
            self.fault(
                sheet, (number, column), problem, sentence(problem, shown), shown, division=code, indicator=indicator
            )
            return
        # A spreadsheet keeps no trailing zeros: they are those of the old figure only where it is the old figure.
        decimals = len(stood.partition(".")[2])
        shown = padded(text, decimals) if text and decimals else text
        cell = FilledCell(sheet.name, place(number, column), code, indicator, text, absence, None, int(version))
        if (shown or absence) == stood.lstrip(ROUNDED):
            cell.value = shown
            self.untouched[code, indicator] = (cell, stood)
        else:
            self.filled.cells.append(cell)

    def check_locked(self, sheet: SheetRead, at: tuple[int, int], state: str, value: Any, code: str, name: str) -> None:
        """What is not the reader's to type must stand as it was printed."""
        if value == "" and state == "x" and at not in sheet.odd:
            return
        text = of_float(value) if isinstance(value, float) else canonical(text_of(value))
        if at in sheet.odd or seal(text) != state:
            words = _("这一格不由您填报（灰色），内容已被改动。请恢复原值，或重新下载填报表。")
            self.fault(sheet, at, "locked", words, value, division=code, indicator=name)

    def check_stray(self, sheet: SheetRead, number: int, columns: list[tuple[int, str]]) -> None:
        """A row that somebody inserted belongs to nothing."""
        row = sheet.rows[number]
        for column, _code in columns:
            if column < len(row) and row[column] != "":
                words = _("这一行不是填报表原有的行，不知道属于哪个区划。请勿插入行。")
                self.fault(sheet, (number, column), "row", words, row[column])

    def check_beside(self, sheet: SheetRead, number: int, beside: list[int]) -> None:
        """What stands in an inserted column or beside the table belongs to nothing."""
        row = sheet.rows[number]
        for column in beside:
            if column < len(row) and row[column] != "":
                words = _("这一格不属于任何指标，不会被读入。请勿插入列，也不要在表外填写。")
                self.fault(sheet, (number, column), "column", words, row[column])


def read_form(sheets: list[SheetRead], ids: Ids, expected: Expected, progress: Progress = None) -> Filled:
    """The cells and faults of a filled-in form. Raises Unreadable where it is not this form or its head was changed."""
    check_ids(ids, expected)
    return FormReader(ids, expected, progress).read(sheets)
