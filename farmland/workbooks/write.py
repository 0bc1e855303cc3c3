"""A form as a workbook in the habit of official statistics: prefilled, protected, ready for A4, with hidden ids."""

import io
from datetime import datetime

from django.utils.translation import gettext as _
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from farmland.workbooks.form import ASIDE, FORMAT, FORMAT_VERSION, IDS, NOTES, Form, state_of
from farmland.workbooks.part import GREY, HEI, PartWriter, Sheets
from farmland.workbooks.tables import safe, sheet_name

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


class FormWriter(Sheets):
    """Writes the sheets of one form."""

    def write(self, at: datetime) -> None:
        """The parts, the remarks, the guide, and the hidden ids."""
        for number, part in enumerate(self.form.parts, start=1):
            PartWriter(self, part, number).write()
        self.write_notes()
        self.write_guide()
        self.write_ids(at)

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
