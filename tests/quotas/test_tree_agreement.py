"""The tree on the page and the tree over REST say the same of every division."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from farmland.units import WAN_MU
from quotas.actions import Placed, Signed, place, record_signatures
from quotas.models import Letter, Placement, QuotaVersion, Redo
from quotas.selectors.tree import Working, get_tree
from tests.factories import signed_in
from tests.quotas.handing import AT, CULTIVATED, PAPER, opened, published, stepped, typed


@pytest.fixture
def carried_out(cast, who) -> QuotaVersion:
    """Hebei's and Tangshan's targets, one county's on the map, one letter signed by both, and a raise after it all."""
    version = opened(cast.hebei, who.reporter)
    typed(version, {"130200": "1800", "130300": "1700", "130400": "1505"}, who.reporter)
    published(version, who)
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "900.25"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    city = stepped(city, "publish", who.city_reviewer, paper=PAPER)
    day = date(2026, 11, 20)
    place(city.nodes.get(division="130224"), Placed("900.5", WAN_MU, day), by=who.county, at=AT)
    both = Signed("张书记", day, "李市长", day, base_version=1)
    record_signatures(Letter.objects.get(lower="130200"), both, by=who.city, at=AT)
    again = opened(cast.hebei, who.reporter)
    typed(again, {"130200": "1801"}, who.reporter)
    published(again, who)
    return city


def flat(branch: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {branch["division"]["code"]: branch}
    for child in branch["children"]:
        found |= flat(child)
    return found


def text(value: object) -> str | None:
    return None if value is None else f"{value:.6f}"


def test_both_trees_say_the_same(cast, who, carried_out) -> None:
    address = reverse("api_quota_tree")
    asked = {"indicator": CULTIVATED, "period": 2035, "division": "130000"}
    told = flat(signed_in(who.reporter).get(address, asked).json()["tree"])
    working = Working(
        cast.hebei, Placement.objects.visible_to(who.reporter), Letter.objects.visible_to(who.reporter),
        Redo.objects.visible_to(who.reporter),
    )  # fmt: skip
    tree = get_tree(cast.hebei, indicator=CULTIVATED, year=2035, moment=None, working=working)
    branches = [tree.root, *tree.rows]
    assert {branch.division.code for branch in branches} == set(told)
    assert told["130200"]["needs_redo"]
    for branch in branches:
        other = told[branch.division.code]
        assert other["value_mu"] == text(branch.target.value_mu if branch.target else None)
        assert other["children_mu"] == text(branch.children_mu)
        assert (other["children_with_target"], other["children_expected"]) == (branch.with_target, branch.children)
        assert other["placement"]["placed_mu"] == text(branch.placed_mu)
        assert other["placement"]["uploaded"] == (branch.uploaded or 0)
        assert other["letters"]["signed"] == (branch.letters or 0)
        assert (other["needs_redo"] or {}).get("due_on") == (branch.mark.due_on.isoformat() if branch.mark else None)
        if branch.gap_mu is not None and not branch.missing:
            assert other["gap_mu"] == text(branch.gap_mu)
