"""Mail over a real SMTP server: what arrives, and where its link leads."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django import app

from farmland.actions import passwords
from farmland.models import User
from tests import factories
from tests.farmland.mailbox import Mailbox, parts, served
from tests.jobs import run_jobs, waiting, work

NEW_PASSWORD = "wheat-and-rice-2035"
FIELDS = {"username": "newcomer", "name": "李新", "email": "newcomer@example.org", "division": "唐山市",
          "department": "agriculture", "role": "reporter"}  # fmt: skip


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    with served(settings) as box:
        yield box


def link_in(message: EmailMessage) -> str:
    """The one link of the message, which its plain and its HTML part share."""
    plain, html = parts(message)
    link = next(line for line in plain.splitlines() if line.startswith("http"))
    assert f'href="{link}"' in html
    return link


def set_password(link: str) -> None:
    client = Client()
    page = client.get(link, follow=True)
    fields = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert client.post(page.request["PATH_INFO"], fields).status_code == 302


def test_a_new_user_is_invited_by_mail_sets_a_password_and_signs_in(cast, sign_in, mailbox: Mailbox) -> None:
    page = sign_in("administrator", cast.hebei).post(reverse("user_create"), FIELDS, follow=True)
    assert "将发送到 newcomer@example.org" in page.content.decode()
    run_jobs()
    (message,) = mailbox.messages
    assert message["To"] == "newcomer@example.org"
    assert message["Subject"].strip() == "邀请您使用耕地保护目标监测平台：请设置密码"
    assert "用户名是 newcomer" in message.get_body(("plain",)).get_content()
    set_password(link_in(message))
    visitor = Client()
    assert visitor.post("/accounts/login/", {"username": "newcomer", "password": NEW_PASSWORD}).status_code == 302
    assert visitor.get(reverse("token_list")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_password_is_set_anew_by_mail(cast, mailbox: Mailbox) -> None:
    factories.user(role="viewer", division=cast.hebei, username="hebei", email="hebei@example.org")
    Client().post(reverse("password_reset"), {"email": "Hebei@example.org"})
    run_jobs()
    (message,) = mailbox.messages
    assert (message["To"], message["Subject"].strip()) == ("hebei@example.org", "重设耕地保护目标监测平台的密码")
    set_password(link_in(message))
    assert Client().post("/accounts/login/", {"username": "hebei", "password": NEW_PASSWORD}).status_code == 302


@pytest.mark.parametrize("trouble", ["refused", "no server"])
def test_a_user_stays_when_the_mail_fails_and_the_link_is_sent_when_it_works_again(
    cast, sign_in, mailbox: Mailbox, settings, trouble: str
) -> None:
    client = sign_in("administrator", cast.hebei)
    port = settings.EMAIL_PORT
    settings.EMAIL_PORT = port if trouble == "refused" else 1
    address = "nobody@example.org" if trouble == "refused" else "newcomer@example.org"
    page = client.post(reverse("user_create"), FIELDS | {"email": address}, follow=True)
    assert f"将发送到 {address}" in page.content.decode()
    assert mailbox.connections == 0  # nothing in the request
    assert "/accounts/password/reset/" not in page.content.decode()
    user = User.objects.get(username="newcomer")
    (job,) = waiting(passwords.LINK)
    assert set(job.args) == {"user", "site", "language"}  # the queue holds no link
    with pytest.raises(OSError):  # noqa: PT011  # smtplib's errors are OSErrors; the queue tries again
        run_jobs()
    assert app.tasks[passwords.LINK].retry_strategy.max_attempts > 1
    settings.EMAIL_PORT = port
    User.objects.filter(pk=user.pk).update(email="newcomer@example.org")
    app.tasks[passwords.LINK].func(**job.args)
    assert [message["To"] for message in mailbox.messages] == ["newcomer@example.org"]


@pytest.mark.django_db(transaction=True)
def test_asking_for_a_link_gets_the_same_answer_while_mail_fails(cast, mailbox: Mailbox, settings) -> None:
    factories.user(role="viewer", division=cast.hebei, email="hebei@example.org")
    settings.EMAIL_PORT = 1
    for address in ("hebei@example.org", "stranger@example.org"):
        response = Client().post(reverse("password_reset"), {"email": address})
        assert (response.status_code, response["Location"]) == (302, reverse("password_reset_sent"))
    assert [job.task_name for job in waiting()] == [passwords.RESET] * 2  # known or not, the same is done


@pytest.mark.django_db(transaction=True)
def test_a_request_for_a_link_does_the_same_for_known_and_unknown_addresses(cast) -> None:
    factories.user(role="viewer", division=cast.hebei, email="hebei@example.org")
    client = Client()
    client.get(reverse("password_reset"))
    counts = []
    for address in ("hebei@example.org", "stranger@example.org"):
        with CaptureQueriesContext(connection) as found:
            client.post(reverse("password_reset"), {"email": address})
        counts.append([query["sql"].split("(")[0] for query in found])
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_the_link(cast, mailbox: Mailbox) -> None:
    factories.user(role="viewer", division=cast.hebei, username="hebei", email="hebei@example.org")
    Client().post(reverse("password_reset"), {"email": "hebei@example.org"})
    work()
    (message,) = mailbox.messages
    set_password(link_in(message))


@pytest.mark.django_db(transaction=True)
def test_an_administrator_sees_that_the_link_has_not_gone_out(cast, mailbox: Mailbox) -> None:
    admin = factories.signed_in(factories.user(role="administrator", division=cast.hebei))
    person = factories.user(role="viewer", division=cast.hebei, email="nobody@example.org")

    def page() -> str:
        return admin.get(reverse("user_edit", args=[person.pk])).content.decode()

    assert "设置密码的邮件" not in page()
    admin.post(reverse("user_invite", args=[person.pk]))
    assert "正在等待发送（已试 0 次）" in page()
    work()
    assert "正在等待发送（已试 1 次）" in page()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed', attempts = 7")
    assert "没有送出（已试 7 次）" in page()
    User.objects.filter(pk=person.pk).update(email="somebody@example.org")
    admin.post(reverse("user_invite", args=[person.pk]))
    work()
    assert "设置密码的邮件" not in page()
