"""Forms of notices: which are listed, and which also come by mail."""

from collections.abc import Mapping

from django import forms
from django.http import QueryDict

from farmland.models import NoticeKind

LARGEST_KEY = 2**63 - 1


class NoticeQuery(forms.Form):
    """Which notices are listed; what cannot be read counts as not asked for."""

    kind = forms.ChoiceField(choices=NoticeKind.choices, required=False)

    @property
    def chosen_kind(self) -> str:
        """The kind, "" for all."""
        return self.cleaned_data["kind"] if self.is_valid() else ""


class SeenForm(forms.Form):
    """Up to which notice somebody has seen the list."""

    until = forms.IntegerField(min_value=0, max_value=LARGEST_KEY)


class MailChoiceForm(forms.Form):
    """The kinds of notices that come by mail."""

    kinds = forms.MultipleChoiceField(choices=NoticeKind.choices, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: QueryDict | None = None, *, chosen: Mapping[NoticeKind, bool] | None = None) -> None:
        wanted = [kind for kind, by_mail in (chosen or {}).items() if by_mail]
        super().__init__(data, initial={"kinds": wanted}, auto_id="mail_%s")

    @property
    def by_mail(self) -> dict[str, bool]:
        """The choice for every kind."""
        return {kind: kind in self.cleaned_data["kinds"] for kind in NoticeKind.values}
