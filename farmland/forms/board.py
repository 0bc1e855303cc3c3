"""What the board is asked for, and the reminders that are sent from it."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from farmland.models import Level, User
from farmland.models.statements import FIRST_YEAR, LAST_YEAR
from farmland.selectors.board import BoardRow, BoardState

YEARS = "years"  # beside the levels: all units over the years
LEVELS: list[tuple[str, Any]] = [
    (Level.PROVINCE, Level.PROVINCE.label),
    (Level.PREFECTURE, Level.PREFECTURE.label),
    (Level.COUNTY, Level.COUNTY.label),
]
WAITING, OVERDUE, OWING = "waiting", "overdue", "owing"
CODE, LATENESS, PROGRESS = "code", "late", "progress"


class BoardQuery(forms.Form):
    """Which year, level and units are shown, and in which order; what cannot be read counts as not asked for."""

    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)
    level = forms.ChoiceField(choices=[*LEVELS, (YEARS, _("历年"))], required=False)
    division = forms.RegexField(r"^[0-9]{6}\Z", required=False)
    state = forms.ChoiceField(
        choices=[
            ("", _("全部")), (OVERDUE, _("逾期未报")), (OWING, _("尚未上报")), (BoardState.NONE, BoardState.NONE.label),
            (BoardState.EMPTY, BoardState.EMPTY.label), (BoardState.FILLING, BoardState.FILLING.label),
            (BoardState.DONE, BoardState.DONE.label), (WAITING, _("待审")),
            (BoardState.RETURNED, BoardState.RETURNED.label), (BoardState.APPROVED, BoardState.APPROVED.label),
            (BoardState.LOCKED, BoardState.LOCKED.label),
        ],
        required=False,
    )  # fmt: skip
    sort = forms.ChoiceField(
        choices=[(CODE, _("行政区划代码")), (LATENESS, _("逾期天数由多到少")), (PROGRESS, _("完成率由低到高"))],
        required=False,
    )

    def value(self, name: str) -> str:
        """A field's value; empty where it is not named or cannot be read."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")

    def chosen_level(self, user: User) -> str:
        """The level, the one below the user's own where none is named or it stands above the user."""
        levels = [code for code, _label in levels_of(user)]
        asked = self.value("level")
        return asked if asked in levels else levels[0]

    def rows(self, rows: list[BoardRow]) -> list[BoardRow]:
        """The rows in the state and order that were asked for."""
        state, sort = self.value("state"), self.value("sort")
        found = [row for row in rows if is_in_state(row, state)]
        if sort == LATENESS:
            found.sort(key=lambda row: (not row.is_overdue, -(row.days if row.days is not None else -9999)))
        elif sort == PROGRESS:
            found.sort(key=lambda row: row.filled.done / row.filled.expected if row.filled.expected else 0)
        return found


def levels_of(user: User) -> list[tuple[str, Any]]:
    """The levels that lie in a user's scope, with their labels; the first is what the page opens with."""
    own = user.division.level
    if own == Level.NATION:
        return [*LEVELS, (YEARS, _("历年"))]
    if own == Level.COUNTY or user.division.is_leaf:
        return LEVELS[2:]
    if own == Level.PREFECTURE:
        return [LEVELS[2], LEVELS[1]]
    if own == Level.SPECIAL:
        return [LEVELS[0], (YEARS, _("历年"))]
    return [LEVELS[1], LEVELS[2], LEVELS[0], (YEARS, _("历年"))]


def is_in_state(row: BoardRow, state: str) -> bool:
    """Whether a row is among those asked for by a state of the filter."""
    if state == OVERDUE:
        return row.is_overdue
    if state == OWING:
        return not row.is_in
    if state == WAITING:
        return row.state in (BoardState.HANDED_IN, BoardState.SUBMITTED)
    return not state or row.state == state


class RemindForm(forms.Form):
    """The units that are ticked, or all that are overdue, and the words to them."""

    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    level = forms.ChoiceField(choices=LEVELS)
    division = forms.RegexField(r"^[0-9]{6}\Z", required=False)
    scope = forms.ChoiceField(choices=[("ticked", _("所选单位")), (OVERDUE, _("全部逾期单位"))])
    text = forms.CharField(label=_("催报内容"), max_length=600, required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.ticked = [code for code in data.getlist("unit") if len(code) == 6 and code.isascii() and code.isdigit()]

    @property
    def place(self) -> dict[str, object]:
        """Which board it was sent from, as far as it was said."""
        return {name: self.cleaned_data[name] for name in ("year", "level", "division") if self.cleaned_data.get(name)}

    def clean(self) -> dict[str, object]:
        """At least one unit, where they are ticked one by one."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("scope") == "ticked" and not self.ticked:
            self.add_error(None, _("请先勾选要催报的单位。"))
        return cleaned
