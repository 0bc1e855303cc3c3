"""How figures are worded and printed: exact decimals in, text out. Numbers are formatted here, not in templates."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.selectors.figures import is_unverified
from assessments.selectors.scorecard import Cell, Scorecard
from farmland.indicators import HEADLINE_INDICATORS, Direction
from farmland.models import Division, Level, Qualifier
from farmland.ui import Tag, area, gap_words
from farmland.units import DASH, UNITS, WAN_MU, Unit, after_number, number
from quotas.rules import Status
from quotas.ui.basis import Basis, basis_of

PROVINCE_KIND = re.compile("(壮族|回族|维吾尔)?自治区$|省$|市$")
# Where the map's darker colours begin, in percent of headroom; of a task that means 90 % and all of it done.
FLOOR_STEPS, TASK_STEPS = (Decimal(2), Decimal(5)), (Decimal(-10), Decimal(0))
BAR_HALF = Decimal(5)  # the deviation bar reaches ±5 % of the target

STATUS_WORDS = {
    Status.HELD: (gettext_lazy("达标"), "ok"),
    Status.NEAR: (gettext_lazy("临界"), "warn"),
    Status.WITHIN_INPUT_PRECISION: (gettext_lazy("精度内待核"), "warn"),
    Status.UNDER_WAY: (gettext_lazy("推进中"), "info"),
    Status.BREACHED: (gettext_lazy("未达标"), "bad"),
    Status.NO_DATA: (gettext_lazy("暂缺"), "none"),
    Status.NO_TARGET: (gettext_lazy("目标未录入"), "none"),
}


def tag(status: Status) -> Tag:
    """The tag of a status."""
    word, tone = STATUS_WORDS[status]
    return Tag(str(word), tone)


def typed(value: Decimal, unit_code: str, decimals: int) -> str:
    """A figure as it was typed or printed, with its unit."""
    return f"{number(value, decimals=decimals)} {after_number(UNITS[unit_code].label)}"


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
    short: str
    card: Scorecard
    cell: Cell
    value: str
    target: str
    basis: Basis | None
    headroom: str
    percent: str
    tag: Tag
    bar: Bar | None
    map_class: int | str | None
    is_demo: bool
    notes: tuple[str, ...]


def notes(cell: Cell) -> tuple[str, ...]:
    """The badges of a figure beside that of being synthetic: unverified, approximate, incomplete."""
    found = []
    if cell.figure and is_unverified(cell.figure):
        found.append(_("待核实"))
    if cell.figure and cell.figure.qualifier != Qualifier.EXACT:
        found.append(str(cell.figure.get_qualifier_display()))
    if cell.value_mu is None and cell.sum and not cell.sum.is_complete:
        found.append(
            _("已报 %(reported)d/%(expected)d") % {"reported": cell.sum.reported, "expected": cell.sum.expected}
        )
    return tuple(found)


def short_name(division: Division) -> str:
    """A province's name without the kind of government, 内蒙古 for 内蒙古自治区; other names as they are."""
    if division.level != Level.PROVINCE or division.label != division.name:
        return division.label
    return PROVINCE_KIND.sub("", division.name)


def map_class(cell: Cell) -> int | str | None:
    """The colour of an area on the map, 0 (below the target) to 4; `open` has no target, None no data."""
    percent, status = cell.verdict.headroom_percent, cell.verdict.status
    if percent is None:
        return "open" if cell.value_mu is not None else None
    if status is Status.BREACHED:
        return 0
    if status in (Status.NEAR, Status.WITHIN_INPUT_PRECISION):
        return 1
    steps = TASK_STEPS if cell.indicator.direction is Direction.TASK else FLOOR_STEPS
    return 2 + sum(percent >= step for step in steps)


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
        short=short_name(card.division),
        card=card,
        cell=cell,
        value=area(cell.value_mu, unit),
        target=area(cell.target.value_mu if cell.target else None, unit),
        basis=basis_of(cell.target) if cell.target else None,
        headroom=area(verdict.headroom_mu, unit, signed=True),
        percent=text,
        tag=tag(verdict.status),
        bar=bar(cell),
        map_class=map_class(cell),
        is_demo=cell.is_demo,
        notes=notes(cell),
    )


def lines(cards: list[Scorecard], indicator: str, unit: Unit = WAN_MU) -> list[Line]:
    """Lines ordered by headroom, the worst first; those without a verdict last, by code."""

    def key(row: Line) -> tuple[bool, Decimal, str]:
        percent = row.cell.verdict.headroom_percent
        return (percent is None, percent if percent is not None else Decimal(0), row.code)

    return sorted((line(card, indicator, unit) for card in cards), key=key)


def tiles(card: Scorecard, unit: Unit) -> list[Line]:
    """One line an indicator for the head of a page."""
    return [line(card, code, unit) for code in card.cells]


def common_target_year(rows: list[Line]) -> int | None:
    """The target year of all lines, where it is one and the same."""
    years = {row.cell.target.version.target_year for row in rows if row.cell.target}
    return years.pop() if len(years) == 1 else None


@dataclass(frozen=True, slots=True)
class Count:
    """How many divisions have a status."""

    tag: Tag
    number: int


def counts(rows: list[Line]) -> list[Count]:
    """How many divisions have each status that occurs, the gravest first."""
    order = [Status.BREACHED, Status.WITHIN_INPUT_PRECISION, Status.NEAR, Status.UNDER_WAY, Status.HELD]
    order += [Status.NO_TARGET, Status.NO_DATA]
    found = [(status, sum(row.cell.verdict.status is status for row in rows)) for status in order]
    return [Count(tag(status), number) for status, number in found if number]


def around(rows: list[Line], code: str, *, most: int) -> list[Line]:
    """The rows nearest to one of them in their order, at most so many."""
    place = next((index for index, row in enumerate(rows) if row.code == code), 0)
    start = max(0, min(place - most // 2, len(rows) - most))
    return rows[start : start + most]


LACKING = {
    Status.NO_DATA: gettext_lazy("%(indicator)s无已通过数据 %(count)d 个：%(names)s"),
    Status.NO_TARGET: gettext_lazy("%(indicator)s目标未录入 %(count)d 个：%(names)s"),
}
GRAVITY = ("bad", "warn", "info", "none")


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that needs a look: a sentence about one division (`code`) or several, by gravity (`tone`)."""

    tone: str
    code: str
    text: str


def attention(cards: list[Scorecard], unit: Unit) -> list[Matter]:
    """What needs a look in any headline indicator, the gravest first."""
    found = []
    for indicator in HEADLINE_INDICATORS:
        rows = lines(cards, indicator.code, unit)
        found += [matter for row in rows if (matter := matter_of(row, unit))]
        for status, words in LACKING.items():
            names = [r.short for r in rows if r.cell.verdict.status is status and r.card.data_state != "reporting"]
            if names:
                values = {"indicator": indicator.label, "count": len(names), "names": _("、").join(names)}
                found.append(Matter("none", "", words % values))
    reporting = [
        Matter("info", card.division.code, _("%s 已在填报，尚未通过") % card.division.label)
        for card in cards
        if card.data_state == "reporting"
    ]
    return sorted([*found, *reporting], key=lambda matter: GRAVITY.index(matter.tone))


def matter_of(row: Line, unit: Unit) -> Matter | None:
    """What has to be said of one figure; None where nothing."""
    status = row.cell.verdict.status
    values = {
        "name": row.name,
        "indicator": row.cell.indicator.label,
        "gap": gap_words(abs(row.cell.verdict.headroom_mu or Decimal(0)), unit, signed=False),
        "unit": after_number(unit.label),
        "percent": row.percent,
    }
    if status is Status.BREACHED:
        return Matter("bad", row.code, _("%(name)s %(indicator)s比目标低 %(gap)s %(unit)s（%(percent)s）") % values)
    if status is Status.WITHIN_INPUT_PRECISION:
        return Matter("warn", row.code, _("%(name)s %(indicator)s的差额小于原值精度，须取得确数") % values)
    if status is Status.NEAR:
        return Matter("warn", row.code, _("%(name)s %(indicator)s余量仅 %(gap)s %(unit)s（%(percent)s）") % values)
    return None
