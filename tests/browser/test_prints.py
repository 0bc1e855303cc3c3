"""The official form on paper: printed by the browser as PDF, and recognised when it comes back."""

import io
import re
from types import SimpleNamespace

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from farmland.forms.scans import read_code
from farmland.models import PrintedForm
from tests import factories
from tests.browser.test_queue import look
from tests.browser.test_statements import enter  # noqa: F401  # a fixture
from tests.farmland.hebei import filled, people, walk
from tests.farmland.scans import upload

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def scene(transactional_db) -> SimpleNamespace:
    """Hebei's statement that was handed in."""
    cast = factories.tree()
    who = people(cast)
    return SimpleNamespace(who=who, statement=walk(filled(cast, who.reporter), who, "hand_in"))


def test_what_the_browser_prints_is_recognised_also_as_a_turned_coarse_scan(enter, scene):  # noqa: F811
    page = enter(scene.who.reviewer, f"/statements/{scene.statement.pk}/")
    page.get_by_role("button", name="打印正式报表").click()
    expect(page.locator(".official")).to_have_count(10)
    look(page, "official-form")
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    code = PrintedForm.objects.get().code
    document = pypdfium2.PdfDocument(paper)
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (842, 595)  # A4, landscape
    shown = "-".join(re.findall("....", code))
    for number in range(len(document)):
        assert shown in document[number].get_textpage().get_text_range(), f"page {number + 1} says no code"
    assert read_code(SimpleUploadedFile("form.pdf", paper)) == code
    scan = document[0].render(scale=150 / 72).to_pil().rotate(92, expand=True, fillcolor="white")
    assert read_code(upload(scan, "jpg")) == code
    page.goto(page.url.split("/statements/")[0] + "/prints/")
    content = io.BytesIO()
    scan.convert("RGB").save(content, "PDF", resolution=150)
    page.locator("[name=file]").set_input_files(
        {"name": "签字件.pdf", "mimeType": "application/pdf", "buffer": content.getvalue()}
    )
    page.get_by_role("button", name="识别", exact=True).click()
    expect(page.get_by_text("内容一致")).to_be_visible()
