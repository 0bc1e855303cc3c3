"""The tree of targets, letters and placements in the browser: a letter is signed, a county places; usable by everybody."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from quotas.models import Letter, Placement
from tests import factories
from tests.browser.test_pages import clean
from tests.browser.test_statements import enter  # noqa: F401  # a fixture
from tests.quotas import handing
from tests.quotas.handing import PAPER, opened, published, stepped, typed

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def scene(transactional_db) -> SimpleNamespace:
    """Hebei's targets, handed on by Tangshan to its counties."""
    cast = factories.tree()
    handing.prefectures()
    handing.handed("130000", "5000")
    who = handing.people(cast)
    typed(
        version := opened(cast.hebei, who.reporter),
        {"130200": "1800", "130300": "1700", "130400": "1505"},
        who.reporter,
    )
    published(version, who)
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "905"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    city = stepped(city, "publish", who.city_reviewer, paper=PAPER)
    return SimpleNamespace(who=who, node=city.nodes.get(division="130224"), letter=Letter.objects.get(lower="130200"))


def test_a_letter_is_signed_and_a_target_placed_where_home_leads(enter, scene):  # noqa: F811
    county = enter(scene.who.county, "/home/")
    county.get_by_role("link", name="登记落图和入库").click()
    county.get_by_label("落图面积").fill("900")
    county.get_by_label("单位").select_option("wan_mu")
    county.get_by_label("入库日期").fill("2026-11-01")
    county.get_by_role("button", name="登记").click()
    expect(county.locator(".page-head")).to_contain_text("已入库")
    assert Placement.objects.get().node == scene.node
    city = enter(scene.who.city, f"/quotas/letters/{scene.letter.pk}/", allowed=())
    city.get_by_label("党委书记").fill("张书记")
    city.get_by_label("党委签订日期").fill("2026-11-01")
    city.get_by_role("button", name="登记").click()
    expect(city.locator(".error-summary")).to_contain_text("须写明原因")
    city.locator("#id_note").fill("市长空缺")
    city.get_by_role("button", name="登记").click()
    expect(city.locator(".page-head")).to_contain_text("仅党委")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_usable_by_everybody(enter, scene, scheme):  # noqa: F811
    page = enter(scene.who.reviewer, "/quotas/tree/")
    page.emulate_media(color_scheme=scheme)
    base = page.url.split("/quotas/")[0]
    addresses = ["tree/", "tree/?division=000000", "letters/", f"letters/{scene.letter.pk}/", "placements/",
                 f"placements/{scene.node.pk}/"]  # fmt: skip
    for address in addresses:
        page.goto(f"{base}/quotas/{address}")
        clean(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        page.set_viewport_size({"width": 1440, "height": 900})
