"""Runs another command beside the embedded PostgreSQL."""

import os
import signal
import subprocess
import sys
from argparse import REMAINDER, ArgumentParser
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from farmland import embedded

PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    help = "The embedded PostgreSQL, which is used where DATABASE_URL is not set."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        run = verbs.add_parser("run", help="run a command while the server runs: database run -- COMMAND…")
        run.add_argument("command", nargs=REMAINDER)
        verbs.add_parser("status", help="say whether the server runs; exit code 3 where it does not")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """`run` exits as the command did (128 + number after a signal); raises CommandError where it cannot start."""
        if verb == "status":
            self.status()
            return
        command = options["command"]
        if command[:1] == ["--"]:
            command = command[1:]
        if not command:
            raise CommandError("Which command? database run -- COMMAND…")
        _handle(_leave)
        server = embedded.running(data_dir()) if settings.EMBEDDED_DATABASE else nullcontext()
        try:
            with server:
                code = _run(command)
        except (embedded.EmbeddedDatabaseError, OSError) as error:
            raise CommandError(str(error)) from error
        sys.exit(code)

    def status(self) -> None:
        if not settings.EMBEDDED_DATABASE:
            self.stdout.write("DATABASE_URL is set: the embedded server is not used")
        elif embedded.is_running(data_dir()):
            self.stdout.write(f"running: {embedded.database_url(data_dir())}")
        else:
            self.stdout.write("not running")
            sys.exit(3)


def data_dir() -> Path:
    """Where the embedded server keeps its data."""
    return settings.DATA_DIR / "postgres"


def _run(command: list[str]) -> int:
    """Run it, pass signals on, and answer its exit code as a shell would."""
    die_with_us = embedded.die_with_parent()

    def prepare() -> None:
        die_with_us()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)

    def pass_on(number: int, frame: FrameType | None) -> None:
        # Ctrl-C at the terminal has reached the child already.
        if not (number == signal.SIGINT and os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp()):
            child.send_signal(number)

    # Held back until the child is known, so that none is lost between.
    signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON)
    try:
        child = subprocess.Popen(command, preexec_fn=prepare)
        _handle(pass_on)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
    code = child.wait()
    return 128 - code if code < 0 else code


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _handle(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in PASSED_ON:
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, handler)
