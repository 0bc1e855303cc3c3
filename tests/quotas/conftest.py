"""People and divisions of the tests of promises."""

from types import SimpleNamespace

import pytest

from tests.quotas import handing


@pytest.fixture
def who(cast: SimpleNamespace) -> SimpleNamespace:
    """Everybody who has a part in Hebei's targets; Hebei has three prefectures and was handed 5,000."""
    handing.prefectures()
    handing.handed("130000", "5000")
    return handing.people(cast)
