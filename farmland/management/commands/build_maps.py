"""Builds the map pack into static/maps, or checks the one that MAP_PACK_DIR names."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from farmland import maps
from farmland.maps import pack

DIVISIONS = Path(maps.__file__).parent.parent / "data" / "divisions.csv"


class Command(BaseCommand):
    help = "Build the map pack into static/maps, if its inputs changed; a pack of MAP_PACK_DIR is only checked."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with what failed, or what the other pack lacks."""
        own: Path = settings.BASE_DIR / "static" / "maps"
        try:
            if own.resolve() == settings.MAP_PACK_DIR:
                if pack.ensure_built(own, divisions=DIVISIONS, note=str(settings.MAP_SOURCE_NOTE)):
                    self.stdout.write("Built the map pack in static/maps")
                return
            pack.check(settings.MAP_PACK_DIR, divisions=DIVISIONS)
        except pack.PackError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The map pack in {settings.MAP_PACK_DIR} can be used")
        if settings.MAP_SOURCE_NOTE == maps.SOURCE_NOTE:
            self.stderr.write("MAP_SOURCE_NOTE still names the source of this product's own pack")
