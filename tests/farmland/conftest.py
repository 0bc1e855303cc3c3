"""People whom several files of tests know."""

from types import SimpleNamespace

import pytest

from farmland.models import User
from tests import factories


@pytest.fixture
def admin(cast: SimpleNamespace) -> User:
    return factories.user(role="administrator", division=cast.hebei, username="hebei_admin", name="赵管")


@pytest.fixture
def person(cast: SimpleNamespace) -> User:
    return factories.user(role="reporter", division=cast.tangshan, username="tangshan", email="t@example.org")


@pytest.fixture
def reporter(cast: SimpleNamespace) -> User:
    return factories.user(role="reporter", division=cast.tangshan, username="tangshan", email="tangshan@example.org")
