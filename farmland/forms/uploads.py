"""Forms of filled-in files."""

from django import forms
from django.utils.translation import gettext_lazy as _

from farmland.forms.statements import TYPED_UNITS
from farmland.models import Decision


class UploadForm(forms.Form):
    """The unit of areas, for files that do not say it."""

    unit = forms.ChoiceField(label=_("面积单位"), choices=[("", _("按文件所写")), *TYPED_UNITS], required=False)


class DecideForm(forms.Form):
    """What is decided of one conflict, or of all."""

    decision = forms.ChoiceField(choices=Decision.choices)
    issue = forms.IntegerField(min_value=1, required=False)
