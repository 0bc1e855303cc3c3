"""Every list as a file: the rows of the page and no others, what was chosen, and nothing that a spreadsheet would run."""

import csv
import io

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from farmland.actions import statements as actions
from farmland.models import AnnualStatement
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import filled, walk

EVIL = "=cmd|' /C calc'!A0"


def sheet(user, address: str, **query: object) -> list[list[object]]:
    """The first sheet of the XLSX, and that the CSV holds the same cells."""
    client = signed_in(user, Client())
    book = client.get(address, {**query, "export": "xlsx"})
    text = client.get(address, {**query, "export": "csv"})
    assert (book.status_code, text.status_code) == (200, 200)
    assert book["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    plain = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig"))))
    words = {str(cell) for row in rows for cell in row if isinstance(cell, str) and cell}
    missing = words - {cell.removeprefix("# ") for row in plain for cell in row}
    assert not {word for word in missing if "导出" not in word and ":" not in word}
    return rows


def column(rows: list[list[object]], name: str) -> list[object]:
    top = next(
        number for number, row in enumerate(rows) if name in row and len([cell for cell in row if cell != ""]) > 2
    )
    place = rows[top].index(name)
    return [row[place] for row in rows[top + 1 :]]


def fact(rows: list[list[object]], name: str) -> object:
    return next(row[1] for row in rows if row[0] == name)


def test_the_list_of_a_year_is_exported_as_it_is_chosen_and_scoped(cast, who):
    walk(filled(cast, who.reporter), who, "hand_in")
    AnnualStatement.objects.create(division=cast.guangdong, year=2024)
    rows = sheet(who.viewer, "/statements/", year=2024)
    assert column(rows, "代码") == ["130000", "440000"]
    assert column(rows, "状态") == ["待本级审核", "填报中"]
    assert fact(rows, "年度") == "2024"
    assert "共 2 份：已通过或锁定 0" in str(fact(rows, "数据状态"))
    assert column(sheet(who.county, "/statements/", year=2024), "代码") == ["130000"]


def test_the_queue_is_exported_without_paging_and_with_its_filters(cast, who):
    walk(filled(cast, who.reporter), who, "hand_in")
    rows = sheet(who.reviewer, "/statements/queue/", show="mine", unit="河北")
    assert column(rows, "填报单位") == ["河北省"]
    assert fact(rows, "填报单位") == "河北"
    rows = sheet(who.reviewer, "/statements/queue/", unit="山东", show="all")
    assert column(rows, "代码") == []
    assert signed_in(who.reporter, Client()).get("/statements/queue/?export=xlsx").status_code == 403


def test_the_history_is_exported_whole_and_runs_nothing(cast, who):
    statement = filled(cast, who.reporter)
    actions.add_comment(statement, division="130224", indicator="paddy", text=EVIL, by=who.reporter, at=MOMENT)
    rows = sheet(who.reporter, f"/statements/{statement.pk}/history/")
    assert len(column(rows, "时间")) == 11
    assert "'" + EVIL in column(rows, "修改后")
    assert EVIL not in column(rows, "修改后")
    only = sheet(who.reporter, f"/statements/{statement.pk}/history/", indicator="paddy")
    assert set(column(only, "指标")) == {"水田"}
    assert fact(only, "指标") == "水田"
    assert signed_in(who.stranger, Client()).get(f"/statements/{statement.pk}/history/?export=csv").status_code == 404


def test_the_findings_and_changes_are_exported_as_far_as_the_reader_sees_them(cast, who):
    statement = filled(cast, who.reporter)
    factories.typed(statement, {(cast.luannan, "paddy"): "11", (cast.leting, "paddy"): "12"}, by=who.reporter)
    address = f"/statements/{statement.pk}"
    assert {"130224", "130225"} <= set(column(sheet(who.reporter, f"{address}/findings/"), "区划代码"))
    assert set(column(sheet(who.county, f"{address}/findings/"), "区划代码")) == {"130224"}
    assert fact(sheet(who.reporter, f"{address}/findings/", unit="mu"), "面积单位") == "亩"
    assert "耕地保有量" in column(sheet(who.reporter, f"{address}/changes/"), "指标")
    assert signed_in(who.ministry, Client()).get(f"{address}/findings/?export=xlsx").status_code == 404


def test_all_figures_of_a_year_are_one_file_with_unit_status_and_source(cast, who):
    walk(filled(cast, who.reporter), who, "hand_in", "confirm", "submit")
    rows = sheet(who.ministry, "/statements/figures/", year=2024)
    assert column(rows, "代码").count("130224") == 1
    where = column(rows, "代码").index("130224")
    assert column(rows, "耕地保有量（万亩）")[where] == 30.0
    assert column(rows, "数据状态")[where] == "待上级审核"
    assert column(rows, "种植粮食作物（万亩）")[where] == ""
    assert set(column(sheet(who.county, "/statements/figures/", year=2024), "代码")) == {"130224"}
    client = signed_in(who.ministry, Client())
    about = CalamineWorkbook.from_filelike(
        io.BytesIO(client.get("/statements/figures/?year=2024").content)
    ).get_sheet_by_index(1)
    assert ["面积单位", "万亩"] in about.to_python()


def test_a_draft_of_another_unit_is_not_among_the_figures_of_a_year(cast, who):
    filled(cast, who.reporter)
    rows = sheet(who.ministry, "/statements/figures/", year=2024)
    assert column(rows, "代码") in ([], [""])


def test_users_are_exported_with_the_conditions_and_nothing_secret(cast, who):
    rows = sheet(who.admin, "/users/", role="reporter")
    assert set(column(rows, "角色")) == {"填报"}
    assert fact(rows, "角色") == "填报"
    assert who.reviewer.username not in column(rows, "用户名")
    assert not [cell for row in rows for cell in row if "md5" in str(cell)]


@pytest.mark.parametrize("kind", ["pdf", "", "xlsx2"])
def test_what_is_no_kind_of_file_is_the_page(cast, who, kind):
    response = signed_in(who.viewer, Client()).get("/statements/", {"export": kind})
    assert response["Content-Type"].startswith("text/html")


def test_a_name_that_would_be_a_formula_is_text(cast, who):
    factories.user(role="reporter", division=cast.hebei, name=EVIL)
    assert "'" + EVIL in column(sheet(who.admin, "/users/"), "姓名")
