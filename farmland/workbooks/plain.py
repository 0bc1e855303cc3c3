"""Figures as plain tables (CSV, or a sheet that is no form of ours), by division code or name."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from farmland.workbooks.filled import Fault, Filled, FilledCell, Unreadable
from farmland.workbooks.form import COLON, Expected
from farmland.workbooks.lines import csv_sheet
from farmland.workbooks.names import divisions, indicators
from farmland.workbooks.numbers import ordinary, sentence
from farmland.workbooks.places import MOST_COLUMNS, letters, place
from farmland.workbooks.raw import SheetRead
from farmland.workbooks.read import Progress
from farmland.workbooks.values import parse, text_of, unquoted

LONG = {"division", "indicator", "value"}
LINE = ("division", "indicator", "value", "absence", "note", "base_version", "was", "noted")
KNOWN = {*LINE, "name", "label"}  # of our own export


NAME_HEAD = re.compile(r"name|\u540d\u79f0|\u533a\u5212\u540d\u79f0")  # of the column of names, in either language


def read_csv(content: bytes, expected: Expected, unit: str, progress: Progress = None) -> Filled:
    """A CSV file in long or wide form. Raises Unreadable where it is neither."""
    return read_table(csv_sheet(content), expected, unit, progress)


def read_table(sheet: SheetRead, expected: Expected, unit: str, progress: Progress = None) -> Filled:
    """A table whose first line that is not empty and no comment is its head. Facts of our own export stand above it."""
    facts: dict[str, str] = {}
    number, words = 0, [""]
    for number, row in enumerate(sheet.rows):  # noqa: B007  # the head's line is what is looked for
        words = [text_of(value) for value in row]
        if words and words[0].startswith("#"):
            facts[words[0].lstrip("# ")] = words[1] if len(words) > 1 else ""
        elif any(words) and not (printed := printed_unit(words, expected)):
            break
        elif any(words):
            facts["unit"] = printed
    else:
        raise Unreadable("empty", _("文件中没有数据。"))
    check_facts(facts, expected)
    said = next((facts[name] for name in ("unit", *sorted(expected.captions)) if facts.get(name)), "")
    filled = Filled(unit=unit_of(said, unit, expected))
    bare = [word.lower() for word in words]
    reader = TableReader(sheet, expected, filled, progress)
    if set(bare) >= LONG:
        reader.read_long(number, bare)
    else:
        reader.read_wide(number, words)
    return with_unit(filled, expected)


def check_facts(facts: Mapping[str, str], expected: Expected) -> None:
    """Refuse an export of another statement."""
    said = facts.get("identity", "")
    if said and said != expected.identity:
        raise Unreadable("another_form", _("这份填报表属于另一份报表（%s），不能导入到这里。") % said[:60])


def unit_of(said: str, chosen: str, expected: Expected) -> str:
    """The unit that the file says by code or label, or the one that was chosen; "" where neither does."""
    unit = said or chosen
    if not unit or unit in expected.units:
        return unit
    for code, labels in expected.units.items():
        if unit in labels:
            return code
    raise Unreadable("unit", _("不认识计量单位“%s”。") % unit[:20])


def printed_unit(words: list[str], expected: Expected) -> str:
    """What a line above the head prints as its unit, 计量单位：亩; "" where it prints none."""
    for word in words:
        caption, _colon, label = word.replace(COLON, ":").partition(":")
        if caption.strip() in expected.captions and label.strip():
            return label.strip()
    return ""


def with_unit(filled: Filled, expected: Expected) -> Filled:
    """The same, refused where it holds areas and nobody said in which unit."""
    if not filled.unit:
        if any(cell.indicator not in expected.unitless for cell in filled.cells):
            raise Unreadable("unit", _("文件没有写明面积单位。请在上传时选择单位，或在文件中写明。"))
        filled.unit = next(iter(expected.units))
    return filled


class TableReader:
    """Reads the lines of a table into cells."""

    def __init__(self, sheet: SheetRead, expected: Expected, filled: Filled, progress: Progress) -> None:
        self.sheet, self.expected, self.filled, self.progress = sheet, expected, filled, progress
        self.places, self.columns = divisions(expected), indicators(expected)
        self.seen: dict[tuple[str, str], str] = {}

    def fault(self, row: int, column: int, code: str, detail: str, value: str = "", **where: str) -> None:
        """Note a cell that cannot be taken."""
        self.filled.faults.append(Fault(self.sheet.name, self.place(row, column), code, detail, value[:60], **where))

    def place(self, row: int, column: int) -> str:
        """What a cell is called."""
        return place(row, column)

    def moved(self, number: int) -> None:
        """Say how far it is."""
        self.filled.rows += 1
        if self.progress and number % 200 == 0:
            self.progress(number, len(self.sheet.rows))

    def read_long(self, head: int, names: list[str]) -> None:
        """One figure in each line: division, indicator, value, and perhaps absence, note, base_version."""
        if double := next((name for name in names if name and names.count(name) > 1), ""):
            raise Unreadable("head", _("列“%s”重复。") % double[:30])
        at = {name: names.index(name) for name in names if name}
        beside = [column for column, name in enumerate(names) if name not in KNOWN]
        self.check_merged(head)
        for number in range(head + 1, len(self.sheet.rows)):
            row = self.sheet.rows[number]
            if not any(row):
                continue
            said = {name: row[column] if column < len(row) else "" for name, column in at.items()}
            self.moved(number)
            self.check_beside(number, row, beside, len(names))
            place_, why = self.places.find(text_of(said["division"]))
            if why:
                self.fault(number, at["division"], "division", why, text_of(said["division"]))
                continue
            column, why = self.columns.find(text_of(said["indicator"]))
            if why:
                self.fault(number, at["indicator"], "indicator", why, text_of(said["indicator"]), division=place_)
                continue
            version = text_of(said.get("base_version", ""))
            if version and not (version.isascii() and version.isdigit() and len(version) < 10):
                self.fault(number, at["base_version"], "base_version", _("“%s”不是版本号。") % version[:20], version)
                continue
            note = unquoted(text_of(said["note"])) if "note" in said else None
            absence = text_of(said.get("absence", ""))
            was = (text_of(said.get("was", "")), unquoted(text_of(said.get("noted", ""))))
            if version and (text_of(said["value"]) + absence, note or "") == was:
                self.seen.setdefault((place_, column), self.place(number, at["value"]))
            else:
                base = int(version) if version else None
                self.take(number, at["value"], place_, column, said["value"], absence, note, base)

    def read_wide(self, head: int, names: list[str]) -> None:
        """One division in each line, one indicator in each column."""
        columns: dict[int, str] = {}
        known = {column: self.columns.find(word) for column, word in enumerate(names) if column and word}
        if not any(code for code, _why in known.values()):
            words = _(
                "没有找到表头。请使用下载的填报表，或以 division,indicator,value 为表头，或以指标为列、区划为行：表头只写指标的名称，单位在上传时选择。"
            )
            raise Unreadable("head", words)
        second = 2 if len(names) > 1 and NAME_HEAD.fullmatch(names[1].lower()) else 1
        for column, (code, why) in known.items():
            if column < second:
                continue
            if not code or code in columns.values():
                detail = why or _("列“%s”重复。") % names[column][:30]
                self.fault(head, column, "head", detail, names[column])
            else:
                columns[column] = code
        self.check_merged(head)
        lines: dict[str, int] = {}
        nameless = [column for column, word in enumerate(names) if column >= second and not word]
        for number in range(head + 1, len(self.sheet.rows)):
            row = self.sheet.rows[number]
            if not any(value != "" for value in row):
                continue
            self.moved(number)
            place_, why = self.places.find(text_of(row[0]))
            if why:
                self.fault(number, 0, "division", why, text_of(row[0]))
            elif (before := lines.setdefault(place_, number)) != number:
                detail = _("这一行与第 %d 行是同一个区划。") % (before + 1)
                self.fault(number, 0, "duplicate", detail, text_of(row[0]), division=place_)
            else:
                self.read_line(number, row, place_, columns)
            self.check_beside(number, row, nameless, len(names))

    def check_beside(self, number: int, row: list[Any], nameless: list[int], width: int) -> None:
        """What stands under no head that is known belongs to nothing."""
        outside = [column for column in nameless if column < len(row) and row[column] != ""]
        outside += [n for n in range(width, min(len(row), MOST_COLUMNS)) if text_of(row[n])]
        for column in outside:
            self.fault(number, column, "head", _("这一格在表头之外，不知道是什么指标。"), text_of(row[column]))

    def check_merged(self, head: int) -> None:
        """Cells of the table that have been merged say nothing for all but one of them; titles above may be."""
        for first, left, last, _right in self.sheet.merged:
            if last > head:
                words = _("这里的单元格被合并了，不能确定数值属于哪一格。请取消合并。")
                self.fault(max(first, head), left, "merged", words)

    def read_line(self, number: int, row: list[Any], place_: str, columns: Mapping[int, str]) -> None:
        """The figures of one division. It comes once only, so no cell of it can be another's double."""
        name, odd, width, line = self.sheet.name, self.sheet.odd, len(row), str(number + 1)
        add = self.filled.cells.append
        for column, code in columns.items():
            value = row[column] if column < width else ""
            text = ordinary(value)
            if text and not (odd and (number, column) in odd):
                add(FilledCell(name, letters(column) + line, place_, code, text))
            elif value != "" or odd:
                self.take(number, column, place_, code, value, "", None, None)

    def take(
        self,
        row: int,
        column: int,
        place_: str,
        name: str,
        value: Any,
        absence: str,
        note: str | None,
        version: int | None,
    ) -> None:
        """One figure. The same twice is no figure."""
        here, where = self.place(row, column), {"division": place_, "indicator": name}
        if before := self.seen.get((place_, name)):
            self.fault(row, column, "duplicate", _("与 %s 重复。") % before, text_of(value), **where)
            return
        self.seen[place_, name] = here
        if isinstance(value, str):
            value = unquoted(value)
        text, said, problem = parse(value, self.sheet.odd.get((row, column), ""), self.expected.words)
        absence = self.expected.words.get(absence.lower(), absence) or said
        if problem:
            self.fault(row, column, problem, sentence(problem, text_of(value)), text_of(value), **where)
        elif absence and absence not in self.expected.words.values():
            self.fault(row, column, "absence", _("“%s”不是“空缺”或“不适用”。") % absence[:20], absence, **where)
        elif absence and text:
            self.fault(row, column, "absence", _("有数值的格不能标为空缺或不适用。"), text, **where)
        elif note and len(note) > 600:
            self.fault(row, column, "note", _("说明最多 600 字。"), note, **where)
        elif not text and not absence and not version:
            if note:
                self.fault(row, column, "note", _("说明所指的格是空的，请先填写数值或“空缺”。"), note, **where)
        else:
            self.filled.cells.append(FilledCell(self.sheet.name, here, place_, name, text, absence, note, version))
