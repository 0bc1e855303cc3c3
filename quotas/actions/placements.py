"""Placing targets on the map and entering them into the database (C.1 upload): the county's own two steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from farmland.actions.statements.cells import NUMBER, not_a_number
from farmland.models import Level, Role, User
from farmland.units import InexactValue, Unit, to_base
from farmland.workflow import Refused
from quotas.actions.locks import lock_divisions
from quotas.models import Placement, QuotaNode, QuotaState, QuotaVersion
from quotas.rules import check_placement, in_wan_mu
from quotas.selectors.placements import get_due_on

CARRIED = ["placed_mu", "input_value", "input_unit", "input_decimals", "note"]


@dataclass(frozen=True, slots=True)
class Placed:
    """What a county says: the area as text in `unit`, and since when it is in the database; on which revision."""

    value: str
    unit: Unit
    uploaded_on: date | None = None
    note: str = ""
    base_version: int = 0


def may_place(node: QuotaNode, user: User) -> bool:
    """Whether the user records where a target lies: who types for the division, in its line of government."""
    is_line = user.is_active and user.role == Role.REPORTER and user.department == node.version.department
    return is_line and user.division_id == node.division_id and node.division.counts_as_level == Level.COUNTY


@transaction.atomic
def place(record: QuotaNode, placed: Placed, *, by: User, at: datetime) -> Placement:
    """Record the area placed on the map and the day of its entry into the database.

    Raises Refused: 403 for anybody but the county's own staff, 409 where the target is not in force or somebody else
    changed the record, 422 for what is no area, for an entry of the future, or of less than was handed down.
    """
    lock_divisions([record.division_id])
    node = QuotaNode.objects.select_related("version", "division").get(pk=record.pk)
    if not may_place(node, by):
        raise Refused(403, "permission_denied", _("只有本县相应部门的填报人员可以登记落图和入库。"))
    if node.version.state != QuotaState.PUBLISHED:
        raise Refused(409, "wrong_state", _("这项目标已不是现行目标，请刷新后再看。"))
    current = Placement.objects.select_for_update(no_key=True).filter(node=node).first()
    if (current.revision if current else 0) != placed.base_version:
        raise Refused(409, "conflict", _("他人已修改落图和入库情况，请刷新后再看。"))
    value = area_of(placed)
    if placed.uploaded_on and placed.uploaded_on > timezone.localtime(at).date():
        raise Refused(422, "uploaded_on", _("入库日期不能晚于今天。"))
    if placed.uploaded_on and value < node.value_mu:
        numbers = {
            "placed": in_wan_mu(value),
            "value": in_wan_mu(node.value_mu),
            "gap": in_wan_mu(node.value_mu - value),
        }
        words = _("落图面积 %(placed)s 小于目标 %(value)s，差 %(gap)s（万亩），不能入库") % numbers
        raise Refused(422, "C.1", words)
    late = check_placement(
        division=node.division_id, name=str(node.division.label), value_mu=node.value_mu, placed_mu=value,
        due_on=get_due_on(at), today=timezone.localtime(at).date(),
    )  # fmt: skip
    if late and not placed.note.strip():
        raise Refused(422, late.code, _("%(detail)s。请在说明中写明原因。") % {"detail": late.detail})
    row = current or Placement(node=node, revision=0)
    row.placed_mu, row.input_value, row.input_unit = value, Decimal(placed.value), placed.unit.code
    row.input_decimals = max(0, -int(row.input_value.as_tuple().exponent))
    row.uploaded_on, row.note, row.by, row.at = placed.uploaded_on, placed.note.strip()[:600], by, at
    row.revision += 1
    with pghistory.context(user=by.pk, at=at.isoformat(), action="place"):
        row.save()
    return row


def area_of(placed: Placed) -> Decimal:
    """The area in mu. Raises Refused (422)."""
    if not NUMBER.fullmatch(placed.value):
        raise Refused(422, "number", not_a_number(placed.value[:40]))
    try:
        return to_base(Decimal(placed.value), placed.unit)
    except InexactValue:
        raise Refused(422, "U-1", _("“%s”换算成亩后超过六位小数，不能精确存储。") % placed.value) from None


def carry_over(old: QuotaVersion, nodes: Mapping[str, QuotaNode], *, by: User, at: datetime) -> None:
    """Let what is on the map go with the target into a new version; where the target now asks for more, its entry into the
    database is open again."""
    rows = Placement.objects.filter(node__version=old).select_related("node")
    kept = []
    for row in rows:
        node = nodes.get(row.node.division_id)
        if node is None:
            continue
        is_enough = row.placed_mu >= node.value_mu
        kept.append(
            Placement(
                node=node, uploaded_on=row.uploaded_on if is_enough else None, by=row.by, at=row.at,
                **{name: getattr(row, name) for name in CARRIED},
            )
        )  # fmt: skip
    Placement.objects.bulk_create(kept)
