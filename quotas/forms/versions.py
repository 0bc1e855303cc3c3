"""Forms of the versions' pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farmland.forms.statements import TYPED_UNITS
from farmland.indicators import PROMISED
from farmland.units import UNITS, WAN_MU, Unit
from quotas.actions import Paper, Way, With

FIRST_YEAR, LAST_YEAR = 2000, 2100
PROMISES = [("", "")] + [(code, indicator.label) for code, indicator in PROMISED.items()]


def day(label: Any, **more: Any) -> forms.DateField:
    """A day, chosen in the browser's calendar."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


class UnitQuery(forms.Form):
    """In which unit a version is typed."""

    unit = forms.ChoiceField(label=_("单位"), choices=TYPED_UNITS, required=False)

    @property
    def chosen_unit(self) -> Unit:
        """The unit, 万亩 where none is named or it is unknown."""
        return UNITS[(self.is_valid() and self.cleaned_data["unit"]) or WAN_MU.code]


class ListQuery(forms.Form):
    """Which promises are listed."""

    indicator = forms.ChoiceField(label=_("指标"), choices=PROMISES, required=False)
    year = forms.IntegerField(label=_("目标年"), min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen; nothing where it is none."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}


class OpenForm(forms.Form):
    """Which promise is to be drawn up, and whose; one's own where nobody is named."""

    indicator = forms.ChoiceField(choices=PROMISES[1:])
    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    owner = forms.RegexField(r"^[0-9]{6}\Z", required=False)


class PaperForm(forms.Form):
    """A document as it is named."""

    number = forms.CharField(label=_("文号"), max_length=60)
    title = forms.CharField(label=_("标题"), max_length=300)
    issuer = forms.CharField(label=_("发布机关"), max_length=120, required=False)
    issued_on = day(_("日期"))

    @property
    def paper(self) -> Paper:
        """The document; only of a valid form."""
        said = self.cleaned_data
        return Paper(said["number"], said["title"], said["issued_on"], said["issuer"])


class StepForm(forms.Form):
    """What is said with a step."""

    comment = forms.CharField(label=_("说明"), max_length=2000, required=False)
    redo_due_on = day(_("下级重新分解的期限"), required=False)

    def bringing(self, paper: Paper | None) -> With:
        """The same for the action; only of a valid form."""
        return With(self.cleaned_data["comment"], paper, self.cleaned_data["redo_due_on"])


class ReasonForm(forms.Form):
    """Why a finding may stand."""

    code = forms.CharField(max_length=8)
    division = forms.RegexField(r"^[0-9]{6}\Z")
    text = forms.CharField(max_length=600, required=False)


class RevisionForm(forms.Form):
    """Which save is taken back."""

    revision = forms.IntegerField(min_value=1)


class WayForm(forms.Form):
    """How a proposal is made."""

    way = forms.ChoiceField(choices=Way.choices)
