"""Proposals for handing a target down: shares in proportion to weights that add up to it exactly."""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal


def propose(total: Decimal, weights: Mapping[str, Decimal], *, step: Decimal) -> dict[str, Decimal]:
    """Split a total over divisions in proportion to their weights, in whole steps; all in mu, exact in sum.

    What rounding leaves goes, a step each, to those that lost most by it; what is less than a step goes with the first
    of them. Raises ValueError where no weight is above zero, or one is below.
    """
    if any(weight < 0 for weight in weights.values()) or not sum(weights.values()):
        raise ValueError("weights must not be negative, and one of them above zero")
    whole = sum(weights.values(), Decimal(0))
    steps = (total / step).to_integral_value(rounding=ROUND_DOWN)
    exact = {code: steps * weight / whole for code, weight in weights.items()}
    shares = {code: value.to_integral_value(rounding=ROUND_DOWN) for code, value in exact.items()}
    losers = sorted(exact, key=lambda code: (shares[code] - exact[code], code))
    left = int(steps - sum(shares.values(), Decimal(0)))
    for code in losers[:left]:
        shares[code] += 1
    found = {code: value * step for code, value in shares.items()}
    found[losers[0]] += total - sum(found.values(), Decimal(0))
    return found
