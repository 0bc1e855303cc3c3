"""Evidence handed in, read and taken back in the browser."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import clean
from tests.browser.test_statements import enter, scene  # noqa: F401  # fixtures

pytestmark = pytest.mark.filterwarnings("ignore")


def test_files_are_handed_in_downloaded_and_taken_back(scene, enter, tmp_path: Path) -> None:  # noqa: F811
    good, bad = tmp_path / "滦南县合同.pdf", tmp_path / "说明.pdf"
    good.write_bytes(b"%PDF-1.7 x")
    bad.write_bytes(b"<html><script>alert(1)</script>")
    page = enter(scene.who.reporter, f"/statements/{scene.statement.pk}/")
    card = page.locator("#files")
    expect(card).to_contain_text("还没有佐证材料")
    card.get_by_label("文件").set_input_files([good, bad])
    card.get_by_label("区划").select_option("130224")
    card.get_by_role("button", name="上传").click()
    expect(page.locator("body")).to_contain_text("说明.pdf：这种文件不能上传")
    expect(card.locator("li")).to_contain_text("滦南县合同.pdf")
    clean(page)
    with page.expect_download() as download:
        card.locator("a.attachment").click()
    assert download.value.suggested_filename == "滦南县合同.pdf"
    card.get_by_role("button", name="撤回文件").click()
    expect(card.locator("li.withdrawn")).to_contain_text("撤回")
    if folder := os.environ.get("PICTURES"):
        card.screenshot(path=f"{folder}/files.png")
    clean(page)
