"""The lists of promises as tables of a file."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farmland.indicators import PROMISED
from farmland.models import User
from farmland.units import Unit, from_base
from farmland.workbooks.tables import Table
from quotas.selectors.promises import Promise
from quotas.ui.promises import view


def number(value: Decimal | None, unit: Unit) -> Decimal | None:
    """An area rounded as it is shown; None stays an empty cell."""
    return None if value is None else from_base(value, unit)


def promises_table(promises: Iterable[Promise], unit: Unit, user: User, chosen: dict[str, Any]) -> Table:
    """What a division and those below it were handed, and what they hand out."""
    head = [
        _("代码"), _("单位"), _("指标"), _("目标年"), _("本级目标"), _("已分解"), _("差额"), _("状态"), _("版本"), _("文件"),
        _("标记"),
    ]  # fmt: skip
    rows = []
    for one in promises:
        handed = one.node.value_mu if one.node else None
        left = handed - one.handed_out_mu if handed is not None and one.handed_out_mu is not None else None
        document = one.node.document if one.node else None
        shown = one.shown
        rows.append([
            one.owner.code, str(one.owner.label), str(PROMISED[one.indicator].label), one.year, number(handed, unit),
            number(one.handed_out_mu, unit), number(left, unit), view(one, user, unit).state.word,
            shown.version if shown else None, (document.number or document.title) if document else "",
            _("演示数据") if one.node and one.node.version.is_demo else "",
        ])  # fmt: skip
    facts = [(_("范围"), f"{user.division.label} {user.division_id}"), (_("面积单位"), str(unit.label))]
    if chosen.get("indicator"):
        facts.append((_("指标"), str(PROMISED[chosen["indicator"]].label)))
    if chosen.get("year"):
        facts.append((_("目标年"), str(chosen["year"])))
    return Table(_("目标分解"), facts, head, rows)
