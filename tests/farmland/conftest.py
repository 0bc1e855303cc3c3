"""People whom several files of tests know."""

from types import SimpleNamespace

import pytest

from farmland.models import AnnualStatement, User
from tests import factories
from tests.farmland.hebei import filled, people


@pytest.fixture
def admin(cast: SimpleNamespace) -> User:
    return factories.user(role="administrator", division=cast.hebei, username="hebei_admin", name="赵管")


@pytest.fixture
def person(cast: SimpleNamespace) -> User:
    return factories.user(role="reporter", division=cast.tangshan, username="tangshan", email="t@example.org")


@pytest.fixture
def reporter(cast: SimpleNamespace) -> User:
    return factories.user(role="reporter", division=cast.tangshan, username="tangshan", email="tangshan@example.org")


@pytest.fixture
def who(cast: SimpleNamespace) -> SimpleNamespace:
    """Everybody who has a part in Hebei's statement."""
    return people(cast)


@pytest.fixture
def statement(cast: SimpleNamespace, who: SimpleNamespace) -> AnnualStatement:
    """Hebei's draft with what it owes."""
    return filled(cast, who.reporter)


@pytest.fixture
def place(cast: SimpleNamespace) -> SimpleNamespace:
    """Hebei, its people and its draft, into which files are loaded."""
    who = people(cast)
    return SimpleNamespace(cast=cast, who=who, draft=filled(cast, who.reporter))
