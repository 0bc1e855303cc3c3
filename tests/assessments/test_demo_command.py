"""The supervisor of the demonstration: it says early what it lacks, and leaves nothing behind."""

import fcntl
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessments.management.commands.demo import Stop, Supervisor, secret_key
from farmland import embedded
from farmland.embedded.accounts import socket_dir

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="farmland-demo-"))
    yield place
    shutil.rmtree(socket_dir(place / "postgres"), ignore_errors=True)
    shutil.rmtree(place)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def silent_database() -> Iterator[str]:
    """A database that never answers, so that the first step waits until somebody ends it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"postgres://nobody@127.0.0.1:{server.getsockname()[1]}/none?connect_timeout=600"


def demo(data_dir: Path, port: object, **more: str) -> subprocess.Popen[str]:
    variables = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MAKELEVEL")}
    variables |= {"DATA_DIR": str(data_dir), "PORT": str(port), "PYTHONUNBUFFERED": "1"} | more
    command = [sys.executable, "manage.py", "demo"]
    return subprocess.Popen(
        command, cwd=ROOT, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def processes_of(data_dir: Path) -> list[str]:
    """Every live process that was started, however indirectly, with this data folder."""
    wanted, found = f"DATA_DIR={data_dir}\0".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (process / "environ").read_bytes() + b"\0":
                found.append((process / "cmdline").read_text())
        except OSError:  # somebody else's, or gone meanwhile
            continue
    return found


def step_of(supervisor: int) -> int:
    """The management command that the supervisor waits for, once it is there."""
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for child in children.read_text().split():
            if "migrate" in Path(f"/proc/{child}/cmdline").read_text():
                return int(child)
        time.sleep(0.02)
    raise AssertionError("no step was started")


def wait_until_gone(data_dir: Path) -> list[str]:
    """What is still there after a while; empty at best."""
    deadline = time.monotonic() + 15
    while processes_of(data_dir) and time.monotonic() < deadline:
        time.sleep(0.1)
    return processes_of(data_dir)


def read_until(process: subprocess.Popen[str], words: str) -> None:
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return
    raise AssertionError(said)


def test_a_port_in_use_is_said_before_any_work(data_dir, port):
    with socket.create_server(("127.0.0.1", port)):
        process = demo(data_dir, port)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"端口 {port} 不能使用" in said
    assert f"make demo PORT={port + 1}" in said
    assert not (data_dir / "postgres").exists()


def test_a_port_that_is_none_is_refused(data_dir):
    process = demo(data_dir, "http")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "PORT=http 不是端口号" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_set_up_stops_everything(data_dir, port, number):
    process = demo(data_dir, port)
    read_until(process, "建立数据表")
    assert embedded.is_running(data_dir / "postgres")
    process.send_signal(number)
    process.send_signal(number)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + number, said
    assert "已停止" in said
    assert not embedded.is_running(data_dir / "postgres")
    assert processes_of(data_dir) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
def test_nothing_outlives_a_killed_supervisor(data_dir, port, silent_database):
    process = demo(data_dir, port, DATABASE_URL=silent_database)
    assert step_of(process.pid)
    process.kill()
    assert wait_until_gone(data_dir) == []


def test_a_signal_ends_the_step_that_it_finds(data_dir, port, silent_database):
    process = demo(data_dir, port, DATABASE_URL=silent_database)
    assert step_of(process.pid)
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert processes_of(data_dir) == []


def test_a_second_start_beside_the_first_is_refused_and_harmless(data_dir, port):
    first = demo(data_dir, port)
    try:
        read_until(first, "建立数据表")
        second = demo(data_dir, port)
        said, _ = second.communicate(timeout=60)
        assert second.returncode == 1
        assert f"演示已在运行：http://127.0.0.1:{port}/" in said
        assert first.poll() is None
        assert embedded.is_running(data_dir / "postgres")
    finally:
        first.terminate()
        first.communicate(timeout=60)


def test_a_step_that_fails_stops_the_demonstration_with_its_name(data_dir, port):
    with (data_dir / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = demo(data_dir, port)
        time.sleep(2)
        assert process.poll() is None, "it waits for whoever uses the data folder"
    read_until(process, "建立数据表")
    os.kill(step_of(process.pid), signal.SIGKILL)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "建立数据表失败（退出码 -9）" in said
    assert not embedded.is_running(data_dir / "postgres")


def test_the_secret_is_made_once_and_readable_to_its_owner_alone(tmp_path):
    key = secret_key(tmp_path / "secret_key")
    assert len(key) >= 50
    assert secret_key(tmp_path / "secret_key") == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_second_signal_does_not_interrupt_the_unwinding_of_the_first():
    supervisor = Supervisor()
    with pytest.raises(Stop) as stopped:
        supervisor.stop(signal.SIGTERM, None)
    supervisor.stop(signal.SIGINT, None)
    assert (stopped.value.number, supervisor.stopped_by) == (signal.SIGTERM, signal.SIGTERM)
