"""Forms of the statements' pages."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farmland.indicators import INDICATOR_CHOICES, Absence, Group
from farmland.models.statements import FIRST_YEAR, LAST_YEAR
from farmland.ui.typed import clean
from farmland.units import HA, M2, MU, UNITS, WAN_MU, Unit

TYPED_UNITS = [(unit.code, unit.label) for unit in (MU, WAN_MU, HA, M2)]
CELL = re.compile(r"c:([0-9]{6}):([a-z0-9_]+):([0-9]{1,9})\Z")


class SheetQuery(forms.Form):
    """Which part of a statement is open, and in which unit it is typed."""

    group = forms.ChoiceField(label=_("部分"), choices=Group.choices, required=False)
    unit = forms.ChoiceField(label=_("单位"), choices=TYPED_UNITS, required=False)

    @property
    def own_rows(self) -> set[str]:
        """The divisions with others below them whose own cells are to be shown (`own`, repeated)."""
        codes = self.data.getlist("own") if hasattr(self.data, "getlist") else []
        return {code for code in codes if len(code) == 6 and code.isascii() and code.isdigit()}

    @property
    def chosen_group(self) -> str:
        """The part, the first where none is named or it is unknown."""
        return (self.is_valid() and self.cleaned_data["group"]) or Group.LAND

    @property
    def chosen_unit(self) -> Unit:
        """The unit, 万亩 where none is named or it is unknown."""
        return UNITS[(self.is_valid() and self.cleaned_data["unit"]) or WAN_MU.code]


class ListQuery(forms.Form):
    """Which year's statements are listed."""

    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)

    @property
    def chosen_year(self) -> int | None:
        """The year; None where none is named or it is none."""
        return self.cleaned_data["year"] if self.is_valid() else None


class HistoryQuery(forms.Form):
    """Which part of a statement's history is read."""

    division = forms.RegexField(r"^[0-9]{6}\Z", required=False)
    indicator = forms.ChoiceField(choices=INDICATOR_CHOICES, required=False)
    page = forms.IntegerField(min_value=1, max_value=1000, required=False)

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen; all of it where nothing was, or nothing that exists."""
        self.is_valid()
        said = self.cleaned_data
        return {
            "division": said.get("division", ""),
            "indicator": said.get("indicator", ""),
            "page": said.get("page") or 1,
        }


class YearForm(forms.Form):
    """The ministry's call for a year."""

    year = forms.IntegerField(label=_("年度"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    county = forms.DateField(label=_("县级截止"), widget=forms.DateInput(attrs={"type": "date"}))
    prefecture = forms.DateField(label=_("地级截止"), widget=forms.DateInput(attrs={"type": "date"}))
    province = forms.DateField(label=_("省级截止"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """Each level owes its own before the one above."""
        cleaned = super().clean() or self.cleaned_data
        days = [cleaned[name] for name in ("county", "prefecture", "province") if cleaned.get(name)]
        if days != sorted(days):
            self.add_error("province", _("截止日期应逐级后移：县级、地级、省级。"))
        return cleaned


class RemarkForm(forms.Form):
    """A comment on a cell, a row or the whole, or the reason for a finding."""

    division = forms.RegexField(r"^[0-9]{6}\Z", required=False)
    indicator = forms.SlugField(max_length=40, required=False)
    rule = forms.CharField(max_length=40, required=False)
    text = forms.CharField(label=_("内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class PlaceForm(forms.Form):
    """Where a file of evidence belongs: a cell, a row (no indicator) or the whole (no division)."""

    division = forms.RegexField(r"^[0-9]{6}\Z", required=False)
    indicator = forms.ChoiceField(choices=[("", ""), *INDICATOR_CHOICES], required=False)


class GapForm(forms.Form):
    """One cell from beside it: why it has no value, or that it has one, and a note."""

    division = forms.RegexField(r"^[0-9]{6}\Z")
    indicator = forms.SlugField(max_length=40)
    base_version = forms.IntegerField(min_value=0)
    value = forms.CharField(max_length=40, required=False)
    absence = forms.ChoiceField(choices=[("", ""), *Absence.choices], required=False)
    note = forms.CharField(max_length=600, required=False)


class StepForm(forms.Form):
    """What may be said with a step."""

    comment = forms.CharField(label=_("说明"), max_length=2000, required=False)


def typed_cells(data: Any) -> list[tuple[str, str, int, str]]:
    """The cells of a form that was sent without script: division, indicator, version and text."""
    found = []
    for name, text in data.items():
        if match := CELL.match(name):
            found.append((match[1], match[2], int(match[3]), clean(str(text))))
    return found
