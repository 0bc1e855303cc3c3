"""The tree of targets as a table for files."""

from typing import Any

from django.utils.translation import gettext as _

from farmland.units import EXACT, Unit, from_base
from farmland.workbooks.tables import Table
from quotas.selectors.tree import Tree, get_sources
from quotas.ui.tree import RowView, basis_of, names

Facts = list[tuple[str, str]]


def tree_table(tree: Tree, rows: list[RowView], *, title: str, chosen: Facts, unit: Unit) -> Table:
    """The lines as they are shown, the division's own first; `chosen` says what was asked for."""
    head = [
        _("层级"), _("代码"), _("行政区划"), _("目标"), _("单位"), _("版本"), _("文件"), _("标记"), _("下级合计"), _("差额"),
        _("判断"), _("有目标的下级"), _("下级数"), _("暂缺的下级"), _("落图面积"), _("落图率（%）"), _("已登记县级"), _("已入库县级"),
        _("县级数"), _("责任书已签"), _("责任书应签"), _("须重新分解的期限"), _("下级须重新分解"),
    ]  # fmt: skip
    return Table(title, [*chosen, *facts(tree, rows, unit)], head, [line(row, unit) for row in rows])


def line(row: RowView, unit: Unit) -> list[Any]:
    """One line's cells; what is not known stays empty."""
    branch, basis = row.branch, row.basis
    areas = (branch.target.value_mu if branch.target else None, branch.children_mu, branch.gap_mu, branch.placed_mu)
    target, total, gap, placed = (None if value is None else from_base(value, unit) for value in areas)
    if gap is not None and not gap and branch.gap_mu:
        gap = EXACT.divide(branch.gap_mu, unit.factor)
    return [
        branch.depth, branch.division.code, str(branch.division.label), target, str(unit.label),
        basis.version if basis else None, basis.paper if basis else "", _("、").join(basis.badges) if basis else "",
        total, gap, row.tag.word if row.tag else "", branch.with_target if branch.children else None,
        branch.children or None, names(branch.missing), placed, branch.placed_percent, branch.recorded, branch.uploaded,
        branch.leaves,
        branch.letters, branch.letters_due if branch.letters is not None else None,
        branch.mark.due_on.isoformat() if branch.mark else "", branch.marks_below or None,
    ]  # fmt: skip


def facts(tree: Tree, rows: list[RowView], unit: Unit) -> Facts:
    """How the table is to be read, and on what it stands."""
    held = [row.branch.target for row in rows if row.branch.target]
    state = {
        "all": len(rows), "held": len(held), "demo": sum(target.is_demo for target in held),
        "missing": len(rows) - len(held),
    }  # fmt: skip
    sources = _("；").join(basis_of(target).words for target in get_sources(tree))
    return [
        (_("面积单位"), str(unit.label)),
        (_("数据状态"), _("共 %(all)d 行：有目标 %(held)d，其中演示数据 %(demo)d；暂缺 %(missing)d") % state),
        (_("来源"), sources or _("无")),
        (_("口径"), _("兵团单列，不计入合计；有下级暂缺目标时不作判断；落图、入库和责任书只列本辖区内的")),
    ]
