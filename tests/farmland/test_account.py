"""Signing in and out, lock-out, idleness, and everybody's own password."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from farmland.middleware import SEEN_COOKIE
from farmland.models import User
from farmland.views import errors
from tests import factories
from tests.farmland.sign_in import LOGIN, enter, is_signed_in


def test_signing_in_leads_home_and_the_first_request_is_not_idle(reporter: User) -> None:
    client = Client()
    response = enter(client)
    assert (response.status_code, response["Location"]) == (302, "/home/")
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/accounts/tokens/", "/accounts/tokens/"),
        ("https://evil.example/", "/home/"),
        ("//evil.example/", "/home/"),
        ("/accounts/login/?next=/", "/home/"),
    ],
)
def test_signing_in_leads_on_within_this_site_alone(reporter: User, wanted: str, reached: str) -> None:
    client = Client()
    assert enter(client, next=wanted)["Location"] == reached
    assert client.get(LOGIN, {"next": wanted})["Location"] == reached


def test_signing_in_gives_the_session_a_new_key(reporter: User) -> None:
    client = Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    enter(client)
    assert client.session.session_key != planted
    assert not type(client.session)().exists(planted)


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(reporter: User, settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    response = enter(Client())
    for name in (settings.SESSION_COOKIE_NAME, SEEN_COOKIE):
        cookie = response.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
    assert response.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 12 * 3600


def test_a_wrong_password_and_an_unknown_and_a_deactivated_user_get_one_answer(reporter: User, cast) -> None:
    factories.user(role="viewer", division=cast.hebei, username="left", is_active=False)
    answers = []
    for username, password in (("tangshan", "wrong"), ("nobody", "wrong"), ("left", factories.PASSWORD)):
        response = enter(Client(), username=username, password=password)
        assert response.status_code == 200
        answers.append(response.context["form"].errors.as_json())
    assert len(set(answers)) == 1
    assert "用户名或密码不正确" in response.content.decode()


def test_what_postgresql_cannot_hold_is_an_error_of_the_form(db: None) -> None:
    response = enter(Client(), username="a\x00b")
    assert response.status_code == 200
    assert response.context["form"].errors


def test_the_fifth_failure_locks_one_user_at_one_address_until_a_moment_that_is_told(reporter: User) -> None:
    client = Client()
    assert [enter(client, password="wrong").status_code for _ in range(5)] == [200] * 4 + [429]
    locked = enter(client)
    assert locked.status_code == 429
    assert 890 <= int(locked["Retry-After"]) <= 901
    assert "已锁定到" in locked.content.decode()
    assert enter(client, username="nobody").status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.7").post(LOGIN, {"username": "tangshan", "password": "x"}).status_code == 200


def test_a_lock_ends_after_fifteen_minutes(reporter: User) -> None:
    client = Client()
    for _ in range(5):
        enter(client, password="wrong")
    attempt = AccessAttempt.objects.get()
    for age, status in ((timedelta(minutes=14), 429), (timedelta(minutes=15, seconds=1), 302)):
        AccessAttempt.objects.update(attempt_time=attempt.attempt_time - age)
        assert enter(client).status_code == status


def test_signing_in_forgets_earlier_failures(reporter: User) -> None:
    client = Client()
    for _ in range(2):
        assert [enter(client, password="wrong").status_code for _ in range(4)] == [200] * 4
        assert enter(client).status_code == 302
        client.post(reverse("logout"))


def test_a_session_opens_the_interface_as_well_as_the_pages(reporter: User) -> None:
    client = Client()
    assert client.get(reverse("api_indicator_list")).status_code == 401
    enter(client)
    assert client.get(reverse("api_indicator_list")).status_code == 200


def test_signing_out_is_by_post_and_ends_the_session(reporter: User) -> None:
    client = Client()
    enter(client)
    key = client.session.session_key
    assert client.get(reverse("logout")).status_code == 405
    response = client.post(reverse("logout"))
    assert response["Location"] == LOGIN
    assert response.cookies[SEEN_COOKIE].value == ""
    assert not type(client.session)().exists(key)
    assert not is_signed_in(client)


def test_signing_out_of_a_session_that_has_ended_leads_to_sign_in_and_nowhere_after(reporter: User) -> None:
    assert Client().post(reverse("logout"))["Location"] == LOGIN


def test_an_idle_session_ends_and_leads_to_sign_in_and_back(reporter: User, settings) -> None:
    client = Client()
    enter(client)
    settings.SESSION_IDLE_SECONDS = 0
    response = client.get(reverse("token_list"))
    assert response["Location"] == f"{LOGIN}?next=/accounts/tokens/"
    assert response.cookies[SEEN_COOKIE].value == ""
    settings.SESSION_IDLE_SECONDS = 60
    assert not is_signed_in(client)


def test_signing_in_again_from_a_page_of_an_idle_session_holds(reporter: User, settings) -> None:
    client = Client()
    enter(client)
    del client.cookies[SEEN_COOKIE]
    assert enter(client).status_code == 302
    assert is_signed_in(client)


@pytest.mark.parametrize("cookie", ["", "forged", "another session's"])
def test_a_session_without_its_own_mark_of_the_last_request_ends(reporter: User, cookie: str) -> None:
    client, other = Client(), Client()
    enter(client)
    enter(other)
    client.cookies[SEEN_COOKIE] = other.cookies[SEEN_COOKIE].value if cookie == "another session's" else cookie
    assert not is_signed_in(client)


def test_deactivating_a_user_ends_the_session_at_once(reporter: User) -> None:
    client = Client()
    enter(client)
    User.objects.filter(pk=reporter.pk).update(is_active=False)
    assert not is_signed_in(client)


@pytest.mark.parametrize("name", ["login", "password_reset", "password_reset_sent"])
def test_pages_of_signing_in_are_open_to_everybody(db: None, name: str) -> None:
    assert Client().get(reverse(name)).status_code == 200


@pytest.mark.parametrize(("address", "status"), [("/nowhere/", 404), ("/accounts/login/?next=%00", 400)])
def test_pages_of_errors_are_shown_to_visitors_too(db: None, address: str, status: int) -> None:
    response = Client().get(address)
    assert response.status_code == status
    assert f"错误代码 {status}" in response.content.decode()


def test_a_form_that_is_not_ours_and_our_own_failure_are_told_to_visitors(db: None, rf) -> None:
    response = Client(enforce_csrf_checks=True).post(LOGIN, {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "表单已失效" in response.content.decode()
    response = errors.failed(rf.get("/"))
    assert response.status_code == 500
    assert "系统出错" in response.content.decode()


@pytest.mark.parametrize(("address", "kind"), [("/", "text/html"), ("/api/v1/indicators/", "application/json")])
def test_our_failure_is_told_even_while_the_database_does_not_answer(address: str, kind: str) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32  # asks for the session, which this test, without a database, cannot read
    response = client.get(address)
    assert response.status_code == 500
    assert response["Content-Type"].startswith(kind)
    assert "系统出错" in response.content.decode()


def test_after_an_idle_timeout_a_form_leads_to_sign_in_and_not_back_to_an_address_that_only_takes_forms(
    reporter: User,
) -> None:
    assert Client().post(reverse("token_create"), {"label": "x"})["Location"] == LOGIN


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(reporter: User) -> None:
    response = Client(headers={"HX-Request": "true"}).get(reverse("token_list"))
    assert (response.status_code, response["HX-Redirect"]) == (401, f"{LOGIN}?next=%2Faccounts%2Ftokens%2F")


@pytest.mark.parametrize(
    ("behind", "forwarded", "locked"),
    [
        (True, "198.51.100.1, 192.0.2.7", "192.0.2.7"),
        (True, "not an address", "127.0.0.1"),
        (False, "198.51.100.1", "127.0.0.1"),
    ],
)
def test_the_lock_out_counts_by_the_address_that_our_own_proxy_saw(
    reporter: User, settings, behind: bool, forwarded: str, locked: str
) -> None:
    settings.BEHIND_PROXY = behind
    client = Client(headers={"X-Forwarded-For": forwarded})
    enter(client, password="wrong")
    assert AccessAttempt.objects.get().ip_address == locked


@pytest.mark.parametrize("length", [61, 256, 5000])
def test_a_user_name_longer_than_any_is_refused_by_the_form(db: None, length: int) -> None:
    response = enter(Client(), username="x" * length)
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert not AccessAttempt.objects.exists()


def test_an_address_that_takes_only_forms_says_so_when_it_is_opened(reporter: User) -> None:
    client = Client()
    enter(client)
    response = client.get(reverse("token_create"))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "这个地址不能这样打开" in response.content.decode()


def test_pages_of_a_signed_in_user_are_kept_by_no_cache_on_the_way(reporter: User) -> None:
    client = Client()
    enter(client)
    assert client.get("/accounts/tokens/")["Cache-Control"] == "private, no-cache"


def test_a_part_that_does_not_exist_is_shown_as_a_whole_page(reporter: User) -> None:
    client = Client()
    enter(client)
    response = client.get("/divisions/999999/?year=2019", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (404, "/divisions/999999/?year=2019")
