"""A real SMTP server on loopback that keeps what it takes."""

import asyncio
import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """Keeps what the server takes; refuses the address of `nobody`, and hangs while `hangs`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.hangs = False
        self.connections = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses) -> list[str]:  # noqa: N802  # aiosmtpd's name
        self.connections += 1
        session.host_name = hostname
        if self.hangs:
            await asyncio.sleep(5)
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802  # aiosmtpd's name
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802  # aiosmtpd's name
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@contextmanager
def served(settings: Any) -> Iterator[Mailbox]:
    """The server, and the site's settings pointed at it."""
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address, port = probe.getsockname()
    server = Controller(box, hostname=address, port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = address, port
    try:
        yield box
    finally:
        server.stop()


def parts(message: EmailMessage) -> tuple[str, str]:
    """The plain and the HTML part."""
    plain, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return plain, html
