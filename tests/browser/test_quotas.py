"""Targets handed down in the browser: typed and pasted into the grid; and Hebei's whole set from a spreadsheet."""

from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Page, expect

from farmland.models import Division
from quotas.models import QuotaNode, QuotaVersion
from tests import factories
from tests.browser.test_pages import clean
from tests.browser.test_statements import cell, enter, paste  # noqa: F401  # fixtures
from tests.jobs import work
from tests.quotas import handing

pytestmark = pytest.mark.filterwarnings("ignore")
PAPER = {"文号": "冀政〔2026〕8号", "标题": "关于下达耕地保护目标的通知", "日期": "2026-11-20"}


@pytest.fixture
def place(transactional_db) -> SimpleNamespace:
    cast = factories.tree()
    handing.prefectures()
    handing.handed("130000", "5000")
    return SimpleNamespace(cast=cast, who=handing.people(cast))


def name_paper(page: Page, box: str) -> None:
    for label, value in PAPER.items():
        page.locator(box).get_by_label(label).first.fill(value)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_target_is_typed_pasted_handed_in_and_published(enter, live_server, place, scheme: str) -> None:  # noqa: F811
    page = enter(place.who.reporter, "/quotas/")
    page.emulate_media(color_scheme=scheme)
    clean(page)
    page.get_by_role("button", name="开始分解").click()
    paste(page, "130200", "value", "1,800\n1700\n1495")
    expect(page.locator(".sheet-status")).to_contain_text("全部已保存")
    expect(page.locator("#balance")).to_contain_text("尚未分完")
    expect(page.locator("[data-balance=left]")).to_have_text("5.00")
    page.get_by_role("link", name="校验").click()
    expect(page.locator("#findings")).to_contain_text("下级之和 4995.00 低于本级 5000.00，差 5.00")
    clean(page)
    page.get_by_role("button", name="上报").click()
    expect(page.locator("main")).to_contain_text("下级之和 4995.00 低于本级 5000.00")
    cell(page, "130400", "value").locator("input").fill("1505")
    cell(page, "130400", "plan").locator("input").fill("1510")
    cell(page, "130300", "value").locator("input").focus()
    expect(page.locator(".sheet-status")).to_contain_text("全部已保存")
    expect(page.locator("#balance")).to_contain_text("高于本级")
    page.get_by_role("button", name="上报").click()
    expect(page.locator("h1")).to_contain_text("已上报")
    clean(page)
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    version = QuotaVersion.objects.get(owner="130000")
    page = enter(place.who.ministry, "/quotas/")
    page.locator("#waiting").get_by_role("link").click()
    page.get_by_role("button", name="批准").click()
    expect(page.locator("h1")).to_contain_text("已批准")
    page = enter(place.who.reviewer, f"/quotas/{version.pk}/")
    name_paper(page, "#steps")
    page.get_by_role("button", name="下达").click()
    expect(page.locator("h1")).to_contain_text("已下达")
    expect(page.locator(".page-head")).to_contain_text("冀政〔2026〕8号")
    assert QuotaNode.objects.published().get(division="130400").value_mu == 15_050_000


def test_two_people_hand_out_the_last_of_a_cap_and_one_is_told(enter, live_server, place) -> None:  # noqa: F811
    handing.handed("130000", "12", indicator=handing.CAP, year=2026)
    version = handing.opened(place.cast.hebei, place.who.reporter, indicator=handing.CAP, year=2026)
    handing.typed(version, {"130200": "5", "130300": "4", "130400": "2"}, place.who.reporter)
    pages = [enter(place.who.reporter, f"/quotas/{version.pk}/", ("status of 409",)) for _tab in range(2)]
    cell(pages[0], "130200", "value").locator("input").fill("6")
    cell(pages[0], "130300", "value").locator("input").focus()
    expect(pages[0].locator(".sheet-status")).to_contain_text("全部已保存")
    cell(pages[1], "130400", "value").locator("input").fill("3")
    cell(pages[1], "130300", "value").locator("input").focus()
    expect(pages[1].locator(".sheet-status")).to_contain_text("下级之和 13.00 高于本级 12.00，超 1.00")
    assert version.nodes.get(division="130400").value_mu == 20_000
    cell(pages[1], "130400", "value").locator("input").fill("2")  # what stands there: nothing is left unsaved
    cell(pages[1], "130300", "value").locator("input").focus()


@pytest.fixture
def hebei(transactional_db) -> SimpleNamespace:
    """The whole country's divisions, and Hebei's target as the nation handed it down."""
    call_command("load_reference", verbosity=0, stdout=StringIO())
    rows = {
        row.code: row for row in Division.objects.filter(code__in=["000000", "130000", "130200", "130224", "440000"])
    }
    cast = SimpleNamespace(
        china=rows["000000"], hebei=rows["130000"], tangshan=rows["130200"], luannan=rows["130224"],
        guangdong=rows["440000"],
    )  # fmt: skip
    return SimpleNamespace(cast=cast, who=handing.people(cast))


def fill(path: Path, wrong: dict[str, object]) -> None:
    """Every prefecture and county gets a target that adds up; some cells get something else."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    at = {value.value: value.column for value in sheet[1]}["value"]
    cities = list(Division.objects.filter(parent="130000", level="prefecture").order_by("code"))
    shares = {city.code: 800 if number else 801 for number, city in enumerate(cities)}
    for city in cities:
        counties = list(Division.objects.filter(parent=city).order_by("code"))
        each = shares[city.code] * 100 // len(counties)
        shares |= {county.code: each / 100 for county in counties}
        shares[counties[0].code] = (shares[city.code] * 100 - each * (len(counties) - 1)) / 100
    for row in sheet.iter_rows(max_col=1):
        code = row[0].value
        if code in shares:
            sheet.cell(row[0].row, at).value = wrong.get(code, shares[code])
    book.save(path)


def send(page: Page, address: str, path: Path) -> None:
    page.goto(address)
    form = page.locator("form[action$='/uploads/']")
    form.locator("input[type=file]").set_input_files(path)
    form.get_by_role("button", name="上传并校验").click()
    expect(page.locator("#upload-state")).to_contain_text("排队中")
    work()


def test_hebeis_whole_set_is_loaded_corrected_published_and_seen_in_every_county(
    enter,  # noqa: F811
    live_server,
    hebei: SimpleNamespace,
    tmp_path: Path,
) -> None:
    who = hebei.who
    assert Division.objects.filter(parent__parent="130000", level="county").count() == 167
    page = enter(who.reporter, "/quotas/?indicator=cultivated_land&year=2035")
    page.get_by_role("button", name="河北省 耕地保有量 2035 开始分解").click()
    version = QuotaVersion.objects.get(owner="130000", state="draft")
    address = f"{live_server.url}/quotas/{version.pk}/"
    with page.expect_download() as given:
        page.get_by_role("link", name="下载填报表").click()
    path = tmp_path / "targets.xlsx"
    given.value.save_as(path)
    fill(path, {"130224": "许多", "130225": -5, "130300": "=1+1"})
    send(page, address, path)
    expect(page.locator("#upload-state")).to_contain_text("有 3 处错误，没有写入")
    for words in ("滦南县", "乐亭县", "秦皇岛市"):
        expect(page.locator("#issues")).to_contain_text(words)
    clean(page)
    with page.expect_download() as given:
        page.get_by_role("link", name="下载标注错误的文件").click()
    marked = tmp_path / "marked.xlsx"
    given.value.save_as(marked)
    book = openpyxl.load_workbook(marked)
    book.remove(book["错误清单"])
    book.save(marked)
    fill(marked, {})
    send(page, address, marked)
    page.get_by_role("button", name="写入 178 格").click()
    work()
    expect(page.locator("#upload-state")).to_contain_text("已写入")
    page.get_by_role("link", name="查看结果").click()
    expect(page.locator("#below").get_by_role("row")).to_have_count(12)

    page.locator("#steps").get_by_role("button", name="上报").click()
    enter(who.ministry, f"/quotas/{version.pk}/").get_by_role("button", name="批准").click()
    reviewer = enter(who.reviewer, f"/quotas/{version.pk}/")
    name_paper(reviewer, "#steps")
    reviewer.locator("#steps").get_by_role("button", name="下达").click()
    expect(reviewer.locator("h1")).to_contain_text("已下达")
    page.goto(address)
    page.get_by_role("button", name="上报下级 11 份").click()
    expect(page.locator("main")).to_contain_text("已办理 11 个下级的目标")
    reviewer.goto(address)
    reviewer.get_by_role("button", name="批准下级 11 份").click()
    expect(reviewer.locator("main")).to_contain_text("已办理 11 个下级的目标")
    name_paper(reviewer, "#below")
    reviewer.get_by_role("button", name="下达下级 11 份").click()
    expect(reviewer.locator("main")).to_contain_text("已办理 11 个下级的目标")

    page.goto(f"{live_server.url}/divisions/130224/")
    expect(page.locator("main")).to_contain_text("冀政〔2026〕8号")
    nodes = QuotaNode.objects.published().filter(division__parent__parent="130000")
    values = dict(nodes.filter(version__indicator="cultivated_land").values_list("division", "value_mu"))
    assert len(values) == 167
    client: Client = factories.signed_in(who.reporter)
    for code, value in values.items():
        shown = client.get(f"/divisions/{code}/").content.decode()
        assert f"{value / 10_000:,.2f}" in shown, code
