"""Home and notices in the browser: accessible, fitting, quiet; opening a notice leads to its cell."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, expect

from farmland.actions import statements as actions
from farmland.models import Notice
from tests import factories
from tests.browser.test_pages import clean
from tests.browser.test_statements import enter  # noqa: F401  # a fixture
from tests.factories import MOMENT
from tests.farmland.hebei import filled, people, walk

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def scene(transactional_db) -> SimpleNamespace:
    """A statement that came back with a comment on a cell, and one that waits for the ministry."""
    cast = factories.tree()
    who = people(cast)
    walk(filled(cast, who.reporter, year=2022), who, "hand_in", "confirm", "submit")
    statement = walk(filled(cast, who.reporter), who, "hand_in")
    actions.take_step(statement, "return", by=who.reviewer, at=MOMENT, comment="水田偏大，请核实")
    actions.add_comment(statement, division="130224", indicator="paddy", text="请核实", by=who.reviewer, at=MOMENT)
    return SimpleNamespace(cast=cast, who=who, statement=statement)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_home_and_notices_are_accessible_and_fit_for_everybody(
    browser: Browser, live_server, scene, scheme: str
) -> None:
    errors: list[str] = []
    for name in ("reporter", "county", "reviewer", "ministry", "viewer", "admin"):
        context = browser.new_context(color_scheme=scheme, locale="zh-CN")
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(f"{live_server.url}/accounts/login/")
        page.locator("[name=username]").fill(getattr(scene.who, name).username)
        page.locator("[name=password]").fill(factories.PASSWORD)
        page.locator("main button[type=submit]").click()
        expect(page).to_have_url(f"{live_server.url}/home/")
        for address in ("/home/", "/notices/", "/accounts/preferences/"):
            for width in (1440, 390):
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(live_server.url + address)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, address, width)
            clean(page)
        context.close()
    assert errors == []


def test_opening_a_notice_leads_to_its_cell_and_it_is_read(enter, scene) -> None:  # noqa: F811
    page = enter(scene.who.county, "/home/")
    expect(page.locator(".bell .count")).to_have_text("1")
    page.get_by_role("button", name="收到意见").click()
    expect(page).to_have_url(
        re.compile(re.escape(f"/statements/{scene.statement.pk}/?group=land#c-130224-paddy") + "$")
    )
    expect(page.locator("#c-130224-paddy")).to_be_visible()
    expect(page.locator(".bell .count")).to_have_count(0)
    assert Notice.objects.get(user=scene.who.county).read_at
