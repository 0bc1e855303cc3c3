"""How figures are worded and printed: exact decimals in, text out. Numbers are formatted here, not in templates."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.selectors.figures import is_unverified
from assessments.selectors.scorecard import Cell, Scorecard, ScorecardSet
from farmland.indicators import Direction
from farmland.models import Qualifier
from farmland.ui import DASH, area, number
from farmland.units import UNITS, WAN_MU, YI_MU, Unit
from quotas.rules import Status

BAR_HALF = Decimal(5)  # the deviation bar reaches ±5 % of the target

STATUS_WORDS = {
    Status.HELD: (gettext_lazy("达标"), "ok", "✔"),
    Status.NEAR: (gettext_lazy("临界"), "warn", "!"),
    Status.WITHIN_INPUT_PRECISION: (gettext_lazy("精度内待核"), "warn", "!"),
    Status.UNDER_WAY: (gettext_lazy("推进中"), "info", "◔"),
    Status.BREACHED: (gettext_lazy("未达标"), "bad", "×"),
    Status.NO_DATA: (gettext_lazy("暂缺"), "none", "–"),
    Status.NO_TARGET: (gettext_lazy("目标未录入"), "none", "–"),
}


@dataclass(frozen=True, slots=True)
class Tag:
    """A status as icon, word and colour, never colour alone."""

    word: str
    tone: str
    icon: str


def tag(status: Status) -> Tag:
    """The tag of a status."""
    word, tone, icon = STATUS_WORDS[status]
    return Tag(str(word), tone, icon)


def typed(value: Decimal, unit_code: str, decimals: int) -> str:
    """A figure as it was typed or printed, with its unit."""
    return f"{number(value, decimals=decimals)} {UNITS[unit_code].label}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in percent of its drawing: from `x`, `width` wide; `tone` as the tag's; `tick` the target's place."""

    x: str
    width: str
    tone: str
    tick: str


def bar(cell: Cell) -> Bar | None:
    """A deviation bar centred on the target for floors, from zero for tasks. None without a verdict."""
    percent, tone = cell.verdict.headroom_percent, tag(cell.verdict.status).tone
    if percent is None:
        return None
    if cell.completion_percent is not None:
        done = min(max(cell.completion_percent, Decimal(0)), Decimal(120))
        return Bar("0", f"{done / Decimal('1.2'):.2f}", tone, "83.33")
    reach = min(abs(percent), BAR_HALF) / BAR_HALF * 50
    start = Decimal(50) if percent >= 0 else 50 - reach
    return Bar(f"{start:.2f}", f"{max(reach, Decimal('0.6')):.2f}", tone, "50")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table of divisions for one indicator."""

    code: str
    name: str
    card: Scorecard
    cell: Cell
    value: str
    target: str
    headroom: str
    percent: str
    tag: Tag
    bar: Bar | None
    notes: tuple[str, ...]


def notes(cell: Cell) -> tuple[str, ...]:
    """The badges of a figure: synthetic, unverified, approximate, incomplete."""
    found = []
    if cell.is_demo:
        found.append(_("演示数据"))
    if cell.figure and is_unverified(cell.figure):
        found.append(_("待核实"))
    if cell.figure and cell.figure.qualifier != Qualifier.EXACT:
        found.append(str(cell.figure.get_qualifier_display()))
    if cell.value_mu is None and cell.sum and not cell.sum.is_complete:
        found.append(
            _("已报 %(reported)d/%(expected)d") % {"reported": cell.sum.reported, "expected": cell.sum.expected}
        )
    return tuple(found)


def line(card: Scorecard, indicator: str, unit: Unit = WAN_MU) -> Line:
    """A scorecard's line for one indicator."""
    cell = card.cells[indicator]
    verdict = cell.verdict
    is_task = cell.indicator.direction is Direction.TASK
    percent = cell.completion_percent if is_task else verdict.headroom_percent
    text = DASH if percent is None else number(percent, signed=not is_task) + "%"
    return Line(
        code=card.division.code,
        name=card.division.label,
        card=card,
        cell=cell,
        value=area(cell.value_mu, unit),
        target=area(cell.target.value_mu if cell.target else None, unit),
        headroom=area(verdict.headroom_mu, unit, signed=True),
        percent=text,
        tag=tag(verdict.status),
        bar=bar(cell),
        notes=notes(cell),
    )


def lines(cards: list[Scorecard], indicator: str) -> list[Line]:
    """Lines ordered by headroom, the worst first; those without a verdict last, by code."""

    def key(row: Line) -> tuple[bool, Decimal, str]:
        percent = row.cell.verdict.headroom_percent
        return (percent is None, percent if percent is not None else Decimal(0), row.code)

    return sorted((line(card, indicator) for card in cards), key=key)


def tiles(card: Scorecard) -> list[Line]:
    """One line an indicator for the head of a page: the nation in 亿亩, others in 万亩."""
    unit = WAN_MU if card.division.prefix else YI_MU
    return [line(card, code, unit) for code in card.cells]


def attention(cards: ScorecardSet, indicator: str) -> list[tuple[str, str, str]]:
    """What needs a look: (tone, division code, sentence), the gravest first."""
    found = []
    for row in lines(cards.rows, indicator):
        status = row.cell.verdict.status
        values = {"name": row.name, "headroom": row.headroom, "percent": row.percent}
        if status is Status.BREACHED:
            found.append(("bad", row.code, _("%(name)s 低于目标 %(headroom)s 万亩（%(percent)s）") % values))
        elif status is Status.WITHIN_INPUT_PRECISION:
            found.append(("warn", row.code, _("%(name)s 的差额小于原值精度，须取得确数") % values))
        elif status is Status.NEAR:
            found.append(("warn", row.code, _("%(name)s 余量仅 %(headroom)s 万亩（%(percent)s）") % values))
        elif row.card.data_state == "reporting":
            found.append(("info", row.code, _("%(name)s 已在填报，尚未通过") % values))
        elif status is Status.NO_DATA:
            found.append(("none", row.code, _("%(name)s 无已通过数据") % values))
        elif status is Status.NO_TARGET:
            found.append(("none", row.code, _("%(name)s 目标未录入") % values))
    return found
