"""Links that set passwords, by mail. The queue knows for whom, never the link: that is made when it is sent."""

from datetime import datetime

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from farmland.actions import passwords

# Six more tries within some five hours, each with a link of its own; whoever waits longer asks again.
AGAIN = RetryStrategy(max_attempts=7, exponential_wait=5)


@app.task(name=passwords.RESET, queue="mail")
def reset(*, email: str, site: str, address: str, at: str, language: str) -> None:
    """Find who has the address that was typed, and ask for a link for each."""
    passwords.order_reset_links(
        email=email, site=site, address=address, at=datetime.fromisoformat(at), language=language
    )


@app.task(name=passwords.LINK, queue="mail", retry=AGAIN)
def link(*, user: int, site: str, language: str) -> None:
    """Make the link and send it. Raises OSError while the mail server does not take it."""
    passwords.mail_link(user, site=site, language=language)
