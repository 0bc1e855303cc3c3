"""The list of promises as it is printed."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from farmland.indicators import PROMISED, Direction
from farmland.models import User
from farmland.ui import Tag, area, gap_words
from farmland.units import Unit
from quotas.models import QuotaAction, QuotaVersion
from quotas.selectors.promises import Promise
from quotas.ui import tag_of
from quotas.workflow import available_actions, drafter


@dataclass(frozen=True, slots=True)
class PromiseView:
    """One row: areas in the unit, the state of the owner's version, and what the reader may do next."""

    promise: Promise
    label: str
    handed: str
    handed_out: str
    left: str
    balance: Tag
    state: Tag
    next_step: str
    may_open: bool


def promise_views(promises: Iterable[Promise], user: User, unit: Unit) -> list[PromiseView]:
    """The rows."""
    return [view(promise, user, unit) for promise in promises]


def view(promise: Promise, user: User, unit: Unit) -> PromiseView:
    """One row."""
    handed = promise.node.value_mu if promise.node else None
    out, shown = promise.handed_out_mu, promise.shown
    left = handed - out if handed is not None and out is not None else None
    version = QuotaVersion(owner=promise.owner, indicator=promise.indicator, target_year=promise.year)
    may_open = drafter(version, user) and promise.draft is None and handed is not None
    return PromiseView(
        promise=promise,
        label=str(PROMISED[promise.indicator].label),
        handed=area(handed, unit),
        handed_out=area(out, unit),
        left=gap_words(-left if left is not None else None, unit),
        balance=balance_of(promise, left),
        state=tag_of(shown) if shown else Tag(_("未分解"), "none"),
        next_step=pgettext("list separator", "、").join(
            step.label for step in available_actions(shown, user) if step.action != QuotaAction.DISCARD
        )
        if shown
        else "",
        may_open=may_open and promise.owner.counts_as_level != "county",
    )


def balance_of(promise: Promise, left: Decimal | None) -> Tag:
    """What is left, by the direction: nothing is said where nothing is handed out."""
    is_cap = PROMISED[promise.indicator].direction is Direction.CAP
    if left is None:
        return Tag(_("暂缺"), "none")
    if left > 0:
        return Tag(_("还可分配"), "info") if is_cap else Tag(_("尚未分完"), "bad")
    if left < 0:
        return Tag(_("超出本级"), "bad") if is_cap else Tag(_("高于本级"), "ok")
    return Tag(_("正好分完"), "ok")
