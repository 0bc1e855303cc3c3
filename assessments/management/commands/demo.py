"""Sets up the demonstration and serves it until it is told to stop; `make demo` runs it."""

import fcntl
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from farmland import embedded

HOST = "127.0.0.1"
STEPS = (
    ("建立数据表", ("migrate", "--verbosity=0", "--no-input")),
    ("导入行政区划、目标与公布数据", ("load_reference",)),
    ("导入演示数据", ("load_demo",)),
)
READY_SECONDS, STOP_SECONDS = 60.0, 10.0
MOST_STARTS, STARTS_SECONDS = 5, 60.0  # a worker that ends more often than that will not run at all


class Command(BaseCommand):
    help = "Set up the demonstration and serve it on http://127.0.0.1:$PORT until Ctrl-C or SIGTERM."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Return after a stop while serving; exits 128 + number after one before. Raises CommandError."""
        supervisor = Supervisor()
        supervisor.listen()
        try:
            self.demonstrate(supervisor)
        except Stop as stop:
            self.stdout.write("已停止。")
            if not supervisor.serving:
                sys.exit(128 + stop.number)
        except embedded.EmbeddedDatabaseError as error:
            raise CommandError(str(error)) from error

    def demonstrate(self, supervisor: "Supervisor") -> None:
        with only_here(port := wanted_port()):
            check_port(port)
            database = settings.DATA_DIR / "postgres"
            # Its own server: one that a passing command started would end under us.
            with embedded.running(database, share=False) if settings.EMBEDDED_DATABASE else nullcontext():
                for words, arguments in STEPS:
                    self.stdout.write(f"{words}……")
                    supervisor.run(manage(*arguments), os.environ | {"DEBUG": "true"}, words)
                serving = os.environ | serving_environment()
                supervisor.run(manage("collectstatic", "--no-input", "--verbosity=0"), serving, "汇集静态文件")
                with supervisor.child(granian(port), serving) as server:
                    supervisor.wait_ready(server, port)
                    self.welcome(port)
                    supervisor.serving = True
                    code = supervisor.wait_beside(server, worker(), serving, self.stdout.write)
                    raise CommandError(f"网页服务自行退出（退出码 {code}）。")

    def welcome(self, port: int) -> None:
        from assessments.demo.accounts import ACCOUNTS  # only a demonstration has these

        self.stdout.write("\n演示账号（密码均为 farmland-demo）：")
        for account in ACCOUNTS:
            department = getattr(account.department, "label", account.department)
            role = getattr(account.role, "label", account.role)
            self.stdout.write(f"  {account.username:<24}{account.division}  {role}  {department}")
        self.stdout.write(f"\n请打开 http://{HOST}:{port}/  按 Ctrl-C 停止。")
        self.stdout.flush()


class Stop(BaseException):
    """Somebody asked us to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Supervisor:
    """Runs children one after the other; a signal at any moment ends the current one and unwinds everything."""

    def __init__(self) -> None:
        self.stopped_by = 0
        self.serving = False

    def listen(self) -> None:
        """Answer the usual signals; also, when make started us, the death of make."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
                signal.signal(number, self.stop)
        if "MAKELEVEL" in os.environ:
            parent = os.getppid()
            embedded.signal_on_parents_death(signal.SIGTERM)
            if os.getppid() != parent:
                raise Stop(signal.SIGTERM)

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Raise once: a second signal must not interrupt the unwinding."""
        if not self.stopped_by:
            self.stopped_by = number
            raise Stop(number)

    @contextmanager
    def child(self, command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        """A child in a session of its own, so that Ctrl-C reaches us alone; the block's end stops all of it."""
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=embedded.die_with_parent(),
        )
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            with suppress(ProcessLookupError):  # whoever of its session did not follow
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait(self, process: subprocess.Popen[bytes]) -> int:
        """Its exit code; raises Stop when we are told to, even where the signal's own exception got lost."""
        while True:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(1)
            if self.stopped_by:
                raise Stop(self.stopped_by)

    def wait_beside(
        self,
        server: subprocess.Popen[bytes],
        command: list[str],
        environment: dict[str, str],
        say: Callable[[str], Any],
    ) -> int:
        """The server's exit code, with a second child beside it that is started again whenever it ends.

        Raises CommandError where that child ends again and again.
        """
        started: deque[float] = deque(maxlen=MOST_STARTS)
        while True:
            if len(started) == MOST_STARTS and time.monotonic() - started[0] < STARTS_SECONDS:
                raise CommandError("后台任务程序多次自行退出，原因见上。")
            started.append(time.monotonic())
            with self.child(command, environment) as beside:
                while server.poll() is None and beside.poll() is None:
                    time.sleep(0.2)
                    if self.stopped_by:
                        raise Stop(self.stopped_by)
                if server.poll() is not None:
                    return int(server.returncode)
            say(f"后台任务程序退出（退出码 {beside.returncode}），正在重新启动。")

    def run(self, command: list[str], environment: dict[str, str], words: str) -> None:
        """One step from beginning to end; raises CommandError when it fails."""
        with self.child(command, environment) as process:
            if code := self.wait(process):
                raise CommandError(f"{words}失败（退出码 {code}），原因见上。")

    def wait_ready(self, server: subprocess.Popen[bytes], port: int) -> None:
        """Return when it answers; raises CommandError where it ends or stays silent."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and server.poll() is None:
            with suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(HOST, port, timeout=5)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.1)
        raise CommandError("网页服务没有启动，原因见上。")


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


def granian(port: int) -> list[str]:
    options = [
        "--interface",
        "wsgi",
        "--host",
        HOST,
        "--port",
        str(port),
        "--workers",
        "2",
        "--blocking-threads",
        "8",
        "--log-level",
        "warning",
    ]
    return [sys.executable, "-m", "granian", *options, "farmland.wsgi:application"]


def worker() -> list[str]:
    """The program that works off the queue: two jobs at a time, and five seconds to end them when it is stopped."""
    options = ["--name", "demo", "--concurrency", "2", "--shutdown-graceful-timeout", "5"]
    return manage("procrastinate", "worker", *options)


def wanted_port() -> int:
    """The port that the environment asks for; raises CommandError for what is none."""
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise CommandError(f"PORT={text} 不是端口号（1–65535）。")
    return int(text)


def check_port(port: int) -> None:
    """Raise CommandError before the long work, where the port cannot be had."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # an ended server's last connections do not count
        try:
            trial.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"端口 {port} 不能使用（{error.strerror}）。请换一个端口：make demo PORT={port + 1 if port < 65535 else 8000}"
            ) from error


@contextmanager
def only_here(port: int) -> Iterator[None]:
    """One demonstration per data folder; raises CommandError where another runs."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.DATA_DIR / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise CommandError(f"本目录的演示已在运行：http://{HOST}:{lock.read().strip()}/") from error
        lock.truncate(0)
        lock.write(str(port))
        lock.flush()
        yield


def serving_environment() -> dict[str, str]:
    """What the server runs under: as in production, but on this machine alone and without TLS."""
    return {
        "DEBUG": "false",
        "SECRET_KEY": secret_key(settings.DATA_DIR / "secret_key"),
        "ALLOWED_HOSTS": f"localhost,{HOST}",
        "HTTPS": "false",
        "SITE_URL": f"http://{HOST}:{wanted_port()}",
    }


def secret_key(path: Path) -> str:
    """The key of this data folder, made once; never there half written or readable to others."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        draft.rename(path)
    return path.read_text().strip()
