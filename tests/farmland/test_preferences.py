"""Language, theme and unit: what is kept, what follows from it, and where a switch leads back to."""

import re
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from farmland import ui
from farmland.actions.preferences import set_preferences
from farmland.models import User
from farmland.models.users import AreaUnit, Language, Theme
from farmland.selectors.history import get_version
from farmland.units import HA, UNITS, WAN_MU, after_number
from tests import factories
from tests.jobs import run_jobs

PAGE, SWITCH, LOGIN = "/accounts/preferences/", "/accounts/preferences/switch/", "/accounts/login/"
CHOICES = {"language": "en", "theme": "dark", "area_unit": "ha"}
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def user(cast) -> User:
    return factories.user(role="reporter", division=cast.tangshan, username="tangshan", email="t@example.org")


@pytest.fixture
def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="farmland.authentication.DivisionBackend")
    return factories.mark_seen(client)


def opening(client: Client, address: str = PAGE, **headers: str) -> str:
    """The page's <html …>."""
    page = client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return re.search(r"<html[^>]*>", page.content.decode())[0]


def test_the_choices_are_kept_shown_and_told_in_the_language_chosen(signed_in: Client, user: User):
    page = signed_in.post(PAGE, CHOICES, follow=True)
    user.refresh_from_db()
    assert {name: getattr(user, name) for name in CHOICES} == CHOICES
    assert page.redirect_chain == [(PAGE, 302)]
    text = page.content.decode()
    assert "Preferences saved." in text
    assert '<html lang="en" data-theme="dark">' in text
    assert '<option value="ha" selected>' in text
    assert '<option value="zh-hans" lang="zh-hans">中文</option>' in text


@pytest.mark.parametrize("values", [{"language": "fr"}, {"theme": "pink"}, {"area_unit": "acre"}, {"theme": "x\x00"}])
def test_a_value_that_is_not_offered_is_an_error_of_the_form_and_changes_nothing(
    signed_in: Client, user: User, values: dict[str, str]
):
    page = signed_in.post(PAGE, CHOICES | values)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == list(values)
    assert '<html lang="zh-hans">' in page.content.decode()
    user.refresh_from_db()
    assert {getattr(user, name) for name in CHOICES} == {""}


@pytest.mark.parametrize(
    "fields", [{}, {"language": "fr"}, {"theme": "pink"}, {"language": "en", "theme": "dark"}, {"language": "\x00"}]
)
def test_a_switch_that_is_not_offered_is_malformed_and_changes_nothing(signed_in: Client, user: User, fields):
    assert signed_in.post(SWITCH, fields).status_code == 400
    assert Client().post(SWITCH, fields).status_code == 400
    user.refresh_from_db()
    assert {getattr(user, name) for name in CHOICES} == {""}


def test_one_click_switches_language_or_theme_and_leaves_the_rest(signed_in: Client, user: User):
    for fields, expected in (
        ({"language": "en"}, '<html lang="en">'),
        ({"theme": "dark"}, '<html lang="en" data-theme="dark">'),
        ({"theme": "light"}, '<html lang="en" data-theme="light">'),
        ({"language": "zh-hans"}, '<html lang="zh-hans" data-theme="light">'),
    ):
        response = signed_in.post(SWITCH, fields | {"next": "/?year=2019&indicator=cultivated_land"})
        assert (response.status_code, response["Location"]) == (302, "/?year=2019&indicator=cultivated_land")
        assert site.LANGUAGE_COOKIE_NAME not in response.cookies
        assert opening(signed_in) == expected
    user.refresh_from_db()
    assert (user.language, user.theme, user.area_unit) == ("zh-hans", "light", "")


def test_the_switches_of_a_page_come_back_to_it(signed_in: Client):
    page = signed_in.get("/?year=2019").content.decode()
    assert '<input type="hidden" name="next" value="/?year=2019">' in page
    assert 'name="language" value="en" lang="en">English</button>' in page
    assert page.count('name="theme"') == 2
    answer = signed_in.post("/accounts/tokens/create/", {"label": "x" * 99}).content.decode()
    assert '<input type="hidden" name="next" value="">' in answer
    visitor = Client().get(LOGIN).content.decode()
    assert 'name="language" value="en"' in visitor
    assert 'name="theme"' not in visitor


@pytest.mark.parametrize(
    "address",
    [
        "", "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "http:///evil.example", "javascript:alert(1)", "/%00", "/\x00", "/nowhere/", "/api/v1/indicators/", "accounts/",
        "/\t/evil.example", "/\n/evil.example", " /", "//testserver/", "http://testserver/", "/?x=" + "y" * 3000,
    ],
)  # fmt: skip
def test_a_switch_leads_to_pages_of_this_site_alone(signed_in: Client, address: str):
    for client in (signed_in, Client()):
        response = client.post(SWITCH, {"language": "en", "next": address})
        assert (response.status_code, response["Location"]) == (302, "/home/")


def test_a_visitor_switches_by_cookie_and_the_user_s_own_language_beats_it(user: User):
    client = Client()
    response = client.post(SWITCH, {"language": "en", "next": LOGIN})
    assert response["Location"] == LOGIN
    cookie = response.cookies[site.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Lax")
    assert opening(client, LOGIN, accept_language="zh-CN") == '<html lang="en">'
    client.post(LOGIN, {"username": "tangshan", "password": factories.PASSWORD})
    assert opening(client, accept_language="zh-CN") == '<html lang="en">'
    set_preferences(user, values={"language": "zh-hans"}, by=user, at=factories.MOMENT)
    assert opening(client, accept_language="en") == '<html lang="zh-hans">'
    client.post(PAGE, {"language": "", "theme": "", "area_unit": ""})
    assert opening(client, accept_language="zh-CN") == '<html lang="zh-hans">'
    assert opening(client, accept_language="en") == '<html lang="en">'


@pytest.mark.parametrize(
    ("browser", "language"),
    [("en-GB,en;q=0.8", "en"), ("zh", "zh-hans"), ("zh-TW", "zh-hans"), ("fr", "zh-hans"), ("", "zh-hans")],
)
def test_without_a_choice_the_browser_decides(db, browser: str, language: str):
    assert opening(Client(), LOGIN, accept_language=browser) == f'<html lang="{language}">'


def test_a_visitor_has_no_theme_to_switch(db):
    response = Client().post(SWITCH, {"theme": "dark", "next": LOGIN})
    assert response["Location"] == LOGIN
    assert not response.cookies


def test_the_switch_needs_the_site_s_own_form(user: User):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="farmland.authentication.DivisionBackend")
    factories.mark_seen(client)
    assert client.post(SWITCH, {"language": "en"}).status_code == 403
    assert client.post(PAGE, CHOICES).status_code == 403


def test_one_visitor_s_language_is_not_the_next_one_s(signed_in: Client, user: User):
    set_preferences(user, values={"language": "en"}, by=user, at=factories.MOMENT)
    assert opening(signed_in) == '<html lang="en">'
    refused = Client().get(LOGIN, QUERY_STRING="next=%00").content.decode()
    assert '<html lang="zh-hans">' in refused
    assert opening(Client(), LOGIN) == '<html lang="zh-hans">'


def test_everybody_sets_their_own_and_the_history_keeps_nothing_of_it(user: User, cast):
    version = get_version(user)
    set_preferences(user, values=CHOICES, by=user, at=factories.MOMENT)
    assert get_version(user) == version
    other = factories.user(role="administrator", division=cast.china)
    with pytest.raises(PermissionDenied):
        set_preferences(user, values={"theme": "light"}, by=other, at=factories.MOMENT)


@pytest.mark.engine
@pytest.mark.parametrize("values", [{"language": "fr"}, {"theme": "pink"}, {"area_unit": "acre"}])
def test_the_database_refuses_what_is_not_offered(user: User, values: dict[str, str]):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(**values)


def test_what_is_offered_is_what_the_site_has():
    assert set(Language.values) == {"", *dict(site.LANGUAGES)}
    assert set(AreaUnit.values) - {""} <= set(UNITS)
    assert "" in Theme.values


def test_the_preferred_unit_beats_the_page_s_own(user: User):
    assert ui.unit_for(user, WAN_MU) == WAN_MU
    user.area_unit = "ha"
    assert ui.unit_for(user, WAN_MU) == HA


def test_a_factor_in_a_unit_s_name_is_parted_from_the_number():
    assert [after_number(name) for name in ("万亩", "10,000 mu", "ha")] == ["万亩", "× 10,000 mu", "ha"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("chosen", "asked_in", "subject"),
    [
        ("en", "zh-CN", "Reset your password"),
        ("zh-hans", "en", "重设"),
        ("", "en", "Reset your password"),
        ("", "zh", "重设"),
    ],
)
def test_a_reset_is_mailed_in_the_recipient_s_language(
    user: User, mailoutbox, chosen: str, asked_in: str, subject: str
):
    User.objects.filter(pk=user.pk).update(language=chosen)
    Client(headers={"accept-language": asked_in}).post("/accounts/password/reset/", {"email": user.email})
    run_jobs()
    (mail,) = mailoutbox
    assert mail.subject.startswith(subject)
    language = "en" if subject.startswith("Reset") else "zh-hans"
    (html, _kind) = mail.alternatives[0]
    assert f'<html lang="{language}">' in html
    assert ("链接" in mail.body) == ("链接" in html) == (language == "zh-hans")


def test_an_administrator_s_language_is_not_imposed_on_whom_they_invite(user: User, cast, mailoutbox):
    admin = factories.user(role="administrator", division=cast.china, language="en")
    client = Client()
    client.force_login(admin, backend="farmland.authentication.DivisionBackend")
    factories.mark_seen(client).post(f"/users/{user.pk}/invite/")
    run_jobs()
    User.objects.filter(pk=user.pk).update(language="en")
    client.post(f"/users/{user.pk}/invite/")
    run_jobs()
    assert [mail.subject[:2] for mail in mailoutbox] == ["重设", "Re"]


def test_both_ways_into_the_dark_lead_to_the_same_colours():
    css = (ROOT / "static/css/tokens.css").read_text()
    chosen, by_system = (
        re.findall(rf":root{selector} {{(.*?)}}", css, re.DOTALL)
        for selector in (r"\[data-theme=\"dark\"\]", r":not\(\[data-theme\]\)")
    )
    assert chosen == by_system
    assert len(chosen) == 1
    assert "prefers-color-scheme" not in (ROOT / "static/css/app.css").read_text()
