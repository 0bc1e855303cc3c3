"""The grid of the largest province: it is ready soon, and a cell is one request."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.large import COLUMNS, sichuan
from tests.browser.test_statements import cell, enter

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.alone]
__all__ = ["enter"]
READY = 2_000  # ms from navigation to a typed digit
ATTEMPTS = 10
# Types as soon as the page is there, and waits for the frame in which the sheet shows it.
MEASURE = """() => new Promise((done) => {
  const input = document.querySelector("td.cell input");
  input.focus();
  document.execCommand("insertText", false, "1");
  requestAnimationFrame(() => setTimeout(() => {
    performance.mark("typed");
    done({ at: performance.getEntriesByName("typed").at(-1).startTime, state: input.closest("td").dataset.state });
  }));
})"""


def ready_in(page: Page) -> float:
    """Milliseconds from navigation to a digit that the sheet has taken note of."""
    page.reload(wait_until="domcontentloaded")
    page.evaluate("localStorage.clear()")
    found = page.evaluate(MEASURE)
    assert found["state"] == "dirty"
    return found["at"]


def test_the_largest_province_is_ready_in_two_seconds_and_a_cell_is_one_request(enter, transactional_db, live_server):
    scene = sichuan()
    page = enter(scene.reporter, f"/statements/{scene.statement.pk}/?group=outflow")
    assert page.locator(".table-sheet tbody tr").count() == 204
    assert page.locator("td.cell input").count() == 183 * len(COLUMNS)
    page.on("dialog", lambda dialog: dialog.accept())
    times = [ready_in(page)]
    while min(times) >= READY and len(times) < ATTEMPTS:  # other work on the machine is not the sheet's
        page.wait_for_timeout(2_000)  # what the last try typed is saved, and the sums are read anew
        times.append(ready_in(page))
    print("ready in", [round(time) for time in times], "ms")
    assert min(times) < READY, times

    first = scene.counties[0].code
    page.goto(f"{live_server.url}/statements/{scene.statement.pk}/?group=outflow")
    page.evaluate("localStorage.clear()")
    page.wait_for_timeout(600)
    field = cell(page, first, COLUMNS[1].code).locator("input")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method != "GET" else None)
    field.fill("0.75")
    page.keyboard.press("Enter")
    expect(cell(page, first, COLUMNS[1].code)).to_have_attribute("data-state", "saved")
    page.wait_for_timeout(500)
    assert sent == ["PUT"]
