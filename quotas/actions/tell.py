"""Who is told of which step of a version of targets; works inside the transaction of the step."""

from datetime import datetime

from django.db.models import Q, QuerySet

from farmland.actions.notices import notify
from farmland.models import NATION, NoticeKind, Role, User
from quotas.models import QuotaAction, QuotaVersion, Redo

BOTH = (Role.REPORTER, Role.REVIEWER)


def staff(version: QuotaVersion, *roles: str, places: list[str]) -> QuerySet[User]:
    """The active people of some roles in the version's line of government who act for these divisions."""
    found = User.objects.filter(is_active=True, role__in=roles, department=version.department, division__in=places)
    return found.select_related("division").order_by("pk")


def tell_step(
    version: QuotaVersion, action: str, *, by: User, at: datetime, comment: str = "", brought: User | None = None
) -> None:
    """A step was taken; `brought` is who had handed the version in before it."""
    own, above = version.owner_id, version.owner.parent_id or NATION
    told: QuerySet[User] | None = None
    if action == QuotaAction.SUBMIT:
        told = staff(version, Role.REVIEWER, places=[above])
    elif action == QuotaAction.APPROVE:
        told = staff(version, *BOTH, places=[own])
    elif action in (QuotaAction.RETURN, QuotaAction.REVOKE):
        known = Q(pk__in=staff(version, *BOTH, places=[own])) | Q(pk=brought.pk if brought else 0)
        told = User.objects.filter(known).select_related("division").order_by("pk")
    elif action == QuotaAction.PUBLISH:
        children = list(version.nodes.values_list("division", flat=True))
        told = staff(version, *BOTH, places=[own, *children])
    if told is not None:
        notify(NoticeKind.TARGETS, told, by=by, at=at, words=words_of(version, action, comment))
    if action == QuotaAction.PUBLISH:
        tell_redo(version, by=by, at=at)


def tell_redo(version: QuotaVersion, *, by: User, at: datetime) -> None:
    """The owners of the versions that a publication marked are told what is to be redone, and by when."""
    marks = list(Redo.objects.filter(cause=version, done_at=None, marked_at=at).select_related("version__owner"))
    people: dict[str, list[User]] = {}
    for user in staff(version, *BOTH, places=[redo.version.owner_id for redo in marks]):
        people.setdefault(user.division_id, []).append(user)
    for redo in [redo for redo in marks if redo.version.owner_id in people]:
        child = redo.version
        words = words_of(child, "redo") | {"due_on": redo.due_on.isoformat()}
        notify(NoticeKind.TARGETS, people[child.owner_id], by=by, at=at, words=words)


def words_of(version: QuotaVersion, action: str, comment: str = "") -> dict[str, object]:
    """The parameters of the notice's sentences, and the page that it leads to."""
    return {
        "action": action, "comment": comment.strip(), "place": version.owner.name, "indicator": version.indicator,
        "year": version.target_year, "version": version.pk,
    }  # fmt: skip
