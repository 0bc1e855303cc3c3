"""Release (X-1, F16): nothing is readable elsewhere earlier, and not deeper than it was released."""

import pytest

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Figure
from farmland.workflow import Refused
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import filled, walk


@pytest.fixture
def approved(cast, who) -> AnnualStatement:
    return walk(filled(cast, who.reporter), who, "hand_in", "confirm", "submit", "give_opinion", "approve")


def seen_by(user) -> set[str]:
    return set(Figure.objects.readable_by(user).known_at(None).values_list("division_id", flat=True))


def test_f16_a_stranger_reads_as_deep_as_it_was_released_and_no_deeper(approved, who, cast) -> None:
    assert seen_by(who.stranger) == set()
    steps = (
        ("nation", who.ministry, set()),
        ("province", who.ministry, {"130000"}),
        ("prefecture", who.reviewer, {"130000", "130200"}),
        ("county", who.reviewer, {"130000", "130200", "130224", "130225"}),
    )
    for level, by, seen in steps:
        actions.release(approved, level=level, by=by, at=MOMENT)
        assert seen_by(who.stranger) == seen, level


def test_f16_before_the_release_no_page_or_file_of_a_stranger_tells_a_number(approved, who) -> None:
    client = signed_in(who.stranger)
    for address in (
        "/?year=2024", "/?year=2024&export=csv", "/divisions/130000/?year=2024", "/api/v1/summary/?year=2024",
        "/divisions/130000/figures/cultivated_land/?year=2024", "/api/v1/summary/?year=2024&format=csv",
    ):  # fmt: skip
        text = client.get(address).content.decode()
        assert "60.00" not in text, address
        assert "600000.000000" not in text, address


@pytest.mark.parametrize(
    ("name", "level"),
    [("reviewer", "nation"), ("reviewer", "province"), ("reviewer", "county"), ("ministry", "county"),
     ("reporter", "province"), ("stranger", "province"), ("viewer", "nation"), ("farm_ministry", "nation")],
)  # fmt: skip
def test_each_level_is_released_by_its_own_and_in_order(approved, who, name: str, level: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.release(approved, level=level, by=getattr(who, name), at=MOMENT)
    assert refused.value.status == 403
    assert AnnualStatement.objects.get(pk=approved.pk).released_at is None


def test_what_is_not_approved_is_not_released_and_a_release_is_never_taken_back(cast, who, approved) -> None:
    with pytest.raises(Refused) as refused:
        actions.release(filled(cast, who.reporter, year=2025), level="nation", by=who.ministry, at=MOMENT)
    assert refused.value.status == 409
    actions.release(approved, level="province", by=who.ministry, at=MOMENT)
    with pytest.raises(Refused):
        actions.release(approved, level="nation", by=who.ministry, at=MOMENT)


def test_the_ministry_releases_on_the_page(approved, who) -> None:
    page = (
        signed_in(who.ministry)
        .post(f"/statements/{approved.pk}/release/", {"level": "province"}, follow=True)
        .content.decode()
    )
    assert "现公开至省级" in page
    assert factories.AnnualStatement.objects.get(pk=approved.pk).released_level == "province"
    assert signed_in(who.stranger).post(f"/statements/{approved.pk}/release/", {"level": "county"}).status_code == 404
