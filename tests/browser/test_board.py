"""The board in the browser: a unit is ticked and reminded, with script and without; pages that everybody can use."""

from datetime import date
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, expect

from farmland.actions.prints import make_print
from farmland.models import AnnualStatement, Reminder, ReportingYear
from farmland.units import WAN_MU
from tests import factories
from tests.browser.test_pages import clean
from tests.browser.test_queue import look
from tests.browser.test_statements import enter  # noqa: F401  # a fixture
from tests.factories import MOMENT
from tests.farmland.hebei import filled, people

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def scene(transactional_db) -> SimpleNamespace:
    """A year that is overdue, with Hebei's draft and Guangdong's empty one."""
    cast = factories.tree()
    who = people(cast)
    day = date(2025, 4, 30)
    ReportingYear.objects.create(
        year=2024, county_due_on=day, prefecture_due_on=day, province_due_on=day, opened_at=MOMENT,
        opened_by=who.ministry,
    )  # fmt: skip
    statement = filled(cast, who.reporter)
    AnnualStatement.objects.create(division=cast.guangdong, year=2024)
    return SimpleNamespace(cast=cast, who=who, statement=statement)


def test_a_ticked_unit_is_reminded_and_the_board_says_so(enter, scene):  # noqa: F811
    page = enter(scene.who.ministry, "/board/?year=2024")
    row = page.locator("#queue tbody tr").filter(has_text="河北省")
    expect(row).to_contain_text("逾期")
    row.get_by_role("checkbox").check()
    expect(page.locator("[data-ticked]")).to_have_text("已选 1 个")
    page.get_by_label("催报内容").fill("请于本周内上报")
    page.get_by_role("button", name="催报所选单位").click()
    expect(page.get_by_role("row").filter(has_text="河北省")).to_contain_text("已催报")
    page.get_by_role("link", name="回到填报进度").click()
    expect(page.locator("#queue tbody tr").filter(has_text="河北省").locator("time")).to_be_visible()
    assert Reminder.objects.get().text == "请于本周内上报"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_board_and_the_form_are_usable_by_everybody(enter, scene, scheme):  # noqa: F811
    form = make_print(scene.statement, unit=WAN_MU, by=scene.who.reporter, at=MOMENT)
    page = enter(scene.who.ministry, "/board/?year=2024")
    page.emulate_media(color_scheme=scheme)
    base = page.url.split("/board/")[0]
    for address in ("/board/?year=2024", "/board/?year=2024&level=county", "/board/?level=years", "/prints/"):
        page.goto(base + address)
        clean(page)
        look(page, f"board-{scheme}")
    page = enter(scene.who.reporter, f"/statements/{scene.statement.pk}/prints/{form.pk}/")
    page.emulate_media(color_scheme=scheme)
    clean(page)
    page.goto(f"{base}/prints/?code={form.code}")
    clean(page)


def test_without_script_all_that_are_overdue_are_reminded(browser: Browser, live_server, scene):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("[name=username]").fill(scene.who.ministry.username)
    page.locator("[name=password]").fill(factories.PASSWORD)
    page.locator("main button[type=submit]").click()
    page.goto(f"{live_server.url}/board/?year=2024")
    page.get_by_role("button", name="催报全部逾期单位（2）").click()
    assert Reminder.objects.count() == 0
    page.get_by_role("button", name="催报这 2 个单位").click()
    expect(page.get_by_role("row").filter(has_text="广东省")).to_contain_text("已催报")
    assert Reminder.objects.count() == 2
    context.close()
