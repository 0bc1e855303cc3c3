"""What is to be on the map by a day (domain A.1: Q-9)."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from farmland.rules import Severity
from quotas.rules.handing_down import Finding, in_wan_mu


def check_placement(
    *, division: str, name: str, value_mu: Decimal, placed_mu: Decimal | None, due_on: date | None, today: date
) -> Finding | None:
    """Q-9: less is on the map than was handed down although the day has passed; None while there is no day or it has not.

    Areas in mu; what nobody recorded counts as nothing placed, for that is what is asked about. SOFT: the county says why.
    """
    placed = placed_mu or Decimal(0)
    if due_on is None or today <= due_on or placed >= value_mu:
        return None
    words = _("%(name)s应于 %(day)s 前落图 %(value)s，现为 %(placed)s，差 %(gap)s（万亩）")
    numbers = {"value": in_wan_mu(value_mu), "placed": in_wan_mu(placed), "gap": in_wan_mu(value_mu - placed)}
    return Finding("Q-9", Severity.SOFT, division, words % (numbers | {"name": name, "day": due_on.isoformat()}))
