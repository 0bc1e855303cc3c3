"""The sums of a statement, stored when it is handed in: every prefecture's from its counties, the unit's from all."""

from collections import defaultdict
from decimal import Decimal

from django.db import transaction

from farmland.indicators import INDICATORS
from farmland.models import AnnualStatement, Basis, Division, Figure, Gap, Origin
from farmland.units import MU

Key = tuple[str, str]  # division, indicator


@transaction.atomic
def store_sums(statement: AnnualStatement) -> int:
    """Replace the stored sums of an open statement by those of its cells now; answers how many were stored.

    A sum says of how many county-level units it is made; a cell that is not applicable is no missing part, a blank one
    is. A prefecture that typed its own figure stands for all its counties. Works inside the caller's transaction.
    """
    Figure.objects.filter(statement=statement, origin=Origin.SUMMED).delete()
    children: dict[str, list[Division]] = defaultdict(list)
    for division in Division.objects.shown().valid().within(statement.division).exclude(level="special"):
        children[str(division.parent_id)].append(division)
    if not children.get(statement.division_id):
        return 0  # the unit reports its own totals
    typed: dict[Key, Figure] = {}
    for figure in Figure.objects.filter(statement=statement, origin=Origin.REPORTED):
        typed[figure.division_id, figure.indicator] = figure
    not_applicable = {
        (gap.division_id, gap.indicator) for gap in Gap.objects.filter(statement=statement, kind="not_applicable")
    }
    sums: dict[Key, tuple[Decimal, int, int]] = {}

    def total(place: str, indicator: str) -> tuple[Decimal | None, int, int]:
        """The value of a place, and of how many parts of how many it is made."""
        below = children.get(place, [])
        leaves = sum(count(child.code) for child in below) if below else 1
        if figure := typed.get((place, indicator)):
            return figure.value_mu, leaves, leaves
        if not below:
            return None, 0, 0 if (place, indicator) in not_applicable else 1
        value, reported, expected = Decimal(0), 0, 0
        for child in below:
            part, have, want = total(child.code, indicator)
            value, reported, expected = value + (part or 0), reported + have, expected + want
        if reported:
            sums[place, indicator] = (value, reported, expected)
        return (value if reported else None), reported, expected

    def count(place: str) -> int:
        return sum(count(child.code) for child in children[place]) if children.get(place) else 1

    for indicator in {indicator for _division, indicator in typed}:
        if INDICATORS[indicator].sums_over_divisions:
            total(statement.division_id, indicator)
    bases = {indicator: figure.basis for (_division, indicator), figure in typed.items()}
    Figure.objects.bulk_create(
        Figure(
            statement=statement, division_id=place, indicator=indicator, year=statement.year, origin=Origin.SUMMED,
            value_mu=value, input_value=value, input_unit=MU.code, input_decimals=6, parts_reported=reported,
            parts_expected=expected, basis=bases.get(indicator, Basis.CHANGE_SURVEY),
        )
        for (place, indicator), (value, reported, expected) in sums.items()
    )  # fmt: skip
    return len(sums)
