"""What the reviewer's list is asked for, and one step for many of its rows."""

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from farmland.actions.statements import BATCH_ACTIONS, MOST_STATEMENTS
from farmland.models.statements import FIRST_YEAR, LAST_YEAR, AnnualStatement

MINE, ALL = "mine", "all"
LARGEST_KEY = 2**63 - 1


class QueueQuery(forms.Form):
    """Which statements are listed; what cannot be read counts as not asked for."""

    show = forms.ChoiceField(label=_("状态"), choices=[(MINE, _("待我处理")), (ALL, _("全部"))], required=False)
    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)
    unit = forms.CharField(max_length=40, required=False)
    selected = forms.IntegerField(min_value=1, max_value=LARGEST_KEY, required=False)

    def value(self, name: str) -> object:
        """A field's value; None where it is not named or cannot be read."""
        self.is_valid()
        return self.cleaned_data.get(name) or None

    @property
    def shows_all(self) -> bool:
        """Whether everything in scope is listed, and not only what waits for the user."""
        return self.value("show") == ALL

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What was asked for, in words, for a file of the list."""
        return [
            (str(self.fields["show"].label), str(_("全部") if self.shows_all else _("待我处理"))),
            (gettext("年度"), str(self.value("year") or _("全部年度"))),
            (gettext("填报单位"), str(self.value("unit") or _("全部"))),
        ]

    def filter(self, statements: QuerySet[AnnualStatement], mine: Q) -> QuerySet[AnnualStatement]:
        """The statements asked for, of those given; `mine` says what waits for the user."""
        if not self.shows_all:
            statements = statements.filter(mine)
        if year := self.value("year"):
            statements = statements.filter(year=year)
        if unit := self.value("unit"):
            text = str(unit).strip()
            statements = statements.filter(
                Q(division__name__icontains=text) | Q(division__name_en__icontains=text) | Q(division__code=text)
            )
        return statements


class BatchForm(forms.Form):
    """One step and one comment for the ticked statements."""

    action = forms.ChoiceField(choices=[(action, action) for action in BATCH_ACTIONS])
    comment = forms.CharField(max_length=2000, required=False)
    statement = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        numbers = data.getlist("statement")
        known = {text for text in numbers if text.isascii() and text.isdigit() and int(text) <= LARGEST_KEY}
        self.fields["statement"].choices = [(text, text) for text in known]  # type: ignore[attr-defined]  # of a ChoiceField, which `fields` knows as a Field

    def clean_statement(self) -> list[int]:
        """At least one, and not more than one request can bear."""
        numbers: list[int] = self.cleaned_data["statement"]
        if not numbers:
            raise forms.ValidationError(_("请先勾选报表。"))
        if len(numbers) > MOST_STATEMENTS:
            raise forms.ValidationError(_("一次最多 %d 份报表。") % MOST_STATEMENTS)
        return numbers
