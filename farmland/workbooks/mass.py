"""All figures of a year in one file: one line for each division, one column for each indicator."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import rustpy_xlsxwriter
from django.utils.translation import gettext as _

from farmland.indicators import INDICATORS
from farmland.selectors.figures import YearRow
from farmland.ui.queue import tag_of
from farmland.ui.sheets import plain
from farmland.units import Unit
from farmland.workbooks.tables import facts_lines, safe


def head(unit: Unit) -> list[str]:
    """The names of the columns, the unit in each of them."""
    names = [_("代码"), _("行政区划"), _("级别"), _("填报单位"), _("版本"), _("数据状态"), _("汇总"), _("标记")]
    return names + [
        _("%(line)s（%(unit)s）") % {"line": line.label, "unit": (unit if line.is_area else line.display_unit).label}
        for line in INDICATORS.values()
    ]


def lines(rows: Iterable[YearRow], unit: Unit, *, exact: bool) -> Iterator[list[Any]]:
    """The cells of each row: numbers, or (`exact`) digits as they are stored; None where there is no value."""
    for row in rows:
        statement = row.statement
        line: list[Any] = [
            row.division.code, str(row.division.label), str(row.division.get_level_display()),
            str(statement.division.label), statement.version, tag_of(statement).word, _("是") if row.is_sum else "",
            _("演示数据") if statement.is_demo else "",
        ]  # fmt: skip
        for indicator in INDICATORS.values():
            value = row.values.get(indicator.code)
            text = None if value is None else plain(value, unit if indicator.is_area else indicator.display_unit)
            line.append(text if exact or text is None else float(text))
        yield line


def to_csv(title: str, facts: Sequence[tuple[str, str]], rows: Iterable[YearRow], unit: Unit) -> bytes:
    """The rows as CSV, digits as they are stored; what it is stands above them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows(facts_lines(title, facts))
    writer.writerow(head(unit))
    writer.writerows([safe(value) for value in line] for line in lines(rows, unit, exact=True))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def to_xlsx(title: str, facts: Sequence[tuple[str, str]], rows: Iterable[YearRow], unit: Unit) -> bytes:
    """The rows as a workbook with numbers, and a sheet that says what they are."""
    buffer, names, data, about = io.BytesIO(), head(unit), _("数据"), _("说明")
    records = [dict(zip(names, map(text_safe, line), strict=True)) for line in lines(rows, unit, exact=False)]
    said = [{_("项目"): key, _("取值"): safe(value)} for key, value in [(_("标题"), title), *facts]]
    rustpy_xlsxwriter.write_worksheets(
        [(data, records or [dict.fromkeys(names)]), (about, said)],
        buffer,
        freeze_panes={data: {"row": 1, "col": 2}},
        bold_headers=True,
        column_width={data: 14.0, about: 40.0},
        autofilter={data: True},
    )
    return buffer.getvalue()


def text_safe(value: Any) -> Any:
    """Text that starts no formula; numbers and what is missing stay as they are."""
    return safe(value) if isinstance(value, str) else value
