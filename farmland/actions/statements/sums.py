"""The sums of a statement, stored when it is handed in: every prefecture's from its counties, the unit's from all."""

from django.db import transaction

from farmland.indicators import INDICATORS
from farmland.models import AnnualStatement, Basis, Figure, Gap, Origin
from farmland.rules import add_up
from farmland.selectors.statements import children_of, get_rows, values_of
from farmland.units import MU


def drop_sums(statement: AnnualStatement) -> None:
    """Take the stored sums of a statement away that is open again: its cells change, and a prefecture may type its own
    figure where its sum stood."""
    Figure.objects.filter(statement=statement, origin=Origin.SUMMED).delete()


@transaction.atomic
def store_sums(statement: AnnualStatement) -> int:
    """Replace the stored sums of an open statement by those of its cells now; answers how many were stored.

    A division that typed its own figure gets no sum beside it. Works inside the caller's transaction.
    """
    drop_sums(statement)
    figures = list(Figure.objects.filter(statement=statement, origin=Origin.REPORTED))
    typed = values_of(figures)
    gaps = Gap.objects.filter(statement=statement, kind="not_applicable").values_list("division", "indicator")
    sums = add_up(
        children_of(get_rows(statement), statement.division_id),
        statement.division_id,
        sorted({code for _division, code in typed if INDICATORS[code].sums_over_divisions}),
        typed=typed,
        not_applicable=set(gaps),
    )
    bases = {figure.indicator: figure.basis for figure in figures}
    rows = [
        Figure(
            statement=statement, division_id=place, indicator=indicator, year=statement.year, origin=Origin.SUMMED,
            value_mu=found.value_mu, input_value=found.value_mu, input_unit=MU.code, input_decimals=6,
            parts_reported=found.reported, parts_expected=found.expected,
            basis=bases.get(indicator, Basis.CHANGE_SURVEY),
        )
        for (place, indicator), found in sums.items()
        if found.value_mu is not None and (place, indicator) not in typed
    ]  # fmt: skip
    Figure.objects.bulk_create(rows)
    return len(rows)
