"""The head of a statement's page: where it stands, by when it is due, and how much is filled."""

from datetime import date

import pytest

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, StatementStatus
from farmland.selectors.statements import read
from farmland.ui.stages import Filling, filling, stages
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import filled


@pytest.mark.parametrize(("status", "now"), [("draft", 1), ("returned", 1), ("handed_in", 2), ("locked", 5)])
def test_the_stage_follows_the_status(cast, status: str, now: int) -> None:
    found = stages(AnnualStatement(division=cast.hebei, year=2024, status=status))
    assert [stage.number for stage in found if stage.state == "now"] == [now]
    assert [stage.number for stage in found if stage.state == "done"] == list(range(1, now))


def test_every_status_has_a_stage(cast) -> None:
    for status in StatementStatus:
        assert stages(AnnualStatement(division=cast.hebei, year=2024, status=status))


def test_a_row_counts_as_filled_once_nothing_mandatory_is_missing(cast, who) -> None:
    statement = filled(cast, who.reporter)
    assert filling(read(statement)) == Filling(2, 2)
    factories.typed(statement, {(cast.leting, "paddy"): ""}, by=who.reporter)
    assert filling(read(statement)) == Filling(1, 2)
    assert filling(read(statement).within(cast.luannan)) == Filling(1, 1)
    page = signed_in(who.reporter).get(f"/statements/{statement.pk}/").content.decode()
    assert "必填已齐 1/2 行" in page


def test_each_level_reads_its_own_deadline(cast, who) -> None:
    statement = filled(cast, who.reporter)
    days = {"county": date(2025, 2, 28), "prefecture": date(2025, 3, 31), "province": date(2025, 4, 30)}
    actions.open_year(year=2024, **days, by=who.ministry, at=MOMENT)
    for user, day in ((who.county, "2025-02-28"), (who.reporter, "2025-04-30")):
        assert f"截止 {day}" in signed_in(user).get(f"/statements/{statement.pk}/").content.decode()
