"""Comments, reasons and rows that are done: who may, where, and by every door."""

import pytest

from farmland.actions import statements as actions
from farmland.models import Comment, FinishedRow, Reason
from farmland.workflow import Refused
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import walk
from tests.farmland.test_api_statements import Program


def comment(statement, by, division="130224", indicator="paddy", text="请核实") -> Comment:
    return actions.add_comment(statement, division=division, indicator=indicator, text=text, by=by, at=MOMENT)


@pytest.mark.parametrize(
    ("name", "division", "allowed"),
    [
        ("reporter", "130224", True), ("reviewer", "", True), ("county", "130224", True), ("county", "130225", False),
        ("county", "", True), ("ministry", "130224", False), ("viewer", "130224", False), ("stranger", "", False),
        ("reporter", "440000", False), ("reporter", "130000", True), ("county", "130000", False), ("admin", "", False),
    ],
)  # fmt: skip
def test_who_has_a_part_comments_on_what_they_see(statement, who, name: str, division: str, allowed: bool) -> None:
    if allowed:
        comment(statement, getattr(who, name), division, "")
    else:
        with pytest.raises(Refused) as refusal:
            comment(statement, getattr(who, name), division, "")
        assert refusal.value.status == 403
    assert Comment.objects.exists() is allowed


def test_the_ministry_comments_on_a_cell_once_it_is_submitted_and_the_reporter_resolves_it(statement, who) -> None:
    walk(statement, who, "hand_in", "confirm", "submit")
    ministry, reporter = Program(who.ministry), Program(who.reporter)
    where = {"division": "130224", "indicator": "paddy"}
    said = ministry.post(f"{statement.pk}/comments/", **where, text="与上年差异过大")
    assert said.status_code == 201
    assert said.json()["by"] == who.ministry.username
    assert (
        reporter.get(f"{statement.pk}/").json()["comments"][0] | where
        == reporter.get(f"{statement.pk}/").json()["comments"][0]
    )
    number = said.json()["id"]
    assert Program(who.reviewer).post(f"{statement.pk}/comments/{number}/resolve/").status_code == 403
    assert Program(who.stranger).post(f"{statement.pk}/comments/{number}/resolve/").status_code == 404
    page = signed_in(who.reporter).post(f"/statements/{statement.pk}/comments/{number}/resolve/", follow=True)
    assert "已处理" in page.content.decode()
    first = Comment.objects.get(pk=number)
    assert first.resolved_by == who.reporter
    assert ministry.post(f"{statement.pk}/comments/{number}/resolve/").json()["resolved"] is True
    assert Comment.objects.get(pk=number).resolved_by == who.reporter, "who did so first stays"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"text": ""}, 400), ({"division": "13"}, 400), ({"text": "x", "indicator": "gold", "division": "130224"}, 422),
        ({"text": "x", "indicator": "paddy"}, 422), ({"text": "  ", "division": "130224"}, 400),
    ],
)  # fmt: skip
def test_a_comment_says_something_of_something_that_exists(statement, who, data: dict, status: int) -> None:
    assert Program(who.reporter).post(f"{statement.pk}/comments/", **data).status_code == status
    assert not Comment.objects.exists()


def test_a_reason_stands_beside_its_finding_and_nowhere_else(statement, who, cast) -> None:
    factories.published(cast.luannan, "31", year=2024, basis="change_survey")
    program = Program(who.reporter)
    said = {"code": "survey", "division": "130224", "indicator": "cultivated_land", "text": "调查后调出"}
    assert program.put(f"{statement.pk}/reasons/", said | {"code": "I-1"}).status_code == 422
    assert program.put(f"{statement.pk}/reasons/", said | {"division": "130225"}).status_code == 422
    assert Program(who.reviewer).put(f"{statement.pk}/reasons/", said).status_code == 403
    assert program.put(f"{statement.pk}/reasons/", said).json() == said
    finding = next(f for f in program.get(f"{statement.pk}/").json()["findings"] if f["code"] == "survey")
    assert finding["reason"] == "调查后调出"
    walk(statement, who, "hand_in")
    assert program.put(f"{statement.pk}/reasons/", said | {"text": "另一个理由"}).status_code == 409
    assert Reason.objects.get().text == "调查后调出"


def test_a_county_marks_its_own_row_as_done_and_takes_it_back(statement, who) -> None:
    county = Program(who.county)
    rows = f"{statement.pk}/rows/"
    assert county.put(rows, {"division": "130224"}).json()["done"] == [
        {"division": "130224", "department": "natural_resources"}
    ]
    assert county.put(rows, {"division": "130224"}).status_code == 200, "twice is once"
    assert county.put(rows, {"division": "130225"}).status_code == 403
    assert Program(who.reviewer).put(rows, {"division": "130224"}).status_code == 403
    assert county.put(rows, {"division": "130224", "done": False}).json() == {"done": []}
    client = signed_in(who.county)
    client.post(f"/statements/{statement.pk}/rows/130224/", {"done": "1"})
    assert FinishedRow.objects.get().by == who.county
    assert client.post(f"/statements/{statement.pk}/rows/130225/", {"done": "1"}).status_code == 403
    walk(statement, who, "hand_in")
    assert county.put(rows, {"division": "130224", "done": False}).status_code == 409
    assert FinishedRow.objects.exists()


def test_the_ministry_opens_a_year_by_program(cast, who) -> None:
    days = {"county": "2026-02-28", "prefecture": "2026-03-31", "province": "2026-04-30"}
    ministry = Program(who.ministry)
    assert ministry.post("years/", year=2025, **days | {"county": "2026-05-01"}).status_code == 400
    assert Program(who.reviewer).post("years/", year=2025, **days).status_code == 403
    assert ministry.post("years/", year=2025, **days).json() == {"year": 2025} | days
    assert ministry.post("years/", year=2025, **days).status_code == 409
    assert Program(who.reporter).get("years/").json() == [{"year": 2025} | days]
