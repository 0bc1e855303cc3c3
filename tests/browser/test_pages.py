"""What a person sees and does, in Chromium."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests import factories

pytestmark = pytest.mark.filterwarnings("ignore")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def sign_in(page: Page, base: str) -> None:
    page.goto(f"{base}/accounts/login/?next=/%3Fyear=2019")
    page.get_by_label("用户名").fill("viewer")
    page.get_by_label("密码", exact=True).fill(factories.PASSWORD)
    page.get_by_role("button", name="登录").click()


def clean(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


def test_a_viewer_signs_in_reads_the_overview_and_finds_a_source(quiet, live_server, country):
    sign_in(quiet, live_server.url)
    expect(quiet.get_by_role("heading", level=1)).to_have_text("全国耕地保护目标总览")
    row = quiet.get_by_role("row").filter(has_text="河北省")
    expect(row).to_contain_text("9,051.26")
    expect(row).to_contain_text("+2.84%")
    expect(row).to_contain_text("达标")
    row.get_by_role("link", name="9,051.26").click()
    expect(quiet.get_by_role("heading", level=1)).to_contain_text("河北省")
    expect(quiet.get_by_role("table").first).to_contain_text("第三次全国国土调查")
    quiet.get_by_role("link", name="河北省").first.click()
    expect(quiet.get_by_role("table").first).to_contain_text("唐山市")


def test_choosing_a_year_is_enough(quiet, live_server, country):
    factories.published(country.china, "19290", year=2023)
    sign_in(quiet, live_server.url)
    quiet.get_by_label("年度").select_option("2023")
    expect(quiet).to_have_url(f"{live_server.url}/?year=2023&indicator=cultivated_land")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(quiet, live_server, country, scheme):
    quiet.emulate_media(color_scheme=scheme)
    quiet.goto(f"{live_server.url}/accounts/login/")
    clean(quiet)
    sign_in(quiet, live_server.url)
    for address in (
        "/?year=2019",
        "/divisions/130000/?year=2019",
        "/divisions/130000/figures/cultivated_land/?year=2019",
    ):
        quiet.goto(live_server.url + address)
        clean(quiet)


def test_a_narrow_screen_never_scrolls_sideways(quiet, live_server, country):
    quiet.set_viewport_size({"width": 390, "height": 800})
    sign_in(quiet, live_server.url)
    assert quiet.evaluate("document.documentElement.scrollWidth") <= 390
