"""Reads of notices that no scope is asked for: what a person chose to get by mail."""

from farmland.models import NoticeChoice, NoticeKind


def get_mail_choices(person: int) -> dict[NoticeKind, bool]:
    """What somebody (by key) chose, by kind; kinds without a choice are absent. One query."""
    return {
        NoticeKind(kind): by_mail
        for kind, by_mail in NoticeChoice.objects.filter(user=person).values_list("kind", "by_mail")
    }
