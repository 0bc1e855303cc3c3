"""Correction after the lock (F15): the old version stays readable and is found by as-of reads."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from farmland.actions import statements as actions
from farmland.actions.statements import Cell
from farmland.models import AnnualStatement, Attachment, Correction, Figure
from farmland.units import WAN_MU
from farmland.workflow import Refused
from tests import factories
from tests.factories import MOMENT
from tests.farmland.hebei import filled, walk

LATER = MOMENT + timedelta(days=30)


@pytest.fixture
def locked(cast, who) -> AnnualStatement:
    steps = ("hand_in", "confirm", "submit", "give_opinion", "approve", "lock")
    return walk(filled(cast, who.reporter), who, *steps)


def begin(locked: AnnualStatement, who: SimpleNamespace) -> AnnualStatement:
    actions.take_step(
        locked, "request_correction", by=who.reviewer, at=LATER, comment="审计发现虚报", evidence=[factories.report()]
    )
    assert actions.take_step(locked, "approve_correction", by=who.ministry, at=LATER) == locked
    return actions.take_step(locked, "approve_correction", by=who.ministry2, at=LATER)


def test_f15_a_correction_becomes_version_two_and_the_first_stays_readable(locked, who, cast) -> None:
    actions.release(locked, level="province", by=who.ministry, at=MOMENT)
    draft = begin(locked, who)
    assert (draft.version, draft.status, draft.corrects) == (2, "draft", locked)
    assert AnnualStatement.objects.get(pk=locked.pk).status == "locked"
    factories.typed(draft, {(cast.luannan, "paddy"): "9", (cast.luannan, "cultivated_land"): "29"}, by=who.reporter)
    by = {"hand_in": who.reporter, "confirm": who.farm_reviewer, "submit": who.reviewer,
          "give_opinion": who.farm_ministry, "approve": who.ministry}  # fmt: skip
    for step, person in by.items():
        actions.take_step(draft, step, by=person, at=LATER, comment="同意")
    old, new = AnnualStatement.objects.get(pk=locked.pk), AnnualStatement.objects.get(pk=draft.pk)
    assert (old.status, new.status, new.released_level) == ("superseded", "approved", "province")

    def land(moment=None):
        rows = Figure.objects.known_at(moment).filter(division="130000", indicator="cultivated_land", year=2024)
        return [row.value_mu for row in rows]

    assert land() == [590_000]
    assert land(LATER - timedelta(seconds=1)) == [600_000]
    assert Figure.objects.filter(statement=old, division="130224", indicator="paddy").get().value_mu == 100_000


def test_two_different_people_of_the_ministry_approve(locked, who) -> None:
    actions.take_step(
        locked, "request_correction", by=who.reviewer, at=LATER, comment="审计发现虚报", evidence=[factories.report()]
    )
    actions.take_step(locked, "approve_correction", by=who.ministry, at=LATER)
    with pytest.raises(Refused) as refused:
        actions.take_step(locked, "approve_correction", by=who.ministry, at=LATER)
    assert refused.value.status == 409
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.update(approved_by=who.ministry, approved_at=LATER)


@pytest.mark.parametrize("name", ["reporter", "farm_reviewer", "ministry", "viewer", "stranger"])
def test_only_the_units_reviewer_asks_and_says_why(locked, who, name: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.take_step(
            locked, "request_correction", by=getattr(who, name), at=LATER, comment="x", evidence=[factories.report()]
        )
    assert refused.value.status == 403
    with pytest.raises(Refused) as refused:
        actions.take_step(
            locked, "request_correction", by=who.reviewer, at=LATER, comment="", evidence=[factories.report()]
        )
    assert (refused.value.status, refused.value.code) == (422, "reason_required")


def test_there_is_one_correction_at_a_time_and_none_of_what_is_open(locked, who, cast) -> None:
    begin(locked, who)
    assert actions.correction_actions(locked, who.reviewer) == []
    with pytest.raises(Refused):
        actions.take_step(locked, "request_correction", by=who.reviewer, at=LATER, comment="再来")
    with pytest.raises(Refused) as refused:
        actions.take_step(
            filled(cast, who.reporter, year=2025), "request_correction", by=who.reviewer, at=LATER, comment="x"
        )
    assert refused.value.status == 409


def test_what_was_checked_against_a_corrected_year_says_so_and_stays_as_it_is(locked, who, cast) -> None:
    following = filled(cast, who.reporter, year=2025)
    following = actions.take_step(following, "hand_in", by=who.reporter, at=LATER)
    assert following.based_on == locked
    draft = begin(locked, who)
    assert not AnnualStatement.objects.get(pk=following.pk).basis_changed, "not yet approved"
    by = {"hand_in": who.reporter, "confirm": who.farm_reviewer, "submit": who.reviewer,
          "give_opinion": who.farm_ministry, "approve": who.ministry}  # fmt: skip
    for step, person in by.items():
        actions.take_step(draft, step, by=person, at=LATER, comment="同意")
    assert AnnualStatement.objects.get(pk=following.pk).basis_changed
    page = factories.signed_in(who.reporter).get(f"/statements/{following.pk}/").content.decode()
    assert "BASIS_CHANGED" in page
    assert f"/statements/{locked.pk}/" in page
    actions.take_step(following, "withdraw", by=who.reporter, at=LATER)
    again = actions.take_step(following, "hand_in", by=who.reporter, at=LATER)
    assert again.based_on == draft
    assert not AnnualStatement.objects.get(pk=following.pk).basis_changed, "checked again, against the correction"


def test_a_correction_is_asked_for_with_evidence_that_is_taken_whole_or_not_at_all(locked, who) -> None:
    for evidence, code in (
        ([], "evidence_required"),
        ([factories.report(), factories.report("b.pdf", b"MZ\0\0")], "evidence_kind"),
    ):
        with pytest.raises(Refused) as refused:
            actions.take_step(
                locked, "request_correction", by=who.reviewer, at=LATER, comment="审计发现虚报", evidence=evidence
            )
        assert (refused.value.status, refused.value.code) == (422, code)
    assert not Correction.objects.exists()
    assert not Attachment.objects.exists()
    actions.take_step(
        locked,
        "request_correction",
        by=who.reviewer,
        at=LATER,
        comment="虚报",
        evidence=[factories.report(), factories.report("二.pdf")],
    )
    file = Attachment.objects.get()  # the same content once
    assert (file.correction, file.name, file.statement) == (Correction.objects.get(), "审计报告.pdf", locked)


def test_who_approves_reads_reason_and_evidence_and_the_form_asks_for_both(locked, who) -> None:
    client, address = factories.signed_in(who.reviewer), f"/statements/{locked.pk}/request_correction/"
    page = client.get(f"/statements/{locked.pk}/").content.decode()
    form = page[page.index(address) : page.index("申请更正")]
    assert 'type="file" name="file"' in form
    assert "请至少选择一个文件" in client.post(address, {"comment": "虚报"}, follow=True).content.decode()
    assert not Correction.objects.exists()
    client.post(address, {"comment": "审计发现虚报", "file": factories.report()})
    file = Attachment.objects.get()
    ministry = factories.signed_in(who.ministry)
    page = ministry.get(f"/statements/{locked.pk}/").content.decode()
    asked = page[page.index("申请更正：") : page.index("批准更正")]
    assert "审计发现虚报" in asked
    assert "审计报告.pdf" in asked
    assert "待初核" in asked
    content = ministry.get(f"/statements/{locked.pk}/files/{file.pk}/")
    assert b"".join(content.streaming_content) == b"%PDF-1.7 audit"


def test_a_copied_cell_is_not_overwritten_unseen_either(locked, who, cast) -> None:
    draft = begin(locked, who)
    (paddy,) = Figure.objects.filter(statement=draft, division="130224", indicator="paddy")
    first, second = (Cell("130224", "paddy", value, base_version=paddy.revision) for value in ("11", "12"))
    states = [
        actions.save_cells(draft, cells=[cell], unit=WAN_MU, by=by, at=LATER)[0].state
        for cell, by in ((first, who.reporter), (second, who.county))
    ]
    assert states == ["saved", "conflict"]


def test_a_reason_is_not_lost_when_its_evidence_is_refused(locked, who) -> None:
    client, address = factories.signed_in(who.reviewer), f"/statements/{locked.pk}/request_correction/"
    page = client.post(address, {"comment": "审计发现虚报", "file": factories.report("x.pdf", b"MZ\0\0")})
    assert page.status_code == 422
    assert 'value="审计发现虚报"' in page.content.decode()
