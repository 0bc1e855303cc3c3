"""What must be typed before a statement is handed in (domain C.2, guards of handing in)."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from farmland.indicators import INDICATORS, Absence
from farmland.rules.findings import Detail, Finding, Severity
from farmland.rules.sheet import Sheet


def mandatory_cells_say_something(sheet: Sheet) -> Iterator[Finding]:
    """`mandatory` (C.2, all mandatory lines): a mandatory cell has a value, or says why it has none: HARD."""
    for division in sheet.rows:
        for code, indicator in INDICATORS.items():
            if code not in sheet.mandatory or sheet.value(division, code) is not None:
                continue
            if sheet.absence(division, code) is None:
                detail = Detail(_("%(indicator)s为必填项，尚未填写"), {"indicator": indicator.label})
                yield Finding("mandatory", Severity.HARD, division, code, detail)


def blanks_say_why(sheet: Sheet) -> Iterator[Finding]:
    """`blank_reason` (a blank needs a reason): a cell left blank carries a note: HARD. What does not apply needs none."""
    for division in sheet.rows:
        for code, indicator in INDICATORS.items():
            is_blank = sheet.absence(division, code) == Absence.BLANK
            if is_blank and not sheet.notes.get((division, code), "").strip():
                detail = Detail(_("%(indicator)s留空，请说明原因"), {"indicator": indicator.label})
                yield Finding("blank_reason", Severity.HARD, division, code, detail)
