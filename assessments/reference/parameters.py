"""The policy parameters that judge a figure (domain §0.5), as the system's own, unverified defaults."""

from datetime import date

from farmland.models import PolicyParameter
from farmland.models.statements import FIRST_YEAR

OPEN_START = date(FIRST_YEAR, 1, 1)
SOURCE = "系统设计默认值"
DEFAULTS = (
    ("warn_headroom_pct", "0.50", "%", "余量低于目标的这一比例时提示"),
    ("redline_tolerance_mu", "0", "亩", "低于目标不超过这一面积时不判为突破"),
    ("lock_grace_days", "10", "天", "通过后满这一天数自动锁定"),
    ("input_precision_guard", "on", "", "缺口小于原值末位半个单位时不判为突破, 须核实确数"),
)


def get_parameters() -> list[PolicyParameter]:
    """The default parameters, unsaved; whoever is responsible replaces them with dated rows of their own."""
    return [
        PolicyParameter(key=key, value=value, unit=unit, effective_from=OPEN_START, source=SOURCE, note=note)
        for key, value, unit, note in DEFAULTS
    ]
