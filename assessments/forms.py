"""What an address may ask for: year, level, division, indicator, as-of date. Pages and API parse it the same way."""

import re
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from farmland.forms.days import end_of
from farmland.indicators import HEADLINE_INDICATORS
from farmland.models import Level
from farmland.models.statements import FIRST_YEAR, LAST_YEAR

LEVELS = [(level.value, level.label) for level in Level if level != Level.SPECIAL]


class YearField(forms.IntegerField):
    """Four plain digits, nothing that merely reads as a number."""

    def to_python(self, value: object) -> int | None:
        """The year; None where there is none."""
        if value not in self.empty_values and not re.fullmatch(r"[0-9]{4}", str(value)):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class DayField(forms.DateField):
    """A day as 2025-12-31 and in no other way."""

    def to_python(self, value: Any) -> date | None:
        """The day; None where there is none."""
        if value not in self.empty_values and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


EXPORTS = {"xlsx": "xlsx", "csv": "csv"}


class PageQuery(forms.Form):
    """The parameters of a page: `year`, `indicator`, `as_of` and `export` (a file instead); all may be left out."""

    export = forms.ChoiceField(label=_("导出"), required=False, choices=list(EXPORTS.items()))

    year = YearField(
        label=_("年度"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        error_messages={
            "invalid": _("年度应为四位数字。"),
            "min_value": _("年度应在 %(limit_value)s 年以后。"),
            "max_value": _("年度应在 %(limit_value)s 年以前。"),
        },
    )
    indicator = forms.ChoiceField(
        label=_("指标"),
        required=False,
        choices=[(i.code, i.label) for i in HEADLINE_INDICATORS],
        error_messages={
            "invalid_choice": format_lazy(
                _("没有这个指标。可用：{codes}。"), codes=", ".join(i.code for i in HEADLINE_INDICATORS)
            )
        },
    )
    as_of = DayField(
        label=_("截至"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("日期应写成 2025-12-31 的样子。")},
    )

    def clean_as_of(self) -> date | None:
        """A day the system can speak of."""
        day: date | None = self.cleaned_data["as_of"]
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(_("日期超出范围。"), code="invalid")
        return day

    @property
    def moment(self) -> datetime | None:
        """The end of the as-of day in Shanghai; None without one."""
        return end_of(self.cleaned_data.get("as_of"))


class SummaryQuery(PageQuery):
    """The parameters of the summary."""

    level = forms.ChoiceField(label=_("级别"), required=False, choices=LEVELS)
    division = forms.RegexField(
        label=_("行政区划"),
        regex=r"^[0-9]{6}\Z",
        required=False,
        strip=False,
        error_messages={"invalid": _("行政区划代码为六位数字。")},
    )
