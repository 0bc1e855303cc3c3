"""How divisions add up: the one place where sums are made, for what is stored, what pages show and what programs get."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from farmland.rules.sheet import Cell


@dataclass(frozen=True, slots=True)
class Sum:
    """What is below a division, in mu: None where nothing is; and of how many units that owe a figure it is made."""

    value_mu: Decimal | None
    reported: int
    expected: int


def add_up(
    children: Mapping[str, Sequence[str]],
    root: str,
    indicators: Iterable[str],
    *,
    typed: Mapping[Cell, Decimal],
    not_applicable: Collection[Cell] = frozenset(),
) -> dict[Cell, Sum]:
    """The sums of everything below `root`, by division and indicator, for each division that has something below it.

    `children` leads from a division to those directly below it. A division that typed its own figure stands for all
    below it, so nothing is counted twice; a cell that does not apply is no missing part, a blank one is.
    """
    sums: dict[Cell, Sum] = {}
    sizes = {code: _leaves(children, code) for code in children}

    def of(place: str, indicator: str) -> Sum:
        below = children.get(place, ())
        found = Sum(None, 0, 0 if (place, indicator) in not_applicable else 1)
        if below:
            parts = [of(child, indicator) for child in below]
            values = [part.value_mu for part in parts if part.value_mu is not None]
            found = Sum(
                sum(values, Decimal(0)) if values else None,
                sum(part.reported for part in parts),
                sum(part.expected for part in parts),
            )
            sums[place, indicator] = found
        own = typed.get((place, indicator))
        size = sizes.get(place, 1)
        return found if own is None else Sum(own, size, size)

    for indicator in indicators:
        of(root, indicator)
    return sums


def weigh(
    children: Mapping[str, Sequence[str]],
    root: str,
    *,
    measures: Mapping[str, Decimal | None],
    weights: Mapping[str, Decimal | None],
) -> dict[str, Decimal]:
    """The area-weighted averages (F-6) of every division that has something below it: Σ(measure · area) / Σ area.

    Of those below, each that has a measure and an area counts; a division that has both stands for all below it.
    Divisions without any are left out.
    """
    means: dict[str, Decimal] = {}

    def of(place: str) -> tuple[Decimal, Decimal]:
        parts = [of(child) for child in children.get(place, ())]
        product, area = sum((p for p, _a in parts), Decimal(0)), sum((a for _p, a in parts), Decimal(0))
        if parts and area:
            means[place] = product / area
        measure, weight = measures.get(place), weights.get(place)
        return (product, area) if measure is None or not weight else (measure * weight, weight)

    of(root)
    return means


def _leaves(children: Mapping[str, Sequence[str]], code: str) -> int:
    """How many divisions below have nothing below them."""
    below = children.get(code, ())
    return sum(_leaves(children, child) for child in below) if below else 1
