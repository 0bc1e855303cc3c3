"""Reads the reference files: every cell is checked, and whatever is wrong names its file and line."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from django.utils.translation import gettext as _

from farmland.models import Confidence
from farmland.models.statements import FIRST_YEAR, LAST_YEAR
from farmland.units import UNITS, InexactValue, Unit, to_base

Chosen = TypeVar("Chosen")

NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,12})?")
CELL_LENGTH = 600
CODE = re.compile(r"[0-9]{6}")
# The units as the files name them; their labels follow the language of the interface.
UNIT_NAMES: dict[str, Unit] = {
    name: UNITS[code]
    for name, code in (
        ("亩", "mu"),
        ("万亩", "wan_mu"),
        ("百万亩", "million_mu"),
        ("亿亩", "yi_mu"),
        ("公顷", "ha"),
        ("千公顷", "qian_ha"),
        ("万公顷", "wan_ha"),
        ("平方米", "m2"),
        ("平方千米", "km2"),
    )
}


class ReferenceDataError(Exception):
    """Reference data cannot be loaded; the message names the file and, where there is one, the line."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area as it is printed: `value` in `unit`, with so many `decimals`."""

    value: Decimal
    unit: Unit
    decimals: int

    @property
    def mu(self) -> Decimal:
        """The area in mu, exact (U-1)."""
        return to_base(self.value, self.unit)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file by column name; blanks are empty strings."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    @property
    def where(self) -> str:
        """The place, as every message starts."""
        return _("%(file)s 第 %(line)d 行") % {"file": self.file, "line": self.line}

    def refuse(self, message: str) -> ReferenceDataError:
        """The error that names this line; to be raised."""
        return ReferenceDataError(f"{self.where}: {message}")

    def code(self, column: str) -> str:
        """A six-digit division code."""
        if not CODE.fullmatch(self[column]):
            raise self.refuse(_("%(column)s「%(text)s」不是六位区划代码") % self._cell(column))
        return self[column]

    def year(self, column: str) -> int:
        """A year with four digits."""
        text = self[column]
        if not re.fullmatch(r"[0-9]{4}", text) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
            raise self.refuse(_("%(column)s「%(text)s」不是年份") % self._cell(column))
        return int(text)

    def flag(self, column: str) -> bool:
        """A 0 or a 1."""
        return self.choice(column, {"0": False, "1": True})

    def choice(self, column: str, known: Mapping[str, Chosen]) -> Chosen:
        """What the cell's word stands for; any other word is refused."""
        if self[column] not in known:
            raise self.refuse(_("%(column)s「%(text)s」未知") % self._cell(column))
        return known[self[column]]

    def number(self, column: str) -> Decimal | None:
        """A plain decimal number, or None for a blank: never NaN, never with an exponent."""
        text = self[column]
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            raise self.refuse(_("%(column)s「%(text)s」不是数") % self._cell(column))
        return Decimal(text)

    def area(self, column: str, unit: Unit) -> Area | None:
        """An area in `unit` that can be stored exactly, or None for a blank; a blank is not zero."""
        value = self.number(column)
        if value is None:
            return None
        if value < 0:
            raise self.refuse(_("%(column)s「%(text)s」为负数") % self._cell(column))
        area = Area(value, unit, len(self[column].partition(".")[2]))
        try:
            to_base(value, unit)
        except InexactValue:
            raise self.refuse(_("%(column)s「%(text)s」不能精确折算为亩") % self._cell(column)) from None
        return area

    def unit(self, column: str) -> Unit:
        """A unit of area by its Chinese name."""
        return self.choice(column, UNIT_NAMES)

    def confidence(self, *, may_be_blank: bool = False) -> str:
        """How far the row was checked; blank only where the row says nothing."""
        known = {value: value for value in Confidence.values}
        return self.choice("confidence", known | ({"": ""} if may_be_blank else {}))

    def check_name(self, column: str, names: Mapping[str, str]) -> str:
        """The row's code, which must be a known division of exactly this name."""
        code = self.code("code")
        if code not in names:
            raise self.refuse(_("区划代码 %s 不存在") % code)
        if self[column] != names[code]:
            raise self.refuse(
                _("区划代码 %(code)s 是%(known)s, 不是%(given)s")
                % {"code": code, "known": names[code], "given": self[column]}
            )
        return code

    def _cell(self, column: str) -> dict[str, str]:
        return {"column": column, "text": self[column]}


def read_rows(path: Path, *, columns: Sequence[str], key: Sequence[str]) -> list[Row]:
    """Read a file with a header line.

    `columns` must all be there; no two lines may agree in the columns of `key`. Raises ReferenceDataError for a
    missing file or column, text that is not UTF-8, a line with too few or too many cells, and a repeated key.
    """
    rows: list[Row] = []
    seen: dict[tuple[str, ...], int] = {}
    for row in parse(path.name, read_text(path), columns):
        values = tuple(row[column] for column in key)
        if values in seen:
            raise row.refuse(
                _("与第 %(line)d 行重复: %(key)s") % {"line": seen[values], "key": " ".join(filter(None, values))}
            )
        seen[values] = row.line
        rows.append(row)
    if not rows:
        raise ReferenceDataError(_("%s: 没有数据行") % path.name)
    return rows


def read_text(path: Path) -> str:
    """The file's text; anything but UTF-8 is refused with the line where it ends."""
    try:
        data = path.read_bytes()
    except OSError:
        raise ReferenceDataError(_("%s: 文件不存在或不可读") % path.name) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Row(path.name, line, {}).refuse(_("不是 UTF-8 编码")) from None


def parse(file: str, text: str, columns: Sequence[str]) -> Iterator[Row]:
    """The rows under the header line, each with the number of the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            if not header:
                header = cells
                missing = [column for column in columns if column not in header]
                if missing:
                    raise Row(file, line, {}).refuse(_("缺少列 %s") % "、".join(missing))
            elif cells:
                if len(cells) != len(header):
                    raise Row(file, line, {}).refuse(_("应有 %(n)d 列") % {"n": len(header)})
                row = Row(file, line, dict(zip(header, (cell.strip() for cell in cells), strict=True)))
                if any(len(cell) > CELL_LENGTH or "\0" in cell for cell in cells):
                    raise row.refuse(_("文字过长或含控制字符"))
                yield row
            line = reader.line_num + 1
    except csv.Error as error:
        raise Row(file, line, {}).refuse(_("不是 CSV: %s") % error) from None
