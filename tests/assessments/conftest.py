"""The data as it is shipped."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction


@pytest.fixture(scope="class")
def shipped(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The data as shipped, loaded once by the command and rolled back after the class."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", stdout=io.StringIO())
        connection.check_constraints()
        yield
        transaction.set_rollback(True)
