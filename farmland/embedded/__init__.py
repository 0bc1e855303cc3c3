"""A real PostgreSQL from a Python package, for places without a database server.

The owner of a data folder is whoever holds its lock file; it starts the server as its own child and stops it. The
server listens on a socket in a folder of mode 700 only. Nothing here happens on import, and settings ask for the
address alone: a server is started by `manage.py database run`, `manage.py demo` and the tests.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

from farmland.embedded.accounts import (
    EmbeddedDatabaseError,
    account,
    advice,
    as_account,
    environment,
    make_socket_dir,
    program,
    socket_dir,
)
from farmland.embedded.processes import die_with_parent, shut_down, signal_on_parents_death

__all__ = [
    "EmbeddedDatabaseError",
    "database_url",
    "die_with_parent",
    "is_running",
    "running",
    "signal_on_parents_death",
]

DATABASE = "farmland"
PATIENCE_SECONDS = 60.0
STILL_ENDING = ("postmaster.pid", "shared memory block")  # in the log of a start that came too early
CREATE_DATABASE = rf"""
SELECT 'CREATE DATABASE {DATABASE}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \gexec
"""
UNSAFE_BUT_FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def database_url(data_dir: Path) -> str:
    """The address of the server of this data folder, running or not."""
    return f"postgres://postgres@/{DATABASE}?{urlencode({'host': str(socket_dir(data_dir.resolve()))})}"


def is_running(data_dir: Path) -> bool:
    """Whether the server of this data folder takes connections now."""
    return _ask_server(data_dir.resolve(), "pg_isready", "-q")


@contextmanager
def running(data_dir: Path, *, durable: bool = True, share: bool = True) -> Iterator[bool]:
    """Keep the server of `data_dir` up inside the block; yields whether this call started (and so will stop) it.

    A server that another command started is shared and left alone; `share=False` waits for that command's end instead.
    `durable=False` trades safety against a crash of the machine for speed. The server ends when the calling thread
    does: call from the main thread. Raises EmbeddedDatabaseError.
    """
    data_dir = data_dir.resolve()
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    uid, _ = account(data_dir)
    if data_dir.exists() and data_dir.stat().st_uid not in (uid, os.geteuid()):
        raise EmbeddedDatabaseError(f"{data_dir} belongs to another account: run as that account, or remove the folder")
    make_socket_dir(data_dir)
    # Read-only is enough to lock it, and works where another account made the file. Children do not inherit it.
    lock = os.open(data_dir.with_name(f"{data_dir.name}.lock"), os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        if not _own_or_share(lock, data_dir, share=share):
            yield False
            return
        server = _start(data_dir, durable=durable)
        try:
            yield True
        finally:
            _stop(server)
    finally:
        os.close(lock)


def _own_or_share(lock: int, data_dir: Path, *, share: bool) -> bool:
    """Wait until we own the data folder (True) or may share its owner's server (False)."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if share and _ask_server(data_dir, "psql", "-Xqc", "SELECT 1", DATABASE):
            return False
        time.sleep(0.1)
    raise EmbeddedDatabaseError(f"Another command has been using {data_dir} for a minute: stop it first")


def _start(data_dir: Path, *, durable: bool) -> subprocess.Popen[bytes]:
    _clear_leftovers(data_dir)
    if not (data_dir / "global" / "pg_control").exists():
        _initialise(data_dir)
    command = [program("postgres"), "-D", str(data_dir), "-k", str(socket_dir(data_dir)), "-h", "", "-p", "5432"]
    command += ["-c", "unix_socket_permissions=0700", *(() if durable else UNSAFE_BUT_FAST)]
    command, options = as_account(command, data_dir)
    log = data_dir.with_name(f"{data_dir.name}.log")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with log.open("wb") as output:
            server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options)
        try:
            if _became_ready(server, data_dir, deadline):
                return server
        except BaseException:
            _stop(server)
            raise
        said = log.read_text(errors="replace")
        if time.monotonic() > deadline or not any(words in said for words in STILL_ENDING):
            raise EmbeddedDatabaseError(f"PostgreSQL did not start on {data_dir}:\n{said[-2000:]}{advice(said)}")
        time.sleep(0.5)


def _became_ready(server: subprocess.Popen[bytes], data_dir: Path, deadline: float) -> bool:
    """Whether it takes connections and has our database; False when it ended instead."""
    while server.poll() is None:
        if is_running(data_dir) and _ask_server(data_dir, "psql", "-Xq", "postgres", given=CREATE_DATABASE):
            return True
        if time.monotonic() > deadline:
            raise EmbeddedDatabaseError(f"PostgreSQL did not get ready within {PATIENCE_SECONDS:.0f} seconds")
        time.sleep(0.03)
    return False


def _initialise(data_dir: Path) -> None:
    """Make the data folder beside its place and move it there whole, so that an interrupted attempt leaves nothing."""
    if data_dir.exists() and any(data_dir.iterdir()):
        raise EmbeddedDatabaseError(f"{data_dir} is not empty and not a database: move it away")
    _clear_abandoned(data_dir)
    partial = Path(tempfile.mkdtemp(prefix=f"{data_dir.name}.partial-", dir=data_dir.parent))
    try:
        if os.geteuid() == 0:
            os.chown(partial, *account(data_dir))
        # The server's own locale provider sorts alike on every system, whatever locales it has installed.
        command = [program("initdb"), "-D", str(partial), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command, options = as_account(command, data_dir)
        result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
        if result.returncode:
            said = result.stdout[-1000:] + result.stderr[-1000:]
            raise EmbeddedDatabaseError(f"initdb failed on {data_dir}:\n{said}{advice(said)}")
        partial.rename(data_dir)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    _clear_abandoned(data_dir)  # an initdb that outlived its parent wrote on into the folder taken from under it


def _clear_abandoned(data_dir: Path) -> None:
    """Remove what interrupted attempts left beside the data folder."""
    for abandoned in data_dir.parent.glob(f"{data_dir.name}.partial-*"):
        shutil.rmtree(abandoned, ignore_errors=True)


def _clear_leftovers(data_dir: Path) -> None:
    """Stop the server of an owner that was killed, and forget one that is gone; only for the holder of the lock."""
    if pid := _server_pid(data_dir):
        shut_down(pid, lambda: _server_pid(data_dir) is None)
    # PostgreSQL takes a zombie or a reused number for a live server and would refuse to start.
    (data_dir / "postmaster.pid").unlink(missing_ok=True)


def _server_pid(data_dir: Path) -> int | None:
    """The process of a live server on this folder: the number alone may be dead, a zombie or somebody else's by now."""
    try:
        pid = int((data_dir / "postmaster.pid").read_text().split("\n", 1)[0])
        if sys.platform == "linux":
            # Readable without further rights, unlike the process's folder; empty for a zombie.
            command = os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" "))
        else:
            command = subprocess.run(["ps", "-wwo", "command=", "-p", str(pid)], capture_output=True, text=True).stdout
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return pid if f"-D {data_dir} " in command else None


def _stop(server: subprocess.Popen[bytes]) -> None:
    shut_down(server.pid, lambda: server.poll() is not None)


def _ask_server(data_dir: Path, client: str, *arguments: str, given: str = "") -> bool:
    command = [program(client), "-h", str(socket_dir(data_dir)), "-p", "5432", "-U", "postgres", *arguments]
    return subprocess.run(command, input=given, text=True, capture_output=True, env=environment()).returncode == 0
