"""What must add up within a statement (domain A.0, I-1 to I-5). Areas in mu, compared unrounded (U-3).

A rule whose inputs are missing says nothing: missing is never zero.
"""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from farmland.indicators import INDICATORS, Group, of_group
from farmland.rules.findings import Detail, Finding, Percent, Severity, comparison
from farmland.rules.sheet import Sheet, area

LAND, BASIC, STABLE = "cultivated_land", "permanent_basic_farmland", "stably_used_cultivated_land"
BASIC_NOT_CULTIVATED = "basic_not_cultivated"
CLASSES = tuple(indicator.code for indicator in INDICATORS.values() if indicator.part_of == LAND)
INFLOWS, OUTFLOWS, PLANTING, GRADES = (
    tuple(indicator.code for indicator in of_group(group) if indicator.is_area)
    for group in (Group.INFLOW, Group.OUTFLOW, Group.PLANTING, Group.QUALITY)
)
HUNDRED = Decimal(100)


def exceeds(gap: Decimal, percent: Decimal, base: Decimal) -> bool:
    """Whether a gap is more than so many percent of the base; exactly so many are within."""
    return gap * HUNDRED > percent * abs(base)


def no_negative_areas(sheet: Sheet) -> Iterator[Finding]:
    """I-2 (a negative component) and `negative` (any other line; C.2, guards of handing in): HARD. Areas in mu."""
    for division in sheet.rows:
        for code, indicator in INDICATORS.items():
            value = sheet.value(division, code)
            if value is not None and value < 0:
                rule = "I-2" if code == LAND or code in INFLOWS + OUTFLOWS else "negative"
                detail = Detail(
                    _("%(indicator)s %(stated)s，面积不能为负"), {"indicator": indicator.label, "stated": value}
                )
                yield Finding(rule, Severity.HARD, division, code, detail)


def classes_make_up_the_cultivated_land(sheet: Sheet) -> Iterator[Finding]:
    """I-1: cultivated land = paddy + irrigated + dry, to the last millionth of a mu: HARD.

    Who reports totals alone says that the classes do not apply; then nothing is compared.
    """
    message = _("水田＋水浇地＋旱地 %(expected)s，与耕地 %(stated)s不符，差 %(gap)s")
    for division in sheet.rows:
        land, classes = sheet.value(division, LAND), sheet.total(division, CLASSES)
        if land is None or classes is None or not sheet.has_any(division, CLASSES):
            continue
        if land != classes:
            yield comparison("I-1", Severity.HARD, (division, LAND), message, stated=land, expected=classes)


def flows_lead_from_last_year_to_this(sheet: Sheet) -> Iterator[Finding]:
    """I-2: this year's cultivated land = last year's + what came − what went: SOFT.

    The gap may be `reconcile_tolerance_pct` of all flows (what came and what went together). A negative component is
    hard, and then nothing is reckoned here.
    """
    message = _(
        "上年耕地 %(previous)s，加本年增加 %(inflow)s，减本年减少 %(outflow)s，应为 %(expected)s，"
        "与本年耕地 %(stated)s不符，差 %(gap)s，超过增减合计的 %(tolerance)s"
    )
    percent = sheet.tolerances.reconcile_tolerance_pct
    for division in sheet.rows:
        land, before = sheet.value(division, LAND), area(sheet.previous, (division, LAND))
        came, went = sheet.total(division, INFLOWS), sheet.total(division, OUTFLOWS)
        if land is None or before is None or came is None or went is None:
            continue
        if not sheet.has_any(division, INFLOWS + OUTFLOWS):
            continue
        if any((sheet.value(division, code) or 0) < 0 for code in (LAND, *INFLOWS, *OUTFLOWS)):
            continue
        expected = before + came - went
        if exceeds(abs(land - expected), percent, came + went):
            yield comparison(
                "I-2",
                Severity.SOFT,
                (division, LAND),
                message,
                stated=land,
                expected=expected,
                previous=before,
                inflow=came,
                outflow=went,
                tolerance=Percent(percent),
            )


def parts_stay_within_their_whole(sheet: Sheet) -> Iterator[Finding]:
    """I-3: HARD inequalities between lines, in mu.

    Permanent basic farmland ≤ cultivated land + basic farmland that is not cultivated (the regulation's second form,
    with the latter taken off on the left, says the same); stably used ≤ cultivated land; and basic farmland that is
    not cultivated ≤ permanent basic farmland, of which it is a part.
    """
    beyond = _("永久基本农田 %(stated)s，超过耕地与永久基本农田中非耕地之和 %(expected)s，多 %(gap)s")
    unstable = _("稳定利用耕地 %(stated)s，超过耕地 %(expected)s，多 %(gap)s")
    outside = _("永久基本农田中非耕地 %(stated)s，超过永久基本农田 %(expected)s，多 %(gap)s")
    for division in sheet.rows:
        land, basic = sheet.value(division, LAND), sheet.value(division, BASIC)
        room = None if land is None else sheet.total(division, (LAND, BASIC_NOT_CULTIVATED))
        for code, limit, message in (
            (STABLE, land, unstable),
            (BASIC, room, beyond),
            (BASIC_NOT_CULTIVATED, basic, outside),
        ):
            value = sheet.value(division, code)
            if value is not None and limit is not None and value > limit:
                yield comparison("I-3", Severity.HARD, (division, code), message, stated=value, expected=limit)


def grades_make_up_the_cultivated_land(sheet: Sheet) -> Iterator[Finding]:
    """I-4: grades 1 to 10 add up to the cultivated land within `grades_tolerance_pct` of it: HARD, once any is typed."""
    message = _("一至十等地之和 %(expected)s，与耕地 %(stated)s不符，差 %(gap)s，超过耕地的 %(tolerance)s")
    percent = sheet.tolerances.grades_tolerance_pct
    for division in sheet.rows:
        land, grades = sheet.value(division, LAND), sheet.total(division, GRADES)
        if land is None or grades is None or not sheet.has_any(division, GRADES):
            continue
        if exceeds(abs(land - grades), percent, land):
            cell, tolerance = (division, GRADES[0]), Percent(percent)
            yield comparison("I-4", Severity.HARD, cell, message, stated=land, expected=grades, tolerance=tolerance)


def divisions_add_up_to_the_one_above(sheet: Sheet) -> Iterator[Finding]:
    """I-5: divisions add up to the one above them, where that has a value of its own: SOFT, exact in mu.

    A division between them that typed nothing itself counts as the sum of those below it.
    """
    message = _("下级%(indicator)s之和 %(expected)s，与本级 %(stated)s不符，差 %(gap)s")
    below: dict[str, list[str]] = {}
    for child, parent in sheet.parent.items():
        below.setdefault(parent, []).append(child)
    for division in sheet.rows:
        for code, indicator in INDICATORS.items() if division in below else ():
            stated = sheet.value(division, code) if indicator.sums_over_divisions else None
            cells = None if stated is None else [(leaf, code) for leaf in _leaves(sheet, below, division, code)]
            expected = sheet.total_of(cells) if cells else None
            if stated is not None and expected is not None and stated != expected:
                cell = (division, code)
                yield comparison(
                    "I-5", Severity.SOFT, cell, message, stated=stated, expected=expected, indicator=indicator.label
                )


def _leaves(sheet: Sheet, below: dict[str, list[str]], division: str, indicator: str) -> list[str]:
    """The divisions whose cells make up the one above: its children, or theirs where a child typed nothing itself.

    It ends even if `parent` runs in a circle: that leads back to the one above, which typed a value.
    """
    found, waiting = [], list(reversed(below[division]))
    while waiting:
        child = waiting.pop()
        typed = sheet.value(child, indicator) is not None or sheet.absence(child, indicator) is not None
        if typed or child not in below:
            found.append(child)
        else:
            waiting.extend(reversed(below[child]))
    return found


def stable_is_what_no_category_takes(sheet: Sheet) -> Iterator[Finding]:
    """`stable` (A.0, stably used): stably used = cultivated land − the categories that count as unstable: SOFT, exact in mu.

    Which count is the parameter `unstable_counted`.
    """
    message = _("耕地减不稳定利用各类后为 %(expected)s，与稳定利用耕地 %(stated)s不符，差 %(gap)s")
    for division in sheet.rows:
        land, stable = sheet.value(division, LAND), sheet.value(division, STABLE)
        unstable = sheet.total(division, sheet.tolerances.unstable_counted)
        if land is not None and stable is not None and unstable is not None and stable != land - unstable:
            cell = (division, STABLE)
            yield comparison("stable", Severity.SOFT, cell, message, stated=stable, expected=land - unstable)


def planting_stays_within_the_cultivated_land(sheet: Sheet) -> Iterator[Finding]:
    """`planting` (A.0, planting attributes; (十七)): what is planted, fallow and unplanted ≤ cultivated land: SOFT, in mu."""
    message = _("种植属性各项之和 %(stated)s，超过耕地 %(expected)s，多 %(gap)s")
    for division in sheet.rows:
        land, planting = sheet.value(division, LAND), sheet.total(division, PLANTING)
        if land is not None and planting is not None and planting > land:
            cell = (division, PLANTING[0])
            yield comparison("planting", Severity.SOFT, cell, message, stated=planting, expected=land)
