"""Areas in templates: `{{ value|area }}` in 万亩, `{{ value|area:"mu" }}` in another unit, `{{ unit|after_number }}` its name."""

from decimal import Decimal

from django import template

from farmland import ui
from farmland.units import UNITS, after_number

register = template.Library()


register.filter("after_number", after_number)


@register.filter
def area(value_mu: Decimal | None, unit: str = "wan_mu") -> str:
    """An area of mu printed in a unit, with separators; a dash where there is none."""
    return ui.area(value_mu, UNITS[unit])
