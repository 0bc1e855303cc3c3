"""All rules of the annual statement, applied to one sheet."""

from dataclasses import replace
from decimal import localcontext

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from farmland.indicators import INDICATORS
from farmland.rules import completeness, identities, plausibility
from farmland.rules.findings import ARITHMETIC, Finding
from farmland.rules.sheet import Sheet
from farmland.units import WAN_MU, Unit

# Within one cell, the findings stand in this order.
RULES = (
    completeness.mandatory_cells_say_something,
    completeness.blanks_say_why,
    identities.no_negative_areas,
    identities.classes_make_up_the_cultivated_land,
    identities.flows_lead_from_last_year_to_this,
    identities.parts_stay_within_their_whole,
    identities.grades_make_up_the_cultivated_land,
    identities.divisions_add_up_to_the_one_above,
    identities.stable_is_what_no_category_takes,
    identities.planting_stays_within_the_cultivated_land,
    plausibility.changes_keep_company,
    plausibility.nothing_vanishes_unexplained,
    plausibility.figures_follow_the_survey,
    plausibility.floors_are_reached,
)
# What each rule is about, beside its id.
TITLES: dict[str, str | Promise] = {
    "I-1": _("地类合计"),
    "I-2": _("年末与增减"),
    "I-3": _("部分不大于整体"),
    "I-4": _("质量等级合计"),
    "I-5": _("下级之和"),
    "T-3": _("低于目标"),
    "WITHIN_INPUT_PRECISION": _("精度以内，暂不判定"),
    "mandatory": _("必填"),
    "blank_reason": _("空缺须说明"),
    "negative": _("面积为负"),
    "stable": _("稳定利用耕地"),
    "planting": _("种植属性合计"),
    "outlier": _("与各单位变化相差较大"),
    "vanished": _("上年有、本年为零"),
    "survey": _("与调查数据不符"),
}


def name_of(code: str) -> str:
    """How a rule is called in texts: by the working paper's id, else (a name of ours) by its title."""
    return code if code[:1].isupper() or code not in TITLES else str(TITLES[code])


LINE_ORDER = {code: place for place, code in enumerate(INDICATORS)}


def check(sheet: Sheet, *, unit: Unit = WAN_MU, decimals: int | None = None) -> list[Finding]:
    """What the rules find, in the order of the rows, then of the catalogue, then of the rules.

    The sentences print areas in `unit` with so many `decimals` (None: those of the unit).
    """
    sheet = replace(sheet, rows=tuple(dict.fromkeys(sheet.rows)))
    row_order = {division: place for place, division in enumerate(sheet.rows)}
    with localcontext(ARITHMETIC):
        found = [finding.printed_in(unit, decimals) for rule in RULES for finding in rule(sheet)]
    return sorted(found, key=lambda finding: (row_order[finding.division], LINE_ORDER[finding.indicator]))
