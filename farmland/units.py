"""Exact units of area, money and grain (domain rules U-1, U-4, U-5).

Area is stored in mu (亩), because every official unit is an exact multiple of it while the reverse (mu to hectares)
is a repeating fraction. Money is stored in yuan, grain in kilograms.
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

AREA_MAX_DIGITS = 20
AREA_DECIMALS = 6
MONEY_DECIMALS = 2

# Wide enough that a product of a stored value and a factor is never rounded silently.
EXACT = Context(prec=60, traps=[InvalidOperation])
UNROUNDED = Context(prec=60, traps=[Inexact, InvalidOperation])


class Dimension(StrEnum):
    """What a unit measures; each has one base unit in which values are stored."""

    AREA = "area"  # base unit: mu
    MONEY = "money"  # base unit: yuan
    MASS = "mass"  # base unit: kilogram
    CONTENT = "content"  # base unit: gram in a kilogram of soil


@dataclass(frozen=True, slots=True)
class Unit:
    """One official unit: `factor` base units make one of it; `decimals` are printed (U-3)."""

    code: str
    label: str | Promise = field(compare=False)  # equal in every language
    dimension: Dimension
    factor: Decimal
    decimals: int


MU = Unit("mu", _("亩"), Dimension.AREA, Decimal(1), 2)
WAN_MU = Unit("wan_mu", _("万亩"), Dimension.AREA, Decimal(10_000), 2)
MILLION_MU = Unit("million_mu", _("百万亩"), Dimension.AREA, Decimal(1_000_000), 4)
YI_MU = Unit("yi_mu", _("亿亩"), Dimension.AREA, Decimal(100_000_000), 2)
HA = Unit("ha", _("公顷"), Dimension.AREA, Decimal(15), 4)
QIAN_HA = Unit("qian_ha", _("千公顷"), Dimension.AREA, Decimal(15_000), 2)
WAN_HA = Unit("wan_ha", _("万公顷"), Dimension.AREA, Decimal(150_000), 2)
M2 = Unit("m2", _("平方米"), Dimension.AREA, Decimal("0.0015"), 2)
KM2 = Unit("km2", _("平方千米"), Dimension.AREA, Decimal(1_500), 2)
YUAN = Unit("yuan", _("元"), Dimension.MONEY, Decimal(1), 2)
WAN_YUAN = Unit("wan_yuan", _("万元"), Dimension.MONEY, Decimal(10_000), 2)
YI_YUAN = Unit("yi_yuan", _("亿元"), Dimension.MONEY, Decimal(100_000_000), 4)
KG = Unit("kg", _("公斤"), Dimension.MASS, Decimal(1), 0)
G_PER_KG = Unit("g_per_kg", _("克/千克"), Dimension.CONTENT, Decimal(1), 2)
JIN = Unit("jin", _("斤"), Dimension.MASS, Decimal("0.5"), 0)

UNITS = {
    unit.code: unit
    for unit in (
        MU,
        WAN_MU,
        MILLION_MU,
        YI_MU,
        HA,
        QIAN_HA,
        WAN_HA,
        M2,
        KM2,
        YUAN,
        WAN_YUAN,
        YI_YUAN,
        KG,
        JIN,
        G_PER_KG,
    )
}
AREA_UNITS = {code: unit for code, unit in UNITS.items() if unit.dimension is Dimension.AREA}

MINUS, DASH = "−", "—"

BASE_DECIMALS = {
    Dimension.AREA: AREA_DECIMALS,
    Dimension.MONEY: MONEY_DECIMALS,
    Dimension.MASS: 0,
    Dimension.CONTENT: 4,
}
STEPS = {dimension: Decimal(1).scaleb(-decimals) for dimension, decimals in BASE_DECIMALS.items()}


class InexactValue(ValueError):
    """The value cannot be stored without rounding it (U-1)."""


class TooLarge(InexactValue):
    """The value has more digits than can be stored."""


def to_base(value: Decimal, unit: Unit) -> Decimal:
    """Convert a typed value into the base unit of its dimension, exactly.

    `value` is in `unit`; the answer is in mu, yuan or kilograms with the decimals that are stored.
    Raises InexactValue where storing it would round it or where it has more digits than fit (U-1).
    """
    if not value.is_finite():
        raise InexactValue(f"{value} is not a number")
    exact = EXACT.multiply(value, unit.factor)
    if exact and exact.adjusted() >= AREA_MAX_DIGITS - BASE_DECIMALS[unit.dimension]:
        raise TooLarge(f"{value} {unit.code} has too many digits")
    try:
        stored = exact.quantize(STEPS[unit.dimension], context=UNROUNDED)
    except (Inexact, InvalidOperation):
        raise InexactValue(f"{value} {unit.code} is not exact to {BASE_DECIMALS[unit.dimension]} decimals") from None
    if len(stored.as_tuple().digits) > AREA_MAX_DIGITS:
        raise TooLarge(f"{value} {unit.code} has too many digits")
    return stored


def from_base(value: Decimal, unit: Unit, decimals: int | None = None) -> Decimal:
    """Convert a stored value (mu, yuan, kg) into `unit`, rounded half up for display only (U-3)."""
    places = unit.decimals if decimals is None else decimals
    return EXACT.divide(value, unit.factor).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=EXACT)


def half_step(unit: Unit, decimals: int) -> Decimal:
    """Half of the last printed decimal of a value in `unit`, in base units: what rounding may have hidden (F2)."""
    return EXACT.multiply(Decimal("0.5").scaleb(-decimals), unit.factor)


def after_number(unit: str | Promise) -> str:
    """A unit's name as it stands after a number: one that begins with a figure is multiplied (5 × 10,000 mu)."""
    name = str(unit)
    return f"× {name}" if name[:1].isdigit() else name


def number(value: Decimal | None, *, decimals: int = 2, signed: bool = False) -> str:
    """A number with thousands separators, half up, a true minus; a dash where there is none."""
    if value is None:
        return DASH
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}"
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return sign + text
