"""One sheet of figures of a form: title, heads, rows and sign-off, as official statistics print them."""

from typing import Any

from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from farmland.workbooks.form import ASIDE, FORMAT, Column, Form, Part, Row, Value
from farmland.workbooks.numbers import as_float
from farmland.workbooks.places import place
from farmland.workbooks.tables import safe, sheet_name

LEFT = 3  # columns before the figures: hidden key, code, name
SONG, HEI = "SimSun", "SimHei"
GREY = "#EEF0EF"
CODE_WIDTH, NAME_WIDTH = 9, 20


class Sheets:
    """What all sheets of a form share: how they look, are locked and printed."""

    def __init__(self, book: Workbook, form: Form) -> None:
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

    def protect(self, sheet: Worksheet) -> None:
        """Only open cells can be typed in; widths and formats stay the user's."""
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


class PartWriter:
    """Writes one part: title, head, figures, sign-off."""

    def __init__(self, form: Sheets, part: Part, number: int) -> None:
        self.form, self.part, self.number = form, part, number
        self.look = form.look
        self.sheet = form.book.add_worksheet(sheet_name(part.label))
        self.last = LEFT + max(len(part.columns), 2) - 1  # the line below the title needs some room
        self.width = 13 if len(part.columns) > 3 else 60 // max(len(part.columns), 2)
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
        sheet.set_column(1, 1, CODE_WIDTH)
        sheet.set_column(2, 2, NAME_WIDTH)
        sheet.set_column(LEFT, self.last, self.width)
        sheet.freeze_panes(self.top, LEFT)
        sheet.repeat_rows(5, self.top - 1)
        sheet.print_area(1, 1, self.top + len(self.part.rows) + 3, self.last)
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
        below_labels = [labelled(h.label, h.unit) for h in (self.part.heads[1] or self.part.heads[0])]
        sheet.set_row(below, max([30, *(13 * lines_of(label, self.width) for label in below_labels)]))
        if self.lines == 2:
            alone = [
                13 * lines_of(labelled(h.label, h.unit), self.width) - 30 for h in self.part.heads[0] if h.lines > 1
            ]
            sheet.set_row(5, max([20, *alone]))

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
        signs = self.form.form.signs
        each = 3 if self.last < 10 else len(signs)  # in one line where it is wide enough
        lines = [signs[n : n + each] for n in range(0, len(signs), each)]
        for line in range(below, below + len(lines) + 2):
            self.sheet.write_string(line, 0, ASIDE)
        for number, line_signs in enumerate(lines, start=1):
            starts = [*self.spread(len(line_signs)), self.last + 1]
            for sign, first, after in zip(line_signs, starts, starts[1:], strict=False):
                self.span(below + number, first, after - 1, sign, font_size=9)
            self.sheet.set_row(below + number, 24)
        self.sheet.set_row(below, 8)

    def spread(self, count: int) -> list[int]:
        """The columns from which so many words have about the same room."""
        edges = {1: 0, 2: CODE_WIDTH} | {
            n: CODE_WIDTH + NAME_WIDTH + (n - LEFT) * self.width for n in range(LEFT, self.last + 1)
        }
        whole = edges[self.last] + self.width
        starts = [1]
        for number in range(1, count):
            left = range(starts[-1] + 1, self.last - (count - 1 - number) + 1)
            starts.append(min(left, key=lambda n: abs(edges[n] - whole * number / count)))
        return starts

    def validate(self) -> None:
        """Open cells take nonnegative numbers and the words for why there is none."""
        top, words = self.top, self.form.form.words
        open_rows = [n for n, row in enumerate(self.part.rows, start=top) if row.is_open]
        open_columns = [n for n, column in enumerate(self.part.columns, start=LEFT) if column.is_open]
        if not open_rows or not open_columns:
            return
        message = _("请填写零或正数。")
        if words:
            message = _("请填写零或正数；没有此项填“%(none)s”，不掌握填“%(blank)s”并在“说明”中写明原因。") % {
                "none": words[0],
                "blank": words[1],
            }
        for column in open_columns:
            for first, last in runs(open_rows):
                cell = place(first, column)
                said = [f'{cell}="{word}"' for word in words]
                rule = f"=OR({','.join([*said, f'AND(ISNUMBER({cell}),{cell}>=0)'])})"
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
    return f"{label}\n" + _("（%s）") % unit if unit else label


def lines_of(text: str, width: int) -> int:
    """About how many lines a bold heading takes in a column."""
    found = 0
    for line in text.splitlines():
        room, taken = width - 1, 0
        found += 1
        for word in line.split(" "):
            size = sum(1 if sign.isascii() else 2 for sign in word)
            if taken and taken + 1 + size > room:
                found, taken = found + 1, 0
            taken += size + (1 if taken else 0)
            found, taken = found + (taken - 1) // room if taken else found, min(taken, room)
    return found
