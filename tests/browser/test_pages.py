"""What a person sees and does, in Chromium: in both languages, both themes, narrow, on paper and without script."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests import factories

pytestmark = pytest.mark.filterwarnings("ignore")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PAGES = (
    "/?year=2019",
    "/?year=2019&indicator=high_standard_farmland",
    "/divisions/130000/?year=2019",
    "/divisions/130224/?year=2019",
    "/divisions/130000/figures/cultivated_land/?year=2019",
    "/accounts/preferences/",
    "/accounts/tokens/",
    "/home/",
    "/notices/",
)


def sign_in(page: Page, base: str, *, following: str = "/?year=2019") -> None:
    page.goto(f"{base}/accounts/login/")
    page.locator("[name=username]").fill("viewer")
    page.locator("[name=password]").fill(factories.PASSWORD)
    page.locator("main button[type=submit]").click()
    page.goto(base + following)


def drawn(page: Page) -> None:
    """Every chart is drawn."""
    expect(page.locator("[data-chart]:not([data-ready])")).to_have_count(0)


def clean(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


def test_a_viewer_signs_in_reads_the_overview_and_finds_a_source(quiet, live_server, country):
    sign_in(quiet, live_server.url)
    expect(quiet.get_by_role("heading", level=1)).to_have_text("全国耕地保护目标总览")
    row = quiet.locator("#divisions").get_by_role("row").filter(has_text="河北")
    expect(row).to_contain_text("9,051.26")
    expect(row).to_contain_text("+2.84%")
    expect(row).to_contain_text("达标")
    row.get_by_role("link", name="9,051.26").click()
    expect(quiet.get_by_role("heading", level=1)).to_contain_text("河北省")
    expect(quiet.get_by_role("table").first).to_contain_text("第三次全国国土调查")
    quiet.get_by_role("link", name="河北省").first.click()
    expect(quiet.locator("#divisions")).to_contain_text("唐山市")


def test_choosing_a_year_by_pointer_is_enough_and_by_key_waits_for_enter(quiet, live_server, country):
    factories.published(country.china, "19290", year=2023)
    sign_in(quiet, live_server.url)
    year = quiet.get_by_label("年度")
    year.click()
    year.select_option("2023")
    expect(quiet).to_have_url(f"{live_server.url}/?year=2023&as_of=&indicator=cultivated_land")
    year = quiet.get_by_label("年度")
    year.focus()
    quiet.keyboard.press("ArrowDown")
    expect(quiet).to_have_url(f"{live_server.url}/?year=2023&as_of=&indicator=cultivated_land")


def test_charts_are_drawn_and_another_indicator_comes_in_place(quiet, live_server, country):
    factories.published(country.china, "19100", year=2022)
    factories.published(country.china, "19290", year=2023)
    sign_in(quiet, live_server.url)
    drawn(quiet)
    expect(quiet.locator("#chart-map svg")).to_have_count(1)
    expect(quiet.locator("#chart-trend svg")).to_have_count(1)
    expect(quiet.locator("#chart-change svg")).to_have_count(1)
    tab = quiet.locator("#tab-permanent_basic_farmland")
    tab.focus()
    quiet.keyboard.press("Enter")
    expect(quiet).to_have_url(f"{live_server.url}/?year=2019&indicator=permanent_basic_farmland")
    expect(quiet.locator("#tab-permanent_basic_farmland")).to_have_attribute("aria-current", "true")
    expect(quiet.locator("#tab-permanent_basic_farmland")).to_be_focused()
    drawn(quiet)
    quiet.go_back()
    expect(quiet.locator("#tab-cultivated_land")).to_have_attribute("aria-current", "true")
    drawn(quiet)


def test_a_network_that_is_silent_is_said(page: Page, live_server, country):
    sign_in(page, live_server.url)
    drawn(page)
    page.context.set_offline(True)
    page.locator("#tab-high_standard_farmland").click()
    expect(page.get_by_role("alert")).to_contain_text("网络或服务器没有应答")
    page.context.set_offline(False)
    page.locator("#tab-high_standard_farmland").click()
    expect(page.locator("#tab-high_standard_farmland")).to_have_attribute("aria-current", "true")
    expect(page.locator(".offline")).to_be_hidden()


def test_the_map_leads_to_the_province_that_is_clicked(quiet, live_server, country):
    sign_in(quiet, live_server.url)
    drawn(quiet)
    quiet.locator("#chart-map svg text", has_text="新疆").first.click()
    expect(quiet.get_by_role("heading", level=1)).to_have_text("新疆维吾尔自治区")


def test_without_script_every_number_and_every_way_is_there(browser: Browser, live_server, country):
    factories.published(country.china, "19100", year=2022)
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    sign_in(page, live_server.url)
    expect(page.locator("#divisions").get_by_role("row").filter(has_text="河北")).to_contain_text("9,051.26")
    page.locator("summary", has_text="查看数据表").first.click()
    expect(page.get_by_role("region", name="历年数据")).to_be_visible()
    page.get_by_label("年度").select_option("2019")
    page.get_by_role("button", name="查看").click()
    page.locator("#tab-permanent_basic_farmland").click()
    expect(page.locator("#tab-permanent_basic_farmland")).to_have_attribute("aria-current", "true")
    expect(page.locator("[data-print]")).to_be_hidden()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("National cultivated land protection targets")
    context.close()


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_and_fit(browser: Browser, live_server, country, scheme: str, language: str):
    context = browser.new_context(color_scheme=scheme, locale=language, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{live_server.url}/accounts/login/")
    clean(page)
    sign_in(page, live_server.url)
    for address in PAGES:
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(live_server.url + address)
            drawn(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
        clean(page)
    context.close()
    assert errors == []


def test_the_page_of_components_is_accessible(quiet, live_server, country, settings):
    settings.DEBUG = True
    sign_in(quiet, live_server.url, following="/components/")
    drawn(quiet)
    clean(quiet)


def test_paper_is_light_numbered_and_says_what_it_shows(quiet, live_server, country, tmp_path: Path):
    quiet.emulate_media(color_scheme="dark")
    sign_in(quiet, live_server.url)
    drawn(quiet)
    target = tmp_path / "overview.pdf"
    quiet.pdf(path=str(target), prefer_css_page_size=True, print_background=True)
    content = target.read_bytes()
    assert content.startswith(b"%PDF")
    quiet.emulate_media(media="print")
    expect(quiet.locator(".print-head")).to_be_visible()
    expect(quiet.locator(".print-head")).to_contain_text("公布与已通过的数据")
    expect(quiet.locator("header.top")).to_be_hidden()
    background = quiet.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
    assert background == "rgb(255, 255, 255)"


@pytest.mark.skipif("SCREENSHOTS" not in os.environ, reason="draws the README's pictures: make screenshots")
def test_the_pictures_of_the_readme(browser: Browser, live_server, loaded):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    folder = Path(os.environ["SCREENSHOTS"])
    sign_in(page, live_server.url, following="/?year=2024")
    drawn(page)
    page.screenshot(path=folder / "overview.png", full_page=True)
    page.goto(f"{live_server.url}/divisions/410000/?year=2024")
    drawn(page)
    page.screenshot(path=folder / "division.png", full_page=True)
    context.close()
