"""The grid of a statement as it is printed, sent without script, and what stands beside a cell."""

import re
import sys
from types import ModuleType

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Comment, Division, Figure, FinishedRow, Gap, Reason
from farmland.ui.typed import clean
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import filled, people


def sheet(user, statement: AnnualStatement, query: str = "") -> str:
    return signed_in(user).get(f"/statements/{statement.pk}/{query}").content.decode()


def row(page: str, division: str, *, number: int = 0) -> str:
    return re.findall(rf'<tr data-division="{division}".*?</tr>', page, re.DOTALL)[number]


def post(client: Client, statement: AnnualStatement, **fields: str):
    return client.post(f"/statements/{statement.pk}/cells/", {"group": "land", "unit": "wan_mu", **fields})


# ---- How it is printed


def test_parts_stand_below_their_whole_in_a_second_line_of_headings(statement, who) -> None:
    land = sheet(who.reporter, statement)
    assert re.search(r'rowspan="2">耕地保有量 <small>万亩</small></th><th scope="colgroup" colspan="3">其中</th>', land)
    assert land.split("</thead>")[0].count("<tr>") == 2
    assert 'rowspan="2"' not in sheet(who.reporter, statement, "?group=outflow").split("</thead>")[0]


def test_a_division_with_others_below_it_opens_a_row_of_its_own(statement, who) -> None:
    page = sheet(who.reporter, statement, "?unit=mu")
    assert '?group=land&amp;unit=mu&amp;own=130200">本级填报' in row(page, "130200")
    page = sheet(who.reporter, statement, "?unit=mu&own=130200")
    assert "本级填报" not in page
    assert "唐山市（本级）" in row(page, "130200", number=1)
    assert 'name="c:130200:paddy:0"' in row(page, "130200", number=1)
    assert '<input type="hidden" name="own" value="130200">' in page
    assert "本级填报" not in sheet(who.reviewer, statement)
    assert "本级填报" not in sheet(who.reporter, statement, "?group=quality")  # agriculture's lines


def test_a_row_that_is_done_says_so_once(statement, who, cast) -> None:
    for place in (cast.leting, cast.tangshan):
        FinishedRow.objects.create(
            statement=statement, division=place, department="natural_resources", by=who.reporter, at=MOMENT
        )
    page = sheet(who.reporter, statement, "?own=130200")
    assert "已完成" in row(page, "130225")
    assert "已完成" not in row(page, "130224")
    assert "已完成" in row(page, "130200")
    assert "已完成" not in row(page, "130200", number=1)


@pytest.fixture
def _with_rows(settings, monkeypatch) -> None:
    """A site in which rows can be marked, whatever the view does."""
    module = ModuleType("site_with_rows")
    module.urlpatterns = [  # type: ignore[attr-defined]
        path("rows/<int:pk>/<str:division>/", HttpResponse, name="statement_row"),
        path("", include(settings.ROOT_URLCONF)),
    ]
    monkeypatch.setitem(sys.modules, "site_with_rows", module)
    settings.ROOT_URLCONF = "site_with_rows"


@pytest.mark.usefixtures("_with_rows")
def test_ones_own_row_is_marked_as_done_and_undone(statement, who, cast) -> None:
    assert 'name="done" value="1">标为完成' in row(sheet(who.county, statement), "130224")
    assert 'name="done"' not in sheet(who.reporter, statement)  # no row is the province's own
    assert 'name="done"' not in sheet(factories.user(role="reviewer", division=cast.luannan), statement)
    FinishedRow.objects.create(
        statement=statement, division=cast.luannan, department="natural_resources", by=who.county, at=MOMENT
    )
    assert 'name="done" value="0">撤销完成' in row(sheet(who.county, statement), "130224")
    AnnualStatement.objects.filter(pk=statement.pk).update(status="handed_in")
    assert 'name="done"' not in sheet(who.county, statement)


def test_cells_that_cannot_be_written_show_comments_and_print_the_units_decimals(statement, who, cast) -> None:
    Comment.objects.create(
        statement=statement, division=cast.luannan, indicator="dry", text="请核实", by=who.reviewer, at=MOMENT
    )
    page = row(sheet(who.reviewer, statement), "130224")
    assert re.search(r'data-indicator="dry" data-state="comment" data-read-only><output>10.00</output>', page)
    assert re.search(r'data-indicator="paddy" data-state="locked" data-read-only><output>10.00</output>', page)


def test_a_finding_with_a_reason_and_an_empty_mandatory_cell_are_not_marked(statement, who, cast) -> None:
    factories.published(cast.luannan, "31", year=2024, basis="change_survey")
    Figure.objects.filter(division="130225", indicator="cultivated_land").delete()
    page = sheet(who.reporter, statement)
    assert 'data-state="reason" data-severity="soft"' in row(page, "130224")
    assert 'data-indicator="cultivated_land" data-version="0" data-state="blank"><' in row(page, "130225")
    Reason.objects.create(
        statement=statement, rule="survey", division=cast.luannan, indicator="cultivated_land", text="调出",
        by=who.reporter, at=MOMENT,
    )  # fmt: skip
    assert "data-severity" not in sheet(who.reporter, statement)


# ---- Without script


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("１，２３４．５", "1234.5"),
        (" 1,234,567.80 ", "1234567.80"),
        ("1 234.5", "1234.5"),
        ("—", ""),
        ("/", ""),
        ("'007", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+5", "5"),
        ("−5", "-5"),
        ("-0.00", "0.00"),
        ("1,5", "1,5"),
        ("5²", "5²"),
        ("٣", "٣"),
        ("12万", "12万"),
    ],
)
def test_numbers_are_read_as_the_grid_reads_them(text: str, plain: str) -> None:
    assert clean(text) == plain


def test_full_width_digits_and_separators_are_stored_and_own_rows_stay_open(statement, who) -> None:
    fields = {"c:130224:paddy:1": "１２．５", "c:130225:paddy:1": "1,234.5", "own": "130200"}
    answer = post(signed_in(who.reporter), statement, **fields)
    assert answer.status_code == 302
    assert answer.url.endswith("?group=land&unit=wan_mu&own=130200")
    values = Figure.objects.filter(indicator="paddy").order_by("division").values_list("value_mu", flat=True)
    assert list(values) == [125_000, 12_345_000]


def test_what_was_refused_stands_in_its_cell_with_the_reason(statement, who, cast) -> None:
    client = signed_in(who.reporter)
    factories.typed(statement, {(cast.leting, "dry"): "11"}, by=who.reporter)
    fields = {"c:130224:paddy:1": "十二", "c:130224:dry:1": "9", "c:130225:dry:1": "12"}
    answer = post(client, statement, **fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "已保存 1 格" in page
    assert "2 格未能保存" in page
    assert "滦南县 水田：“十二”不是数，请填写零或正数。" in page
    luannan, leting = row(page, "130224"), row(page, "130225")
    assert re.search(
        r'data-state="invalid"[^>]* data-saved="10"><input[^>]*value="十二"[^>]*aria-invalid="true"', luannan
    )
    assert '<span class="cell-message" aria-hidden="true">“十二”不是数，请填写零或正数。</span>' in luannan
    assert re.search(r'data-state="conflict"[^>]* data-saved="11"><input[^>]*value="12"', leting)
    assert "现为 11" in leting
    version = re.search(r'name="c:130225:dry:(\d+)"', leting)
    assert version
    post(client, statement, **{f"c:130225:dry:{version[1]}": "12"})  # knowing of the other's
    assert Figure.objects.get(division="130225", indicator="dry").value_mu == 120_000


def test_a_gap_is_posted_from_beside_its_cell_without_script(statement, who) -> None:
    where = {"division": "130224", "indicator": "paddy", "base_version": "1", "value": "10"}
    assert post(signed_in(who.reporter), statement, **where, absence="blank", note="资料尚缺").status_code == 302
    gap = Gap.objects.get()
    assert (gap.kind, gap.note) == ("blank", "资料尚缺")
    assert not Figure.objects.filter(division="130224", indicator="paddy").exists()


def test_a_form_of_more_than_a_thousand_cells_is_taken(who, cast) -> None:
    counties = [
        Division(code=f"1302{n}", name=f"县{n}", level="county", parent=cast.tangshan) for n in range(30, 100)
    ] + [Division(code=f"1303{n}", name=f"县{n}", level="county", parent=cast.hebei) for n in range(10, 100)]
    for county in counties:
        county.save()
    statement = AnnualStatement.objects.create(division=cast.hebei, year=2024)
    page = sheet(who.reporter, statement, "?group=outflow")
    names = re.findall(r'name="(c:[^"]+)"', page)
    assert len(names) > 1000
    answer = post(signed_in(who.reporter), statement, **{"group": "outflow", **dict.fromkeys(names, "1.5")})
    assert answer.status_code == 302
    assert Figure.objects.filter(statement=statement).count() == len(names)


# ---- Beside a cell


def beside(user, statement: AnnualStatement, division: str, indicator: str, unit: str = "wan_mu") -> str:
    address = f"/statements/{statement.pk}/cells/{division}/{indicator}/?unit={unit}"
    return signed_in(user).get(address).content.decode()


def test_beside_a_cell_stands_what_was_typed_to_the_last_mu_and_that_the_target_cannot_be_judged(
    statement, who, cast
) -> None:
    factories.target(cast.luannan, "30.004", owner=cast.tangshan)
    factories.typed(statement, {(cast.luannan, "cultivated_land"): "30.00"}, by=who.reporter)
    page = beside(who.reporter, statement, "130224", "cultivated_land", unit="mu")
    assert "30.00 万亩 = 300,000 亩" in page
    assert "精度内，须填准确数" in page
    factories.typed(statement, {(cast.luannan, "cultivated_land"): "29.000001"}, by=who.reporter)
    page = beside(who.reporter, statement, "130224", "cultivated_land")
    assert "29.000001 万亩 = 290,000.01 亩" in page
    assert "精度内，须填准确数" not in page


def test_the_sum_of_the_children_stands_beside_their_divisions_own(statement, who, cast) -> None:
    factories.typed(statement, {(cast.tangshan, "paddy"): "25"}, by=who.reporter)
    page = beside(who.reporter, statement, "130200", "paddy")
    assert re.search(r"下级合计</th><td class=\"num\">20.00 万亩</td><td class=\"num\">\+25.00%", page)
    assert "下级合计" not in beside(who.reporter, statement, "130224", "paddy")


def test_the_history_of_a_cell_goes_on_where_its_figure_became_a_gap(statement, who) -> None:
    where = {"division": "130224", "indicator": "paddy", "base_version": "1"}
    post(signed_in(who.reporter), statement, **where, absence="blank", note="资料尚缺")
    page = beside(who.reporter, statement, "130224", "paddy").split("修改记录")[1]
    for text in ("100000.000000", "空缺", "资料尚缺", "删除"):
        assert text in page, text
    assert "修订" not in page


def test_forms_beside_a_cell_are_those_that_the_reader_may_send(statement, who, cast) -> None:
    factories.published(cast.luannan, "31", year=2024, basis="change_survey")
    cell = (statement, "130224", "cultivated_land")
    reporter, reviewer = beside(who.reporter, *cell), beside(who.reviewer, *cell)
    assert 'name="absence"' in reporter
    assert 'name="rule" value="survey"' in reporter
    assert 'name="absence"' not in reviewer
    assert 'name="rule"' not in reviewer
    assert "提出意见" in reviewer
    assert 'name="absence"' not in beside(who.farm_reporter, *cell)
    AnnualStatement.objects.filter(pk=statement.pk).update(status="submitted")
    assert 'name="absence"' not in beside(who.reporter, *cell)
    assert "提出意见" in beside(who.ministry, *cell)
    assert "提出意见" not in beside(who.viewer, *cell)


def test_nothing_of_a_draft_stands_beside_its_cells_for_levels_above(statement, who) -> None:
    page = beside(who.ministry, statement, "130224", "paddy")
    assert "100,000" not in page
    assert "提出意见" not in page
    assert "修改记录" not in page


def test_a_remark_sent_by_script_is_answered_in_place(statement, who) -> None:
    client = signed_in(who.reviewer)
    said = {"division": "130224", "indicator": "paddy", "text": "请核实"}
    address, script = f"/statements/{statement.pk}/remarks/", {"Accept": "application/json"}
    answer = client.post(address, said, headers=script)
    assert (answer.status_code, answer.json()["detail"]) == (200, "已保存。")
    answer = client.post(address, said | {"text": " "}, headers=script)
    assert (answer.status_code, answer.json()["detail"]) == (422, "请写明理由或意见。")
    assert "已保存。" not in client.get(f"/statements/{statement.pk}/").content.decode()  # said once
    assert client.post(address, said).status_code == 302


def test_beside_a_cell_stand_its_files_of_evidence(cast) -> None:
    who = people(cast)
    statement = filled(cast, who.reporter)
    put = {"statement": statement, "by": who.reporter, "at": factories.MOMENT, "division": "130224"}
    actions.attach(name="现场.pdf", content=factories.report("现场.pdf"), indicator="paddy", **put)
    actions.attach(name="整行.pdf", content=factories.report("整行.pdf", b"%PDF-1.7 row"), **put)
    page = factories.signed_in(who.county).get(f"/statements/{statement.pk}/cells/130224/paddy/").content.decode()
    assert "现场.pdf" in page
    assert "整行.pdf" not in page
