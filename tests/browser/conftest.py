"""A real browser. Without one the tests are skipped with the way to get it; with CI=true that is a failure."""

import os
import shutil
from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import Page

from farmland.models import Division
from tests import factories

# Playwright keeps an event loop in the thread of the tests; the database is used from that thread all the same.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: apt-get install chromium fonts-noto-cjk")
        pytest.skip("no Chromium: apt-get install chromium fonts-noto-cjk")
    arguments = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "zh-CN"}


@pytest.fixture
def quiet(page: Page):
    """The page; the test fails on any console error, which a CSP violation is too."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []


@pytest.fixture
def country(transactional_db):
    """The small tree with published figures, a target and a user who can sign in."""
    cast = factories.tree()
    factories.published(cast.china, "20000")
    factories.published(cast.hebei, "9051.26")
    factories.published(cast.guangdong, "2700", confidence="recalled")
    factories.target(cast.hebei, "8801", owner=cast.china)
    factories.target(cast.guangdong, "2751", owner=cast.guangdong)
    factories.user(role="viewer", division=cast.china, username="viewer")
    return cast


@pytest.fixture
def loaded(transactional_db, settings):
    """The reference and demo data, and the viewer."""
    settings.DEBUG = True  # a demonstration is refused elsewhere
    for command in ("load_reference", "load_demo"):
        call_command(command, verbosity=0, stdout=StringIO())
    settings.DEBUG = False
    return factories.user(role="viewer", division=Division.objects.get(code="000000"), username="viewer")
