"""The embedded server: started once, stopped by whoever started it, and never left behind."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import environ
import psycopg
import pytest

from farmland import embedded
from farmland.embedded.accounts import account, socket_dir

ROOT = Path(__file__).resolve().parents[2]
KEEP_RUNNING = """
import sys
from pathlib import Path
from farmland import embedded
from farmland.embedded import accounts
{before}
with embedded.running(Path(sys.argv[1]), durable=False, share={share}) as started_here:
    print(started_here, flush=True)
    sys.stdin.read()
"""
# As where the kernel cannot tie a child to its parent.
UNTIED = "accounts.die_with_parent = lambda number: None"


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder that does not exist yet, in a folder open to all (pytest's own are closed)."""
    place = Path(tempfile.mkdtemp(prefix="farmland-test-"))
    place.chmod(0o755)
    yield place / "postgres"
    sockets = socket_dir(place / "postgres")
    shutil.rmtree(place)
    if sockets.is_symlink():
        sockets.unlink()
    shutil.rmtree(sockets, ignore_errors=True)


@contextmanager
def keeper(data_dir: Path, *, before: str = "", share: bool = True) -> Iterator[subprocess.Popen[str]]:
    """A command that keeps the server up until the block ends."""
    script = KEEP_RUNNING.format(before=before, share=share)
    command = [sys.executable, "-c", script, str(data_dir)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.stdin.close()
            process.wait(60)


def started_here(process: subprocess.Popen[str]) -> bool:
    """Wait until it has the server; whether it was the one to start it."""
    answer = process.stdout.readline().strip()
    assert answer in ("True", "False"), process.stderr.read()
    return answer == "True"


def refusal(process: subprocess.Popen[str]) -> str:
    """What it said instead of starting."""
    assert process.stdout.readline() == "", "it started"
    return process.stderr.read()


def server_pid(data_dir: Path) -> int:
    return int((data_dir / "postmaster.pid").read_text().split()[0])


def eventually(condition: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_django_reads_the_address_and_the_server_answers_there_alone(data_dir):
    settings = environ.Env.db_url_config(embedded.database_url(data_dir))
    with keeper(data_dir) as process:
        assert started_here(process)
        assert embedded.is_running(data_dir)
        parameters = {"dbname": settings["NAME"], "user": settings["USER"], **settings["OPTIONS"]}
        with psycopg.connect(**parameters) as connection:
            found = connection.execute(
                "SELECT current_setting('listen_addresses'), current_setting('fsync'), pg_encoding_to_char(encoding), "
                "datlocale FROM pg_database WHERE datname = current_database()"
            ).fetchone()
        assert found == ("", "off", "UTF8", "C.UTF-8")
        pid = server_pid(data_dir)
    assert not embedded.is_running(data_dir)
    assert not is_alive(pid)


def test_a_second_command_shares_the_server_and_leaves_it_running(data_dir):
    with keeper(data_dir) as first:
        assert started_here(first)
        pid = server_pid(data_dir)
        with keeper(data_dir) as second:
            assert not started_here(second)
        assert embedded.is_running(data_dir)
        assert server_pid(data_dir) == pid


def test_a_command_that_does_not_share_waits_for_its_turn(data_dir):
    with keeper(data_dir) as first:
        assert started_here(first)
        pid = server_pid(data_dir)
        with keeper(data_dir, share=False) as second:
            time.sleep(0.5)
            first.stdin.close()
            assert started_here(second)
            assert server_pid(data_dir) != pid


def test_of_two_first_starts_at_once_one_makes_the_server(data_dir):
    with keeper(data_dir) as first, keeper(data_dir) as second:
        assert sorted((started_here(first), started_here(second))) == [False, True]
    assert not list(data_dir.parent.glob("*.partial-*"))


@pytest.mark.parametrize("kind", ["dead", "zombie", "reused"])
def test_a_process_number_left_behind_does_not_pass_for_a_server(data_dir, kind):
    with keeper(data_dir) as process:
        assert started_here(process)
    # The server's own account, whose processes PostgreSQL would believe in.
    options = {"user": account(data_dir)[0]} if os.geteuid() == 0 else {}
    other = subprocess.Popen(["sleep", "0" if kind != "reused" else "60"], **options)
    if kind == "dead":
        other.wait()
    elif kind == "zombie":
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
    (data_dir / "postmaster.pid").write_text(f"{other.pid}\n{data_dir}\n1\n5432\n{socket_dir(data_dir)}\n\n\nready\n")
    try:
        with keeper(data_dir) as process:
            assert started_here(process)
            assert kind != "reused" or other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
def test_a_killed_command_leaves_no_server(data_dir):
    with keeper(data_dir) as process:
        assert started_here(process)
        pid = server_pid(data_dir)
        process.kill()
        assert eventually(lambda: not is_alive(pid))


def test_an_orphaned_server_is_replaced_not_adopted(data_dir):
    with keeper(data_dir, before=UNTIED) as process:
        assert started_here(process)
        orphan = server_pid(data_dir)
        process.kill()
    assert embedded.is_running(data_dir)
    with keeper(data_dir) as process:
        assert started_here(process)
        assert server_pid(data_dir) != orphan
    assert eventually(lambda: not is_alive(orphan))


def test_an_interrupted_first_start_is_done_again(data_dir):
    with keeper(data_dir) as process:
        assert eventually(lambda: bool(list(data_dir.parent.glob("*.partial-*/global"))))
        process.kill()
    assert not data_dir.exists()
    assert list(data_dir.parent.glob("*.partial-*"))
    with keeper(data_dir) as process:
        assert started_here(process)
        assert eventually(lambda: not list(data_dir.parent.glob("*.partial-*")))


def test_a_folder_of_something_else_is_refused_and_kept(data_dir):
    data_dir.mkdir()
    (data_dir / "letter.txt").write_text("not a database")
    with keeper(data_dir) as process:
        assert "not empty and not a database" in refusal(process)
    assert (data_dir / "letter.txt").read_text() == "not a database"


@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_only_our_own_folders_get_modes_and_owners(data_dir, mode):
    """Also as root below a closed folder, where the server's account needs to be let through."""
    data_dir = data_dir.parent / "above" / "postgres"
    above = data_dir.parent
    above.mkdir()
    above.chmod(mode)
    data_dir.parent.parent.chmod(mode)
    with keeper(data_dir) as process:
        assert started_here(process)
        for folder in (above, above.parent):
            assert stat.S_IMODE(folder.stat().st_mode) == mode
            assert folder.stat().st_uid == os.geteuid()
        for folder in (data_dir, socket_dir(data_dir)):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert folder.stat().st_uid == account(data_dir)[0]
        pid = server_pid(data_dir)
        process.kill()
        assert eventually(lambda: not is_alive(pid))
    shutil.rmtree(socket_dir(data_dir))


@pytest.mark.parametrize("trap", ["link", "open"])
def test_a_socket_folder_that_others_could_reach_is_refused(data_dir, trap):
    sockets = socket_dir(data_dir)
    if trap == "link":
        sockets.symlink_to(data_dir.parent)
    else:
        sockets.mkdir()
        sockets.chmod(0o755)
    with keeper(data_dir) as process:
        assert "is not a folder of ours with mode 700" in refusal(process)
    assert not data_dir.exists()
