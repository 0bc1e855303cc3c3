"""Handing targets down: what is typed, what the rules let pass, who takes which step (domain A.1, C.1, F3)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from farmland.actions.statements.cells import Cell
from farmland.models import Division, PolicyParameter
from farmland.units import MU, WAN_MU
from farmland.workflow import Refused
from quotas.actions import (
    Placed,
    Signed,
    apply_proposal,
    explain,
    name_adjustment,
    place,
    record_paper,
    record_signatures,
    save_nodes,
)
from quotas.models import Letter, Placement, QuotaNode, QuotaTransition, QuotaVersion, Redo
from quotas.selectors.handing_down import get_contents
from quotas.workflow import available_actions
from tests import factories
from tests.quotas.handing import (
    AT,
    BASIC,
    CAP,
    PAPER,
    STATE_PAPER,
    TASK,
    handed,
    opened,
    published,
    stepped,
    typed,
)

SHORT = {"130200": "1800", "130300": "1700", "130400": "1495"}
ENOUGH = SHORT | {"130400": "1505"}


def refused(call, *args, **more) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*args, **more)
    return caught.value


def test_f03_a_floor_is_handed_down_by_its_direction(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    typed(version, SHORT, who.reporter)
    found = refused(stepped, version, "submit", who.reporter)
    assert (found.status, found.code) == (422, "Q-1")
    assert found.detail.startswith("下级之和 4995.00 低于本级 5000.00，差 5.00")
    typed(version, {"130400": "1505"}, who.reporter)
    assert get_contents(version).findings() == []  # a surplus of 0.10 % is none to be explained
    assert published(version, who).state == "published"


def test_f03_a_cap_is_handed_down_by_its_direction(cast, who) -> None:
    handed("130000", "12", indicator=CAP, year=2026)
    version = opened(cast.hebei, who.reporter, indicator=CAP, year=2026)
    found = refused(typed, version, {"130200": "5", "130300": "4", "130400": "3.5"}, who.reporter)
    assert (found.code, found.status) == ("Q-3", 422)
    assert "12.50 高于本级 12.00，超 0.50" in found.detail
    typed(version, {"130200": "5", "130300": "4", "130400": "3"}, who.reporter)
    assert published(version, who).state == "published"


@pytest.mark.parametrize(("basic", "codes"), [("82", []), ("79.5", ["Q-8"]), ("101", ["Q-6"])])
def test_f03_a_province_keeps_four_fifths_as_basic_farmland(cast, who, basic: str, codes: list[str]) -> None:
    """79.5 % needs a reason, 82 % none; more than the cultivated land itself is refused."""
    version = opened(cast.china, who.ministry_reporter, indicator=BASIC)
    share = Decimal(5000) * Decimal(basic) / 100
    values = {"000000": "100", "130000": f"{share:f}", "440000": "1", "500000": "1", "650000": "1"}
    typed(version, values, who.ministry_reporter)
    found = [finding for finding in get_contents(version).findings() if finding.division == "130000"]
    assert [finding.code for finding in found] == codes


def test_every_child_must_have_a_target(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    typed(version, {"130200": "6000"}, who.reporter)
    found = refused(stepped, version, "submit", who.reporter)
    assert (found.code, "秦皇岛市" in found.detail, "邯郸市" in found.detail) == ("Q-1", True, True)


def test_a_task_is_added_up_to_at_least_its_parent(cast, who) -> None:
    handed("130000", "10", indicator=TASK, year=2030)
    version = opened(cast.hebei, who.agri, indicator=TASK, year=2030)
    typed(version, {"130200": "3", "130300": "3", "130400": "3.99"}, who.agri)
    assert refused(stepped, version, "submit", who.agri).code == "Q-4"
    assert refused(typed, version, {"130400": "4"}, who.reporter).status == 403  # another line of government


def test_one_mu_and_its_last_decimal_count(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    typed(version, {"130200": "18000000", "130300": "17000000", "130400": "14999999.999999"}, who.reporter, unit=MU)
    found = refused(stepped, version, "submit", who.reporter)
    assert "差 0.0000000001" in found.detail
    typed(version, {"130400": "15000000"}, who.reporter, unit=MU)
    assert stepped(version, "submit", who.reporter).state == "submitted"


def test_what_soft_rules_find_needs_a_reason(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    typed(version, SHORT | {"130400": "2000"}, who.reporter)
    assert refused(stepped, version, "submit", who.reporter).code == "Q-10"
    assert refused(explain, version, code="Q-8", division="130000", text="x", by=who.reporter, at=AT).status == 422
    explain(version, code="Q-10", division="130000", text="留有余地", by=who.reporter, at=AT)
    assert stepped(version, "submit", who.reporter).state == "submitted"


def test_a_plan_below_what_was_handed_down_is_refused(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    typed(version, ENOUGH, who.reporter)
    typed(version, {"130200": "1799.99"}, who.reporter, column="plan")
    assert refused(stepped, version, "submit", who.reporter).code == "Q-2"
    typed(version, {"130200": "1800"}, who.reporter, column="plan")
    stepped(version, "submit", who.reporter)


def test_who_takes_which_step(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    typed(version, ENOUGH, who.reporter)

    def open_to(version: QuotaVersion) -> dict[str, set[str]]:
        steps = {name: {str(s.action) for s in available_actions(version, user)} for name, user in vars(who).items()}
        return {name: found for name, found in steps.items() if found}

    assert open_to(version) == {"reporter": {"submit", "discard"}}
    version = stepped(version, "submit", who.reporter)
    assert open_to(version) == {
        "reporter": {"withdraw"}, "ministry": {"approve", "return"}, "ministry_two": {"approve", "return"},
    }  # fmt: skip
    assert refused(stepped, version, "approve", who.reviewer).status == 403
    assert refused(stepped, version, "publish", who.reviewer, paper=PAPER).status == 409
    assert refused(stepped, version, "return", who.ministry).code == "comment_required"
    version = stepped(version, "return", who.ministry, comment="请核对邯郸")
    assert (version.state, version.submitted_by) == ("returned", None)
    stepped(version, "submit", who.reporter)
    version = stepped(version, "approve", who.ministry)
    assert open_to(version) == {"reviewer": {"publish"}, "ministry": {"return"}, "ministry_two": {"return"}}
    assert refused(stepped, version, "publish", who.reviewer).code == "document_required"
    version = stepped(version, "publish", who.reviewer, paper=PAPER)
    assert (version.document.number, version.published_by) == (PAPER.number, who.reviewer)
    assert [t.action for t in QuotaTransition.objects.filter(version=version)] == [
        "open", "submit", "return", "submit", "approve", "publish",
    ]  # fmt: skip
    assert {node.parent.version.owner_id for node in version.nodes.all()} == {"000000"}


def test_at_the_top_a_second_person_approves_and_names_the_state_councils_document(cast, who) -> None:
    version = opened(cast.china, who.ministry_reporter, indicator=BASIC)
    values = {"000000": "14", "130000": "4500", "440000": "4", "500000": "3", "650000": "3"}
    typed(version, values, who.ministry_reporter)
    found = refused(stepped, version, "submit", who.ministry_reporter)
    assert found.code == "Q-10"
    typed(version, {"000000": "4510"}, who.ministry_reporter)
    version = stepped(version, "submit", who.ministry_reporter)
    assert refused(stepped, version, "approve", who.ministry_reporter).status == 403
    assert refused(stepped, version, "approve", who.ministry).code == "document_required"
    version = stepped(version, "approve", who.ministry, paper=STATE_PAPER)
    version = stepped(version, "publish", who.ministry_two)
    assert version.document.number == STATE_PAPER.number
    with pytest.raises(IntegrityError), transaction.atomic():
        QuotaVersion.objects.filter(pk=opened(cast.china, who.ministry_reporter, indicator=BASIC).pk).update(
            submitted_by=who.ministry, approved_by=who.ministry
        )


def test_children_begin_only_when_their_parent_is_handed_down(cast, who) -> None:
    assert refused(opened, cast.tangshan, who.city).code == "no_parent"
    assert refused(opened, cast.luannan, who.county).code == "no_children"
    version = opened(cast.hebei, who.reporter)
    assert refused(opened, cast.hebei, who.reporter).code == "under_way"
    typed(version, ENOUGH, who.reporter)
    published(version, who)
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "900"}, who.city)
    stepped(city, "submit", who.city)
    assert refused(stepped, city, "approve", who.ministry).status == 403
    stepped(city, "approve", who.reviewer)
    stepped(city, "publish", who.city_reviewer, paper=PAPER)
    assert QuotaNode.objects.published().get(division="130224").parent.division_id == "130200"


def test_a_province_may_draw_up_its_prefectures_targets_but_the_ministry_no_provinces(cast, who) -> None:
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    published(version, who)
    city = opened(cast.tangshan, who.reporter)
    typed(city, {"130224": "900", "130225": "900"}, who.city)
    assert refused(opened, cast.guangdong, who.ministry_reporter).status == 403
    assert refused(typed, city, {"130224": "901"}, who.stranger).status == 403


def test_nobody_overwrites_what_they_did_not_see(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    typed(version, {"130200": "1800"}, who.reporter)

    cells = [Cell("130200", "value", "1900"), Cell("130300", "value", "5"), Cell("130224", "value", "5"),
             Cell("130400", "value", "-1"), Cell("130400", "plan", "5")]  # fmt: skip
    found = save_nodes(version, cells=cells, unit=WAN_MU, by=who.reporter, at=AT).outcomes
    assert [(o.state, o.code) for o in found] == [
        ("conflict", "conflict"), ("saved", ""), ("invalid", "Q-5"), ("invalid", "number"), ("invalid", "no_value"),
    ]  # fmt: skip
    assert dict(version.nodes.values_list("division", "value_mu")) == {"130200": 18_000_000, "130300": 50_000}


def test_what_was_handed_in_or_down_is_frozen_in_the_database(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    typed(version, ENOUGH, who.reporter)
    stepped(version, "submit", who.reporter)

    def change() -> None:
        with transaction.atomic():
            version.nodes.filter(division="130200").update(value_mu=1)

    with pytest.raises(IntegrityError, match="returned first"):
        change()
    with pytest.raises(IntegrityError, match="returned first"), transaction.atomic():
        version.nodes.all().delete()
    stepped(version, "approve", who.ministry)
    stepped(version, "publish", who.reviewer, paper=PAPER)
    with pytest.raises(IntegrityError, match="superseded by a new version"):
        change()


def test_an_adjustment_supersedes_and_needs_a_document_to_weaken(cast, who) -> None:
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    first = published(version, who)
    second = opened(cast.hebei, who.reporter)
    assert (second.version, second.supersedes, second.nodes.count()) == (2, first, 3)
    typed(second, {"130400": "1510", "130200": "1790"}, who.reporter)
    assert refused(stepped, second, "submit", who.reporter).code == "Q-7"
    name_adjustment(second, document=record_paper(STATE_PAPER, at=AT), by=who.reporter, at=AT)
    published(second, who)
    first.refresh_from_db()
    assert first.state == "superseded"
    assert first.nodes.get(division="130200").value_mu == 18_000_000
    assert QuotaNode.objects.published().get(division="130200").value_mu == 17_900_000


def test_a_raised_parent_marks_every_version_below_until_it_is_redone(cast, who) -> None:
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    published(version, who)
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "900"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    stepped(city, "publish", who.city_reviewer, paper=PAPER)
    second = opened(cast.hebei, who.reporter)
    typed(second, {"130200": "1810"}, who.reporter)
    stepped(stepped(second, "submit", who.reporter), "approve", who.ministry)
    stepped(second, "publish", who.reviewer, paper=PAPER, redo_due_on=date(2027, 3, 1))
    [mark] = Redo.objects.all()
    assert (mark.version, mark.was_mu, mark.now_mu, mark.due_on) == (city, 18_000_000, 18_100_000, date(2027, 3, 1))
    again = opened(cast.tangshan, who.city)
    assert refused(stepped, again, "submit", who.city).code == "Q-1"
    typed(again, {"130224": "910"}, who.city)
    stepped(stepped(again, "submit", who.city), "approve", who.reviewer)
    stepped(again, "publish", who.city_reviewer, paper=PAPER)
    mark.refresh_from_db()
    assert mark.done_at == AT


def test_a_nation_that_is_raised_marks_prefectures_too_and_an_unchanged_province_clears_them(cast, who) -> None:
    """The prefecture's mark goes when its province has redone its own and asks no more of it."""
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    published(version, who)
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "900"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    stepped(city, "publish", who.city_reviewer, paper=PAPER)
    top = opened(cast.china, who.ministry_reporter)
    values = {"000000": "5012", "130000": "5004", "440000": "4", "500000": "3", "650000": "3"}
    typed(top, values, who.ministry_reporter)
    stepped(top, "submit", who.ministry_reporter)
    stepped(top, "approve", who.ministry, paper=STATE_PAPER)
    stepped(top, "publish", who.ministry)
    assert {mark.version_id for mark in Redo.objects.filter(done_at=None)} == {version.pk, city.pk}
    again = opened(cast.hebei, who.reporter)
    published(again, who)  # 5,005 hold 5,004 still
    assert not Redo.objects.filter(done_at=None).exists()


def test_what_was_handed_on_cannot_be_revoked(cast, who) -> None:
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    version = published(version, who)
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "900"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    city = stepped(city, "publish", who.city_reviewer, paper=PAPER)
    assert refused(stepped, version, "revoke", who.ministry, comment="有误").code == "handed_on"
    stepped(city, "revoke", who.reviewer, comment="有误")
    assert stepped(version, "revoke", who.ministry, comment="有误").state == "revoked"
    assert not QuotaNode.objects.published().filter(division="130200").exists()


def test_proposals_add_up_exactly(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    assert refused(apply_proposal, version, way="area", by=who.reporter, at=AT).code == "nothing_to_go_by"
    for code, area in (("130200", "1"), ("130300", "1"), ("130400", "1")):
        factories.published(Division.objects.get(pk=code), area)
    for way in ("area", "even"):
        apply_proposal(version, way=way, by=who.reporter, at=AT)
        values = list(version.nodes.order_by("division").values_list("value_mu", flat=True))
        assert sum(values) == 50_000_000
        assert values == [Decimal("16666700"), Decimal("16666700"), Decimal("16666600")]
    assert refused(apply_proposal, version, way="last", by=who.reporter, at=AT).status == 422


def test_placing_and_uploading_is_the_countys_own(cast, who) -> None:
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    published(version, who)
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "900"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    city = stepped(city, "publish", who.city_reviewer, paper=PAPER)
    node = city.nodes.get(division="130224")
    day = date(2026, 11, 27)
    assert refused(place, node, Placed("900", WAN_MU, day), by=who.city, at=AT).status == 403
    found = refused(place, node, Placed("899.99", WAN_MU, day), by=who.county, at=AT)
    assert (found.code, "差 0.01" in found.detail) == ("C.1", True)
    place(node, Placed("899.99", WAN_MU), by=who.county, at=AT)
    with pytest.raises(IntegrityError, match="less was placed"), transaction.atomic():
        Placement.objects.update(uploaded_on=day)
    assert refused(place, node, Placed("900", WAN_MU, day), by=who.county, at=AT).code == "conflict"
    place(node, Placed("900", WAN_MU, day, base_version=1), by=who.county, at=AT)
    again = opened(cast.tangshan, who.city)
    typed(again, {"130224": "901"}, who.city)
    stepped(stepped(again, "submit", who.city), "approve", who.reviewer)
    stepped(again, "publish", who.city_reviewer, paper=PAPER)
    moved = Placement.objects.get(node__version=again)
    assert (moved.placed_mu, moved.uploaded_on) == (9_000_000, None)


def test_letters_are_made_and_signed_by_both(cast, who) -> None:
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    published(version, who)
    letters = Letter.objects.filter(upper=cast.hebei)
    assert [letter.lower_id for letter in letters.order_by("lower")] == ["130200", "130300", "130400"]
    letter = letters.get(lower="130200")
    day = date(2026, 11, 25)
    alone = Signed("张书记", day, base_version=1)
    assert refused(record_signatures, letter, alone, by=who.city, at=AT).code == "Q-11"
    assert refused(record_signatures, letter, alone, by=who.stranger, at=AT).status == 403
    both = Signed("张书记", day, "李市长", day, base_version=1)
    copy = factories.report("责任书.pdf")
    record_signatures(letter, both, by=who.city, at=AT, copy=copy)
    letter.refresh_from_db()
    assert (letter.is_signed, letter.kind, len(letter.sha256)) == (True, "pdf", 64)
    assert Letter.objects.signed().count() == 1
    assert refused(record_signatures, letter, both, by=who.city, at=AT).code == "conflict"


def test_q9_what_is_not_on_the_map_by_its_day_needs_a_reason(cast, who) -> None:
    """There is a day only where the ministry set one; it is said on the list, and asked for with what is recorded."""
    handed("130200", "100", owner="130000")
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "50", "130225": "50"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    city = stepped(city, "publish", who.city_reviewer, paper=PAPER)
    node = city.nodes.get(division="130224")
    client = factories.signed_in(who.county)
    assert "逾期未落图" not in client.get("/quotas/placements/").content.decode()
    place(node, Placed("10", WAN_MU), by=who.county, at=AT)
    PolicyParameter.objects.create(
        key="quota_placement_due_on", value="2026-06-30", effective_from=date(2026, 1, 1), source="测试"
    )
    found = refused(place, node, Placed("20", WAN_MU, base_version=1), by=who.county, at=AT)
    assert (found.code, "2026-06-30 前落图 50.00，现为 20.00，差 30.00" in found.detail) == ("Q-9", True)
    page = client.get("/quotas/placements/").content.decode()
    assert "逾期未落图" in page
    assert "差 40.00" in page
    place(node, Placed("20", WAN_MU, note="图斑正在核实", base_version=1), by=who.county, at=AT)
    place(node, Placed("50", WAN_MU, base_version=2), by=who.county, at=AT)
    assert "逾期未落图" not in client.get("/quotas/placements/?division=130224").content.decode().split("乐亭县")[0]
