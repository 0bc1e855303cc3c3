"""A form that leaves as a spreadsheet and comes back filled in, as people do it: faults, the file corrected, written."""

from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Page, expect

from farmland.models import Figure
from tests.browser.test_pages import clean
from tests.browser.test_statements import enter, scene  # noqa: F401  # fixtures
from tests.jobs import work

pytestmark = pytest.mark.filterwarnings("ignore")


def download(page: Page, folder: Path) -> Path:
    """The form as the page gives it."""
    with page.expect_download() as given:
        page.get_by_role("link", name="下载填报表").first.click()
    given.value.save_as(folder / "form.xlsx")
    return folder / "form.xlsx"


def put(sheet: Worksheet, code: str, label: str, value: object) -> None:
    """Fill the cell of a division and a heading, which is found as a person finds it."""
    row = next(cell.row for column in sheet.iter_cols(max_col=2) for cell in column if str(cell.value) == code)
    column = next(cell.column for line in sheet.iter_rows(max_row=8) for cell in line if cell.value == label)
    cell = sheet.cell(row, column)
    assert not cell.protection.locked
    cell.value = value


def send(page: Page, address: str, path: Path) -> None:
    """Upload the file from the statement's page, and let the worker have it while the page waits."""
    page.goto(address)
    form = page.locator("form[action$='/uploads/']")
    form.locator("input[type=file]").set_input_files(path)
    form.get_by_role("button", name="上传并校验").click()
    expect(page.locator("#upload-state")).to_contain_text("排队中")
    work()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_form_is_filled_elsewhere_and_comes_back(
    enter,  # noqa: F811
    live_server,
    scene: SimpleNamespace,  # noqa: F811
    tmp_path: Path,
    scheme: str,
) -> None:
    address = f"{live_server.url}/statements/{scene.statement.pk}/"
    page = enter(scene.who.reporter, f"/statements/{scene.statement.pk}/")
    page.emulate_media(color_scheme=scheme)
    path = download(page, tmp_path)
    book = openpyxl.load_workbook(path)
    put(book["耕地"], "130224", "耕地保有量", 30.5)
    put(book["耕地"], "130224", "水田", "许多")
    book.save(path)

    send(page, address, path)
    expect(page.locator("#upload-state")).to_contain_text("有 1 处错误，没有写入")
    expect(page.locator("#issues")).to_contain_text("滦南县")
    assert not Figure.objects.filter(statement=scene.statement).exists()
    clean(page)
    with page.expect_download() as given:
        page.get_by_role("link", name="下载标注错误的文件").click()
    given.value.save_as(tmp_path / "marked.xlsx")

    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    put(book["耕地"], "130224", "水田", 10.25)
    book.save(tmp_path / "marked.xlsx")
    send(page, address, tmp_path / "marked.xlsx")
    expect(page.get_by_role("button", name="写入 2 格")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="写入 2 格").click()
    work()
    expect(page.locator("#upload-state")).to_contain_text("已写入")
    page.get_by_role("link", name="查看结果").click()
    expect(page.locator("td[data-division='130224'][data-indicator='paddy'] input")).to_have_value("10.25")
    figure = Figure.objects.get(statement=scene.statement, division="130224", indicator="cultivated_land")
    assert figure.value_mu == 305_000
    page.set_viewport_size({"width": 390, "height": 900})
    page.go_back()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    table = page.locator("#changes .scroll")
    expect(table).to_contain_text("滦南县")
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") == 0
