"""The placements as a table for files."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from farmland.units import Unit, from_base
from farmland.workbooks.lists import moment
from farmland.workbooks.tables import Table
from quotas.rules import percent_of
from quotas.ui.placements import RowView


def placements_table(rows: Sequence[RowView], *, place: str, facts: list[tuple[str, str]], unit: Unit) -> Table:
    """The targets as they are listed; what was not recorded stays empty."""
    head = [
        _("代码"), _("行政区划"), _("上级"), _("指标"), _("目标年"), _("目标"), _("落图面积"), _("单位"), _("落图率（%）"),
        _("状态"), _("入库日期"), _("说明"), _("版本"), _("文件"), _("登记人"), _("登记时间"), _("标记"),
    ]  # fmt: skip
    lines = []
    for row in rows:
        node, placement = row.node, row.placement
        placed = placement.placed_mu if placement else None
        lines.append([
            node.division_id, str(node.division.label), row.above, row.label, node.version.target_year,
            from_base(node.value_mu, unit), None if placed is None else from_base(placed, unit), str(unit.label),
            None if placed is None else percent_of(placed, node.value_mu), row.tag.word,
            str(placement.uploaded_on or "") if placement else "", placement.note if placement else "",
            row.basis.version, row.basis.paper, str(placement.by) if placement else "",
            moment(placement.at) if placement else "", _("、").join(row.basis.badges),
        ])  # fmt: skip
    state = {"all": len(rows), "demo": sum(row.node.version.is_demo for row in rows)}
    more = [
        (_("面积单位"), str(unit.label)),
        (_("数据状态"), _("共 %(all)d 项，其中演示数据 %(demo)d") % state),
    ]
    return Table(_("%s落图入库") % place, [*facts, *more], head, lines)
