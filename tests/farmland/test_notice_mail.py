"""Notices by mail over a real SMTP server: whatever the server does, no page waits for it and no notice is lost."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from farmland.actions import mail as actions
from farmland.actions import statements
from farmland.actions.notices import SEND, mark_read, notify
from farmland.jobs import mail as job
from farmland.models import MailState, Notice, NoticeKind, User
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import walk
from tests.farmland.mailbox import Mailbox, parts, served
from tests.jobs import waiting, work


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    with served(settings) as box:
        yield box


@pytest.fixture
def addressed(who):
    """Hebei's people with addresses."""
    for name in ("reporter", "reviewer", "farm_reporter", "farm_reviewer"):
        user = getattr(who, name)
        user.email, user.name = f"{name}@example.org", f"张{name}"
        user.save(update_fields=["email", "name"])
    return who


def tell(statement, *people: User, kind: NoticeKind = NoticeKind.RETURNED, **words: str) -> list[Notice]:
    return notify(kind, people, by=None, at=timezone.now(), statement=statement, words=words)


def now_due() -> None:
    """Whatever waits for its next try is due."""
    Notice.objects.filter(mail=MailState.DUE).update(mail_next_at=timezone.now())


def states() -> set[str]:
    return set(Notice.objects.values_list("mail", flat=True))


@pytest.mark.parametrize(
    ("language", "subject", "word"),
    [("zh-hans", "河北省 2024 年度报表被退回", "您好"), ("", "河北省 2024 年度报表被退回", "您好"), ("en", None, None)],
)
def test_it_comes_in_both_parts_in_the_persons_language_with_a_way_to_the_place(
    statement, addressed, cast, mailbox: Mailbox, settings, language: str, subject: str | None, word: str | None
) -> None:
    type(cast.hebei).objects.filter(pk="130000").update(name_en="Hebei")
    settings.SITE_URL = "https://farmland.example/"
    addressed.reporter.language = language
    addressed.reporter.save(update_fields=["language"])
    tell(statement, addressed.reporter, comment="水田 <b>偏大</b> & 不实")
    job.send()
    (message,) = mailbox.messages
    plain, html = parts(message)
    assert message["To"] == "reporter@example.org"
    address = f"https://farmland.example/statements/{statement.pk}/"
    assert address in plain.splitlines()
    assert f'<a href="{address}">' in html
    assert "水田 <b>偏大</b> & 不实" in plain
    assert "水田 &lt;b&gt;偏大&lt;/b&gt; &amp; 不实" in html
    assert f'<html lang="{language or "zh-hans"}">' in html
    if subject:
        assert message["Subject"] == subject
        assert word in plain
    else:
        assert "Hebei" in message["Subject"]
    assert states() == {"sent"}


def test_a_line_break_in_a_name_begins_no_header(statement, addressed, cast, mailbox: Mailbox) -> None:
    type(cast.hebei).objects.filter(pk="130000").update(name="河北省\r\nBcc: evil@example.org")
    addressed.reporter.name = "张\r\nBcc: evil@example.org"
    addressed.reporter.save(update_fields=["name"])
    tell(statement, addressed.reporter)
    job.send()
    (message,) = mailbox.messages
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]


def test_what_is_due_to_one_person_comes_in_one_mail(statement, addressed, mailbox: Mailbox) -> None:
    for text in ("一", "二", "三"):
        tell(statement, addressed.reporter, addressed.reviewer, comment=f"意见{text}")
    job.send()
    assert sorted(message["To"] for message in mailbox.messages) == ["reporter@example.org", "reviewer@example.org"]
    plain, html = parts(mailbox.messages[0])
    assert all(f"意见{text}" in plain and f"意见{text}" in html for text in ("一", "二", "三"))
    assert "3 条通知" in mailbox.messages[0]["Subject"]


def test_who_left_or_moved_away_gets_no_mail_any_more(statement, addressed, cast, mailbox: Mailbox) -> None:
    tell(statement, addressed.reporter, addressed.reviewer, addressed.farm_reporter, addressed.farm_reviewer)
    people = User.objects
    people.filter(pk=addressed.reporter.pk).update(is_active=False)
    people.filter(pk=addressed.reviewer.pk).update(division=cast.guangdong)
    people.filter(pk=addressed.farm_reporter.pk).update(email="")
    job.send()
    assert [message["To"] for message in mailbox.messages] == ["farm_reviewer@example.org"]
    assert states() == {"none", "sent"}


@pytest.mark.django_db(transaction=True)
def test_no_page_speaks_to_the_mail_server_and_the_queue_is_told_once(addressed, statement, mailbox: Mailbox) -> None:
    mailbox.hangs = True
    began = time.monotonic()
    answer = signed_in(addressed.reporter, Client()).post(f"/statements/{statement.pk}/hand_in/")
    assert (answer.status_code, mailbox.connections) == (302, 0)
    assert time.monotonic() - began < 4
    assert Notice.objects.filter(kind=NoticeKind.FOR_REVIEW, mail=MailState.DUE).count() == 2
    walk(statement, addressed, "confirm", "submit")
    assert len(waiting(SEND)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_what_a_step_told(addressed, statement, mailbox: Mailbox) -> None:
    statements.take_step(statement, "hand_in", by=addressed.reporter, at=timezone.now())
    work()
    assert sorted(message["To"] for message in mailbox.messages) == [
        "farm_reviewer@example.org", "reviewer@example.org",
    ]  # fmt: skip
    assert set(Notice.objects.values_list("mail", flat=True)) == {"sent"}


def test_a_server_that_is_down_costs_one_try_and_everything_is_sent_when_it_is_back(
    statement, addressed, mailbox: Mailbox, settings
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    tell(statement, addressed.reporter)
    tell(statement, addressed.reviewer)
    job.send()
    first, second = Notice.objects.order_by("pk")
    assert (first.mail, first.mail_tries, second.mail_tries) == ("due", 1, 0)  # nobody else's try is spent on it
    assert timedelta(seconds=50) < first.mail_next_at - timezone.now() <= timedelta(minutes=1)
    assert first.mail_error
    settings.EMAIL_PORT = port
    job.send()
    assert [message["To"] for message in mailbox.messages] == ["reviewer@example.org"]
    now_due()
    job.sweep(0)
    assert [message["To"] for message in mailbox.messages] == ["reviewer@example.org", "reporter@example.org"]
    assert set(Notice.objects.values_list("mail", "mail_error")) == {("sent", "")}


def test_a_server_that_hangs_is_left_after_the_timeout(
    statement, addressed, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "MAIL_TIMEOUT_SECONDS", 1)
    mailbox.hangs = True
    tell(statement, addressed.reporter)
    began = time.monotonic()
    job.send()
    assert time.monotonic() - began < 4
    assert states() == {"due"}
    mailbox.hangs = False
    now_due()
    job.send()
    assert states() == {"sent"}


def test_one_address_that_is_refused_keeps_nobody_elses_mail(statement, addressed, mailbox: Mailbox) -> None:
    User.objects.filter(pk=addressed.reporter.pk).update(email="nobody@example.org")
    tell(statement, addressed.reporter, addressed.reviewer)
    job.send()
    assert [message["To"] for message in mailbox.messages] == ["reviewer@example.org"]
    refused = Notice.objects.get(user=addressed.reporter)
    assert (refused.mail, refused.mail_tries) == ("due", 1)
    assert "550" in refused.mail_error


def test_it_is_tried_later_and_later_and_given_up_in_the_end_where_people_see_it(
    statement, addressed, settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    tell(statement, addressed.reporter)
    waits = []
    for _ in range(actions.MOST_TRIES):
        now_due()
        job.send()
        notice = Notice.objects.get()
        waits.append(
            round((notice.mail_next_at - timezone.now()).total_seconds() / 60) if notice.mail_next_at else None
        )
    assert waits == [1, 5, 30, 120, 360, 720, 1440, 1440, None]
    assert (notice.mail, notice.read_at) == ("failed", None)
    assert "given up" in caplog.text
    assert "邮件没有送达" in signed_in(addressed.reporter).get("/notices/").content.decode()


def test_what_was_claimed_by_a_worker_that_died_is_sent_after_its_lease(statement, addressed, mailbox: Mailbox) -> None:
    tell(statement, addressed.reporter)
    assert len(actions.claim(at=timezone.now())) == 1  # and then the worker is gone
    job.send()
    assert mailbox.messages == []
    later = timezone.now() + actions.LEASE
    assert len(actions.claim(at=later)) == 1


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_once(statement, addressed, mailbox: Mailbox) -> None:
    people = (addressed.reporter, addressed.reviewer, addressed.farm_reporter, addressed.farm_reviewer)
    for _ in range(5):
        tell(statement, *people)
    gate = threading.Barrier(3)

    def run() -> None:
        gate.wait()
        try:
            job.send()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    sent = [part for message in mailbox.messages for part in parts(message)[0].splitlines() if "/statements/" in part]
    assert len(sent) == 20
    assert states() == {"sent"}


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_reading_a_notice_waits_for_no_mail(statement, addressed, mailbox: Mailbox, monkeypatch) -> None:
    monkeypatch.setattr(job, "MAIL_TIMEOUT_SECONDS", 3)
    (notice,) = tell(statement, addressed.reporter)
    mailbox.hangs = True

    def run() -> None:
        try:
            job.send()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    while mailbox.connections == 0:
        time.sleep(0.01)
    began = time.monotonic()
    mark_read([notice.pk], by=addressed.reporter, at=MOMENT)
    assert time.monotonic() - began < 1
    thread.join(30)
