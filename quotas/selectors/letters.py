"""Reads of responsibility letters: where each stands, and the targets that it speaks of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from farmland.indicators import Indicator
from farmland.models import Division
from quotas.models import Letter, QuotaKind, QuotaNode, QuotaState
from quotas.models.letters import LetterQuerySet

PARTY, HEAD = Q(party_signed_on__isnull=False), Q(government_signed_on__isnull=False)


class LetterState(TextChoices):
    """Who of the two has signed."""

    UNSIGNED = "unsigned", _("未签")
    PARTY = "party", _("仅党委")
    GOVERNMENT = "government", _("仅政府")
    SIGNED = "signed", _("已签")


CONDITIONS = {
    LetterState.UNSIGNED: ~PARTY & ~HEAD,
    LetterState.PARTY: PARTY & ~HEAD,
    LetterState.GOVERNMENT: ~PARTY & HEAD,
    LetterState.SIGNED: PARTY & HEAD,
}


def state_of(letter: Letter) -> LetterState:
    """Where a letter stands."""
    party, head = letter.party_signed_on is not None, letter.government_signed_on is not None
    if party and head:
        return LetterState.SIGNED
    return LetterState.PARTY if party else LetterState.GOVERNMENT if head else LetterState.UNSIGNED


def get_letter_years(letters: LetterQuerySet) -> list[int]:
    """The target years that there are letters of, the latest first. One query."""
    return list(letters.order_by("-target_year").values_list("target_year", flat=True).distinct())


def get_letters(letters: LetterQuerySet, *, place: Division, year: int | None, is_whole: bool) -> LetterQuerySet:
    """The letters of a division with the one above it and those below it; `is_whole`: all of its subtree."""
    rows = letters if is_whole else letters.filter(Q(upper=place) | Q(lower=place))
    if year is not None:
        rows = rows.filter(target_year=year)
    return rows.select_related("upper", "lower", "by").order_by("-target_year", "upper", "lower")


def count_states(letters: LetterQuerySet) -> dict[LetterState, int]:
    """How many letters stand where. One query."""
    counted = letters.order_by().aggregate(**{state.value: Count("pk", filter=q) for state, q in CONDITIONS.items()})
    return {state: counted[state.value] for state in LetterState}


@dataclass(frozen=True, slots=True)
class Item:
    """A target in force that a letter speaks of; `is_later`: it was handed down or changed after the letter was signed, and
    `before_mu` is what it was then (None: there was none)."""

    node: QuotaNode
    is_later: bool
    before_mu: Decimal | None

    @property
    def indicator(self) -> Indicator:
        """What is promised."""
        return self.node.version.promise


Key = tuple[str, str, int]


def get_items(letters: Sequence[Letter]) -> dict[int, list[Item]]:
    """The targets in force of each letter's two divisions and year, by the letter's key. One query."""
    rows = QuotaNode.objects.filter(
        version__kind=QuotaKind.TARGET, version__owner__in={letter.upper_id for letter in letters},
        version__target_year__in={letter.target_year for letter in letters},
        division__in={letter.lower_id for letter in letters},
        version__state__in=[QuotaState.PUBLISHED, QuotaState.SUPERSEDED],
    )  # fmt: skip
    found: dict[Key, list[QuotaNode]] = defaultdict(list)
    for node in rows.select_related("version", "document").order_by("version__version", "pk"):
        found[node.version.owner_id, node.division_id, node.version.target_year or 0].append(node)
    return {
        letter.pk: items_of(letter, found.get((letter.upper_id, letter.lower_id, letter.target_year), []))
        for letter in letters
    }


def items_of(letter: Letter, nodes: Sequence[QuotaNode]) -> list[Item]:
    """The items of one letter, from all versions of its targets, the oldest first; official ones before a demonstration's."""
    signed_on = max(filter(None, (letter.party_signed_on, letter.government_signed_on)), default=None)
    series: dict[tuple[str, bool], list[QuotaNode]] = defaultdict(list)
    for node in nodes:
        series[node.version.indicator, node.version.is_demo].append(node)
    items = []
    for (indicator, is_demo), versions in sorted(series.items()):
        current = next((node for node in versions if node.version.state == QuotaState.PUBLISHED), None)
        if current is None or (
            is_demo and any(n.version.state == QuotaState.PUBLISHED for n in series[indicator, False])
        ):
            continue
        items.append(item_of(current, versions, signed_on))
    return items


def item_of(current: QuotaNode, versions: Sequence[QuotaNode], signed_on: date | None) -> Item:
    """A target against what it was when the letter was signed: known by the day of its document."""
    if signed_on is None:
        return Item(current, False, None)
    known = [node for node in versions if node.paper.known_on <= signed_on]
    if not known:
        return Item(current, True, None)
    was = known[-1].value_mu
    return Item(current, was != current.value_mu, was if was != current.value_mu else None)
