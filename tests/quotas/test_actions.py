"""Handing down targets: places, sums, versions (Q-1, Q-3, Q-5, Q-6, T-1, T-2)."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from farmland.models import Division, PolicyDocument
from farmland.units import WAN_MU, InexactValue
from quotas.actions import Target, publish_version
from quotas.models import QuotaNode, QuotaState, QuotaVersion
from tests import factories

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
# The cast's provinces with a promise of their own.
WHOLE = {"000000": "15", "130000": "5", "440000": "4", "500000": "3", "650000": "3"}


@pytest.fixture
def paper(cast: SimpleNamespace) -> PolicyDocument:
    """The document that the targets stand on."""
    return factories.document(number="国函〔2024〕1号")


def targets(values: dict[str, str], paper: PolicyDocument) -> list[Target]:
    """Targets in 万亩, two decimals."""
    return [Target(code, Decimal(value), WAN_MU, 2, paper) for code, value in values.items()]


def hand_down(values: dict[str, str], paper: PolicyDocument, **more: Any) -> tuple[QuotaVersion, bool]:
    """Publish the nation's cultivated land for 2035, unless told otherwise."""
    fields: dict[str, Any] = {"indicator": "cultivated_land", "owner": "000000", "target_year": 2035} | more
    return publish_version(document=paper, targets=targets(values, paper), at=AT, **fields)


def code_of(caught: Any) -> str:
    """The rule that refused."""
    return caught.value.code


def test_a_published_version_holds_its_root_and_its_children_in_mu(paper: PolicyDocument) -> None:
    version, is_new = hand_down(WHOLE, paper)
    assert is_new
    assert (version.state, version.published_at) == (QuotaState.PUBLISHED, AT)
    root = version.nodes.get(division="000000")
    assert root.value_mu == Decimal(150_000)
    assert {node.parent_id for node in version.nodes.exclude(pk=root.pk)} == {root.pk}


def test_the_same_content_again_writes_nothing(paper: PolicyDocument) -> None:
    first, _new = hand_down(WHOLE, paper)
    again, is_new = hand_down(dict(reversed(WHOLE.items())), paper)
    assert (again, is_new) == (first, False)
    assert QuotaNode.objects.count() == len(WHOLE)


def test_other_content_under_the_same_number_asks_for_a_new_version(paper: PolicyDocument) -> None:
    hand_down(WHOLE, paper)
    with pytest.raises(ValidationError, match="新版本") as caught:
        hand_down(WHOLE | {"130000": "6"}, paper)
    assert code_of(caught) == "T-2"
    assert QuotaVersion.objects.count() == 1


def test_a_new_version_supersedes_the_old_one_and_both_stay(paper: PolicyDocument) -> None:
    old, _new = hand_down({"000000": "12"}, paper, is_complete=False)
    new, _new = hand_down({"000000": "13.5"}, paper, is_complete=False, version=2, supersedes=old)
    old.refresh_from_db()
    assert (old.state, new.state) == (QuotaState.SUPERSEDED, QuotaState.PUBLISHED)
    assert QuotaNode.objects.published().get(division="000000").value_mu == Decimal(135_000)
    assert hand_down({"000000": "12"}, paper, is_complete=False) == (old, False)


def test_only_the_version_in_force_of_the_same_promise_can_be_superseded(paper: PolicyDocument) -> None:
    other, _new = hand_down({"000000": "12"}, paper, is_complete=False, target_year=2030)
    with pytest.raises(ValidationError) as caught:
        hand_down({"000000": "13"}, paper, is_complete=False, version=2, supersedes=other)
    assert code_of(caught) == "T-2"
    other.refresh_from_db()
    assert other.state == QuotaState.PUBLISHED


def test_a_published_version_gains_no_nodes(paper: PolicyDocument, cast: SimpleNamespace) -> None:
    version, _new = hand_down({"000000": "12"}, paper, is_complete=False)
    node = targets({"130000": "1"}, paper)[0].as_node(version)
    with pytest.raises(IntegrityError, match="superseded by a new version"), transaction.atomic():
        node.save()


@pytest.mark.parametrize("code", ["130200", "130224"])
def test_q5_a_grandchild_is_no_direct_child(paper: PolicyDocument, code: str) -> None:
    with pytest.raises(ValidationError, match="直接下级") as caught:
        hand_down({code: "1"}, paper, is_complete=False)
    assert code_of(caught) == "Q-5"
    assert not QuotaVersion.objects.exists()


def test_q5_a_county_under_a_grouping_row_is_a_child_of_its_municipality(paper: PolicyDocument) -> None:
    version, _new = hand_down({"500101": "1"}, paper, owner="500000", is_complete=False)
    assert version.nodes.get().division.name == "万州区"


def test_q5_a_division_is_named_once_and_exists(paper: PolicyDocument) -> None:
    twice = targets({"130000": "1"}, paper) * 2
    with pytest.raises(ValidationError) as caught:
        publish_version(
            indicator="cultivated_land", owner="000000", target_year=2035, document=paper, targets=twice, at=AT
        )
    assert code_of(caught) == "Q-5"
    with pytest.raises(ValidationError) as caught:
        hand_down({"999999": "1"}, paper, is_complete=False)
    assert code_of(caught) == "Q-5"


def test_the_nation_may_hand_the_corps_its_targets_and_they_are_not_added(paper: PolicyDocument) -> None:
    version, _new = hand_down(WHOLE | {"660000": "1"}, paper)
    assert version.nodes.filter(division="660000").exists()
    short = WHOLE | {"130000": "4.5", "660000": "1"}
    with pytest.raises(ValidationError) as caught:
        hand_down(short, paper, target_year=2030)
    assert code_of(caught) == "T-1"


def test_xinjiangs_set_is_complete_without_the_corps_and_does_not_add_it(
    paper: PolicyDocument, cast: SimpleNamespace
) -> None:
    Division.objects.create(code="659001", name="石河子市", level="county", parent=cast.xinjiang)
    hand_down(WHOLE, paper)
    with pytest.raises(ValidationError) as caught:
        hand_down({"659001": "2.5", "660000": "0.5"}, paper, owner="650000")
    assert code_of(caught) == "Q-1"
    assert hand_down({"659001": "3"}, paper, owner="650000")[1]


def test_t1_a_national_set_that_falls_short_is_refused_with_its_numbers(paper: PolicyDocument) -> None:
    with pytest.raises(ValidationError, match="14.99.*15.00.*0.01") as caught:
        hand_down(WHOLE | {"130000": "4.99"}, paper)
    assert code_of(caught) == "T-1"
    assert not QuotaVersion.objects.exists()


def test_t1_a_national_set_without_a_province_says_that_it_is_incomplete(paper: PolicyDocument) -> None:
    partial = {code: value for code, value in WHOLE.items() if code != "440000"}
    with pytest.raises(ValidationError, match="广东省") as caught:
        hand_down(partial, paper)
    assert code_of(caught) == "T-1"
    version, _new = hand_down(partial, paper, is_complete=False)
    assert not version.is_complete


def test_f03_a_provinces_set_that_falls_short_of_its_node_is_refused(paper: PolicyDocument) -> None:
    hand_down(WHOLE, paper)
    with pytest.raises(ValidationError, match="低于") as caught:
        hand_down({"130200": "4.99"}, paper, owner="130000")
    assert code_of(caught) == "Q-1"
    version, _new = hand_down({"130200": "5.05"}, paper, owner="130000")
    parent = version.nodes.get().parent
    assert parent is not None
    assert parent.division_id == "130000"


def test_q6_permanent_basic_farmland_does_not_exceed_cultivated_land(paper: PolicyDocument) -> None:
    hand_down(WHOLE, paper)
    with pytest.raises(ValidationError, match="5.01.*5.00") as caught:
        hand_down({"130000": "5.01"}, paper, indicator="permanent_basic_farmland", is_complete=False)
    assert code_of(caught) == "Q-6"
    hand_down({"130000": "5"}, paper, indicator="permanent_basic_farmland", is_complete=False)


def test_q6_holds_the_other_way_round_too(paper: PolicyDocument) -> None:
    hand_down({"130000": "5"}, paper, indicator="permanent_basic_farmland", is_complete=False)
    with pytest.raises(ValidationError) as caught:
        hand_down({"130000": "4.99"}, paper, is_complete=False)
    assert code_of(caught) == "Q-6"


def test_a_red_line_is_not_handed_down_and_stands_beside_the_target(paper: PolicyDocument) -> None:
    version, _new = hand_down({"000000": "14"}, paper, kind="red_line", target_year=None)
    hand_down({"000000": "15"}, paper, is_complete=False)
    assert version.is_complete
    assert QuotaNode.objects.published().filter(division="000000").count() == 2


def test_a_demonstration_hangs_under_the_official_node_and_never_replaces_it(paper: PolicyDocument) -> None:
    hand_down(WHOLE, paper)
    version, _new = hand_down({"130200": "5"}, paper, owner="130000", is_demo=True)
    node = version.nodes.get()
    assert node.parent is not None
    assert not node.parent.version.is_demo
    assert hand_down({"130200": "5.5"}, paper, owner="130000")[1]


def test_u1_a_target_that_cannot_be_stored_exactly_is_refused(paper: PolicyDocument) -> None:
    with pytest.raises(InexactValue):
        hand_down({"130000": "1.00000000001"}, paper, is_complete=False)
