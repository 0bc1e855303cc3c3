"""`manage.py database`: another command beside the embedded server."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from farmland import embedded
from farmland.embedded.accounts import socket_dir

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _no_socket_folder_left(tmp_path: Path) -> Iterator[None]:
    yield
    shutil.rmtree(socket_dir(tmp_path / "postgres"), ignore_errors=True)


def manage(data_dir: Path, *arguments: str) -> subprocess.Popen[str]:
    """A management command that finds its server in this data folder."""
    variables = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    variables["DATA_DIR"] = str(data_dir)
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def test_database_run_passes_the_exit_code_on_and_stops_the_server(tmp_path):
    ask = "import os, sys; sys.exit(7 if os.path.exists(sys.argv[1]) else 1)"
    process = manage(
        tmp_path, "database", "run", "--", sys.executable, "-c", ask, str(tmp_path / "postgres" / "postmaster.pid")
    )
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 7, said
    assert not embedded.is_running(tmp_path / "postgres")


def test_database_run_passes_signals_on(tmp_path):
    answer = (
        "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(9)); print('up', flush=True); time.sleep(60)"
    )
    process = manage(tmp_path, "database", "run", "--", sys.executable, "-c", answer)
    assert process.stdout.readline() == "up\n"
    status = manage(tmp_path, "database", "status")
    assert status.communicate(timeout=60)[0].startswith("running: postgres://")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 9
    status = manage(tmp_path, "database", "status")
    assert status.communicate(timeout=60)[0] == "not running\n"
    assert status.returncode == 3
