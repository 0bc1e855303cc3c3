"""The standing cast: one small real tree, and people who act for it; and what holds for every test."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import translation

from farmland.management.commands import translations
from tests import factories
from tests.quiet import room

WRITE = re.compile(r"(?:^|;)\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+\"?(\w+)", re.IGNORECASE)
# A token's last use; the session that a reset link opens or an idle one that ends, with its line in the log of sign-ins.
WRITTEN_BY_READING = {"farmland_apitoken", "django_session", "axes_accesslog"}


def refuse_writes(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    written = set(WRITE.findall(str(sql))) - WRITTEN_BY_READING
    assert not written, f"a GET wrote to {written}: {sql}"
    return execute(sql, params, many, context)


@pytest.fixture(autouse=True)
def _reading_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every GET and HEAD of the test client fails when it writes."""
    send = Client.request

    def request(self: Client, **environ: Any) -> Any:
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            return send(self, **environ)
        with connection.execute_wrapper(refuse_writes):
            return send(self, **environ)

    monkeypatch.setattr(Client, "request", request)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """The strength of the hash is not what tests wait for."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(autouse=True, scope="session")
def _nobody_stays_behind(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A request that a closed page left behind does not keep the test database from being dropped."""
    yield
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        cursor.execute(others, cursor.fetchone())


@pytest.fixture(autouse=True, scope="session")
def _translations() -> None:
    """The English of the catalogue as it stands, also where nobody ran `make assets`."""
    translations.compile_catalogue()


@pytest.fixture(autouse=True)
def _room(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test marked `alone` has the machine to itself."""
    with room(alone=request.node.get_closest_marker("alone") is not None):
        yield


@pytest.fixture(autouse=True)
def _site_language() -> Iterator[None]:
    """The language that the last request spoke is not the next test's."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _evidence_of_this_test(settings: Any, tmp_path: Path) -> None:
    """Files that a test hands in lie in a folder of its own."""
    options = settings.STORAGES["evidence"]["OPTIONS"] | {"location": tmp_path / "evidence"}
    settings.STORAGES = settings.STORAGES | {"evidence": settings.STORAGES["evidence"] | {"OPTIONS": options}}


@pytest.fixture(autouse=True)
def _empty_queue(request: pytest.FixtureRequest) -> Iterator[None]:
    """Jobs that a test committed are not the next one's: the queue's tables are not Django's to empty."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker and marker.kwargs.get("transaction") or "live_server" in request.fixturenames
    if commits:
        request.getfixturevalue("transactional_db")  # so that this ends first
    yield
    if commits:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Nothing that one test read is answered to the next."""
    cache.clear()


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    """China; Hebei › Tangshan › Luannan; Chongqing as the stranger; Guangdong with the leaf 东莞; the Corps."""
    return factories.tree()


@pytest.fixture
def sign_in(cast: SimpleNamespace, client: Client) -> Callable[..., Client]:
    """`sign_in("reviewer", cast.hebei)`: a client of a user with that role there."""

    def do(role: str, division: object) -> Client:
        user = factories.user(role=role, division=division)
        return factories.signed_in(user, client)

    return do


@pytest.fixture
def people(cast: SimpleNamespace) -> dict[str, Any]:
    """One of each kind of user, by the names of the access table."""
    return {
        "hebei_reporter": factories.user(role="reporter", division=cast.hebei),
        "hebei_reviewer": factories.user(role="reviewer", division=cast.hebei),
        "hebei_admin": factories.user(role="administrator", division=cast.hebei),
        "guangdong_reporter": factories.user(role="reporter", division=cast.guangdong),
        "ministry_viewer": factories.user(role="viewer", division=cast.china),
        "admin": factories.User.objects.create_superuser("root", factories.PASSWORD),
    }
