"""Geometry of a map: projection, islands, dots, simplification, outline. Kilometres unless a name says degrees.

Albers' equal-area projection on the sphere, standard parallels 25° and 47° N, central meridian 110° E: x grows to the
east and y to the north.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

PARALLELS, MERIDIAN, RADIUS_KM = (25.0, 47.0), 110.0, 6371.0
SMALLEST_ISLAND = 1.25  # side of a square, in tolerances; smaller ones are left out
SMALLEST_HOLE = 2.0  # as much for a hole of the outline: a sliver where the source's neighbours do not quite meet
SHORTEST_RING = 4  # points, the last being the first
DOT_SEGMENTS = 2  # in a quarter of a dot's circle


def project(degrees: np.ndarray) -> np.ndarray:
    """Shapes in degrees of longitude and latitude, to kilometres."""
    return shapely.transform(degrees, _albers)


def dots(parts: np.ndarray, radius_km: float) -> list[Polygon]:
    """The parts, each widened to a dot of at least this radius; dots that meet become one."""
    circles = shapely.buffer(shapely.centroid(parts), radius_km, quad_segs=DOT_SEGMENTS)
    return list(shapely.get_parts(shapely.union_all([*parts, *circles])))


def seen(parts: np.ndarray, owners: np.ndarray, tolerance_km: float) -> np.ndarray:
    """Which parts are drawn: those large enough, those that touch another one (an enclave left out would be a hole
    in its surroundings), and the largest of each owner, so that nobody goes missing."""
    areas = shapely.area(parts)
    kept = areas >= (SMALLEST_ISLAND * tolerance_km) ** 2
    first, second = STRtree(parts).query(parts, predicate="intersects")
    kept[first[first != second]] = True
    order = np.argsort(areas, kind="stable")
    largest = dict(zip(owners[order].tolist(), order.tolist(), strict=True))
    kept[list(largest.values())] = True
    return kept


def simplify(parts: np.ndarray, tolerance_km: float) -> np.ndarray:
    """Simplified together, so that shared borders stay shared."""
    return shapely.coverage_simplify(parts, tolerance_km)


def round_to(digits: int, shape: MultiPolygon | MultiLineString) -> MultiPolygon | MultiLineString:
    """Every point rounded by itself: what two neighbours share, they still do. A ring that this leaves without an
    area goes, and a line without a length."""
    if isinstance(shape, MultiLineString):
        lines = [_rounded(digits, line) for line in shape.geoms]
        return MultiLineString([line for line in lines if len(line) > 1])
    polygons = []
    for polygon in shape.geoms:
        outer, *holes = (_rounded(digits, ring) for ring in (polygon.exterior, *polygon.interiors))
        if len(outer) >= SHORTEST_RING:
            polygons.append(Polygon(outer, [hole for hole in holes if len(hole) >= SHORTEST_RING]))
    # Rounding may make a narrow place cross itself.
    valid = shapely.make_valid(MultiPolygon(polygons), method="structure", keep_collapsed=False)
    return MultiPolygon(list(shapely.get_parts(valid)))


def outline(shapes: Sequence[MultiPolygon], tolerance_km: float) -> MultiLineString:
    """The line around all shapes together, without the slivers between them."""
    whole = shapely.union_all(shapely.make_valid(shapes))
    polygons = [part for part in shapely.get_parts(whole) if isinstance(part, Polygon)]
    holes = [Polygon(ring) for polygon in polygons for ring in polygon.interiors]
    large = [hole for hole in holes if hole.area > (SMALLEST_HOLE * tolerance_km) ** 2]
    return MultiLineString([polygon.exterior for polygon in (*polygons, *large)])


def diagonal(shapes: np.ndarray | Sequence[BaseGeometry]) -> float:
    """Of the box around all shapes."""
    west, south, east, north = shapely.total_bounds(shapes)
    return float(np.hypot(east - west, north - south))


def _albers(degrees: np.ndarray) -> np.ndarray:
    south, north = np.sin(np.radians(PARALLELS))
    n = (south + north) / 2
    c = 1 - south**2 + 2 * n * south
    origin = np.sqrt(c - 2 * n * np.sin(np.radians(np.mean(PARALLELS)))) / n
    radius = np.sqrt(c - 2 * n * np.sin(np.radians(degrees[:, 1]))) / n
    angle = n * np.radians(degrees[:, 0] - MERIDIAN)
    return RADIUS_KM * np.column_stack([radius * np.sin(angle), origin - radius * np.cos(angle)])


def _rounded(digits: int, line: LineString) -> np.ndarray:
    points = np.round(shapely.get_coordinates(line), digits) + 0.0  # no -0.0
    moved = np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))
    return points[moved]
