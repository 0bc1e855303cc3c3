"""What the tests run in, set before Django reads its settings; pytest loads this first (`-p tests.environment`).

Without DATABASE_URL a run starts its own embedded PostgreSQL and hands the address to its workers. Runs at the same
time in one checkout each take a data folder of their own.
"""

import atexit
import fcntl
import os
import signal
from contextlib import ExitStack
from pathlib import Path

from farmland import embedded

ROOT = Path(__file__).resolve().parent.parent
CLOSE_AT_END = ExitStack()


def pytest_unconfigure() -> None:
    CLOSE_AT_END.close()


def set_defaults() -> None:
    """Fill in what the caller's environment leaves open."""
    os.environ.setdefault("DEBUG", "true")
    os.environ.setdefault("SECRET_KEY", "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz")
    os.environ.setdefault("DATA_DIR", str(ROOT / ".data" / "test"))


def start_database() -> None:
    """Start the server of this run and export its address; it is stopped when the run ends, however it does."""
    data_dir = free_data_dir(Path(os.environ["DATA_DIR"]))
    CLOSE_AT_END.enter_context(embedded.running(data_dir / "postgres", durable=False, share=False))
    os.environ["DATA_DIR"] = str(data_dir)
    os.environ["DATABASE_URL"] = embedded.database_url(data_dir / "postgres")


def free_data_dir(wanted: Path) -> Path:
    """The first of `test`, `test-2`, `test-3`… that no other run holds; held until this one ends."""
    data_dir, number = wanted, 1
    while True:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = CLOSE_AT_END.enter_context((data_dir / "run.lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return data_dir
        except BlockingIOError:
            number += 1
            data_dir = wanted.with_name(f"{wanted.name}-{number}")


set_defaults()
if "PYTEST_XDIST_WORKER" not in os.environ and not os.environ.get("DATABASE_URL"):
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C, with all that is torn down then
    atexit.register(CLOSE_AT_END.close)  # pytest may give up before it is configured
    start_database()
