"""`make bench`: each line the ratio of two things measured in turn in the same run, with its goal."""

import gzip
import os
import statistics
import sys
import time
from collections.abc import Callable
from io import BytesIO, StringIO

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farmland.settings")

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core import signals
from django.core.cache import cache
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext

from farmland.middleware import SEEN_COOKIE, seen_now
from farmland.models import User
from tests.benchmarks import quotas, uploads, urls

ROUNDS, REPEATS = 15, 40
SUMMARY = ("/api/v1/summary/", "year=2023")
SMALLER = """
    SET LOCAL session_replication_role = replica;
    DELETE FROM farmland_figure WHERE division_id NOT IN
        (SELECT code FROM farmland_division WHERE level IN ('nation', 'province', 'special'));
    DELETE FROM quotas_quotanode WHERE division_id NOT IN
        (SELECT code FROM farmland_division WHERE level IN ('nation', 'province', 'special'));
    DELETE FROM farmland_division WHERE level NOT IN ('nation', 'province', 'special');
"""


def cookies(user: User) -> str:
    """The cookies of a signed-in session."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "farmland.authentication.DivisionBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    seen = seen_now(session.session_key)
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {SEEN_COOKIE}={seen}"


class Site:
    """The application called as a server would call it."""

    def __init__(self, cookie: str) -> None:
        self.application = get_wsgi_application()
        self.cookie = cookie

    def get(self, path: str, query: str = "", etag: str = "") -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one GET."""
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "localhost",
            "SERVER_PORT": "80", "HTTP_HOST": "localhost", "HTTP_COOKIE": self.cookie, "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http", "wsgi.version": (1, 0),
            "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False, "SCRIPT_NAME": "",
        }  # fmt: skip
        if etag:
            environ["HTTP_IF_NONE_MATCH"] = etag
        status, headers = 0, {}

        def start(line: str, pairs: list[tuple[str, str]], exc_info: object = None) -> None:
            nonlocal status, headers
            status, headers = int(line[:3]), dict(pairs)

        response = self.application(environ, start)
        body = b"".join(response)
        response.close()
        return status, headers, body


def in_turn(first: Callable[[], object], second: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median over rounds of (time of the second / time of the first): how fast the first is beside the second."""
    ratios = []
    for _round in range(ROUNDS):
        times = []
        for action in (first, second):
            start = time.perf_counter()
            for _repeat in range(repeats):
                action()
            times.append(time.perf_counter() - start)
        ratios.append(times[1] / times[0])
    return statistics.median(ratios)


def report(name: str, ratio: float, goal: str, *, met: bool | None) -> None:
    """Print one line."""
    word = "" if met is None else ("met" if met else "MISSED")
    print(f"{name:<72} {ratio:6.2f}   goal {goal:<8} {word}")


def main() -> None:
    """Load the data into a database of our own and measure."""
    settings.ROOT_URLCONF = "tests.benchmarks.urls"
    settings.ALLOWED_HOSTS = ["localhost"]
    for command in ("migrate", "load_reference", "load_demo"):
        call_command(command, verbosity=0, stdout=StringIO())
    settings.DEBUG = False
    site = Site(cookies(User.objects.get(username="ministry_viewer")))
    status, headers, body = site.get(*SUMMARY)
    assert status == 200, status
    urls.KEPT["bytes"] = body

    def warm() -> object:
        return site.get(*SUMMARY)

    def bare() -> object:
        return site.get("/bench/bare/")

    ratio = in_turn(warm, bare)
    report("summary, warm : bare view, same bytes, middleware, authentication", ratio, ">= 0.50", met=ratio >= 0.5)
    ratio = in_turn(lambda: site.get(*SUMMARY, etag=headers["ETag"]), bare)
    report("summary, 304 : the same bare view", ratio, ">= 0.70", met=ratio >= 0.7)
    with CaptureQueriesContext(connection) as found:
        cold(site)
    statements = [query["sql"] for query in found if query["sql"].lstrip().upper().startswith("SELECT")]
    report(
        "summary, cold : the same SQL by psycopg",
        in_turn(lambda: cold(site), lambda: raw(statements), 5),
        "none",
        met=None,
    )
    large = timed(lambda: overview(site))
    # Between requests Django would drop a connection that is inside a transaction; here it is ours to keep.
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(SMALLER)
        small = timed(lambda: overview(site))
        transaction.set_rollback(True)
    ratio = large / small
    report("overview, 2,900 divisions : 31 divisions (cost)", ratio, "<= 1.30", met=ratio <= 1.3)
    size = transferred() / 1000
    report("overview, scripts, styles and map, gzipped : 350 kB", size / 350, "<= 1.00", met=size <= 350)
    print(f"  {size:.1f} kB")
    uploads.measure(report)
    quotas.measure(report)


def transferred() -> int:
    """What a browser fetches to show the overview, in bytes after gzip: scripts, styles and the nation's map."""
    folder = settings.BASE_DIR / "static" / "dist"
    parts = [folder / name for name in ("app.js", "charts.js", "app.css")]
    parts += [settings.MAP_PACK_DIR / name for name in ("china.json", "china-scs.json")]
    return sum(len(gzip.compress(part.read_bytes(), 9)) for part in parts)


def cold(site: Site) -> None:
    """The summary with nothing kept."""
    cache.clear()
    assert site.get(*SUMMARY)[0] == 200


def raw(statements: list[str]) -> None:
    """The same statements by psycopg alone, rows fetched."""
    with connection.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()


def overview(site: Site) -> None:
    """The overview's page."""
    assert site.get("/", "year=2023")[0] == 200


def timed(action: Callable[[], None]) -> float:
    """The median seconds of one call."""
    times = []
    for _repeat in range(30):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
