"""Which divisions have a map in the pack, and where its files are."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import gettext_lazy

# Drawn on the nation's map, outside what is reported here.
OUTSIDE = {"710000": gettext_lazy("台湾"), "810000": gettext_lazy("香港"), "820000": gettext_lazy("澳门")}


@dataclass(frozen=True, slots=True)
class Map:
    """The addresses of a map and of its inset, where it has one."""

    url: str
    inset: str | None


def map_of(code: str) -> Map | None:
    """The map of a division's parts; None where the pack has none."""
    entry = index(settings.MAP_PACK_DIR).get(code)
    if entry is None:
        return None
    inset = entry.get("inset")
    return Map(static(f"maps/{entry['file']}"), static(f"maps/{inset}") if inset else None)


@cache
def index(pack: Path) -> dict[str, dict[str, str]]:
    """What the pack holds, by code. A pack without an index has the nation's map, and what is named by its code."""
    listed = pack / "index.json"
    if listed.exists():
        maps: dict[str, dict[str, str]] = json.loads(listed.read_text())["maps"]
        return maps
    found = {path.stem: {"file": path.name} for path in pack.glob("[0-9][0-9][0-9][0-9][0-9][0-9].json")}
    if (pack / "china.json").exists():
        found["000000"] = {"file": "china.json"}
        if (pack / "china-scs.json").exists():
            found["000000"]["inset"] = "china-scs.json"
    return found
