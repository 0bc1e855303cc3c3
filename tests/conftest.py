"""The standing cast: one small real tree, and people who act for it."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client

from tests import factories


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
        client.force_login(user, backend="farmland.authentication.DivisionBackend")
        return factories.mark_seen(client)

    return do
