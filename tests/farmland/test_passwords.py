"""Everybody's own password: changing it, and the link for those who forgot it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from farmland.actions import passwords
from farmland.actions.passwords import set_password
from farmland.models import User
from farmland.selectors.history import get_history, get_version
from tests import factories
from tests.farmland.sign_in import LOGIN, enter, is_signed_in
from tests.jobs import run_jobs

NEW_PASSWORD = "wheat-and-rice-2035"


def change(client: Client, *, old: str = factories.PASSWORD, new: str = NEW_PASSWORD):
    fields = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post(reverse("password_change"), fields)


def test_changing_the_password_keeps_this_session_and_ends_the_others(reporter: User) -> None:
    here, there = Client(), Client()
    enter(here)
    enter(there)
    assert change(here).status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert enter(Client()).status_code == 200
    assert enter(Client(), password=NEW_PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("old", "new"), [("wrong", NEW_PASSWORD), (factories.PASSWORD, "short"), (factories.PASSWORD, "tangshan-1")]
)
def test_a_password_is_changed_only_by_who_knows_the_old_one_and_only_to_a_good_one(
    reporter: User, old: str, new: str
) -> None:
    client = Client()
    enter(client)
    response = change(client, old=old, new=new)
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    reporter.refresh_from_db()
    assert reporter.check_password(factories.PASSWORD)


def test_setting_a_password_writes_nothing_else_of_the_user(reporter: User) -> None:
    client = Client()
    enter(client)
    stale = User.objects.get(pk=reporter.pk)
    User.objects.filter(pk=reporter.pk).update(name="改名")
    set_password(stale, password=NEW_PASSWORD, by=stale, at=factories.MOMENT)
    assert User.objects.get(pk=reporter.pk).name == "改名"


def ask_for_a_link(email: str, **more: str):
    answer = Client(**more).post(reverse("password_reset"), {"email": email}, follow=True)
    run_jobs()
    return answer


def later(monkeypatch: pytest.MonkeyPatch, **span: int) -> None:
    now = passwords.tokens._now()
    monkeypatch.setattr(passwords.tokens, "_now", lambda: now + timedelta(**span))


def link_in(message: mail.EmailMessage) -> str:
    return next(line for line in message.body.splitlines() if line.startswith("http"))


@pytest.mark.django_db(transaction=True)
def test_asking_for_a_link_gets_one_answer_whether_or_not_the_address_is_known(reporter: User) -> None:
    pages = [ask_for_a_link(email) for email in ("tangshan@example.org", "nobody@example.org")]
    assert [page.redirect_chain for page in pages] == [[("/accounts/password/reset/sent/", 302)]] * 2
    assert [message.to for message in mail.outbox] == [["tangshan@example.org"]]


@pytest.mark.django_db(transaction=True)
def test_active_users_get_a_link_also_before_their_first_password(reporter: User, cast) -> None:
    more = {"role": "viewer", "division": cast.hebei, "email": "shared@example.org"}
    factories.user(username="with_password", **more)
    invited = factories.user(username="invited", **more)
    invited.set_unusable_password()
    invited.save()
    factories.user(username="left", is_active=False, **more)
    ask_for_a_link("SHARED@example.org")
    assert sorted(name for m in mail.outbox for name in ("with_password", "invited", "left") if name in m.body) == [
        "invited",
        "with_password",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_link_sets_a_password_once_and_ends_sessions_and_the_lock_out(reporter: User) -> None:
    session, locked = Client(), Client()
    enter(session)
    for _ in range(5):
        enter(locked, password="wrong")
    ask_for_a_link(reporter.email)
    link = link_in(mail.outbox[0])
    visitor = Client()
    form = visitor.get(link, follow=True)
    assert "设置密码" in form.content.decode()
    fields = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert visitor.post(form.request["PATH_INFO"], fields)["Location"] == LOGIN
    assert not is_signed_in(session)
    assert enter(locked, password=NEW_PASSWORD).status_code == 302
    assert "链接已失效" in Client().get(link, follow=True).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_link_of_a_user_who_was_deactivated_is_dead(reporter: User) -> None:
    ask_for_a_link(reporter.email)
    User.objects.filter(pk=reporter.pk).update(is_active=False)
    assert "链接已失效" in Client().get(link_in(mail.outbox[0]), follow=True).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("minutes", "works"), [(59, True), (61, False)])
def test_a_link_is_dead_after_its_hour(reporter: User, monkeypatch, minutes: int, works: bool) -> None:
    ask_for_a_link(reporter.email)
    later(monkeypatch, minutes=minutes)
    page = Client().get(link_in(mail.outbox[0]), follow=True).content.decode()
    assert ("链接已失效" not in page) is works


@pytest.mark.parametrize(("hours", "works"), [(71, True), (73, False)])
def test_an_invitation_lives_over_the_weekend(cast, monkeypatch, hours: int, works: bool) -> None:
    invited = factories.user(role="viewer", division=cast.hebei)
    invited.set_unusable_password()
    invited.save()
    link = passwords.send_password_link(invited, site="http://testserver/", by=invited, at=factories.MOMENT)
    assert link.expires_at == factories.MOMENT + timedelta(days=3)
    later(monkeypatch, hours=hours)
    assert ("链接已失效" not in Client().get(link.url, follow=True).content.decode()) is works


@pytest.mark.django_db(transaction=True)
def test_nobody_is_flooded_with_links(reporter: User) -> None:
    for _ in range(5):
        ask_for_a_link(reporter.email)
    assert len(mail.outbox) == 3


@pytest.mark.django_db(transaction=True)
def test_links_and_passwords_stand_in_the_history_and_outdate_no_edit(reporter: User, cast) -> None:
    admin = factories.user(role="administrator", division=cast.hebei, username="admin")
    User.objects.filter(pk=reporter.pk).update(name="改名")
    version = get_version(reporter)
    ask_for_a_link(reporter.email, REMOTE_ADDR="192.0.2.9")
    passwords.send_password_link(reporter, site="http://testserver/", by=admin, at=factories.MOMENT)
    set_password(reporter, password=NEW_PASSWORD, by=reporter, at=factories.MOMENT)
    entries = [(entry.label, entry.who, entry.address) for entry in get_history(reporter)[:3]]
    assert entries == [
        ("设置密码", "改名（tangshan）", ""),
        ("发放密码链接", "admin", ""),
        ("发放密码链接", "", "192.0.2.9"),
    ]
    assert get_version(reporter) == version


def test_guessing_the_old_password_locks_like_failing_to_sign_in(reporter: User) -> None:
    client = Client()
    enter(client)
    assert [change(client, old="wrong").status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    reporter.refresh_from_db()
    assert reporter.check_password(factories.PASSWORD)
