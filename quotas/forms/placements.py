"""What is asked of placements, and what a county records."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farmland.forms.statements import TYPED_UNITS
from farmland.ui.typed import clean
from farmland.units import UNITS, Unit
from farmland.workflow import Refused
from quotas.actions import Placed
from quotas.forms.asked import PlainYear, division_field, indicator_field
from quotas.models import Placement
from quotas.selectors.placements import MISSING, PlaceState

FIELDS = {"uploaded_on": "uploaded_on", "C.1": "uploaded_on", "number": "value", "U-1": "value"}


class PlacementQuery(forms.Form):
    """Which targets are listed; what cannot be read counts as not asked for."""

    indicator = indicator_field()
    year = PlainYear()
    division = division_field()
    state = forms.ChoiceField(choices=[("", _("全部")), (MISSING, _("尚未入库")), *PlaceState.choices], required=False)

    def value(self, name: str) -> Any:
        """A field's value; empty where it is not named or cannot be read."""
        self.is_valid()
        return self.cleaned_data.get(name) or ""


class PlacementForm(forms.Form):
    """The area on the map and the day of its entry into the database."""

    value = forms.CharField(label=_("落图面积"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    unit = forms.ChoiceField(label=_("单位"), choices=TYPED_UNITS)
    uploaded_on = forms.DateField(
        label=_("入库日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("落图面积达到目标后才能入库；尚未入库则不填。"),
    )  # fmt: skip
    note = forms.CharField(label=_("说明"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @staticmethod
    def of(placement: Placement | None, unit: Unit) -> dict[str, Any]:
        """What stands now; the unit of whoever types first where nothing does."""
        if placement is None:
            codes = [code for code, _label in TYPED_UNITS]
            return {"unit": unit.code if unit.code in codes else codes[1], "base_version": 0}
        return {
            "value": f"{placement.input_value:.{placement.input_decimals}f}", "unit": placement.input_unit,
            "uploaded_on": placement.uploaded_on, "note": placement.note, "base_version": placement.revision,
        }  # fmt: skip

    def placed(self) -> Placed:
        """What was typed."""
        said = self.cleaned_data
        return Placed(
            clean(said["value"]), UNITS[said["unit"]], said["uploaded_on"], said["note"], said["base_version"]
        )

    def refuse(self, refused: Refused) -> None:
        """Say why it was not taken, beside the field that it is about."""
        self.add_error(FIELDS.get(refused.code), refused.detail)
