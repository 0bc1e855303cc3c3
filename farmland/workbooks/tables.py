"""Tables of pages as CSV and XLSX: exactly as they are shown, with what was chosen and how it is to be read."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import xlsxwriter

RISKY = ("=", "+", "-", "@", "\t", "\r")


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
        writer.writerows(facts_lines(part.title, part.facts))
        writer.writerow(part.head)
        for row in part.rows:
            writer.writerow([safe(str(value) if isinstance(value, Decimal) else value) for value in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def facts_lines(title: str, facts: Sequence[tuple[str, str]]) -> list[list[str]]:
    """What stands above a table in CSV: its title and facts, each line begun by #."""
    return [[f"# {title}"], *[[f"# {key}", safe(value)] for key, value in facts]]


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
    """What Excel accepts as a sheet's name; a long one is cut between words."""
    name = re.sub(r"[\[\]:*?/\\]", " ", title)
    return name if len(name) <= 31 else name[:31].rpartition(" ")[0].strip() or name[:31]
