"""How promises are printed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from farmland.indicators import Direction
from farmland.models import Division
from farmland.ui import Tag, area, gap_words
from farmland.ui.sheets import CellView, Refusal, plain
from farmland.units import UNITS, Unit
from quotas.actions.nodes import PLAN, VALUE
from quotas.models import QuotaNode, QuotaState, QuotaVersion
from quotas.rules import Finding
from quotas.selectors.handing_down import Contents

TITLES = {
    "T-1": gettext_lazy("全国与各省之和"), "Q-1": gettext_lazy("下级之和不低于本级"), "Q-2": gettext_lazy("规划数不低于下达数"),
    "Q-3": gettext_lazy("下级之和不超过本级"), "Q-4": gettext_lazy("任务分解到位"), "Q-6": gettext_lazy("基本农田在耕地之内"),
    "Q-7": gettext_lazy("调减须有依据"), "Q-8": gettext_lazy("基本农田占比"), "Q-10": gettext_lazy("高出本级较多"),
}  # fmt: skip
TONES = {
    QuotaState.DRAFT: "none", QuotaState.SUBMITTED: "info", QuotaState.RETURNED: "bad", QuotaState.APPROVED: "info",
    QuotaState.PUBLISHED: "ok", QuotaState.SUPERSEDED: "none", QuotaState.REVOKED: "bad",
    QuotaState.DISCARDED: "none",
}  # fmt: skip


def tag_of(version: QuotaVersion) -> Tag:
    """The state as a word and a tone."""
    return Tag(str(version.get_state_display()), TONES[QuotaState(version.state)])


@dataclass(frozen=True, slots=True)
class RowView:
    """One child: its open cells, and beside them what it can be held against."""

    division: Division
    cells: list[CellView]
    before: str
    partner: str
    surveyed: str
    is_nation: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """What the owner was handed, what it hands out, and what is left: by the direction held or not."""

    parent: str
    handed_out: str
    left: str
    word: str
    tone: str


def columns() -> dict[str, str]:
    """The open columns by code."""
    return {VALUE: pgettext("column", "下达目标"), PLAN: pgettext("column", "本级规划数")}


def typed_text(node: QuotaNode | None, column: str, unit: Unit) -> str:
    """What stands in a cell: as it was typed where the unit is the same, else the exact value."""
    if node is None:
        return ""
    if column == VALUE:
        value, own, typed, decimals = node.value_mu, node.input_unit, node.input_value, node.input_decimals
    elif node.plan_mu is None or node.plan_input is None:
        return ""
    else:
        value, own, typed, decimals = node.plan_mu, node.plan_unit, node.plan_input, node.plan_decimals
    return f"{typed:.{decimals}f}" if UNITS[own] == unit else plain(value, unit)


def rows_of(
    contents: Contents,
    unit: Unit,
    *,
    is_open: bool,
    surveyed: Mapping[str, Decimal] | None = None,
    refused: Mapping[tuple[str, str], Refusal] | None = None,
) -> list[RowView]:
    """The rows of the grid, the nation's own first where it is the owner; `surveyed` are areas by division."""
    said = messages(contents.findings())
    owner = contents.version.owner
    places = [owner, *contents.places] if contents.setting.is_nation else contents.places
    rows = []
    for place in places:
        node = contents.nodes.get(place.code)
        cells = [
            cell_of(place, column, node, unit, said, refused or {})
            if is_open
            else closed_cell(place, column, node, unit)
            for column in (VALUE, PLAN)
        ]
        before, partner, area_there = (
            area(values.get(place.code), unit) for values in (contents.before, contents.partners, surveyed or {})
        )
        rows.append(RowView(place, cells, before, partner, area_there, is_nation=place.code == owner.code))
    return rows


def cell_of(
    place: Division,
    column: str,
    node: QuotaNode | None,
    unit: Unit,
    said: Mapping[tuple[str, str], tuple[str, str]],
    refused: Mapping[tuple[str, str], Refusal],
) -> CellView:
    """One open cell."""
    text = typed_text(node, column, unit)
    version = 0 if node is None else node.revision if column == VALUE else node.plan_revision
    severity, message = said.get((place.code, column), ("", ""))
    state = {"hard": "invalid", "soft": "reason"}.get(severity, "saved" if text else "blank")
    odd = refused.get((place.code, column))
    cell = CellView(place.code, column, columns()[column], text, version, state, True, severity, message)
    return replace(cell, value=odd.text, state=odd.state, message=odd.message, saved=text) if odd else cell


def closed_cell(place: Division, column: str, node: QuotaNode | None, unit: Unit) -> CellView:
    """One cell that nobody types into now."""
    text = typed_text(node, column, unit)
    shown = f"{Decimal(text):,f}" if text else ""
    return CellView(place.code, column, columns()[column], shown, 0, "locked", False)


def column_of(finding: Finding) -> str:
    """Which cell a finding is about."""
    return PLAN if finding.code == "Q-2" else VALUE


def messages(findings: Iterable[Finding]) -> dict[tuple[str, str], tuple[str, str]]:
    """What the rules say of each cell, the gravest first."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for finding in sorted(findings, key=lambda one: one.severity != "hard"):
        found.setdefault((finding.division, column_of(finding)), (finding.severity.value, finding.detail))
    return found


def balance_of(contents: Contents, unit: Unit) -> Balance:
    """The owner's target against what is handed out."""
    parent, total = contents.setting.parent_mu, contents.total_mu
    is_cap = contents.setting.direction is Direction.CAP
    is_whole = all(place.code in contents.nodes for place in contents.places if place.level != "special")
    if parent is None:
        word = _("尚未填写全国目标") if contents.setting.is_nation else _("上级尚未下达")
        return Balance(area(None, unit), area(total, unit), area(None, unit), word, "none")
    left = parent - total
    word, tone = _("正好分完"), "ok"
    if left > 0:
        word, tone = (_("还可分配"), "info") if is_cap else (_("尚未分完"), "bad" if is_whole else "warn")
    if left < 0:
        word, tone = (_("超出本级"), "bad") if is_cap else (_("高于本级"), "ok")
    return Balance(area(parent, unit), area(total, unit), gap_words(abs(left), unit, signed=False), word, tone)
