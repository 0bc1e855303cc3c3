"""Reads across users."""

from dataclasses import dataclass
from datetime import datetime

from axes.models import AccessAttempt
from django.db.models import Max, Q
from procrastinate.contrib.django.models import ProcrastinateJob

from farmland.models import Division
from farmland.models.users import UserQuerySet

LINK_TASK = "farmland.jobs.passwords.link"
ON_ITS_WAY = ("todo", "doing")


def get_users(
    users: UserQuerySet,
    *,
    search: str = "",
    division: Division | None = None,
    role: str = "",
    department: str = "",
    is_active: bool | None = None,
) -> UserQuerySet:
    """Those of the given users that match every condition, by division and name, each with the division at hand.

    `search` is looked for in the name and the user name; `division` means its whole subtree.
    """
    if search:
        users = users.filter(Q(username__icontains=search) | Q(name__icontains=search))
    if division:
        users = users.within(division)
    if role:
        users = users.filter(role=role)
    if department:
        users = users.filter(department=department)
    if is_active is not None:
        users = users.filter(is_active=is_active)
    return users.select_related("division").order_by("division_id", "username")


def get_last_failed_sign_in(username: str, address: str) -> datetime | None:
    """When somebody last failed to sign in under this name from this network address."""
    attempts = AccessAttempt.objects.filter(username=username, ip_address=address)
    return attempts.aggregate(latest=Max("attempt_time"))["latest"]


@dataclass(frozen=True, slots=True)
class LinkMail:
    """The mail with a person's latest link, while it has not gone out: how often it was tried, and whether it was given up."""

    tries: int
    is_given_up: bool


def get_link_mail(person: int) -> LinkMail | None:
    """Where the mail with the latest link for somebody (by key) stands; None where there is none or it went out. One query."""
    jobs = ProcrastinateJob.objects.filter(task_name=LINK_TASK, args__user=person)
    job = jobs.order_by("-pk").first()
    if job is None or job.status not in (*ON_ITS_WAY, "failed"):
        return None
    return LinkMail(job.attempts, job.status == "failed")
