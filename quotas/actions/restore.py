"""Taking a proposal back: every target stands again as it was typed before."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from farmland.actions.statements.cells import Cell
from farmland.models import User
from farmland.units import UNITS, WAN_MU
from farmland.workflow import Refused
from quotas.actions.nodes import VALUE, open_version, save_nodes
from quotas.models import QuotaVersion
from quotas.selectors.handing_down import get_typed_before


@transaction.atomic
def take_back(record: QuotaVersion, *, revision: int, by: User, at: datetime) -> int:
    """Undo the save of a version that made `revision` of it, as long as nothing was typed since; answers how many
    targets changed. What is taken back stays in the history. Raises Refused (403, 409)."""
    version = open_version(record, by)
    if version.nodes_revision != revision:
        raise Refused(409, "conflict", _("此后已有修改，不能整体恢复；原来的数在修改记录中，可以逐格更正。"))
    nodes, before = list(version.nodes.filter(revision=revision)), get_typed_before(version, revision)
    by_unit: dict[str, list[Cell]] = {}
    for node in nodes:
        was = before.get(node.division_id)
        value = f"{was.input_value:.{was.input_decimals}f}" if was else ""
        cell = Cell(node.division_id, VALUE, value, base_version=revision)
        by_unit.setdefault(was.input_unit if was else WAN_MU.code, []).append(cell)
    for unit, cells in by_unit.items():
        save_nodes(version, cells=cells, unit=UNITS[unit], by=by, at=at, way="restore")
    return len(nodes)
