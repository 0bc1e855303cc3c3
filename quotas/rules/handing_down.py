"""What holds between a target and those that are made of it (domain A.1: Q-1 to Q-10, T-1), on exact mu."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from farmland.indicators import Direction
from farmland.rules import Severity
from farmland.units import EXACT, WAN_MU

ZERO, HUNDRED = Decimal(0), Decimal(100)
MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class Share:
    """What one division is to get: its target and its own plan's figure in mu; None where nothing is written yet.

    `is_counted` is false for the Corps, which is handed a target of its own but lies inside Xinjiang (U-9).
    `before_mu` is what it was held to by the version that is superseded; `partner_mu` its target for the indicator
    within which, or around which, this one lies (Q-6).
    """

    division: str
    name: str
    value_mu: Decimal | None
    plan_mu: Decimal | None = None
    before_mu: Decimal | None = None
    partner_mu: Decimal | None = None
    is_province: bool = False
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class Setting:
    """What a set is held against: the owner and its target in mu, the direction, and the parameters."""

    owner: str
    direction: Direction
    parent_mu: Decimal | None
    is_nation: bool = False
    is_adjustment_allowed: bool = False  # the superior's document is named
    partner: str = ""  # "inner" where the other indicator lies within this one, "outer" where it lies around it
    partner_label: str = ""
    label: str = ""
    share_percent: Decimal = Decimal(80)
    surplus_percent: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says: `division` is whose target it is about (the owner's for sums)."""

    code: str
    severity: Severity
    division: str
    detail: str


def in_wan_mu(value_mu: Decimal) -> str:
    """An area as sentences print it: in 万亩, exact, with two decimals or as many as it has."""
    exact = EXACT.divide(value_mu, WAN_MU.factor).normalize()
    return f"{exact:.{max(2, -int(exact.as_tuple().exponent))}f}"


def gap_to_parent(*, parent_mu: Decimal, children_mu: Sequence[Decimal]) -> Decimal:
    """How far the children's promises fall short of the parent's, in mu; negative where they exceed it (Q-1, T-1)."""
    return parent_mu - sum(children_mu, ZERO)


def margin(direction: Direction, *, parent_mu: Decimal, total_mu: Decimal) -> Decimal:
    """By how much the children's sum holds the parent's target, in mu; negative where it breaks it (U-6)."""
    return parent_mu - total_mu if direction is Direction.CAP else total_mu - parent_mu


def is_tightened(direction: Direction, before_mu: Decimal, now_mu: Decimal) -> bool:
    """Whether a target asks for more than before: a higher floor or task, a lower cap."""
    return now_mu < before_mu if direction is Direction.CAP else now_mu > before_mu


def check(setting: Setting, shares: Sequence[Share]) -> list[Finding]:
    """All that the rules find in a set of targets, the sums first."""
    found = [*check_sums(setting, shares)]
    for share in shares:
        if share.value_mu is not None:
            found += check_share(setting, share, share.value_mu)
    return found


def sum_code(setting: Setting) -> str:
    """The rule of a sum: Q-3 for caps, Q-4 for tasks, Q-1 for floors, which at the top is T-1."""
    if setting.direction is Direction.CAP:
        return "Q-3"
    if setting.is_nation:
        return "T-1"
    return "Q-4" if setting.direction is Direction.TASK else "Q-1"


def check_sums(setting: Setting, shares: Sequence[Share]) -> list[Finding]:
    """Whether every child has a target, and all of them hold the owner's by its direction (Q-1, Q-3, Q-4, T-1, Q-10)."""
    code, parent = sum_code(setting), setting.parent_mu
    if parent is None:
        words = _("请先填写全国的目标。") if setting.is_nation else _("上级尚未下达本级目标，不能分解。")
        return [Finding(code, Severity.HARD, setting.owner, words)]
    if missing := [share.name for share in shares if share.value_mu is None and share.is_counted]:
        names = pgettext("list separator", "、").join(missing[:MOST_NAMES])
        words = _("缺少 %(n)d 个下级：%(names)s") % {"n": len(missing), "names": names}
        if len(missing) > MOST_NAMES:
            words += _("等")
        return [Finding(code, Severity.HARD, setting.owner, words)]
    total = sum((share.value_mu or ZERO for share in shares if share.is_counted), ZERO)
    excess = total - parent
    is_cap = setting.direction is Direction.CAP
    numbers = {"sum": in_wan_mu(total), "parent": in_wan_mu(parent), "gap": in_wan_mu(abs(excess))}
    if is_cap and excess > 0:
        words = _("下级之和 %(sum)s 高于本级 %(parent)s，超 %(gap)s（万亩）") % numbers
        return [Finding(code, Severity.HARD, setting.owner, words)]
    if not is_cap and excess < 0:
        words = _("下级之和 %(sum)s 低于本级 %(parent)s，差 %(gap)s（万亩）") % numbers
        return [Finding(code, Severity.HARD, setting.owner, words)]
    if not is_cap and excess * HUNDRED > setting.surplus_percent * parent:
        numbers["percent"] = f"{excess * HUNDRED / parent:.2f}" if parent else "100"
        words = _("下级之和 %(sum)s 高于本级 %(parent)s，超 %(gap)s（万亩，%(percent)s%%），可能有误") % numbers
        return [Finding("Q-10", Severity.SOFT, setting.owner, words)]
    return []


def check_share(setting: Setting, share: Share, value: Decimal) -> list[Finding]:
    """What is to be said of one division's target (Q-2, Q-6, Q-7, Q-8)."""
    found = []
    is_cap = setting.direction is Direction.CAP
    names = {"name": share.name, "value": in_wan_mu(value)}
    if share.plan_mu is not None and is_tightened(setting.direction, share.plan_mu, value):
        words = _("%(name)s的本级规划数 %(plan)s 低于下达的 %(value)s（万亩）")
        if is_cap:
            words = _("%(name)s的本级规划数 %(plan)s 高于下达的 %(value)s（万亩）")
        detail = words % (names | {"plan": in_wan_mu(share.plan_mu)})
        found.append(Finding("Q-2", Severity.HARD, share.division, detail))
    found += check_partner(setting, share, value)
    is_weaker = share.before_mu is not None and is_tightened(setting.direction, value, share.before_mu)
    if is_weaker and share.before_mu is not None and not setting.is_adjustment_allowed:
        words = _("%(name)s由 %(before)s 调减为 %(value)s（万亩），须在“办理”中登记上级的调整文件")
        if is_cap:
            words = _("%(name)s由 %(before)s 调增为 %(value)s（万亩），须在“办理”中登记上级的调整文件")
        detail = words % (names | {"before": in_wan_mu(share.before_mu)})
        found.append(Finding("Q-7", Severity.HARD, share.division, detail))
    return found


def check_partner(setting: Setting, share: Share, value: Decimal) -> list[Finding]:
    """Permanent basic farmland lies within the cultivated land (Q-6), and is generally 80 % of it or more (Q-8)."""
    if not setting.partner or share.partner_mu is None:
        return []
    inner, outer = (value, share.partner_mu) if setting.partner == "outer" else (share.partner_mu, value)
    labels = (
        (setting.label, setting.partner_label) if setting.partner == "outer" else (setting.partner_label, setting.label)
    )
    names = {
        "name": share.name, "inner": labels[0], "outer": labels[1],
        "inner_area": in_wan_mu(inner), "outer_area": in_wan_mu(outer),
    }  # fmt: skip
    if inner > outer:
        words = _("%(name)s的%(inner)s %(inner_area)s 高于%(outer)s %(outer_area)s（万亩）")
        return [Finding("Q-6", Severity.HARD, share.division, words % names)]
    if share.is_province and inner * HUNDRED < setting.share_percent * outer:
        names |= {"percent": f"{inner * HUNDRED / outer:.2f}", "limit": f"{setting.share_percent.normalize():f}"}
        words = _("%(name)s的%(inner)s为%(outer)s的 %(percent)s%%，低于 %(limit)s%%")
        return [Finding("Q-8", Severity.SOFT, share.division, words % names)]
    return []
