"""Figures as plain tables (CSV, or a sheet that is no form of ours) and as JSON, by division code or name."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from farmland.workbooks.filled import Fault, Filled, FilledCell, Unreadable
from farmland.workbooks.form import Expected
from farmland.workbooks.numbers import ordinary, sentence
from farmland.workbooks.places import MOST_COLUMNS, letters, place
from farmland.workbooks.raw import SheetRead
from farmland.workbooks.read import Progress, parse, text_of, unquoted

MOST_LINES = 400_000
LONG = {"division", "indicator", "value"}
SEPARATORS = ",\t;"
Found = tuple[str, str]  # what a name stands for, or "" and why not
csv.field_size_limit(100_000)


class Names:
    """What codes and names stand for: exactly, and only where one thing alone is called so."""

    def __init__(self, known: Mapping[str, Iterable[str]], unknown: str, ambiguous: str) -> None:
        self.codes, self.unknown, self.ambiguous = set(known), unknown, ambiguous
        self.names: dict[str, set[str]] = {}
        for code, names in known.items():
            for name in names:
                self.names.setdefault(name, set()).add(code)

    def find(self, text: str) -> Found:
        """The code that a text stands for; else "" and why not."""
        text = text.strip()
        if text in self.codes:
            return text, ""
        found = self.names.get(text) or self.names.get("".join(text.split())) or set()
        if len(found) == 1:
            return next(iter(found)), ""
        return "", (self.ambiguous if found else self.unknown) % text[:30]


def divisions(expected: Expected) -> Names:
    """The rows of the statement by code and name."""
    unknown = _("“%s”不是这份报表的区划代码或名称。")
    return Names(expected.rows, unknown, _("名称“%s”对应不止一个区划，请改用六位代码。"))


def indicators(expected: Expected) -> Names:
    """The columns by code and label."""
    return Names(expected.columns, _("“%s”不是指标代码或名称。"), _("名称“%s”对应不止一个指标，请改用指标代码。"))


def decoded(content: bytes) -> str:
    """A text file as text: UTF-8, or GBK as Chinese spreadsheets save it."""
    if b"\0" in content[:4096]:
        for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
            if content.startswith(mark):
                return decoded_as(content, encoding)
        raise no_text()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decoded_as(content, "gb18030")


def decoded_as(content: bytes, encoding: str) -> str:
    """The text in an encoding; Unreadable where it is not."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise no_text() from None


def no_text() -> Unreadable:
    """The words for a file that is neither a spreadsheet nor text."""
    return Unreadable("not_a_spreadsheet", _("这不是电子表格。请上传 .xlsx、.ods、.csv 或 .json 文件。"))


NAME_HEAD = re.compile(r"name|\u540d\u79f0|\u533a\u5212\u540d\u79f0")  # of the column of names, in either language


def read_csv(content: bytes, expected: Expected, unit: str, progress: Progress = None) -> Filled:
    """A CSV file in long or wide form. Raises Unreadable where it is neither."""
    return read_table(csv_sheet(content), expected, unit, progress)


def csv_sheet(content: bytes) -> SheetRead:
    """The lines of a CSV file. Raises Unreadable where it is no text."""
    text = decoded(content)
    if any(ord(sign) < 9 for sign in text[:4096]):
        raise no_text()
    head = next((line for line in text.splitlines()[:60] if line.strip() and not line.lstrip('"').startswith("#")), "")
    separator = max(SEPARATORS, key=head.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=separator):
            rows.append(row)
            if len(rows) > MOST_LINES:
                raise Unreadable("too_large", _("文件最多 %d 行。") % MOST_LINES)
    except csv.Error:
        raise Unreadable("damaged", _("CSV 文件的引号或换行不完整，不能读取。")) from None
    return SheetRead("", list(rows))


def read_table(sheet: SheetRead, expected: Expected, unit: str, progress: Progress = None) -> Filled:
    """A table whose first line that is not empty and no comment is its head. Facts of our own export stand above it."""
    facts: dict[str, str] = {}
    number, words = 0, [""]
    for number, row in enumerate(sheet.rows):  # noqa: B007  # the head's line is what is looked for
        words = [text_of(value) for value in row]
        if words and words[0].startswith("#"):
            facts[words[0].lstrip("# ")] = words[1] if len(words) > 1 else ""
        elif any(words):
            break
    else:
        raise Unreadable("empty", _("文件中没有数据。"))
    check_facts(facts, expected)
    filled = Filled(unit=unit_of(facts.get("unit", ""), unit, expected))
    bare = [word.lower() for word in words]
    reader = TableReader(sheet, expected, filled, progress)
    if set(bare) >= LONG:
        reader.read_long(number, bare)
    else:
        reader.read_wide(number, words)
    return filled


def check_facts(facts: Mapping[str, str], expected: Expected) -> None:
    """Refuse an export of another statement."""
    said = facts.get("identity", "")
    if said and said != expected.identity:
        raise Unreadable("another_form", _("这份填报表属于另一份报表（%s），不能导入到这里。") % said[:60])


def unit_of(said: str, chosen: str, expected: Expected) -> str:
    """The unit that the file says, or the one that was chosen."""
    unit = said or chosen
    if not unit:
        raise Unreadable("unit", _("文件没有写明面积单位。请在上传时选择单位，或在文件中写明。"))
    if unit not in expected.units:
        raise Unreadable("unit", _("不认识计量单位“%s”。") % unit[:20])
    return unit


class TableReader:
    """Reads the lines of a table into cells."""

    def __init__(self, sheet: SheetRead, expected: Expected, filled: Filled, progress: Progress) -> None:
        self.sheet, self.expected, self.filled, self.progress = sheet, expected, filled, progress
        self.places, self.columns = divisions(expected), indicators(expected)
        self.seen: dict[tuple[str, str], str] = {}

    def fault(self, row: int, column: int, code: str, detail: str, value: str = "", **where: str) -> None:
        """Note a cell that cannot be taken."""
        self.filled.faults.append(Fault(self.sheet.name, place(row, column), code, detail, value[:60], **where))

    def moved(self, number: int) -> None:
        """Say how far it is."""
        self.filled.rows += 1
        if self.progress and number % 200 == 0:
            self.progress(number, len(self.sheet.rows))

    def read_long(self, head: int, names: list[str]) -> None:
        """One figure in each line: division, indicator, value, and perhaps absence, note, base_version."""
        if double := next((name for name in names if name and names.count(name) > 1), ""):
            raise Unreadable("head", _("列“%s”重复。") % double[:30])
        at = {name: names.index(name) for name in names}
        for number in range(head + 1, len(self.sheet.rows)):
            row = self.sheet.rows[number]
            if not any(row):
                continue
            said = {name: row[column] if column < len(row) else "" for name, column in at.items()}
            self.moved(number)
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
                self.seen.setdefault((place_, column), place(number, at["value"]))
            else:
                base = int(version) if version else None
                self.take(number, at["value"], place_, column, said["value"], absence, note, base)

    def read_wide(self, head: int, names: list[str]) -> None:
        """One division in each line, one indicator in each column."""
        columns: dict[int, str] = {}
        known = {column: self.columns.find(word) for column, word in enumerate(names) if column and word}
        if not any(code for code, _why in known.values()):
            words = _(
                "没有找到表头。请使用下载的填报表，或以 division,indicator,value 为表头，或以指标为列、区划为行。"
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
            outside = [column for column in nameless if column < len(row) and row[column] != ""]
            outside += [n for n, value in enumerate(row[:MOST_COLUMNS]) if n >= len(names) and text_of(value)]
            if outside:
                self.fault(number, outside[0], "head", _("这一格在表头之外，不知道是什么指标。"))

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
        here, where = place(row, column), {"division": place_, "indicator": name}
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


class Digits(str):
    """A number of a JSON file, as its digits stood there."""


def read_json(content: bytes, expected: Expected, unit: str, progress: Progress = None) -> Filled:
    """The shape of PUT /api/v1/statements/{id}/figures/. Raises Unreadable where it is another."""
    try:
        data = json.loads(content.decode("utf-8-sig"), parse_float=Digits, parse_int=Digits, parse_constant=Digits)
    except (ValueError, RecursionError):
        raise Unreadable("not_json", _("文件不是有效的 JSON（UTF-8）。")) from None
    figures = data.get("figures") if isinstance(data, dict) else data
    if not isinstance(figures, list):
        raise Unreadable("head", _('JSON 应为 {"unit": …, "figures": [{"division": …, "indicator": …, "value": …}]}。'))
    facts = {key: str(value) for key, value in data.items() if key != "figures"} if isinstance(data, dict) else {}
    check_facts(facts, expected)
    if len(figures) > MOST_LINES:
        raise Unreadable("too_large", _("文件最多 %d 行。") % MOST_LINES)
    filled = Filled(unit=unit_of(facts.get("unit", ""), unit, expected))
    sheet = SheetRead("", [list(LINE), *(line_of(figure) for figure in figures)])
    TableReader(sheet, expected, filled, progress).read_long(0, list(LINE))
    return filled


LINE = ("division", "indicator", "value", "absence", "note", "base_version", "was", "noted")


def line_of(figure: Any) -> list[Any]:
    """One figure as a line of a table; what is no figure at all names no division, and is refused there."""
    if not isinstance(figure, dict):
        return [str(figure)[:60] or "?", *[""] * (len(LINE) - 1)]
    words: list[Any] = []
    for name in LINE:
        value = figure.get(name)
        words.append("" if value is None else value if isinstance(value, (str, bool)) else str(value)[:60])
    return words
