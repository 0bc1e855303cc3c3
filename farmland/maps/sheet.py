"""One map: its areas drawn as GeoJSON, on the main map and, where a part lies far south, in an inset.

A map is a FeatureCollection in kilometres (see shapes.py). An area is a feature with `name` (its six-digit code, the
key to join on), `zh` (its short name) and `cp` (where its label goes). Lines are features too, each a MultiLineString:
`outline` around all areas, `dash` for the South China Sea's line and, in an inset, `frame` around it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely import MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from farmland.maps import shapes
from farmland.maps.decode import Area

# West, south, east, north in degrees: what is drawn in the inset.
SOUTH_CHINA_SEA = (
    (105.0, 0.0, 125.0, 17.6),
    (112.0, 17.6, 115.0, 20.0),  # 一统暗沙、神狐暗沙
)
INSET_MARGIN_KM = 50.0
INSET_DIGITS = 0  # of kilometres after the point
INSET_TOLERANCE_KM, INSET_ISLANDS_KM = 10.0, 6.0  # 澎湖 is an island to be seen
REEF_RADIUS_KM = 11.0
ISLET_RADIUS = 3.0  # in tolerances: 12 km on the nation's map
# Islets that must be seen at any scale.
ISLETS = (
    (123.0, 25.5, 125.0, 26.2),  # 钓鱼岛、赤尾屿
    (115.5, 20.3, 117.2, 21.3),  # 东沙群岛
)
TOLERANCES_ACROSS = 1600  # the diagonal of a map, in tolerances

Collection = dict[str, Any]


class Sheet:
    """The areas of one map, simplified by a tolerance in kilometres (without one, by the size of the map) and rounded
    to so many digits of a kilometre. `dashes` are the South China Sea's, in kilometres.
    """

    def __init__(
        self,
        areas: Sequence[Area],
        dashes: np.ndarray,
        *,
        tolerance_km: float | None = None,
        digits: int,
    ) -> None:
        self.areas, self.dashes, self.digits = areas, dashes, digits
        degrees, owners = shapely.get_parts([area.shape for area in areas], return_index=True)
        parts = shapes.project(degrees)
        reefs, islets = _inside(degrees, SOUTH_CHINA_SEA), _inside(degrees, ISLETS)
        self.tolerance_km = tolerance_km or round(shapes.diagonal(parts[~reefs | reefs.all()]) / TOLERANCES_ACROSS, 2)
        land = np.flatnonzero(~reefs & ~islets)
        land = land[shapes.seen(parts[land], owners[land], self.tolerance_km)]
        self._land = _by_owner(shapes.simplify(parts[land], self.tolerance_km), owners[land], len(areas))
        self._islets = _by_owner(parts[islets], owners[islets], len(areas))
        self._reefs = _by_owner(parts[reefs], owners[reefs], len(areas))

    @property
    def has_inset(self) -> bool:
        """Whether there are reefs beside the land; a map of reefs alone (三沙) shows them itself."""
        return any(map(len, self._reefs)) and any(map(len, self._land))

    def main(self) -> Collection:
        """The main map, with those dashes that lie on it."""
        if not any(map(len, self._land)):
            drawn = [MultiPolygon(shapes.dots(reefs, REEF_RADIUS_KM)) for reefs in self._reefs]
            return self._collection(drawn, self.dashes, self.digits)
        drawn = [
            MultiPolygon([*land, *shapes.dots(islets, ISLET_RADIUS * self.tolerance_km)])
            for land, islets in zip(self._land, self._islets, strict=True)
        ]
        inside = shapely.within(self.dashes, shapely.box(*shapely.total_bounds(drawn)))
        return self._collection(drawn, self.dashes[inside], self.digits)

    def inset(self) -> Collection:
        """The South China Sea with all dashes, and what lies of the land around it."""
        west, south, east, north = shapely.total_bounds(self.dashes)
        margin = INSET_MARGIN_KM
        frame = (west - margin, south - margin, east + margin, north + margin)
        land, owners = np.concatenate(self._land), np.repeat(range(len(self.areas)), [len(land) for land in self._land])
        seen = shapes.seen(land, owners, INSET_ISLANDS_KM)
        coasts = _by_owner(shapes.simplify(land[seen], INSET_TOLERANCE_KM), owners[seen], len(self.areas))
        drawn = []
        for coast, islets, reefs in zip(coasts, self._islets, self._reefs, strict=True):
            parts = [*coast, *shapes.dots(np.append(islets, reefs), REEF_RADIUS_KM)]
            clipped = shapely.get_parts(shapely.clip_by_rect(parts, *frame))
            drawn.append(MultiPolygon([part for part in clipped if isinstance(part, Polygon)]))
        return self._collection(drawn, self.dashes, INSET_DIGITS, frame=shapely.box(*frame))

    def _collection(
        self, drawn: Sequence[MultiPolygon], dashes: np.ndarray, digits: int, *, frame: Polygon | None = None
    ) -> Collection:
        rounded = [shapes.round_to(digits, shape) for shape in drawn]
        features = [
            _feature(area.code, shape, zh=area.name, cp=_label(area, shape, digits))
            for area, shape in zip(self.areas, rounded, strict=True)
            if not shape.is_empty
        ]
        lines = {"outline": shapes.outline(rounded, self.tolerance_km)}
        if len(dashes):
            lines["dash"] = _lines(shapely.simplify(dashes, self.tolerance_km / 4))
        if frame is not None:
            lines["outline"] = _lines(lines["outline"].difference(frame.exterior.buffer(1)))  # a cut is no coast
            lines["frame"] = _lines(frame.exterior)
        features += [_feature(name, shapes.round_to(digits, line)) for name, line in lines.items()]
        return {"type": "FeatureCollection", "features": features}


def _lines(shape: BaseGeometry | np.ndarray) -> MultiLineString:
    return MultiLineString(list(shapely.get_parts(shape)))


def _by_owner(parts: np.ndarray, owners: np.ndarray, count: int) -> list[np.ndarray]:
    return [parts[owners == owner] for owner in range(count)]


def _inside(degrees: np.ndarray, boxes: Sequence[tuple[float, float, float, float]]) -> np.ndarray:
    return np.logical_or.reduce([shapely.within(degrees, shapely.box(*box)) for box in boxes])


def _label(area: Area, shape: MultiPolygon, digits: int) -> list[float]:
    """Where the source puts the label, if that is on the map; else a point of the shape."""
    wanted = shapes.project(np.array([shapely.Point(area.label)]))
    on_map = shapely.contains(shapely.make_valid(shape), wanted)
    points = shapely.get_coordinates(wanted if on_map.all() else shape.representative_point())
    return [round(value, digits + 1) for value in points[0].tolist()]


def _feature(name: str, shape: BaseGeometry, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"name": name, **properties},
        "geometry": shapely.geometry.mapping(shape),
    }
