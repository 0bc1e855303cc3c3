"""Draws the map pack: the nation, every province, every prefecture that has counties, and an index of them."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from shapely import LineString

from farmland.maps import shapes
from farmland.maps.decode import Area, data_version, read_areas, read_dashes
from farmland.maps.sheet import Sheet

NATION = "000000"
NATION_TOLERANCE_KM = 4.0
NATION_DIGITS, DETAIL_DIGITS = 0, 2  # of kilometres after the point
TENTH_DASH = LineString([(122.5, 23.5), (122.8, 24.6)])  # east of Taiwan; the package has the other nine
# Codes from before two counties became cities (米林, 错那), and the package's own for the districts of 三沙.
RECODED = {"540422": "540481", "540530": "540581", "460321": "460302", "460322": "460303"}
WITHOUT_MAP = ("710000", "810000", "820000")  # drawn on the nation's map; nothing is reported below them


def build(folder: Path, divisions: Path, *, note: str) -> None:
    """Write every file of the pack into an existing folder, `index.json` last.

    `divisions` is the product's list (CSV): it says which prefectures have counties. `note` is the source line that
    goes into the index. Raises ValueError where the package's data are not as expected.
    """
    dashes = shapes.project(np.array([*read_dashes(), TENTH_DASH]))
    maps = {}
    for code, areas in map_areas(divisions):
        nation = code == NATION
        sheet = Sheet(
            areas,
            dashes,
            tolerance_km=NATION_TOLERANCE_KM if nation else None,
            digits=NATION_DIGITS if nation else DETAIL_DIGITS,
        )
        maps[code] = _write_sheet(folder, "china" if nation else code, sheet)
    projection = {
        "name": "albers",
        "parallels": shapes.PARALLELS,
        "meridian": shapes.MERIDIAN,
        "radius_km": shapes.RADIUS_KM,
    }
    _write(folder / "index.json", {"source": data_version(), "note": note, "projection": projection, "maps": maps})


def map_areas(divisions: Path) -> Iterator[tuple[str, list[Area]]]:
    """The code of each map with the areas on it.

    A grouping row (省直辖县级行政区划) has no land: the package gives its counties the rank of prefectures, so that
    they are on their province's map.
    """
    provinces, prefectures, counties = (
        [replace(area, code=RECODED.get(area.code, area.code)) for area in read_areas(level)]
        for level in ("province", "prefecture", "county")
    )
    yield NATION, provinces
    for province in provinces:
        if province.code not in WITHOUT_MAP:
            inside = [area for area in prefectures if province.code in area.within]
            # 北京, 天津, 上海 and 重庆 are their own only prefecture.
            if [area.code for area in inside] == [province.code]:
                inside = [area for area in counties if province.code in area.within]
            yield province.code, inside
    for code in _prefectures_with_counties(divisions):
        yield code, [area for area in counties if code in area.within]


def _prefectures_with_counties(divisions: Path) -> list[str]:
    """Neither grouping rows nor leaves (东莞, 中山, 儋州, 嘉峪关)."""
    with divisions.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    parents = {row["parent_code"] for row in rows}
    return [
        row["code"]
        for row in rows
        if row["level"] == "prefecture" and row["is_virtual"] == "0" and row["code"] in parents
    ]


def _write_sheet(folder: Path, name: str, sheet: Sheet) -> dict[str, Any]:
    """Write a map and its inset; returns its entry in the index."""
    entry: dict[str, Any] = {"file": f"{name}.json"}
    _write(folder / entry["file"], sheet.main())
    if sheet.has_inset:
        entry["inset"] = f"{name}-scs.json"
        _write(folder / entry["inset"], sheet.inset())
    return entry | {"tolerance_km": sheet.tolerance_km}


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
