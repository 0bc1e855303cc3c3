"""Beside the sheet: findings that come and go, why a cell is empty, reasons and comments, and what stays at sign-out."""

import pytest
from playwright.sync_api import Page, expect

from farmland.models import AnnualStatement, Comment, Figure, Gap, Reason
from tests import factories
from tests.browser.test_pages import clean
from tests.browser.test_statements import cell, enter, scene
from tests.farmland.hebei import filled

pytestmark = pytest.mark.filterwarnings("ignore")
__all__ = ["enter", "scene"]


@pytest.fixture
def draft(scene) -> AnnualStatement:
    scene.statement.delete()
    return filled(scene.cast, scene.who.reporter)


def type_in(page: Page, division: str, indicator: str, text: str) -> None:
    cell(page, division, indicator).locator("input").fill(text)
    page.keyboard.press("Enter")


def beside(page: Page, division: str, indicator: str):
    """The panel of a cell, once it is there."""
    panel = page.locator("#cell-panel")
    expect(panel.locator(f"[data-key='{division}:{indicator}']")).to_be_visible()
    return panel


def test_findings_mark_other_cells_at_once_and_leave_them_again(enter, scene, draft):
    page = enter(scene.who.reporter, f"/statements/{draft.pk}/")
    page.route("**/cells/**", lambda route: route.abort())  # the panel would know as well
    land = cell(page, "130224", "cultivated_land")
    type_in(page, "130224", "paddy", "12")
    expect(land).to_have_attribute("data-severity", "hard")
    expect(land).to_have_attribute("data-state", "invalid")
    expect(land.locator(".cell-message")).to_contain_text("32.00 万亩")
    expect(cell(page, "130224", "paddy")).to_have_attribute("data-state", "saved")
    type_in(page, "130224", "paddy", "10")
    expect(land).to_have_attribute("data-state", "saved")
    expect(land).not_to_have_attribute("data-severity", "hard")
    type_in(page, "130225", "cultivated_land", "")  # mandatory, and empty: it is not shouted at
    expect(cell(page, "130225", "cultivated_land")).to_have_attribute("data-state", "blank")


def test_what_follows_from_the_cells_is_shown_anew_after_a_save(enter, scene, draft):
    page = enter(scene.who.reporter, f"/statements/{draft.pk}/")
    expect(page.locator("#filling")).to_contain_text("2/2")
    type_in(page, "130224", "paddy", "12")
    expect(page.locator("#findings")).to_contain_text("32.00 万亩")
    expect(page.locator("#changes tr").filter(has_text="水田")).to_contain_text("22.00")
    page.locator("#changes").evaluate("element => element.dataset.seen = '1'")
    type_in(page, "130224", "paddy", "10")
    expect(page.locator("#findings")).to_contain_text("没有需要更正或说明的问题")
    type_in(page, "130225", "dry", "")
    expect(page.locator("#filling")).to_contain_text("1/2")
    expect(page.locator("#findings")).to_contain_text("必填而未填 1 格")


def test_a_reason_that_is_being_written_stays_when_a_cell_is_saved(enter, scene, draft):
    factories.published(scene.cast.luannan, "31", year=2024, basis="change_survey")
    page = enter(scene.who.reporter, f"/statements/{draft.pk}/")
    written = page.locator("#findings input[name=text]").first
    written.fill("图斑已核")
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        type_in(page, "130225", "paddy", "11")
    page.wait_for_timeout(300)
    expect(written).to_have_value("图斑已核")


def test_a_reason_is_written_in_the_panel_and_the_mark_goes(enter, scene, draft):
    factories.published(scene.cast.luannan, "31", year=2024, basis="change_survey")
    page = enter(scene.who.reporter, f"/statements/{draft.pk}/")
    land = cell(page, "130224", "cultivated_land")
    expect(land).to_have_attribute("data-severity", "soft")
    expect(land.locator(".cell-flags")).to_contain_text("须说明理由")
    land.locator("input").click()
    panel = beside(page, "130224", "cultivated_land")
    clean(page)
    page.emulate_media(color_scheme="dark")
    clean(page)
    page.set_viewport_size({"width": 390, "height": 844})
    clean(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    form = panel.locator("form", has=page.locator("[name=rule]"))
    form.locator("textarea").fill("变更调查后调出")
    form.get_by_role("button").click()
    expect(panel).to_contain_text("理由：变更调查后调出")
    expect(land).to_have_attribute("data-state", "saved")
    assert Reason.objects.get().text == "变更调查后调出"
    type_in(page, "130224", "paddy", "10.0")
    expect(cell(page, "130224", "paddy")).to_have_attribute("data-state", "saved")
    expect(land).to_have_attribute("data-state", "saved")  # the answer carries the reason


def test_a_cell_is_marked_as_blank_only_with_its_reason(enter, scene, draft):
    page = enter(scene.who.reporter, f"/statements/{draft.pk}/")
    paddy = cell(page, "130224", "paddy")
    paddy.locator("input").click()
    panel = beside(page, "130224", "paddy")
    panel.locator("[name=absence]").select_option("blank")
    page.wait_for_timeout(300)
    assert not Gap.objects.exists()  # nothing is saved before the reason is there
    expect(panel.locator("[name=note]")).to_be_focused()
    panel.locator("[name=note]").fill("资料尚缺")
    panel.get_by_role("button", name="保存", exact=True).click()
    expect(paddy).to_have_attribute("data-state", "blank")
    expect(paddy.locator("input")).to_have_value("")
    expect(panel.locator(".typed")).to_contain_text("空缺")
    gap = Gap.objects.get()
    assert (gap.kind, gap.note) == ("blank", "资料尚缺")
    panel.locator("[name=absence]").select_option("not_applicable")
    expect(paddy).to_have_attribute("data-state", "not_applicable")
    panel.locator("[name=absence]").select_option("")
    type_in(page, "130224", "paddy", "9")
    expect(paddy).to_have_attribute("data-state", "saved")
    assert Figure.objects.get(division="130224", indicator="paddy").value_mu == 90_000


def test_the_ministry_comments_on_a_cell_of_a_submitted_statement_by_keyboard(enter, scene, draft):
    AnnualStatement.objects.filter(pk=draft.pk).update(status="submitted")
    address = f"/statements/{draft.pk}/"
    page = enter(scene.who.ministry, address)
    page.locator(".table-sheet td[tabindex='0']").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
    expect(cell(page, "130225", "paddy")).to_be_focused()
    panel = beside(page, "130225", "paddy")
    assert panel.locator("[name=absence]").count() == 0
    clean(page)
    panel.locator("textarea").fill("请核实水田")
    panel.get_by_role("button", name="提出意见").click()
    expect(panel.locator(".comment")).to_contain_text("请核实水田")
    expect(cell(page, "130225", "paddy")).to_have_attribute("data-state", "comment")
    assert page.url.endswith(address)
    said = Comment.objects.get()
    assert (said.division_id, said.indicator, said.by) == ("130225", "paddy", scene.who.ministry)
    page.reload()
    expect(cell(page, "130225", "paddy")).to_have_attribute("data-state", "comment")
    page.locator("tr.subtotal td[data-indicator='dry']").click()
    panel = beside(page, "130200", "dry")
    expect(panel).to_contain_text("下级合计")
    page.locator("#cell-panel textarea").fill("　")
    page.locator("#cell-panel").get_by_role("button", name="提出意见").click()
    expect(panel.get_by_role("alert")).to_contain_text("请写明理由或意见")


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('sheet:'))")


def test_drafts_in_the_browser_go_with_who_signs_out(enter, scene, draft):
    page = enter(scene.who.reporter, f"/statements/{draft.pk}/")
    page.route("**/figures/", lambda route: route.abort())
    type_in(page, "130224", "paddy", "12.5")
    expect(page.locator(".sheet-status")).to_contain_text("网络不通")
    asked: list[str] = []

    def answer(dialog) -> None:
        asked.append(dialog.type)
        if len(asked) == 1:
            dialog.dismiss()
        else:
            dialog.accept()

    page.on("dialog", answer)
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="退出").click(no_wait_after=True)
    page.wait_for_timeout(400)
    assert asked == ["beforeunload"]
    assert len(kept(page)) == 1  # who stays keeps them
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/accounts/login/**")
    assert asked == ["beforeunload", "beforeunload"]
    assert kept(page) == []
