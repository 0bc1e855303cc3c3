"""The two addresses for machines that watch the site."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from farmland.views import health
from tests import factories


@pytest.fixture(autouse=True)
def _not_yet_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_found_migrated", False)


def test_the_process_is_alive_without_asking_the_database_even_for_a_signed_in_browser(
    cast, django_assert_num_queries
) -> None:
    client = Client()
    client.force_login(factories.user(role="viewer", division=cast.hebei))
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")


def test_the_site_is_ready_when_the_database_answers_and_is_migrated(db: None, django_assert_num_queries) -> None:
    response = Client().get("/readyz")
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    with django_assert_num_queries(1):
        assert Client().get("/readyz").status_code == 200


def test_a_missing_migration_is_noticed_until_it_is_applied(db: None) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("quotas", "0001_initial")
    response = Client().get("/readyz")
    assert (response.status_code, response.content) == (503, b"migrations are not applied\n")
    assert response["Cache-Control"] == "no-store"
    recorder.record_applied("quotas", "0001_initial")
    assert Client().get("/readyz").status_code == 200


def test_a_database_that_does_not_answer_is_said_without_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection to postgres://user:secret@db failed")

    monkeypatch.setattr(health, "_found_migrated", True)
    monkeypatch.setattr(connection, "cursor", refuse)
    response = Client().get("/readyz")
    assert (response.status_code, response.content) == (503, b"database does not answer\n")


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_probes_are_read_only(db: None, address: str) -> None:
    assert Client().post(address).status_code == 405
