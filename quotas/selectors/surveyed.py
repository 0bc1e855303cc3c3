"""What was surveyed in the divisions that a target is shared out to."""

from collections.abc import Collection
from decimal import Decimal

from farmland.models import Figure

# A promise without a figure of its own is shared out by the land that it is about.
SURVEYED = {"construction_occupation_cap": "cultivated_land"}


def get_surveyed(promised: str, codes: Collection[str]) -> dict[str, Decimal]:
    """The areas in mu of the latest year that all of these divisions have, else of the latest of any. One query."""
    indicator = SURVEYED.get(promised, promised)
    rows = Figure.objects.settled().filter(division__in=codes, indicator=indicator, value_mu__isnull=False)
    by_year: dict[int, dict[str, Decimal]] = {}
    # Of one year and division the headline: published before reported before summed; "published" < "reported" < "summed".
    for year, code, value in rows.order_by("-origin", "pk").values_list("year", "division", "value_mu"):
        by_year.setdefault(year, {})[code] = value or Decimal(0)
    whole = [year for year, values in by_year.items() if len(values) == len(codes)]
    return by_year[max(whole)] if whole else by_year[max(by_year)] if by_year else {}
