"""Language and theme as they are seen: one click, the system's wish, and paper that stays light."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.test_pages import RULES, sign_in

pytestmark = pytest.mark.filterwarnings("ignore")
LIGHT, DARK = "rgb(241, 244, 242)", "rgb(15, 21, 19)"


def background(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_one_click_changes_the_language_and_comes_back(quiet, live_server, country):
    quiet.goto(f"{live_server.url}/accounts/login/")
    quiet.get_by_role("button", name="English").click()
    expect(quiet.get_by_role("heading", level=1)).to_have_text("Cultivated Land Protection Monitor")
    quiet.get_by_role("button", name="中文").click()
    sign_in(quiet, live_server.url)
    quiet.get_by_role("button", name="English").click()
    expect(quiet).to_have_url(f"{live_server.url}/?year=2019")
    expect(quiet.get_by_role("heading", level=1)).to_have_text("National cultivated land protection targets")
    expect(quiet.get_by_role("row").filter(has_text="Hebei")).to_contain_text("Held")
    assert Axe().run(quiet, options=RULES).violations_count == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_theme_that_was_chosen_beats_the_system_and_paper_stays_light(quiet, live_server, country, scheme):
    quiet.emulate_media(color_scheme=scheme)
    sign_in(quiet, live_server.url)
    expect(quiet.get_by_role("heading", level=1)).to_be_visible()
    system = LIGHT if scheme == "light" else DARK
    assert background(quiet) == system
    offered, other = ("深色", "浅色") if scheme == "light" else ("浅色", "深色")
    expect(quiet.get_by_role("button", name=other)).to_be_hidden()
    quiet.get_by_role("button", name=offered).click()
    expect(quiet.get_by_role("button", name=other)).to_be_visible()
    assert {background(quiet), system} == {LIGHT, DARK}
    for address in ("/?year=2019", "/accounts/preferences/"):
        quiet.goto(live_server.url + address)
        assert Axe().run(quiet, options=RULES).violations_count == 0
    quiet.emulate_media(media="print")
    assert background(quiet) == "rgb(255, 255, 255)"
    assert quiet.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink').trim()") == "#14201b"
