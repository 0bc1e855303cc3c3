"""Forms of the preferences: the page, and the switches in the header."""

from copy import copy
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from farmland.models import User
from farmland.models.users import PREFERENCES, Theme


class LanguageSelect(forms.Select):
    """Languages to choose from, each marked as what it is written in."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """One choice."""
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            option["attrs"]["lang"] = value
        return option


class PreferencesForm(forms.ModelForm):
    """Language, theme and unit of the user's own pages."""

    class Meta:
        model = User
        fields = list(PREFERENCES)
        widgets = {"language": LanguageSelect}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        # A copy, so that a value that is refused does not show in the frame of the page.
        super().__init__(*args, instance=copy(user), **kwargs)


class SwitchForm(forms.Form):
    """One button of the header: a language or a theme."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    theme = forms.ChoiceField(choices=[(value, value) for value in Theme.values if value], required=False)

    def clean(self) -> dict[str, str]:
        """The one that was pressed; raises ValidationError for none and for both."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        if len(chosen) != 1:
            raise ValidationError("one of language and theme", code="one")
        return chosen
