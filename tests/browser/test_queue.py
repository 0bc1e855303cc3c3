"""The reviewer's list in the browser: a row opens beside it, two are ticked and approved, with script and without."""

import os
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Comment
from tests import factories
from tests.browser.test_pages import clean
from tests.browser.test_statements import enter  # noqa: F401  # a fixture
from tests.factories import MOMENT
from tests.farmland.hebei import filled, people, walk

pytestmark = pytest.mark.filterwarnings("ignore")
QUEUE = "/statements/queue/"


@pytest.fixture
def scene(transactional_db) -> SimpleNamespace:
    """Last year's approved statement, and three that wait for the ministry, one of them once returned and changed."""
    cast = factories.tree()
    who = people(cast)
    way = ("hand_in", "confirm", "submit", "give_opinion")
    walk(filled(cast, who.reporter, year=2021), who, *way, "approve")
    first = filled(cast, who.reporter, year=2022)
    walk(first, who, "hand_in")
    actions.take_step(first, "return", by=who.reviewer, at=MOMENT, comment="请核实")
    factories.typed(first, {(cast.luannan, "out_pond"): "1.5"}, by=who.reporter)
    factories.published(cast.luannan, "31", year=2022, basis="change_survey")
    actions.give_reason(
        first, rule="survey", division="130224", indicator="cultivated_land", text="变更调查后调出",
        by=who.reporter, at=MOMENT,
    )  # fmt: skip
    made = [walk(first, who, *way)]
    made += [walk(filled(cast, who.reporter, year=year), who, *way) for year in (2023, 2024)]
    for row in made:
        Comment.objects.create(statement=row, division=cast.luannan, text="旱地为何未变", by=who.ministry, at=MOMENT)
    return SimpleNamespace(cast=cast, who=who, made=made)


def look(page: Page, name: str) -> None:
    """A picture for people, where SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def row(page: Page, year: int):
    return page.locator("#queue tbody tr").filter(has_text=str(year))


def test_two_are_ticked_and_approved_and_each_has_its_result(enter, scene):  # noqa: F811
    page = enter(scene.who.ministry, QUEUE)
    expect(page.locator("nav.tabs [aria-current]")).to_contain_text("3 项待办")
    row(page, 2022).get_by_role("link").click()
    panel = page.locator("#review-panel")
    expect(panel).to_contain_text("退回以来改动 1 格")
    expect(panel).to_contain_text("变更调查后调出")
    expect(panel).to_contain_text("随退回一并送达的意见 1 条")
    expect(row(page, 2022).get_by_role("link")).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile("selected="))
    clean(page)
    look(page, "queue-light")
    for year in (2023, 2024):
        row(page, year).get_by_role("checkbox").check()
    expect(page.locator("[data-ticked]")).to_have_text("已选 2 份")
    row(page, 2022).get_by_role("link").click()
    expect(row(page, 2023).get_by_role("checkbox")).to_be_checked()
    page.get_by_role("button", name="批量通过").click()
    expect(page.get_by_role("cell", name="已办理")).to_have_count(2)
    clean(page)
    look(page, "queue-results")
    assert [AnnualStatement.objects.get(pk=row.pk).status for row in scene.made] == [
        "submitted",
        "approved",
        "approved",
    ]


def test_the_list_and_the_page_are_clean_dark_and_narrow(enter, scene):  # noqa: F811
    page = enter(scene.who.ministry, f"{QUEUE}?selected={scene.made[0].pk}")
    page.emulate_media(color_scheme="dark")
    clean(page)
    look(page, "queue-dark")
    page.goto(page.url.replace(f"queue/?selected={scene.made[0].pk}", f"{scene.made[0].pk}/"))
    expect(page.locator("#changes")).to_contain_text("退回以来改动 1 格")
    clean(page)
    look(page, "detail-dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    page.go_back()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    clean(page)
    look(page, "queue-390")


def test_without_script_the_list_opens_and_approves(browser: Browser, live_server, scene):
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/?next={QUEUE}")
    page.locator("[name=username]").fill(scene.who.ministry.username)
    page.locator("[name=password]").fill(factories.PASSWORD)
    page.locator("main button[type=submit]").click()
    row(page, 2022).get_by_role("link").click()
    expect(page.locator("#review-panel")).to_contain_text("变更调查后调出")
    row(page, 2024).get_by_role("checkbox").check()
    page.get_by_role("button", name="批量通过").click()
    expect(page.get_by_role("cell", name="已办理")).to_have_count(1)
    context.close()
