"""Child processes that never outlive us, and processes that end in time."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def signal_on_parents_death(number: int) -> None:
    """Have the kernel send us this signal when the thread that started us dies (Linux; elsewhere nothing happens)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


def die_with_parent(number: int = signal.SIGTERM) -> Callable[[], None]:
    """A `preexec_fn` that lets no child outlive the thread that starts it, however that ends."""
    parent = os.getpid()

    def arrange() -> None:
        signal_on_parents_death(number)
        if os.getppid() != parent:  # it died before the kernel knew
            os._exit(1)

    return arrange


def shut_down(pid: int, ended: Callable[[], bool]) -> None:
    """Fast shutdown, then immediate, then by force."""
    for number, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
        deadline = time.monotonic() + seconds
        if not ended():
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        while not ended() and time.monotonic() < deadline:
            time.sleep(0.02)
