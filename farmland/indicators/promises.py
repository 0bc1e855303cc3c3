"""What may be promised: the indicators with a direction, and those that are handed down without being a line of the
statement."""

from django.utils.translation import gettext_lazy as _

from farmland.indicators.catalogue import LINES
from farmland.indicators.indicator import Department, Direction, Group, Indicator

OCCUPATION_CAP = Indicator(
    code="construction_occupation_cap",
    label=_("建设占用耕地规模上限"),
    direction=Direction.CAP,
    is_stock=False,
    department=Department.NATURAL_RESOURCES,
    policy_point="（十一）",
    group=Group.OUTFLOW,
)

PROMISED: dict[str, Indicator] = {i.code: i for i in (*LINES, OCCUPATION_CAP) if i.direction is not None}
