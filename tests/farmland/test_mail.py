"""Mail over a real SMTP server: what arrives, and where its link leads."""

import email
import email.policy
import socket
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from django.urls import reverse

from farmland.actions import passwords
from farmland.models import User
from tests import factories

NEW_PASSWORD = "wheat-and-rice-2035"
FIELDS = {"username": "newcomer", "name": "李新", "email": "newcomer@example.org", "division": "唐山市",
          "department": "agriculture", "role": "reporter"}  # fmt: skip


class Mailbox:
    """Keeps what the server takes; refuses the address of `nobody`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802  # aiosmtpd's name
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802  # aiosmtpd's name
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address, port = probe.getsockname()
    server = Controller(box, hostname=address, port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = address, port
    yield box
    server.stop()


def link_in(message: EmailMessage) -> str:
    """The one link of the message, which its plain and its HTML part share."""
    plain, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
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
    assert "已向 newcomer@example.org 发送" in page.content.decode()
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
    passwords.post.submit(int).result(20)
    (message,) = mailbox.messages
    assert (message["To"], message["Subject"].strip()) == ("hebei@example.org", "重设耕地保护目标监测平台的密码")
    set_password(link_in(message))
    assert Client().post("/accounts/login/", {"username": "hebei", "password": NEW_PASSWORD}).status_code == 302


@pytest.mark.parametrize("trouble", ["refused", "no server"])
def test_a_user_stays_when_the_mail_fails_and_the_link_is_sent_again(
    cast, sign_in, mailbox: Mailbox, settings, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = sign_in("administrator", cast.hebei)
    port = settings.EMAIL_PORT
    settings.EMAIL_PORT = port if trouble == "refused" else 1
    address = "nobody@example.org" if trouble == "refused" else "newcomer@example.org"
    page = client.post(reverse("user_create"), FIELDS | {"email": address}, follow=True)
    assert "邮件没有发出" in page.content.decode()
    assert "/accounts/password/reset/" not in page.content.decode() + caplog.text
    user = User.objects.get(username="newcomer")
    settings.EMAIL_PORT = port
    User.objects.filter(pk=user.pk).update(email="newcomer@example.org")
    page = client.post(reverse("user_invite", args=[user.pk]), follow=True)
    assert "已向 newcomer@example.org 发送" in page.content.decode()
    assert [message["To"] for message in mailbox.messages] == ["newcomer@example.org"]


@pytest.mark.django_db(transaction=True)
def test_asking_for_a_link_gets_the_same_answer_while_mail_fails(cast, mailbox: Mailbox, settings) -> None:
    factories.user(role="viewer", division=cast.hebei, email="hebei@example.org")
    settings.EMAIL_PORT = 1
    for address in ("hebei@example.org", "stranger@example.org"):
        response = Client().post(reverse("password_reset"), {"email": address})
        passwords.post.submit(int).result(20)
        assert (response.status_code, response["Location"]) == (302, reverse("password_reset_sent"))
