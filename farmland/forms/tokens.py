"""Forms of the tokens' pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from farmland.models import ApiToken


class TokenForm(forms.ModelForm):
    """What a new token is for."""

    class Meta:
        model = ApiToken
        fields = ["label"]
        help_texts = {"label": _("写明哪个系统用它，以便日后识别和作废。")}
