"""A whole set of targets from a file: read, judged cell by cell, written all or nothing into as many versions as it takes."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.base import ContentFile

from farmland.actions import uploads as actions
from farmland.models import Division, Upload, User
from farmland.units import MU, WAN_MU
from farmland.workflow import Refused
from quotas.models import QuotaNode, QuotaTransition, QuotaVersion
from quotas.selectors.sets import get_set
from quotas.workbooks.targets import write_target_csv, write_target_form
from tests.farmland.filling import applied, work_off
from tests.quotas.handing import AT, CAP, CULTIVATED, PAPER, handed, opened, published, stepped, typed

SET = {"130200": 1800, "130224": 900, "130225": 900.5, "130300": 1700, "130400": 1505}


def handed_in(version: QuotaVersion, content: bytes, by: User, *, name: str = "目标.xlsx", unit: str = "") -> Upload:
    """A file received and checked."""
    upload = actions.receive(version, name=name, content=ContentFile(content), unit=unit, by=by, at=AT, noun="quota")
    work_off(upload.job)
    return Upload.objects.get(pk=upload.pk)


def form(version: QuotaVersion, by: User, unit=WAN_MU) -> bytes:
    return write_target_form(get_set(version, by.division), by, unit=unit, parent_mu=Decimal(50_000_000))


def filled(content: bytes, values: dict[str, object], column: str = "value") -> bytes:
    """The form filled in by another program."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    at = {cell.value: cell.column for cell in sheet[1]}[column]
    rows = {cell.value: cell.row for cell in sheet["A"]}
    for code, value in values.items():
        sheet.cell(rows[code], at).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def values_of(owner: str) -> dict[str, Decimal]:
    rows = QuotaNode.objects.filter(version__owner=owner, version__state__in=["draft", "returned"])
    return dict(rows.values_list("division", "value_mu"))


def test_a_form_that_nobody_touched_says_nothing(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    typed(version, {"130200": "1800.10", "130300": "1700"}, who.reporter)
    typed(version, {"130200": "1900"}, who.reporter, column="plan")
    for content in (form(version, who.reporter), form(version, who.reporter, MU)):
        upload = handed_in(version, content, who.reporter)
        assert (upload.status, upload.counts["new"], upload.counts["changed"], upload.counts["emptied"]) == (
            "checked", 0, 0, 0,
        ), upload.detail  # fmt: skip
    csv = write_target_csv(get_set(version, who.reporter.division), unit=WAN_MU)
    assert handed_in(version, csv, who.reporter, name="目标.csv").counts["error"] == 0


def test_a_province_loads_its_whole_set(cast, who) -> None:
    """Its own version and its prefectures', which are opened for it; the rules' findings are hints, sums included."""
    version = opened(cast.hebei, who.reporter)
    upload = handed_in(version, filled(form(version, who.reporter), SET), who.reporter)
    assert (upload.status, upload.counts["new"]) == ("checked", 5), [i.detail for i in upload.issues.all()]
    assert not values_of("130200")
    done = applied(upload)
    assert done.status == "applied"
    assert values_of("130000") == {"130200": 18_000_000, "130300": 17_000_000, "130400": 15_050_000}
    assert values_of("130200") == {"130224": 9_000_000, "130225": 9_005_000}
    city = QuotaVersion.objects.get(owner="130200")
    assert (city.state, city.opened_by, city.nodes_revision, city.version) == ("draft", who.reporter, 1, 1)
    assert [t.action for t in QuotaTransition.objects.filter(version=city)] == ["open"]
    published(version, who)
    stepped(city, "submit", who.city)
    stepped(city, "approve", who.reviewer)
    assert stepped(city, "publish", who.city_reviewer, paper=PAPER).state == "published"


def test_what_the_rules_will_find_is_said_before_anything_is_written(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    short = filled(form(version, who.reporter), SET | {"130400": 1495, "130225": 800})
    upload = handed_in(version, short, who.reporter)
    details = [issue.detail for issue in upload.issues.filter(kind="notice")]
    assert any("4995.00 低于本级 5000.00，差 5.00" in detail for detail in details), details
    assert any("1700.00 低于本级 1800.00，差 100.00" in detail for detail in details), details


@pytest.mark.parametrize(
    ("line", "code"),
    [("130224,value,x", "number"), ("130224,value,-1", "negative"), ("441900,value,5", "division"), ("130224,gold,5", "indicator"),
     ("130224,plan,5", "no_value"), ("130224,value,0.00000000001", "U-1"), ("130224,value,5\n130224,value,6", "duplicate")],
)  # fmt: skip
def test_every_fault_is_named_and_nothing_is_written(cast, who, line: str, code: str) -> None:
    version = opened(cast.hebei, who.reporter)
    content = f"division,indicator,value\n130200,value,1800\n{line}\n".encode()
    upload = handed_in(version, content, who.reporter, name="目标.csv", unit="wan_mu")
    assert upload.status == "refused"
    assert [issue.code for issue in upload.issues.filter(kind="error")] == [code]
    assert not QuotaNode.objects.filter(version__state="draft").exists()


def test_a_prefecture_fills_its_counties_alone(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    applied(handed_in(version, filled(form(version, who.reporter), SET), who.reporter))
    published(version, who)
    city = QuotaVersion.objects.get(owner="130200")
    upload = handed_in(city, b"# unit,wan_mu\ndivision,indicator,value\n130300,value,5\n", who.city, name="a.csv")
    assert upload.status == "refused"
    for by, status in ((who.stranger, 403), (who.county, 403), (who.reviewer, 403), (who.agri, 403)):
        with pytest.raises(Refused) as caught:
            handed_in(city, b"x", by)
        assert caught.value.status == status


def test_somebody_elses_change_is_a_conflict_figure_by_figure(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    typed(version, {"130200": "1800", "130300": "1700"}, who.reporter)
    content = filled(form(version, who.reporter), {"130200": 1801, "130300": 1701})
    typed(version, {"130200": "1850"}, who.reporter)
    upload = handed_in(version, content, who.reporter)
    [issue] = upload.issues.filter(kind="conflict")
    assert (issue.division, issue.theirs, issue.value, upload.counts["changed"]) == ("130200", "1850", "1801", 1)
    actions.decide(upload, issues=None, decision="mine", by=who.reporter, at=AT)
    assert applied(upload).status == "applied"
    assert values_of("130000") == {"130200": 18_010_000, "130300": 17_010_000}


def test_a_version_that_was_handed_in_meanwhile_takes_nothing(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    typed(version, {"130200": "1800", "130300": "1700", "130400": "1505"}, who.reporter)
    upload = handed_in(version, filled(form(version, who.reporter), {"130200": 1900}), who.reporter)
    actions.request_apply(upload, by=who.reporter, at=AT)
    stepped(version, "submit", who.reporter)
    work_off()
    upload.refresh_from_db()
    assert (upload.status, upload.code) == ("refused", "wrong_state")
    assert version.nodes.get(division="130200").value_mu == 18_000_000


def test_an_adjustment_by_file_takes_the_place_of_what_is_in_force(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    applied(handed_in(version, filled(form(version, who.reporter), SET), who.reporter))
    published(version, who)
    city = QuotaVersion.objects.get(owner="130200")
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    stepped(city, "publish", who.city_reviewer, paper=PAPER)
    second = opened(cast.hebei, who.reporter)
    content = filled(form(second, who.reporter), {"130200": 1810, "130224": 910})
    done = applied(handed_in(second, content, who.reporter))
    assert (done.status, done.counts["changed"]) == ("applied", 2), done.detail
    again = QuotaVersion.objects.get(owner="130200", state="draft")
    assert (again.version, again.supersedes) == (2, city)
    assert values_of("130200") == {"130224": 9_100_000, "130225": 9_005_000}


def test_a_file_hands_out_no_more_than_a_cap_holds(cast, who) -> None:
    handed("130000", "12", indicator=CAP, year=2026)
    version = opened(cast.hebei, who.reporter, indicator=CAP, year=2026)
    lines = "# unit,wan_mu\ndivision,indicator,value\n130200,value,5\n130300,value,4\n130400,value,{}\n"
    over = handed_in(version, lines.format("3.5").encode(), who.reporter, name="a.csv")
    assert [issue.code for issue in over.issues.filter(kind="error")] == ["Q-3"]
    below = lines.format("3") + "130224,value,4\n130225,value,1.01\n"
    assert [
        i.code for i in handed_in(version, below.encode(), who.reporter, name="a.csv").issues.filter(kind="error")
    ] == ["Q-3"]
    assert applied(handed_in(version, lines.format("3").encode(), who.reporter, name="a.csv")).status == "applied"


def test_a_set_is_read_in_a_constant_number_of_queries(cast, who, django_assert_max_num_queries) -> None:
    version = opened(cast.hebei, who.reporter)
    counties = [Division(code=f"1304{n:02d}", name=f"县{n}", level="county", parent_id="130400") for n in range(21, 60)]
    Division.objects.filter(pk="130400").update(is_leaf=False)
    Division.objects.bulk_create(counties)
    with django_assert_max_num_queries(5):
        assert len(get_set(version, who.reporter.division).divisions) == 3 + 2 + 39
    assert CULTIVATED
