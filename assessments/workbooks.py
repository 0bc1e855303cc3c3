"""Tables for CSV and XLSX: the summary with exactly the values of the JSON, and any table of a page as it is shown."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from farmland.indicators import HEADLINE_INDICATORS

COLUMNS = (
    "value_mu", "target_mu", "target_year", "headroom_mu", "headroom_percent", "completion_percent", "status", "source",
    "demo",
)  # fmt: skip
RISKY = ("=", "+", "-", "@", "\t", "\r")


def header() -> list[str]:
    """The column names: those of the JSON, an indicator's code before each."""
    return ["code", "name", "name_en", "data_state"] + [
        f"{indicator.code}.{column}" for indicator in HEADLINE_INDICATORS for column in COLUMNS
    ]


def rows(summary: dict[str, Any]) -> Iterator[list[Any]]:
    """The nation, then the divisions."""
    for item in (summary["national"], *summary["results"]):
        line = [item["division"][key] for key in ("code", "name", "name_en")] + [item["data_state"]]
        for indicator in HEADLINE_INDICATORS:
            line += [item["figures"][indicator.code][column] for column in COLUMNS]
        yield line


def safe(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula is quoted; numbers stay as they are."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(RISKY):
        try:
            float(value)
        except ValueError:
            return "'" + value
    return "" if value is None else value


def to_csv(summary: dict[str, Any]) -> bytes:
    """The summary as CSV in UTF-8 with a byte-order mark, so that Excel and WPS read Chinese; areas in mu."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header())
    for line in rows(summary):
        writer.writerow([safe(value) for value in line])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def to_xlsx(summary: dict[str, Any]) -> bytes:
    """The summary as a workbook: the table (areas as exact text in mu) and a sheet that says what it is."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(pgettext("sheet", "汇总"))
    head = book.add_format({"bold": True, "bg_color": "#E9EEEB", "bottom": 1})
    right = book.add_format({"align": "right"})
    names = header()
    areas = {column for column, name in enumerate(names) if name.endswith(("_mu", "_percent", "_year"))}
    sheet.write_row(0, 0, names, head)
    sheet.freeze_panes(1, 2)
    for number, line in enumerate(rows(summary), start=1):
        for column, value in enumerate(line):
            sheet.write(number, column, "" if value is None else safe(value), right if column in areas else None)
    sheet.set_column(0, 0, 9)
    sheet.set_column(1, 2, 18)
    sheet.set_column(3, len(names), 20)
    about = book.add_worksheet(pgettext("sheet", "说明"))
    for number, (key, value) in enumerate(facts(summary)):
        about.write_row(number, 0, [key, value])
    about.set_column(0, 1, 40)
    book.close()
    return buffer.getvalue()


def facts(summary: dict[str, Any]) -> list[tuple[str, str]]:
    """What the file shows: year, level, as-of, coverage, unit, and that synthetic values are marked."""
    coverage = summary["coverage"]
    return [
        (_("年度"), str(summary["year"])),
        (_("级别"), summary["level"]),
        (_("截至"), summary["as_of"]),
        (_("覆盖"), f"{coverage['reported']}/{coverage['expected']}"),
        (_("面积单位"), _("亩（六位小数，文本）")),
        (_("演示数据"), _("demo 列为 true 的是演示数据，不代表任何官方统计结果")),
    ]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page: its title, what was chosen and how it is to be read (`facts`), its head and its rows.

    A cell is text, a number, or a Decimal already rounded as it is shown; None is an empty cell.
    """

    title: str
    facts: list[tuple[str, str]]
    head: list[str]
    rows: list[list[Any]]
    more: list["Table"] = field(default_factory=list)  # further sheets; in CSV they follow after an empty line


def table_csv(table: Table) -> bytes:
    """The table as CSV in UTF-8 with a byte-order mark; title and facts stand above it, each line begun by #."""
    text = io.StringIO()
    writer = csv.writer(text)
    for number, part in enumerate([table, *table.more]):
        if number:
            writer.writerow([])
        writer.writerow([f"# {part.title}"])
        for key, value in part.facts:
            writer.writerow([f"# {key}", safe(value)])
        writer.writerow(part.head)
        for row in part.rows:
            writer.writerow([safe(str(value) if isinstance(value, Decimal) else value) for value in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def table_xlsx(table: Table) -> bytes:
    """The table as a workbook: a sheet with title, facts, a frozen head and numbers that can be reckoned with, and one
    for each further table."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    for part in (table, *table.more):
        write_sheet(book, part)
    book.close()
    return buffer.getvalue()


def write_sheet(book: xlsxwriter.Workbook, table: Table) -> None:
    """One table on a sheet of its own, ready for paper (A4, landscape, the head on every page)."""
    sheet = book.add_worksheet(sheet_name(table.title))
    head = book.add_format({"bold": True, "bg_color": "#E9EEEB", "bottom": 1, "text_wrap": True})
    sheet.write_string(0, 0, table.title, book.add_format({"bold": True, "font_size": 14}))
    for number, (key, value) in enumerate(table.facts, start=1):
        sheet.write_string(number, 0, key)
        sheet.write_string(number, 1, safe(value))
    top = len(table.facts) + 2
    sheet.write_row(top, 0, table.head, head)
    sheet.freeze_panes(top + 1, 3)
    formats: dict[int, Any] = {}
    for number, row in enumerate(table.rows, start=top + 1):
        for column, value in enumerate(row):
            if isinstance(value, Decimal):
                decimals = max(0, -int(value.as_tuple().exponent))
                pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
                if decimals not in formats:
                    formats[decimals] = book.add_format({"num_format": pattern})
                sheet.write_number(number, column, float(value), formats[decimals])
            elif value is not None:
                sheet.write(number, column, safe(value))
    sheet.set_column(0, len(table.head), 14)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.repeat_rows(top)
    sheet.fit_to_pages(1, 0)


def sheet_name(title: str) -> str:
    """What Excel accepts as a sheet's name."""
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:31]
