"""A form as a workbook in the habit of official statistics: prefilled, protected, ready for A4, with hidden ids."""

import io
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from farmland.workbooks.form import ASIDE, FORMAT, FORMAT_VERSION, IDS, NOTES, Column, Form, Part, Row, Value, state_of
from farmland.workbooks.numbers import as_float
from farmland.workbooks.places import place
from farmland.workbooks.tables import safe, sheet_name

LEFT = 3  # columns before the figures: hidden key, code, name
SONG, HEI = "SimSun", "SimHei"
GREY, FILL = "#EEF0EF", "#FFFFFF"
MOST_NOTES = 200  # empty lines that are ready for remarks


def write_form(form: Form, *, at: datetime) -> bytes:
    """The form as XLSX. `at` is the moment whose figures it holds."""
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {
            "title": form.title,
            "subject": form.number,
            "author": form.author,
            "company": form.reporter,
            "created": at.replace(tzinfo=None),
        }
    )
    FormWriter(book, form).write(at)
    book.close()
    return buffer.getvalue()


class FormWriter:
    """Writes the sheets of one form."""

    def __init__(self, book: xlsxwriter.Workbook, form: Form) -> None:
        self.book, self.form = book, form
        self.formats: dict[tuple[Any, ...], Format] = {}

    def look(self, **properties: Any) -> Format:
        """A format; made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(
                {"font_name": SONG, "font_size": 10, "valign": "vcenter"} | properties
            )
        return self.formats[key]

    def write(self, at: datetime) -> None:
        """The parts, the remarks, the guide, and the hidden ids."""
        for number, part in enumerate(self.form.parts, start=1):
            PartWriter(self, part, number).write()
        self.write_notes()
        self.write_guide()
        self.write_ids(at)

    def protect(self, sheet: Worksheet) -> None:
        """Only open cells can be typed in; widths and formats stay the user's, and filters work."""
        sheet.protect(
            "", {"format_columns": True, "format_rows": True, "format_cells": True, "select_locked_cells": True}
        )

    def paper(self, sheet: Worksheet) -> None:
        """A4 across, as wide as the paper, page numbers below."""
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_footer("&C&9" + _("第 &P 页，共 &N 页") + "&R&9" + self.form.edition.replace("&", "&&"))
        sheet.hide_gridlines(2)

    # Remarks: each about one cell

    def write_notes(self) -> None:
        """The sheet for remarks, with lists to choose the division and the indicator from."""
        form = self.form
        sheet = self.book.add_worksheet(sheet_name(_("说明")))
        plain, open_one = self.look(border=1, text_wrap=True), self.look(border=1, text_wrap=True, locked=0)
        heading = self.look(border=1, bold=True, align="center", bg_color=GREY, font_name=HEI)
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.merge_range(
            1, 1, 1, 4, _("说明（逐格）"), self.look(bold=True, font_size=14, align="center", font_name=HEI)
        )
        sheet.merge_range(
            2, 1, 2, 4, _("标为“空缺”的格须在此说明原因；其他格可按需要说明。"), self.look(font_color="#555555")
        )
        sheet.write_row(3, 1, [_("区划"), _("区划名称"), _("指标"), _("说明")], heading)
        rows = {row.key: row for part in form.parts for row in part.rows}
        labels = {column.code: column.label for part in form.parts for column in part.columns}
        noted = [(key, value) for key, value in form.values.items() if value.note and self.is_open(*key)]
        first, last = 4, 4 + len(noted) + MOST_NOTES
        for line, ((code, column), value) in enumerate(noted, start=first):
            sheet.write_string(line, 1, code, open_one)
            sheet.write_string(line, 2, safe(rows[code].name), plain)
            sheet.write_string(line, 3, safe(labels[column]), open_one)
            sheet.write_string(line, 4, safe(value.note), open_one)
        for line in range(first + len(noted), last):
            sheet.write_blank(line, 1, None, open_one)
            sheet.write_blank(line, 2, None, plain)
            sheet.write_blank(line, 3, None, open_one)
            sheet.write_blank(line, 4, None, open_one)
        for line in (0, 1, 2, 3):
            sheet.write_string(line, 0, ASIDE if line else f"{FORMAT} {form.noun} {NOTES}")
        self.lists(sheet, first, last)
        sheet.set_column(0, 0, 2, None, {"hidden": True})
        for at, width in ((1, 20), (2, 18), (3, 26), (4, 70)):
            sheet.set_column(at, at, width)
        sheet.freeze_panes(4, 0)
        sheet.repeat_rows(3)
        self.paper(sheet)
        self.protect(sheet)

    def lists(self, sheet: Worksheet, first: int, last: int) -> None:
        """Drop-downs of the rows and columns that may be remarked on; their words stand on the hidden sheet."""
        places, columns = self.choices()
        for column, name, choices in ((1, "A", places), (3, "B", columns)):
            if not choices:
                continue
            source = f"='{IDS}_lists'!${name}$1:${name}${len(choices)}"
            words = {"error_title": _("请从列表中选择"), "error_message": _("请从下拉列表中选择一项。")}
            sheet.data_validation(first, column, last - 1, column, {"validate": "list", "source": source, **words})

    def choices(self) -> tuple[list[str], list[str]]:
        """The open rows as 「130224 滦南县」, and the open columns."""
        rows = {row.key: f"{row.code} {row.name}" for part in self.form.parts for row in part.rows if row.is_open}
        columns = [column.label for part in self.form.parts for column in part.columns if column.is_open]
        return list(rows.values()), columns

    def is_open(self, key: str, column: str) -> bool:
        """Whether a cell may be typed in."""
        return any(
            row.key == key and row.is_open and col.code == column and col.is_open
            for part in self.form.parts for row in part.rows for col in part.columns
        )  # fmt: skip

    # How to fill it in

    def write_guide(self) -> None:
        """The sheet that says how to fill the form in."""
        sheet = self.book.add_worksheet(sheet_name(_("填表说明")))
        sheet.set_column(0, 0, 4)
        sheet.set_column(1, 1, 110)
        sheet.merge_range(0, 0, 0, 1, _("填表说明"), self.look(bold=True, font_size=14, font_name=HEI, align="center"))
        for number, line in enumerate(self.form.guide, start=1):
            sheet.write_number(number + 1, 0, number, self.look(align="right", valign="top"))
            sheet.write_string(number + 1, 1, line, self.look(text_wrap=True, valign="top"))
        self.paper(sheet)
        self.protect(sheet)

    # What programs read

    def write_ids(self, at: datetime) -> None:
        """The hidden sheets: which form this is, the version of every cell, and the words of the drop-downs."""
        form = self.form
        lists = self.book.add_worksheet(f"{IDS}_lists")
        for at_column, choices in enumerate(self.choices()):
            for number, choice in enumerate(choices):
                lists.write_string(number, at_column, safe(choice))
        sheet = self.book.add_worksheet(IDS)
        codes = [column.code for part in form.parts for column in part.columns]
        lines: list[list[str]] = [
            ["format", FORMAT], ["format_version", str(FORMAT_VERSION)], ["noun", form.noun],
            ["object", str(form.object_id)], ["identity", form.identity], ["unit", form.unit],
            ["at", at.isoformat()], ["parts", *(f"{part.code}:{part.label}" for part in form.parts)],
            *([f"part:{part.code}", *(column.code for column in part.columns)] for part in form.parts),
            ["columns", *codes],
        ]  # fmt: skip
        states: dict[str, dict[str, str]] = {}
        for part in form.parts:
            for row in part.rows:
                found = states.setdefault(row.key, {})
                for column in part.columns:
                    value = form.values.get((row.key, column.code))
                    found[column.code] = state_of(value, is_open=row.is_open and column.is_open)
        lines += [[f"row:{key}", " ".join(found.get(code, "x") for code in codes)] for key, found in states.items()]
        lines += [
            [f"note:{key}:{column}", safe(value.note)]
            for (key, column), value in form.values.items()
            if value.note and self.is_open(key, column)
        ]
        for at_row, line in enumerate(lines):
            for at_column, word in enumerate(line):
                sheet.write_string(at_row, at_column, word)
        for hidden in (lists, sheet):
            hidden.protect()
            hidden.very_hidden()


class PartWriter:
    """Writes one part: title, head, figures, sign-off."""

    def __init__(self, form: FormWriter, part: Part, number: int) -> None:
        self.form, self.part, self.number = form, part, number
        self.look = form.look
        self.sheet = form.book.add_worksheet(sheet_name(part.label))
        self.last = LEFT + max(len(part.columns), 3) - 1  # a title needs some room
        self.lines = 2 if part.heads[1] else 1
        self.top = 5 + self.lines + 1  # the first row of figures

    def write(self) -> None:
        """The whole sheet."""
        self.write_ids()
        self.write_title()
        self.write_head()
        for number, row in enumerate(self.part.rows, start=self.top):
            self.write_row(number, row)
        self.write_signs(self.top + len(self.part.rows))
        self.validate()
        sheet = self.sheet
        sheet.set_column(0, 0, 2, None, {"hidden": True})
        sheet.set_column(1, 1, 9)
        sheet.set_column(2, 2, 20)
        sheet.set_column(LEFT, self.last, 13 if len(self.part.columns) > 3 else 18)
        sheet.freeze_panes(self.top, LEFT)
        sheet.repeat_rows(5, self.top - 1)
        sheet.print_area(1, 1, self.top + len(self.part.rows) + 2, self.last)
        self.form.paper(sheet)
        self.form.protect(sheet)

    def write_ids(self) -> None:
        """The hidden first line: which part this is, and the code of each column."""
        self.sheet.write_string(0, 0, f"{FORMAT} {self.form.form.noun} {self.part.code}")
        for number, column in enumerate(self.part.columns, start=LEFT):
            self.sheet.write_string(0, number, column.code)
        self.sheet.set_row(0, None, None, {"hidden": True})
        for line in range(1, self.top):
            self.sheet.write_string(line, 0, ASIDE)

    def write_title(self) -> None:
        """Number of the form, title, part, and the line of who, when and in which unit."""
        form, sheet, last = self.form.form, self.sheet, self.last
        small = {"font_size": 9}
        self.span(
            1,
            1,
            last,
            _("表号：%(form)s-%(part)s　%(edition)s")
            % {"form": form.number, "part": self.number, "edition": form.edition},
            align="right",
            **small,
        )
        self.span(2, 1, last, form.title, align="center", font_size=16, bold=True, font_name=HEI)
        self.span(
            3,
            1,
            last,
            _("（%(number)s）%(part)s") % {"number": self.number, "part": self.part.label},
            align="center",
            font_size=11,
        )
        third = max(2, 1 + (last - 1) // 3)
        self.span(4, 1, third, _("填报单位：%s") % form.reporter, **small)
        self.span(4, third + 1, last - 1, form.moment, align="center", **small)
        self.span(4, last, last, _("计量单位：%s") % form.unit_label, align="right", **small)
        sheet.set_row(2, 28)
        sheet.set_row(3, 18)

    def span(self, row: int, first: int, last: int, text: str, **properties: Any) -> None:
        """Text over several columns."""
        look = self.look(**properties)
        if last > first:
            self.sheet.merge_range(row, first, row, last, safe(text), look)
        elif last == first:
            self.sheet.write_string(row, first, safe(text), look)

    def write_head(self) -> None:
        """The headings in one or two lines, and the line of column numbers."""
        sheet, look = (
            self.sheet,
            self.look(border=1, bold=True, align="center", text_wrap=True, bg_color=GREY, font_name=HEI, font_size=9),
        )
        below = 5 + self.lines - 1
        for column, label in enumerate(self.form.form.row_head, start=1):
            self.box(5, column, below, column, label, look)
        at = LEFT
        parts = iter(self.part.heads[1])
        for head in self.part.heads[0]:
            self.box(
                5, at, 5 if head.lines == 1 else below, at + head.columns - 1, labelled(head.label, head.unit), look
            )
            if not head.code:
                for offset in range(head.columns):
                    one = next(parts)
                    sheet.write_string(6, at + offset, labelled(one.label, one.unit), look)
            at += head.columns
        small = self.look(border=1, align="center", font_size=8, font_color="#555555")
        for column, word in enumerate(
            [_("甲"), _("乙"), *(str(n) for n in range(1, len(self.part.columns) + 1))], start=1
        ):
            sheet.write_string(below + 1, column, word, small)
        sheet.set_row(5, 30 if self.lines == 1 else 20)
        if self.lines == 2:
            sheet.set_row(6, 30)

    def box(self, top: int, left: int, bottom: int, right: int, text: str, look: Format) -> None:
        """A heading over one or more cells."""
        if (top, left) == (bottom, right):
            self.sheet.write_string(top, left, text, look)
        else:
            self.sheet.merge_range(top, left, bottom, right, text, look)

    def write_row(self, number: int, row: Row) -> None:
        """One row of figures."""
        bold = {"bold": True} if row.is_sum else {}
        self.sheet.write_string(number, 0, row.key)
        self.sheet.write_string(number, 1, row.code, self.look(border=1, align="center", **bold))
        self.sheet.write_string(number, 2, safe(row.name), self.look(border=1, indent=min(row.depth, 6), **bold))
        for at, column in enumerate(self.part.columns, start=LEFT):
            is_open = row.is_open and column.is_open
            value = self.form.form.values.get((row.key, column.code))
            self.write_cell(number, at, column, value, is_open, bold)

    def write_cell(
        self, row: int, at: int, column: Column, value: Value | None, is_open: bool, bold: dict[str, Any]
    ) -> None:
        """One cell: a number as it was typed, or a word."""
        text = value.text if value else ""
        decimals = len(text.partition(".")[2])
        pattern = "0." + "0" * decimals + "#" * max(0, 6 - decimals) if decimals else "General"
        ground = {} if is_open else {"bg_color": GREY}
        look = self.look(border=1, align="right", num_format=pattern, locked=0 if is_open else 1, **ground, **bold)
        number = as_float(text) if text else None
        if number is not None:
            self.sheet.write_number(row, at, number, look)
        elif text or (value and value.word):
            self.sheet.write_string(row, at, text or (value.word if value else ""), look)
        else:
            self.sheet.write_blank(row, at, None, look)

    def write_signs(self, below: int) -> None:
        """Who signs, and the stamp."""
        sheet, signs = self.sheet, self.form.form.signs
        width = self.last
        each = max(1, width // len(signs))
        for line in (below, below + 1, below + 2):
            sheet.write_string(line, 0, ASIDE)
        for number, sign in enumerate(signs):
            first = 1 + number * each
            if first <= width:
                self.span(
                    below + 1,
                    first,
                    width if number == len(signs) - 1 else min(width, first + each - 1),
                    sign,
                    font_size=9,
                )
        sheet.set_row(below, 8)
        sheet.set_row(below + 1, 24)

    def validate(self) -> None:
        """Open cells take nonnegative numbers and the words for why there is none."""
        top, words = self.top, self.form.form.words
        open_rows = [n for n, row in enumerate(self.part.rows, start=top) if row.is_open]
        open_columns = [n for n, column in enumerate(self.part.columns, start=LEFT) if column.is_open]
        if not open_rows or not open_columns:
            return
        message = _("请填写零或正数；没有此项填“%(none)s”，不掌握填“%(blank)s”并在“说明”中写明原因。") % {
            "none": words[0],
            "blank": words[1],
        }
        for column in open_columns:
            for first, last in runs(open_rows):
                cell = place(first, column)
                said = ",".join(f'{cell}="{word}"' for word in words)
                rule = f"=OR({said},AND(ISNUMBER({cell}),{cell}>=0))"
                self.sheet.data_validation(
                    first, column, last, column,
                    {"validate": "custom", "value": rule, "error_title": _("不能填写"), "error_message": message[:255]},
                )  # fmt: skip


def runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Neighbouring numbers as first and last."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def labelled(label: str, unit: str) -> str:
    """A heading with its own unit below it, where it has one."""
    return f"{label}\n（{unit}）" if unit else label
