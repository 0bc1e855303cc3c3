"""The summary as CSV and XLSX, with exactly the values of the JSON."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from farmland.indicators import HEADLINE_INDICATORS
from farmland.workbooks.tables import safe

COLUMNS = (
    "value_mu", "target_mu", "target_year", "headroom_mu", "headroom_percent", "completion_percent", "status", "source",
    "demo",
)  # fmt: skip


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
