"""All indicators, in the order of the annual statement (domain A.0)."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from farmland.indicators.indicator import Department, Direction, Group, Indicator
from farmland.units import G_PER_KG

NATURAL, AGRICULTURE = Department.NATURAL_RESOURCES, Department.AGRICULTURE


def stock(code: str, label: str | Promise, group: Group, point: str, **more: Any) -> Indicator:
    """A state at 31 December; typed by natural resources unless said otherwise."""
    fields: dict[str, Any] = {"direction": None, "is_stock": True, "department": NATURAL} | more
    return Indicator(code=code, label=label, group=group, policy_point=point, **fields)


def flow(code: str, label: str | Promise, group: Group, point: str, **more: Any) -> Indicator:
    """What came or went in the year."""
    return stock(code, label, group, point, is_stock=False, **more)


LINES = (
    stock(
        "cultivated_land", _("耕地保有量"), Group.LAND, "主要目标；（一）", direction=Direction.FLOOR, is_headline=True
    ),
    stock("paddy", _("水田"), Group.LAND, "（十一）", part_of="cultivated_land"),
    stock("irrigated", _("水浇地"), Group.LAND, "（五）", part_of="cultivated_land"),
    stock("dry", _("旱地"), Group.LAND, "（一）", part_of="cultivated_land"),
    stock("stably_used_cultivated_land", _("稳定利用耕地"), Group.UNSTABLE, "（十一）"),
    stock("unstable_riverbed", _("河道耕地"), Group.UNSTABLE, "（十一）"),
    stock("unstable_lakebed", _("湖区耕地"), Group.UNSTABLE, "（十一）"),
    stock("unstable_forest", _("林区耕地"), Group.UNSTABLE, "（十一）"),
    stock("unstable_pasture", _("牧区耕地"), Group.UNSTABLE, "（十一）"),
    stock("unstable_sand", _("沙荒耕地"), Group.UNSTABLE, "（十一）"),
    stock("unstable_stony", _("石漠化耕地"), Group.UNSTABLE, "（十一）"),
    stock("unstable_saline", _("盐碱耕地"), Group.UNSTABLE, "（十一）"),
    stock("unstable_steep_terraced", _("25°以上坡耕地（梯田）"), Group.UNSTABLE, "（十一）"),
    stock("unstable_steep", _("25°以上坡耕地（非梯田）"), Group.UNSTABLE, "（十一）"),
    stock(
        "permanent_basic_farmland",
        _("永久基本农田"),
        Group.BASIC,
        "主要目标；（二）",
        direction=Direction.FLOOR,
        is_headline=True,
    ),
    stock("basic_not_cultivated", _("永久基本农田中非耕地"), Group.BASIC, "（二）"),
    stock("planted_grain", _("种植粮食作物"), Group.PLANTING, "（十七）"),
    stock("planted_other", _("种植非粮食作物"), Group.PLANTING, "（十七）"),
    stock("planted_rotation", _("粮与非粮轮作"), Group.PLANTING, "（十七）"),
    stock("fallow", _("休耕"), Group.PLANTING, "（十七）"),
    stock("planted_between_trees", _("林粮间作"), Group.PLANTING, "（十七）"),
    stock("unplanted", _("未耕种"), Group.PLANTING, "（十七）"),
    stock("restorable_readily", _("即可恢复"), Group.RESTORABLE, "（十一）"),
    stock("restorable_by_works", _("工程恢复"), Group.RESTORABLE, "（十一）"),
    flow("out_construction_approved", _("非农建设（批准）"), Group.OUTFLOW, "（十一）"),
    flow("out_construction_illegal", _("非农建设（违法）"), Group.OUTFLOW, "（十一）"),
    flow("out_forest_grass", _("造林种草"), Group.OUTFLOW, "（十一）"),
    flow("out_orchard_tea", _("种果种茶"), Group.OUTFLOW, "（十一）"),
    flow("out_pond", _("挖塘养殖"), Group.OUTFLOW, "（十一）"),
    flow("out_farm_facility", _("设施农业用地"), Group.OUTFLOW, "（十一）"),
    flow("out_rural_housing", _("农村宅基地"), Group.OUTFLOW, "（十一）"),
    flow("out_ecological", _("国家计划生态退耕"), Group.OUTFLOW, "（十一）"),
    flow("out_disaster", _("灾毁"), Group.OUTFLOW, "（十一）"),
    flow("out_inundation", _("水淹"), Group.OUTFLOW, "（十一）"),
    flow("out_other", _("其他减少"), Group.OUTFLOW, "（十一）"),
    flow("in_restored", _("恢复耕地"), Group.INFLOW, "（十一）"),
    flow("in_reclaimed_new", _("新开垦"), Group.INFLOW, "（十一）"),
    flow("in_reclaimed_construction", _("建设用地复垦"), Group.INFLOW, "（十一）"),
    flow("in_consolidation", _("土地整治"), Group.INFLOW, "（十一）"),
    flow("in_other", _("其他增加"), Group.INFLOW, "（十一）"),
    stock(
        "high_standard_farmland",
        _("高标准农田"),
        Group.FACILITIES,
        "（四）",
        direction=Direction.TASK,
        department=AGRICULTURE,
        is_headline=True,
    ),
    flow("high_standard_new", _("新建高标准农田"), Group.FACILITIES, "（四）", department=AGRICULTURE),
    flow("high_standard_upgraded", _("改造提升高标准农田"), Group.FACILITIES, "（四）", department=AGRICULTURE),
    stock("effective_irrigation", _("有效灌溉面积"), Group.FACILITIES, "（五）", department=AGRICULTURE),
    flow("efficient_irrigation_new", _("新增高效节水灌溉"), Group.FACILITIES, "（五）", department=AGRICULTURE),
    stock("grade_1", _("一等地"), Group.QUALITY, "（十）", department=AGRICULTURE),
    stock("grade_2", _("二等地"), Group.QUALITY, "（十）", department=AGRICULTURE),
    stock("grade_3", _("三等地"), Group.QUALITY, "（十）", department=AGRICULTURE),
    stock("grade_4", _("四等地"), Group.QUALITY, "（十）", department=AGRICULTURE),
    stock("grade_5", _("五等地"), Group.QUALITY, "（十）", department=AGRICULTURE),
    stock("grade_6", _("六等地"), Group.QUALITY, "（十）", department=AGRICULTURE),
    stock("grade_7", _("七等地"), Group.QUALITY, "（十）", department=AGRICULTURE),
    stock("grade_8", _("八等地"), Group.QUALITY, "（十）", department=AGRICULTURE),
    stock("grade_9", _("九等地"), Group.QUALITY, "（十）", department=AGRICULTURE),
    stock("grade_10", _("十等地"), Group.QUALITY, "（十）", department=AGRICULTURE),
    stock(
        "soil_organic_matter",
        _("土壤有机质平均含量"),
        Group.QUALITY,
        "（九）",
        department=AGRICULTURE,
        display_unit=G_PER_KG,
        sums_over_divisions=False,
        weighted_by="cultivated_land",
    ),
)

INDICATORS: dict[str, Indicator] = {indicator.code: indicator for indicator in LINES}
HEADLINE_INDICATORS: tuple[Indicator, ...] = tuple(i for i in LINES if i.is_headline)
INDICATOR_CHOICES = [(indicator.code, indicator.label) for indicator in LINES]


def of_group(group: str) -> tuple[Indicator, ...]:
    """The indicators of one part of the statement."""
    return tuple(indicator for indicator in LINES if indicator.group == group)


MEASURES: tuple[str, ...] = tuple(i.code for i in LINES if not i.is_area)
