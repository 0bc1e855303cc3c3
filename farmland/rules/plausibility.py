"""What may be right but needs a word: jumps, zeros, differences from the survey; and floors that are not reached."""

from collections.abc import Iterator
from decimal import Decimal
from statistics import median

from django.utils.translation import gettext_lazy as _

from farmland.indicators import INDICATORS, Direction
from farmland.rules.findings import Detail, Finding, Percent, Severity, comparison
from farmland.rules.identities import HUNDRED, exceeds
from farmland.rules.sheet import Sheet, area

# Makes the median absolute deviation comparable with a standard deviation.
MAD_SCALE = Decimal("1.4826")


def changes_keep_company(sheet: Sheet) -> Iterator[Finding]:
    """`outlier`: a row whose change on last year, in percent, lies far from the median of all rows: SOFT.

    Far is more than `outlier_threshold` scaled MADs and more than `outlier_min_deviation_pct` points; the latter alone
    decides where the MAD is zero. Needs `outlier_min_rows` rows; those under `outlier_floor_mu` mu in both years are
    left out, and a zero is the matter of `vanished`.
    """
    message = _(
        "%(indicator)s由上年 %(previous)s变为 %(stated)s，变化 %(change)s，与各单位变化的中位数 %(median)s 相差较大，请核实"
    )
    limits = sheet.tolerances
    for code, indicator in INDICATORS.items():
        changes = _changes(sheet, code)
        if len(changes) < limits.outlier_min_rows:
            continue
        middle = median(changes.values())
        spread = median(abs(change - middle) for change in changes.values()) * MAD_SCALE
        far = max(spread * limits.outlier_threshold, limits.outlier_min_deviation_pct)
        for division, change in changes.items():
            value = sheet.value(division, code)
            if value and abs(change - middle) > far:
                params = {
                    "indicator": indicator.label,
                    "previous": area(sheet.previous, (division, code)),
                    "stated": value,
                    "change": Percent(change, is_signed=True),
                    "median": Percent(middle, is_signed=True),
                }
                yield Finding("outlier", Severity.SOFT, division, code, Detail(message, params))


def _changes(sheet: Sheet, indicator: str) -> dict[str, Decimal]:
    """By division, the change on last year in percent of it, where both years are known and not tiny."""
    changes = {}
    for division in sheet.rows:
        value, before = sheet.value(division, indicator), area(sheet.previous, (division, indicator))
        if value is None or before is None or before <= 0:
            continue
        if max(value, before) >= sheet.tolerances.outlier_floor_mu:
            changes[division] = (value - before) * HUNDRED / before
    return changes


def nothing_vanishes_unexplained(sheet: Sheet) -> Iterator[Finding]:
    """`vanished`: zero where last year's area was positive: SOFT. Flows are left out where `zero_flows_are_odd` is off."""
    for division in sheet.rows:
        for code, indicator in INDICATORS.items():
            if not indicator.is_stock and not sheet.tolerances.zero_flows_are_odd:
                continue
            value, before = sheet.value(division, code), area(sheet.previous, (division, code))
            if value == 0 and before is not None and before > 0:
                params = {"indicator": indicator.label, "previous": before}
                detail = Detail(_("%(indicator)s上年 %(previous)s，本年为零，请核实"), params)
                yield Finding("vanished", Severity.SOFT, division, code, detail)


def figures_follow_the_survey(sheet: Sheet) -> Iterator[Finding]:
    """`survey` (C.2, the survey's figure): differs from the published survey by more than `reconcile_tolerance_pct`: SOFT."""
    message = _("%(indicator)s %(stated)s，与公布的调查数据 %(expected)s相差 %(gap)s，超过 %(tolerance)s")
    percent = sheet.tolerances.reconcile_tolerance_pct
    for division in sheet.rows:
        for code, indicator in INDICATORS.items():
            value, surveyed = sheet.value(division, code), area(sheet.survey, (division, code))
            if value is not None and surveyed is not None and exceeds(abs(value - surveyed), percent, surveyed):
                yield comparison(
                    "survey",
                    Severity.SOFT,
                    (division, code),
                    message,
                    stated=value,
                    expected=surveyed,
                    indicator=indicator.label,
                    tolerance=Percent(percent),
                )


def floors_are_reached(sheet: Sheet) -> Iterator[Finding]:
    """T-3 and `WITHIN_INPUT_PRECISION` (F2): an area in mu below its floor: INFO, here nothing is judged.

    F2 where the shortfall is less than half of the last typed decimal: then the exact figure is needed first.
    """
    short = _("%(indicator)s %(stated)s，低于目标 %(expected)s，差 %(gap)s")
    undecided = _(
        "%(indicator)s %(stated)s，低于目标 %(expected)s，差 %(gap)s，小于填报精度 %(half_step)s，请填报准确数值，暂不判定"
    )
    for division in sheet.rows:
        for code, indicator in INDICATORS.items():
            value, target = sheet.value(division, code), area(sheet.targets, (division, code))
            if indicator.direction is not Direction.FLOOR or value is None or target is None or value >= target:
                continue
            half_step = area(sheet.half_steps, (division, code)) or Decimal(0)
            is_undecided = target - value < half_step
            more: dict[str, object] = {"indicator": indicator.label}
            yield comparison(
                "WITHIN_INPUT_PRECISION" if is_undecided else "T-3",
                Severity.INFO,
                (division, code),
                undecided if is_undecided else short,
                stated=value,
                expected=target,
                **more | ({"half_step": half_step} if is_undecided else {}),
            )
