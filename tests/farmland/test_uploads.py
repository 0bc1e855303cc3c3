"""Files from desks: checked as a dry run, then written all or nothing."""

from decimal import Decimal

import orjson
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from farmland.actions import statements as typing
from farmland.actions import uploads as actions
from farmland.actions.statements.bulk import ground, sort_out
from farmland.models import AnnualStatement, Figure, Notice, Upload
from farmland.selectors.chronicle import get_chronicle
from farmland.units import WAN_MU
from farmland.workbooks.filled import FilledCell
from farmland.workflow import Refused
from tests import factories
from tests.factories import MOMENT
from tests.farmland.filling import applied, checked, filled_file, hand_in_file, work_off
from tests.farmland.hebei import walk

pytestmark = pytest.mark.django_db
LUANNAN, LETING = "130224", "130225"


def value(draft: AnnualStatement, division: str, indicator: str = "cultivated_land") -> Decimal | None:
    found = Figure.objects.filter(statement=draft, division=division, indicator=indicator).first()
    return found.value_mu if found else None


def versions(draft: AnnualStatement) -> dict[tuple[str, str], int]:
    return {(f.division_id, f.indicator): f.revision for f in draft.figures.all()}


def test_the_dry_run_counts_and_changes_nothing(place):
    known = versions(place.draft)
    rows = [(LUANNAN, "cultivated_land", "31"), (LETING, "cultivated_land", "30.00"), (LUANNAN, "unstable_sand", "1")]
    upload = checked(place.draft, filled_file(rows, versions=known), by=place.who.reporter)
    assert upload.status == "checked"
    expected = {"new": 1, "changed": 1, "same": 1, "conflict": 0, "error": 0, "emptied": 0}
    assert upload.counts.items() >= expected.items()
    assert value(place.draft, LUANNAN) == 300_000
    assert value(place.draft, LUANNAN, "unstable_sand") is None


def test_what_was_checked_is_written_with_who_and_which_file(place):
    rows = [(LUANNAN, "cultivated_land", "31"), (LUANNAN, "unstable_sand", "1"), (LETING, "dry", "")]
    upload = applied(checked(place.draft, filled_file(rows, versions=versions(place.draft)), by=place.who.reporter))
    assert upload.status == "applied", upload.log
    assert value(place.draft, LUANNAN) == 310_000
    assert value(place.draft, LUANNAN, "unstable_sand") == 10_000
    assert value(place.draft, LETING, "dry") is None
    for label in ("insert", "update", "delete"):
        event = Figure.pgh_event_model.objects.filter(statement=place.draft, pgh_label=label).order_by("pgh_id").last()
        assert event.pgh_context.metadata["upload"] == upload.pk
        assert event.pgh_context.metadata["user"] == place.who.reporter.pk
    deeds, _more = get_chronicle(place.draft, place.cast.hebei)
    assert any(deed.source == "耕地.csv" for deed in deeds)
    figure = Figure.objects.get(statement=place.draft, division=LUANNAN, indicator="unstable_sand")
    assert (figure.typed_by, figure.input_unit, figure.input_decimals) == (place.who.reporter, "wan_mu", 0)


def test_one_error_refuses_the_whole_file_and_lists_each_with_its_cell(place):
    rows = [
        (LUANNAN, "unstable_sand", "1"),
        (LUANNAN, "cultivated_land", "x"),
        ("440000", "dry", "1"),
        (LETING, "dry", "-1"),
    ]
    upload = checked(place.draft, filled_file(rows, versions=versions(place.draft)), by=place.who.reporter)
    assert upload.status == "refused"
    found = [(issue.cell, issue.code) for issue in upload.issues.filter(kind="error")]
    assert found == [("C3", "number"), ("A4", "division"), ("C5", "negative")]
    with pytest.raises(Refused) as refused:
        actions.request_apply(upload, by=place.who.reporter, at=MOMENT)
    assert refused.value.status == 409
    assert value(place.draft, LUANNAN, "unstable_sand") is None


def test_a_newer_figure_is_a_conflict_that_a_person_decides(place):
    old = versions(place.draft)
    factories.typed(
        place.draft, {(place.cast.luannan, "dry"): "9", (place.cast.leting, "dry"): "8"}, by=place.who.reporter
    )
    rows = [(LUANNAN, "dry", "7"), (LETING, "dry", "6")]
    upload = checked(place.draft, filled_file(rows, versions=old), by=place.who.reporter)
    issues = list(upload.issues.filter(kind="conflict"))
    assert [(i.value, i.theirs) for i in issues] == [("7", "9"), ("6", "8")]
    with pytest.raises(Refused) as refused:
        actions.request_apply(upload, by=place.who.reporter, at=MOMENT)
    assert refused.value.code == "undecided"
    decide = {"by": place.who.reporter, "at": MOMENT}
    assert actions.decide(upload, issues=None, decision="theirs", **decide) == 2
    assert actions.decide(upload, issues=[issues[0].pk], decision="mine", **decide) == 1
    assert applied(upload).status == "applied"
    assert value(place.draft, LUANNAN, "dry") == 70_000
    assert value(place.draft, LETING, "dry") == 80_000


def test_a_cell_that_nobody_touched_in_the_file_is_no_conflict(place):
    old = versions(place.draft)
    factories.typed(place.draft, {(place.cast.luannan, "dry"): "9"}, by=place.who.reporter)
    factories.typed(place.draft, {(place.cast.leting, "unstable_sand"): "2"}, by=place.who.reporter)
    rows = [(LUANNAN, "dry", "10"), (LETING, "dry", "7"), (LETING, "unstable_sand", "")]
    upload = checked(
        place.draft, filled_file(rows, versions=old | {(LETING, "unstable_sand"): 0}), by=place.who.reporter
    )
    assert upload.counts["conflict"] == 0
    assert applied(upload).status == "applied"
    assert value(place.draft, LUANNAN, "dry") == 90_000
    assert value(place.draft, LETING, "unstable_sand") == 20_000
    assert value(place.draft, LETING, "dry") == 70_000


def test_a_file_without_versions_overwrites_nothing_unasked(place):
    rows = [(LUANNAN, "dry", "7"), (LUANNAN, "unstable_sand", "1"), (LETING, "dry", "")]
    upload = checked(place.draft, filled_file(rows), by=place.who.reporter)
    assert upload.counts.items() >= {"conflict": 1, "new": 1, "emptied": 0}.items()


def test_what_changed_after_the_check_refuses_the_whole_and_asks_again(place):
    rows = [(LUANNAN, "dry", "7"), (LETING, "unstable_sand", "1")]
    upload = checked(place.draft, filled_file(rows, versions=versions(place.draft)), by=place.who.reporter)
    factories.typed(place.draft, {(place.cast.luannan, "dry"): "9"}, by=place.who.reporter)
    upload = applied(upload)
    assert upload.status == "checked"
    assert [i.theirs for i in upload.issues.filter(kind="conflict")] == ["9"]
    assert value(place.draft, LETING, "unstable_sand") is None
    actions.decide(upload, issues=None, decision="mine", by=place.who.reporter, at=MOMENT)
    assert applied(upload).status == "applied"
    assert value(place.draft, LUANNAN, "dry") == 70_000


def test_a_statement_that_was_handed_in_meanwhile_takes_nothing(place):
    upload = checked(place.draft, filled_file([(LETING, "unstable_sand", "1")]), by=place.who.reporter)
    actions.request_apply(upload, by=place.who.reporter, at=MOMENT)
    walk(place.draft, place.who, "hand_in")
    work_off()
    upload.refresh_from_db()
    assert (upload.status, upload.code) == ("refused", "wrong_state")
    assert value(place.draft, LETING, "unstable_sand") is None


def test_a_cancelled_upload_is_never_written(place):
    upload = checked(place.draft, filled_file([(LETING, "unstable_sand", "1")]), by=place.who.reporter)
    actions.request_apply(upload, by=place.who.reporter, at=MOMENT)
    actions.cancel(upload, by=place.who.reporter, at=MOMENT)
    work_off()
    assert Upload.objects.get(pk=upload.pk).status == "cancelled"
    assert value(place.draft, LETING, "unstable_sand") is None
    waiting = hand_in_file(place.draft, filled_file([(LETING, "unstable_sand", "1")]), by=place.who.reporter)
    actions.cancel(waiting, by=place.who.reporter, at=MOMENT)
    work_off()
    assert Upload.objects.get(pk=waiting.pk).status == "cancelled"


def test_an_applied_upload_can_be_neither_cancelled_nor_applied_again(place):
    upload = applied(checked(place.draft, filled_file([(LETING, "unstable_sand", "1")]), by=place.who.reporter))
    for act in (actions.cancel, actions.request_apply):
        with pytest.raises(Refused) as refused:
            act(upload, by=place.who.reporter, at=MOMENT)
        assert refused.value.status == 409


def test_only_who_handed_it_in_decides_about_it(place):
    upload = checked(place.draft, filled_file([(LETING, "unstable_sand", "1")]), by=place.who.reporter)
    colleague = factories.user(role="reporter", division=place.cast.hebei)
    for act in (actions.cancel, actions.request_apply):
        with pytest.raises(Refused) as refused:
            act(upload, by=colleague, at=MOMENT)
        assert refused.value.status == 403


@pytest.mark.parametrize("who", ["reviewer", "ministry", "stranger", "viewer"])
def test_who_types_nothing_hands_in_no_file(place, who):
    with pytest.raises(Refused) as refused:
        hand_in_file(place.draft, filled_file(), by=getattr(place.who, who))
    assert refused.value.status == 403


def test_a_county_fills_its_own_row_alone(place):
    rows = [(LUANNAN, "unstable_sand", "1"), (LETING, "unstable_sand", "1")]
    upload = checked(place.draft, filled_file(rows), by=place.who.county)
    assert [issue.code for issue in upload.issues.all()] == ["scope"]


class Unread(ContentFile):
    """A file whose content must not be asked for."""

    def read(self, *args: object, **kwargs: object) -> bytes:
        raise AssertionError("the content was read")


def test_a_hundred_megabytes_are_refused_before_they_are_read(place):
    content = Unread(b"")
    content.size = 100_000_000
    with pytest.raises(Refused) as refused:
        actions.receive(place.draft, name="大.xlsx", content=content, by=place.who.reporter, at=MOMENT)
    assert (refused.value.status, refused.value.code) == (422, "file_too_large")
    assert not Upload.objects.exists()


def test_what_is_no_table_is_refused_with_words(place):
    upload = checked(place.draft, b"bad", by=place.who.reporter)
    assert (upload.status, upload.code) == ("refused", "head")
    assert upload.detail


def test_a_fault_of_ours_ends_in_failed_with_words_and_is_told(place, monkeypatch):
    monkeypatch.setattr("farmland.jobs.uploads.read_statement_file", lambda *args, **kwargs: 1 / 0)
    upload = hand_in_file(place.draft, filled_file(), by=place.who.reporter)
    with pytest.raises(ZeroDivisionError):
        work_off()
    upload.refresh_from_db()
    assert upload.status == "failed"
    assert "没有写入" in upload.log[-1][1]
    assert Notice.objects.get(upload=upload).words["state"] == "failed"


def test_a_half_written_import_is_undone_whole(place, monkeypatch):
    upload = checked(
        place.draft,
        filled_file([(LUANNAN, "dry", "7"), (LETING, "unstable_sand", "1")], versions=versions(place.draft)),
        by=place.who.reporter,
    )

    def broken(*args: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("farmland.actions.statements.written.write_gaps", broken)
    actions.request_apply(upload, by=place.who.reporter, at=MOMENT)
    with pytest.raises(RuntimeError):
        work_off()
    upload.refresh_from_db()
    assert upload.status == "failed"
    assert value(place.draft, LUANNAN, "dry") == 100_000
    assert value(place.draft, LETING, "unstable_sand") is None


def test_hints_of_the_rules_stand_beside_what_may_be_applied(place):
    rows = [(LUANNAN, "dry", "12")]
    upload = checked(place.draft, filled_file(rows, versions=versions(place.draft)), by=place.who.reporter)
    assert upload.status == "checked"
    hints = upload.issues.filter(kind="notice", division=LUANNAN)
    typed = typing.type_cells(
        place.draft, cells=[typing.Cell(LUANNAN, "dry", "12", base_version=versions(place.draft)[LUANNAN, "dry"])],
        unit=WAN_MU, by=place.who.reporter, at=MOMENT, dry_run=True,
    )  # fmt: skip
    expected = {f.code for f in typed.contents.read(unit=WAN_MU).findings if f.division == LUANNAN}
    assert {hint.code for hint in hints} == expected


@pytest.mark.parametrize("noted", ["坏\x00注", "坏注"])
def test_a_character_that_cannot_be_stored_is_a_fault_and_no_crash(place, noted: str) -> None:
    rows = [
        {"division": LETING, "indicator": "unstable_sand", "value": "1", "note": noted},
        {"division": "13\x00", "indicator": "dry", "value": "2\x00"},
    ]
    content = orjson.dumps({"unit": "wan_mu", "figures": rows[: 1 if "\x00" not in noted else 2]})
    upload = checked(place.draft, content, by=place.who.reporter)
    assert upload.status == ("refused" if "\x00" in noted else "checked")
    assert upload.counts["error"] == (2 if "\x00" in noted else 0)


def test_a_file_that_names_what_cannot_be_stored_is_refused_with_words(place):
    figure = b'"figures":[{"division":"130225","indicator":"unstable_sand","value":"1"}]'
    for head in (b'"unit":"\\ud800"', b'"unit":"a\\u0000"', b'"unit":"wan_mu","identity":"a\\u0000"'):
        upload = checked(place.draft, b"{" + head + b"," + figure + b"}", by=place.who.reporter)
        assert (upload.status, bool(upload.detail)) == ("refused", True)
    upload = hand_in_file(place.draft, filled_file(), by=place.who.reporter)
    actions.begin(upload.pk, at=MOMENT)
    actions.refuse(upload.pk, code="a\x00", detail="计量单位“\ud800\x00”", at=MOMENT)
    upload.refresh_from_db()
    assert (upload.code, upload.detail) == ("a\ufffd", "计量单位“\ufffd\ufffd”")


def test_where_even_the_refusal_fails_the_file_ends(place, monkeypatch):
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("cannot be written")

    monkeypatch.setattr("farmland.actions.uploads.refuse", broken)
    upload = hand_in_file(place.draft, b"bad", by=place.who.reporter)
    with pytest.raises(RuntimeError):
        work_off()
    upload.refresh_from_db()
    assert (upload.status, bool(upload.detail)) == ("failed", True)


@pytest.mark.parametrize(
    "odd",
    [
        {"value": "1", "note": "坏\ud800"},
        {"value": "", "absence": "blank", "note": "坏\x00"},
        {"value": "", "absence": "blank", "note": "坏\udfff"},
        {"value": "1\ud800"},
        {"value": "1", "division": "13\ud800"},
    ],
)
def test_halves_of_characters_are_faults_of_their_cells(place, odd: dict[str, str]) -> None:
    cell = FilledCell(
        "表\ud800", "A1", odd.get("division", LETING), "unstable_sand", odd["value"], odd.get("absence", "")
    )
    cell.note, cell.base_version = odd.get("note"), 0
    found = sort_out([cell], ground(place.draft, unit=WAN_MU, by=place.who.reporter))
    upload = hand_in_file(place.draft, filled_file(), by=place.who.reporter)
    actions.begin(upload.pk, at=MOMENT)
    actions.record_check(upload.pk, found=found, faults=[], unit=WAN_MU, rows=1, at=MOMENT)
    upload.refresh_from_db()
    assert (upload.status, [(issue.sheet, issue.code) for issue in upload.issues.all()]) == (
        "refused", [("表\ufffd", "character")],
    )  # fmt: skip


def test_what_would_change_is_kept_beside_the_counts(place):
    rows = [(LUANNAN, "dry", "7"), (LETING, "unstable_sand", "1"), (LETING, "dry", "")]
    upload = checked(place.draft, filled_file(rows, versions=versions(place.draft)), by=place.who.reporter)
    assert sorted(upload.counts["changes"]) == [
        ["C2", LUANNAN, "dry", "10", "7"], ["C3", LETING, "unstable_sand", "", "1"], ["C4", LETING, "dry", "10", ""],
    ]  # fmt: skip
    assert len(applied(upload).counts["changes"]) == 3


def test_after_writing_no_hint_is_shown_of_what_was_before(place):
    upload = checked(
        place.draft, filled_file([(LUANNAN, "dry", "12")], versions=versions(place.draft)), by=place.who.reporter
    )
    assert upload.counts["notice"]
    upload = applied(upload)
    assert "notice" not in upload.counts
    assert not upload.issues.filter(kind="notice").exists()


def test_a_conflict_says_who_and_when_and_what_to_do(place):
    old = versions(place.draft)
    unnamed = checked(place.draft, filled_file([(LUANNAN, "dry", "7")]), by=place.who.reporter)
    assert "文件没有版本号，不能判断是否覆盖" in unnamed.issues.get(kind="conflict").detail
    factories.typed(place.draft, {(place.cast.luannan, "dry"): "9"}, by=place.who.reporter)
    typing.save_cells(
        place.draft, cells=[typing.Cell(LETING, "dry", "", base_version=old[LETING, "dry"])], unit=WAN_MU,
        by=place.who.reporter, at=MOMENT,
    )  # fmt: skip
    rows = [(LUANNAN, "dry", "7"), (LETING, "dry", "6")]
    upload = checked(place.draft, filled_file(rows, versions=old), by=place.who.reporter)
    first, second = upload.issues.filter(kind="conflict")
    when = timezone.localtime(Figure.objects.get(statement=place.draft, division=LUANNAN, indicator="dry").typed_at)
    assert f"{place.who.reporter} {when:%m-%d %H:%M} 已改为 9 万亩" in first.detail
    assert "已被清空" in second.detail
    assert "保留现有的" in first.detail
    assert "保留现有的" in second.detail


def hints_of(upload: Upload) -> set[tuple[str, str]]:
    return set(upload.issues.filter(kind="notice").values_list("division", "code"))


def test_hints_follow_the_decisions_and_the_second_check(place):
    upload = checked(place.draft, filled_file([(LUANNAN, "dry", "12")]), by=place.who.reporter)
    kept = hints_of(upload)
    actions.decide(upload, issues=None, decision="mine", by=place.who.reporter, at=MOMENT)
    assert not hints_of(upload)
    work_off()
    base = versions(place.draft)[LUANNAN, "dry"]
    typed = typing.type_cells(
        place.draft, cells=[typing.Cell(LUANNAN, "dry", "12", base_version=base)], unit=WAN_MU,
        by=place.who.reporter, at=MOMENT, dry_run=True,
    )  # fmt: skip
    assert hints_of(upload) == {(f.division, f.code) for f in typed.contents.read(unit=WAN_MU).findings} != kept
    upload.refresh_from_db()
    assert upload.counts["notice"] == upload.issues.filter(kind="notice").count()
    factories.typed(place.draft, {(place.cast.luannan, "dry"): "9"}, by=place.who.reporter)
    upload = applied(upload)
    assert (upload.status, upload.counts["conflict"]) == ("checked", 1)
    assert upload.counts["notice"] == upload.issues.filter(kind="notice").count() > 0
