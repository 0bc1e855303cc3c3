"""What is asked of letters, and what is recorded in them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farmland.workflow import Refused
from quotas.actions import Signed
from quotas.forms.asked import PlainYear
from quotas.models import Letter
from quotas.selectors.letters import LetterState

WHOLE = "all"
FIELDS = {"signatory": "party_signatory", "signed_on": "party_signed_on", "Q-11": "note"}


class LetterQuery(forms.Form):
    """Year, state, and whether the whole subtree is shown; what cannot be read counts as not asked for."""

    year = PlainYear()
    state = forms.ChoiceField(choices=[("", _("全部")), *LetterState.choices], required=False)
    side = forms.ChoiceField(choices=[("", _("本级与上下级")), (WHOLE, _("辖区内全部"))], required=False)

    def value(self, name: str) -> Any:
        """A field's value; None where it is not named or cannot be read."""
        self.is_valid()
        return self.cleaned_data.get(name) or None


def day_field(label: Any) -> forms.DateField:
    """A day of signing."""
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class LetterForm(forms.Form):
    """Both signatories with their days, why one is missing, and the signed copy."""

    party_signatory = forms.CharField(label=_("党委书记"), max_length=60, required=False)
    party_signed_on = day_field(_("党委签订日期"))
    government_signatory = forms.CharField(label=_("政府主要负责人"), max_length=60, required=False)
    government_signed_on = day_field(_("政府签订日期"))
    note = forms.CharField(
        label=_("说明"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("只有一方签订时须写明原因。"),
    )  # fmt: skip
    copy = forms.FileField(
        label=_("签订件"), required=False, allow_empty_file=True, max_length=1000, help_text=_("PDF、PNG 或 JPG；新件替换旧件，旧件留在历史中。"),
    )  # fmt: skip
    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @staticmethod
    def of(letter: Letter) -> dict[str, Any]:
        """What a letter says now."""
        names = ("party_signatory", "party_signed_on", "government_signatory", "government_signed_on", "note")
        return {name: getattr(letter, name) for name in names} | {"base_version": letter.revision}

    def signed(self) -> Signed:
        """What was typed."""
        said = self.cleaned_data
        return Signed(**{name: said[name] for name in said if name != "copy"})

    def refuse(self, refused: Refused) -> None:
        """Say why it was not taken, beside the field that it is about."""
        field = FIELDS.get(refused.code)
        said = self.cleaned_data
        if refused.code == "signatory" and said["party_signatory"].strip():
            field = "government_signatory"
        elif refused.code.startswith(("evidence", "file")):
            field = "copy"
        self.add_error(field, refused.detail)
