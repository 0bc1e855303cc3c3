"""A sheet that outlives its session, and a value that the server refuses."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.test_statements import cell, enter, scene

pytestmark = pytest.mark.filterwarnings("ignore")
__all__ = ["enter", "scene"]


def sign_in(page, user, live_server) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("[name=username]").fill(user.username)
    page.locator("[name=password]").fill(factories.PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page.locator("nav.tabs")).to_be_visible()


def test_who_signs_in_again_in_another_tab_saves_what_was_typed_and_stays_signed_in(enter, scene, live_server):
    sheet = enter(scene.who.reporter, f"/statements/{scene.statement.pk}/", allowed=("status of 401", "status of 403"))
    other = sheet.context.new_page()
    other.goto(f"{live_server.url}/")
    other.locator("details.menu summary").click()
    other.get_by_role("button", name="退出").click()
    expect(other.locator("[name=username]")).to_be_visible()
    cell(sheet, "130224", "paddy").locator("input").fill("12.5")
    sheet.keyboard.press("Enter")
    expect(sheet.locator(".sheet-status")).to_contain_text("登录已过期")
    sign_in(other, scene.who.reporter, live_server)
    sheet.get_by_role("button", name="重试").click()
    expect(cell(sheet, "130224", "paddy")).to_have_attribute("data-state", "saved")
    assert scene.statement.figures.get().value_mu == 125_000
    other.reload()
    expect(other.locator("nav.tabs")).to_be_visible()


def test_a_refused_value_is_shown_as_refused_and_the_next_one_is_saved(enter, scene):
    page = enter(scene.who.reporter, f"/statements/{scene.statement.pk}/")
    box = cell(page, "130224", "paddy")
    for value, state in (("12", "saved"), ("9" * 20, "invalid"), ("13.23456789", "saved")):
        box.locator("input").fill(value)
        page.keyboard.press("Enter")
        expect(box).to_have_attribute("data-state", state)
        if state == "invalid":
            expect(page.locator(".sheet-status")).to_contain_text("1 格有错误")
            expect(box).to_contain_text("过大")
    figure = scene.statement.figures.get()
    assert (str(figure.value_mu), f"{figure.input_value:.8f}") == ("132345.678900", "13.23456789")
    page.reload()
    expect(box.locator("input")).to_have_value("13.23456789")
