"""What an address may ask for: year, level, division, indicator, as-of date. Pages and API parse it the same way."""

from datetime import date, datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farmland.indicators import HEADLINE_INDICATORS
from farmland.models import Level
from farmland.models.statements import FIRST_YEAR, LAST_YEAR

LEVELS = [(level.value, level.label) for level in Level if level != Level.SPECIAL]


class PageQuery(forms.Form):
    """The parameters of a page: `year` and `indicator`; both may be left out."""

    year = forms.IntegerField(
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
        label=_("指标"), required=False, choices=[(i.code, i.label) for i in HEADLINE_INDICATORS]
    )


class SummaryQuery(PageQuery):
    """The parameters of the summary."""

    level = forms.ChoiceField(label=_("级别"), required=False, choices=LEVELS)
    division = forms.RegexField(
        label=_("行政区划"),
        regex=r"^[0-9]{6}$",
        required=False,
        strip=False,
        error_messages={"invalid": _("行政区划代码为六位数字。")},
    )
    as_of = forms.DateField(
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
        day = self.cleaned_data.get("as_of")
        return timezone.make_aware(datetime.combine(day, time.max)) if day else None
