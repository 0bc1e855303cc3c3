"""Taking a proposal back: every target stands again as it was typed before."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from farmland.actions.statements.cells import Cell
from farmland.models import User
from farmland.units import UNITS, WAN_MU
from farmland.workflow import Refused
from quotas.actions.nodes import VALUE, open_version, save_nodes
from quotas.models import QuotaNode, QuotaVersion


@transaction.atomic
def take_back(record: QuotaVersion, *, revision: int, by: User, at: datetime) -> int:
    """Undo the save of a version that made `revision` of it, as long as nothing was typed since; answers how many
    targets changed. What is taken back stays in the history. Raises Refused (403, 409)."""
    version = open_version(record, by)
    if version.nodes_revision != revision:
        raise Refused(409, "conflict", _("此后已有修改，不能整体恢复；原来的数在修改记录中，可以逐格更正。"))
    nodes = list(version.nodes.filter(revision=revision))
    before = {node.division_id: typed_before(node) for node in nodes}
    by_unit: dict[str, list[Cell]] = {}
    for node in nodes:
        was = before[node.division_id]
        value = f"{was.input_value:.{was.input_decimals}f}" if was else ""
        cell = Cell(node.division_id, VALUE, value, base_version=revision)
        by_unit.setdefault(was.input_unit if was else WAN_MU.code, []).append(cell)
    for unit, cells in by_unit.items():
        save_nodes(version, cells=cells, unit=UNITS[unit], by=by, at=at, way="restore")
    return len(nodes)


def typed_before(node: QuotaNode) -> Any:
    """The target that stood there before the last one, as the history has it; None where there was none. One query."""
    events = QuotaNode.pgh_event_model.objects.filter(  # type: ignore[attr-defined]  # set by pghistory
        version=node.version_id, division=node.division_id
    ).exclude(revision=node.revision)
    last = events.order_by("-pgh_id").first()
    return None if last is None or last.pgh_label == "delete" else last
