"""A statement filled, checked, returned and approved, as people do it in the browser."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect

from farmland.models import AnnualStatement
from tests import factories
from tests.browser.test_pages import clean
from tests.farmland.hebei import people

pytestmark = pytest.mark.filterwarnings("ignore")
VALUES = (("30", "10", "10", "10"), ("60", "20", "20", "21"))


@pytest.fixture
def scene(transactional_db) -> SimpleNamespace:
    cast = factories.tree()
    statement = AnnualStatement.objects.create(division=cast.hebei, year=2024)
    return SimpleNamespace(cast=cast, who=people(cast), statement=statement)


@pytest.fixture
def enter(browser: Browser, live_server):
    """A page in which somebody is signed in; the test fails on any error in a console."""
    errors: list[str] = []
    contexts, asked_for = [], ["ERR_FAILED", "status of 422"]

    def do(user, address: str, allowed: tuple[str, ...] = ()) -> Page:
        asked_for.extend(allowed)
        context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{live_server.url}/accounts/login/")
        page.locator("[name=username]").fill(user.username)
        page.locator("[name=password]").fill(factories.PASSWORD)
        page.locator("main button[type=submit]").click()
        page.goto(live_server.url + address)
        return page

    yield do
    for context in contexts:
        context.close()
    assert [error for error in errors if not any(one in error for one in asked_for)] == []


def cell(page: Page, division: str, indicator: str):
    return page.locator(f"td[data-division='{division}'][data-indicator='{indicator}']")


def paste(page: Page, division: str, indicator: str, text: str) -> None:
    """Put a block on the clipboard of the page and paste it at a cell."""
    cell(page, division, indicator).locator("input").focus()
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text/plain", text);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }""",
        text,
    )


def step(page: Page, name: str, comment: str = "") -> None:
    form = page.locator("form", has=page.get_by_role("button", name=name, exact=True)).last
    if comment:
        form.locator("[name=comment]").fill(comment)
    form.get_by_role("button", name=name, exact=True).click()


def test_a_statement_goes_from_a_pasted_block_to_the_overview(enter, scene, live_server):
    address, who = f"/statements/{scene.statement.pk}/", scene.who
    reporter = enter(who.reporter, address)
    clean(reporter)
    paste(reporter, "130224", "cultivated_land", "\n".join("\t".join(row) for row in VALUES))
    expect(cell(reporter, "130225", "dry")).to_have_attribute("data-state", "saved")
    expect(reporter.locator("tr.subtotal td[data-indicator='paddy'] output")).to_have_text("30.00")
    reporter.goto(f"{live_server.url}{address}?group=basic")
    paste(reporter, "130224", "permanent_basic_farmland", "20\n30")
    expect(cell(reporter, "130225", "permanent_basic_farmland")).to_have_attribute("data-state", "saved")
    reporter.goto(live_server.url + address)
    step(reporter, "送审")
    expect(reporter.locator(".message.error:not(.offline)")).to_contain_text("61.00 万亩")
    expect(cell(reporter, "130225", "cultivated_land")).to_have_attribute("data-state", "invalid")
    cell(reporter, "130225", "dry").locator("input").fill("２０")
    reporter.keyboard.press("Enter")
    expect(cell(reporter, "130225", "dry")).to_have_attribute("data-state", "saved")
    step(reporter, "送审")
    expect(reporter.locator(".page-head")).to_contain_text("待本级审核")
    step(enter(who.farm_reviewer, address), "农业农村部门确认")
    reviewer = enter(who.reviewer, address)
    step(reviewer, "上报")
    ministry = enter(who.ministry, address)
    cell(ministry, "130225", "dry").click()
    panel = ministry.locator("#cell-panel")
    panel.get_by_label("意见").fill("请核实乐亭县旱地")
    panel.get_by_role("button", name="提出意见").click()
    expect(cell(ministry, "130225", "dry")).to_have_attribute("data-state", "comment")
    step(ministry, "退回", "见各格意见")
    expect(ministry.locator(".page-head")).to_contain_text("已退回")
    reporter.goto(live_server.url + address)
    expect(cell(reporter, "130225", "dry")).to_have_attribute("data-state", "comment")
    expect(reporter.locator("#comments")).to_contain_text("请核实乐亭县旱地")
    reporter.locator("#comments").get_by_role("button", name="标为已处理").click()
    expect(reporter.locator("#comments")).to_contain_text("已处理")
    step(reporter, "送审")
    step(enter(who.farm_reviewer, address), "农业农村部门确认")
    reviewer.goto(live_server.url + address)
    step(reviewer, "上报")
    step(enter(who.farm_ministry, address), "农业农村部意见", "同意")
    ministry.goto(live_server.url + address)
    step(ministry, "通过")
    expect(ministry.locator(".page-head")).to_contain_text("已通过")
    ministry.goto(f"{live_server.url}/?year=2024")
    expect(ministry.locator("#divisions").get_by_role("row").filter(has_text="河北")).to_contain_text("90.00")


def test_two_people_in_one_cell_are_told_of_each_other(enter, scene):
    address = f"/statements/{scene.statement.pk}/"
    first, second = enter(scene.who.reporter, address), enter(scene.who.county, address)
    for page, value in ((first, "10"), (second, "11")):
        cell(page, "130224", "paddy").locator("input").fill(value)
        page.keyboard.press("Enter")
        if page is first:
            expect(cell(page, "130224", "paddy")).to_have_attribute("data-state", "saved")
    expect(cell(second, "130224", "paddy")).to_have_attribute("data-state", "conflict")
    second.on("dialog", lambda dialog: dialog.accept())
    for _again in range(3):  # it waits for a decision however often the page is opened
        second.reload()
        expect(cell(second, "130224", "paddy")).to_have_attribute("data-state", "conflict")
        second.wait_for_timeout(300)
    assert scene.statement.figures.get(division="130224", indicator="paddy").value_mu == 100_000
    cell(second, "130224", "paddy").locator("input").focus()
    second.get_by_role("button", name="保留我的 11").click()
    expect(cell(second, "130224", "paddy")).to_have_attribute("data-state", "saved")


def test_a_value_survives_a_lost_connection_and_a_reload(enter, scene):
    page = enter(scene.who.reporter, f"/statements/{scene.statement.pk}/")
    page.route("**/figures/", lambda route: route.abort())
    cell(page, "130224", "paddy").locator("input").fill("12.5")
    page.keyboard.press("Enter")
    expect(page.locator(".sheet-status")).to_contain_text("网络不通")
    page.unroute("**/figures/")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(cell(page, "130224", "paddy")).to_have_attribute("data-state", "saved")
    expect(cell(page, "130224", "paddy").locator("input")).to_have_value("12.5")


def test_the_bar_saves_checks_and_hands_in_and_a_finding_leads_to_its_cell(enter, scene, live_server):
    page = enter(scene.who.reporter, f"/statements/{scene.statement.pk}/")
    paste(page, "130224", "cultivated_land", "\n".join("\t".join(row) for row in VALUES))
    page.get_by_role("link", name="校验", exact=True).click()
    findings = page.locator("#findings")
    expect(findings).to_contain_text("61.00 万亩")
    findings.get_by_role("link", name="乐亭县 · 耕地保有量").click()
    expect(cell(page, "130225", "cultivated_land").locator("input")).to_be_focused()
    page.keyboard.type("61")
    page.locator(".sheet-bar").get_by_role("button", name="直接送审（不写说明）").click()
    expect(page.locator(".message.error:not(.offline)")).to_contain_text("必填")
    assert scene.statement.figures.get(division="130225", indicator="cultivated_land").value_mu == 610_000
