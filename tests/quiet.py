"""Room for what is measured in milliseconds: while it runs, the other workers wait between two tests."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(name: str, how: int) -> Iterator[None]:
    """A lock that all workers of one run share."""
    with (Path(os.environ["DATA_DIR"]) / name).open("a") as file:
        fcntl.flock(file, how)
        yield


@contextmanager
def room(*, alone: bool) -> Iterator[None]:
    """The room of a test: shared, or `alone` once those inside have left. The door lets nobody pass who waits."""
    with held("door.lock", fcntl.LOCK_EX):
        entered = held("room.lock", fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        entered.__enter__()
    try:
        yield
    finally:
        entered.__exit__(None, None, None)
