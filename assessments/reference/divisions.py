"""divisions.csv: the tree of divisions as the targets see it (children by the division that administers them)."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from assessments.reference.rows import ReferenceDataError, Row
from farmland.models import NATION, Division, GrainZone, Level

COLUMNS = (
    "code", "name_zh", "level", "admin_parent_code", "is_virtual", "has_quota", "name_en", "short_name", "grain_zone",
    "region", "black_soil", "note", "confidence",
)  # fmt: skip
LEVELS = {value: value for value in Level.values}
# Who may administer whom: counties hang on a prefecture or directly on a province (重庆, 海南, 济源…).
PARENT_LEVELS = {
    Level.PROVINCE: (Level.NATION,),
    Level.SPECIAL: (Level.PROVINCE,),
    Level.PREFECTURE: (Level.PROVINCE,),
    Level.COUNTY: (Level.PREFECTURE, Level.PROVINCE),
}
GRAIN_ZONES = {
    "": "",
    "主产区": GrainZone.MAIN_PRODUCING,
    "主销区": GrainZone.MAIN_CONSUMING,
    "产销平衡区": GrainZone.BALANCED,
}
REGIONS = {name: name for name in ("", "东北", "华北", "华东", "华中", "华南", "西南", "西北")}
BLACK_SOIL = {"": False, "no": False, "partial": True, "yes": True}


def get_divisions(rows: Sequence[Row]) -> list[Division]:
    """The divisions of the file, unsaved; raises ReferenceDataError for a code, level or parent that cannot be."""
    levels = {row.code("code"): row.choice("level", LEVELS) for row in rows}
    if levels.get(NATION) != Level.NATION:
        raise ReferenceDataError(_("%s: 缺少全国 (000000)") % rows[0].file)
    parents = {row["admin_parent_code"] for row in rows}
    return [as_division(row, levels, parents) for row in rows]


def as_division(row: Row, levels: dict[str, str], parents: set[str]) -> Division:
    """One division; `levels` of all codes and the codes that are a `parent` tell its place in the tree."""
    code, level = row["code"], levels[row["code"]]
    is_grouping, has_quota = row.flag("is_virtual"), row.flag("has_quota")
    row.confidence()
    if not row["name_zh"]:
        raise row.refuse(_("缺少名称"))
    return Division(
        code=code,
        name=row["name_zh"],
        name_en=row["name_en"],
        short_name=row["short_name"],
        level=level,
        parent_id=parent_of(row, levels),
        is_grouping=is_grouping,
        is_leaf=level == Level.PREFECTURE and not is_grouping and code not in parents,
        has_quota=has_quota,
        # The Corps' land lies inside Xinjiang (U-9); provinces that are on the map only have no figures here.
        counts_in_national_total=level != Level.SPECIAL and (has_quota or level != Level.PROVINCE),
        grain_zone=row.choice("grain_zone", GRAIN_ZONES),
        region=row.choice("region", REGIONS),
        has_black_soil=row.choice("black_soil", BLACK_SOIL),
        note=row["note"],
    )


def parent_of(row: Row, levels: dict[str, str]) -> str | None:
    """The code of the division that administers this one; None for the nation alone."""
    level, parent = levels[row["code"]], row["admin_parent_code"]
    if level == Level.NATION:
        if row["code"] != NATION or parent:
            raise row.refuse(_("全国只有一行 (000000), 没有上级"))
        return None
    if row.code("admin_parent_code") not in levels:
        raise row.refuse(_("上级区划代码 %s 不存在") % parent)
    if levels[parent] not in PARENT_LEVELS[Level(level)]:
        raise row.refuse(_("上级区划代码 %s 的级别不符") % parent)
    return parent
