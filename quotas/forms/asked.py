"""What pages of promises are asked for in their address, in the parts that they share."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farmland.indicators import PROMISED

FIRST_YEAR, LAST_YEAR = 2000, 2100


class PlainYear(forms.IntegerField):
    """A year as four plain digits."""

    def __init__(self, **more: Any) -> None:
        super().__init__(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False, **more)

    def to_python(self, value: object) -> int | None:
        """The year; None where there is none."""
        if value not in self.empty_values and not re.fullmatch(r"[0-9]{4}", str(value)):
            raise forms.ValidationError(_("年度应为四位数字。"), code="invalid")
        return super().to_python(value)


class PlainDay(forms.DateField):
    """A day as 2025-12-31 and in no other way."""

    def to_python(self, value: Any) -> date | None:
        """The day; None where there is none."""
        if value not in self.empty_values and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)):
            raise forms.ValidationError(_("日期应写成 2025-12-31 的样子。"), code="invalid")
        return super().to_python(value)


def indicator_field() -> forms.ChoiceField:
    """One of the indicators that may be promised."""
    return forms.ChoiceField(choices=[(code, item.label) for code, item in PROMISED.items()], required=False)


def division_field() -> forms.RegexField:
    """The code of a division."""
    return forms.RegexField(r"^[0-9]{6}\Z", required=False, strip=False)
