"""Responsibility letters as they are printed."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farmland.indicators import Direction
from farmland.models import Division
from farmland.ui import Tag, area
from farmland.units import Unit, after_number
from quotas.models import Letter
from quotas.selectors.letters import Item, LetterState, state_of
from quotas.ui.basis import Basis, basis_of

TONES = {
    LetterState.UNSIGNED: "none", LetterState.PARTY: "warn", LetterState.GOVERNMENT: "warn", LetterState.SIGNED: "ok",
}  # fmt: skip
DUTIES = {
    Direction.FLOOR: gettext_lazy("不低于"),
    Direction.CAP: gettext_lazy("不高于"),
    Direction.TASK: gettext_lazy("完成"),
}


@dataclass(frozen=True, slots=True)
class RowView:
    """A line of the list: the letter, who has signed, and whether its targets have changed since."""

    letter: Letter
    tag: Tag
    side: str
    items: int
    is_outdated: bool


@dataclass(frozen=True, slots=True)
class ItemView:
    """A target on the letter."""

    label: str
    duty: str
    value: str
    basis: Basis
    later: str


def tag_of(state: LetterState) -> Tag:
    """A state as a tag."""
    return Tag(str(state.label), TONES[state])


def side_of(letter: Letter, place: Division) -> str:
    """How a letter lies to the reader's division."""
    if letter.lower_id == place.code:
        return _("与上级")
    return _("与下级") if letter.upper_id == place.code else _("辖区内")


def view(letter: Letter, items: list[Item], place: Division) -> RowView:
    """A line."""
    return RowView(
        letter, tag_of(state_of(letter)), side_of(letter, place), len(items), any(item.is_later for item in items)
    )


def item_views(items: list[Item], unit: Unit) -> list[ItemView]:
    """The targets with their words."""
    return [
        ItemView(
            str(item.indicator.label),
            str(DUTIES[item.node.version.direction]),
            f"{area(item.node.value_mu, unit)} {after_number(unit.label)}",
            basis_of(item.node),
            later_words(item, unit),
        )
        for item in items
    ]


def later_words(item: Item, unit: Unit) -> str:
    """What has happened to a target since the letter was signed; empty where nothing has."""
    if not item.is_later:
        return ""
    if item.before_mu is None:
        return _("签订后下达")
    was = f"{area(item.before_mu, unit)} {after_number(unit.label)}"
    return _("签订后调整，签订时为 %s") % was
