"""The way of a version of targets (domain C.1): one table, and the one function that applies it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pghistory
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from farmland.indicators import PROMISED
from farmland.models import NATION, Role, User
from farmland.workflow import Refused
from quotas.models import QuotaAction, QuotaState, QuotaTransition, QuotaVersion

S = QuotaState
Who = Callable[[QuotaVersion, User], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table: an action leads from a state to another, if `who` says so."""

    action: QuotaAction
    source: QuotaState
    target: QuotaState
    who: Who
    needs_comment: bool = False
    needs_document: bool = False

    @property
    def label(self) -> str:
        """Its name on buttons and in records, in the reader's language."""
        return str(self.action.label)


def in_line(version: QuotaVersion, user: User) -> bool:
    """Whether the user may act, and in the line of government that the indicator belongs to."""
    return user.is_active and user.department == version.department


def acts_for(version: QuotaVersion, user: User) -> bool:
    """Whether the user's division draws the version up: the owner, or the one above it in its stead. The ministry never
    types a province's figures (domain E)."""
    own = user.division_id == version.owner_id
    return own or (user.division_id == version.owner.parent_id and user.division_id != NATION)


def drafter(version: QuotaVersion, user: User) -> bool:
    """Who types the targets and hands them in."""
    return in_line(version, user) and user.role == Role.REPORTER and acts_for(version, user)


def publisher(version: QuotaVersion, user: User) -> bool:
    """Who hands the approved targets down, by a document."""
    return in_line(version, user) and user.role == Role.REVIEWER and acts_for(version, user)


def superior(version: QuotaVersion, user: User) -> bool:
    """Who decides on the version: the reviewer of the level above, at the top another reviewer of the ministry."""
    above = version.owner.parent_id or NATION
    is_reviewer = user.role == Role.REVIEWER and user.division_id == above
    return in_line(version, user) and is_reviewer


def other_superior(version: QuotaVersion, user: User) -> bool:
    """The same, but not who handed it in: four eyes."""
    return superior(version, user) and version.submitted_by_id != user.pk


def submitter(version: QuotaVersion, user: User) -> bool:
    """Who handed the version in."""
    return user.is_active and version.submitted_by_id == user.pk


A = QuotaAction
STEPS = (
    Step(A.SUBMIT, S.DRAFT, S.SUBMITTED, drafter),
    Step(A.SUBMIT, S.RETURNED, S.SUBMITTED, drafter),
    Step(A.DISCARD, S.DRAFT, S.DISCARDED, drafter),
    Step(A.DISCARD, S.RETURNED, S.DISCARDED, drafter),
    Step(A.WITHDRAW, S.SUBMITTED, S.DRAFT, submitter),
    Step(A.RETURN, S.SUBMITTED, S.RETURNED, superior, needs_comment=True),
    Step(A.RETURN, S.APPROVED, S.RETURNED, superior, needs_comment=True),
    Step(A.APPROVE, S.SUBMITTED, S.APPROVED, other_superior),
    Step(A.PUBLISH, S.APPROVED, S.PUBLISHED, publisher, needs_document=True),
    Step(A.REVOKE, S.PUBLISHED, S.REVOKED, superior, needs_comment=True),
)
# What an action writes down besides the state: who and when, and what it undoes.
STAMPS = {A.SUBMIT: "submitted", A.APPROVE: "approved", A.PUBLISH: "published"}
UNDONE = {A.WITHDRAW: ("submitted",), A.RETURN: ("submitted", "approved")}


def available_actions(version: QuotaVersion, user: User) -> list[Step]:
    """The steps open to a user: buttons, the API's `available_actions` and `perform` all ask here."""
    return [step for step in STEPS if step.source == version.state and step.who(version, user)]


def needs_document(version: QuotaVersion, step: Step) -> bool:
    """Whether a step records the document: at the top the approval does, the State Council's; else the publication."""
    if version.owner_id == NATION:
        return step.action == A.APPROVE
    return step.needs_document


def waiting_for(user: User) -> Q:
    """The versions whose next step is the user's, as a condition: to be decided on or handed down; of who types, those
    that were returned."""
    if not user.is_active or not user.has_business_rights:
        return Q(pk__in=())
    line = Q(indicator__in=[code for code, promise in PROMISED.items() if promise.department == user.department])
    own = Q(owner=user.division_id)
    above = Q(owner__parent=user.division_id)
    if user.division_id == NATION:
        above |= own
    if user.role == Role.REPORTER:
        return line & own & Q(state=S.RETURNED)
    if user.role != Role.REVIEWER:
        return Q(pk__in=())
    return line & ((above & Q(state=S.SUBMITTED) & ~Q(submitted_by=user.pk)) | (own & Q(state=S.APPROVED)))


def find(version: QuotaVersion, action: str, user: User) -> Step:
    """The step that an action means now; raises Refused (404) for no action, (409) from the wrong state, (403) for the
    wrong person."""
    if action not in {step.action for step in STEPS}:
        raise Refused(404, "unknown_action", _("没有这项操作。"))
    from_here = [step for step in STEPS if step.action == action and step.source == version.state]
    if not from_here:
        names = {"action": QuotaAction(action).label, "state": version.get_state_display()}
        raise Refused(409, "wrong_state", _("目标现为“%(state)s”，不能进行“%(action)s”。请刷新后再看。") % names)
    for step in from_here:
        if step.who(version, user):
            return step
    raise Refused(
        403, "permission_denied", _("您不能对这一版目标进行这项操作：须由相应单位、部门和角色、且非上报人办理。")
    )


@transaction.atomic
def perform(
    version: QuotaVersion,
    action: str,
    *,
    by: User,
    at: datetime,
    comment: str = "",
    fields: Sequence[str] = (),
) -> QuotaVersion:
    """Take one step of a version that the caller holds under its lock: the only writer of a state.

    `fields` are further ones that the caller has set and that are saved with it. Raises Refused.
    """
    with pghistory.context(user=by.pk, at=at.isoformat(), action=action):
        step = find(version, action, by)
        if step.needs_comment and not comment.strip():
            raise Refused(422, "comment_required", _("请写明理由或意见。"))
        stamped = stamp(version, step, by, at)
        version.state = step.target
        version.save(update_fields=["state", *fields, *stamped])
        note(version, step.action, step.source, by=by, at=at, comment=comment)
    return version


def supersede(old: QuotaVersion, *, by: User, at: datetime) -> None:
    """End the version that another takes the place of; works inside that transaction, the row is under its lock.

    Not among the steps: nobody takes it by itself. Raises Refused (409) where it is not in force any more.
    """
    if old.state != S.PUBLISHED:
        raise Refused(409, "wrong_state", _("被替代的版本已不是现行版本。"))
    old.state = S.SUPERSEDED
    old.save(update_fields=["state"])
    note(old, A.SUPERSEDE, S.PUBLISHED, by=by, at=at)


def note(
    version: QuotaVersion, action: QuotaAction, source: str, *, by: User, at: datetime, comment: str = ""
) -> QuotaTransition:
    """Write a step down."""
    return QuotaTransition.objects.create(
        version=version, action=action, from_state=source, to_state=version.state, comment=comment.strip(), by=by, at=at
    )


def stamp(version: QuotaVersion, step: Step, by: User, at: datetime) -> list[str]:
    """Write who and when of the step onto the version, and take back what it undoes; answers the fields."""
    fields = []
    for name in UNDONE.get(step.action, ()):
        setattr(version, f"{name}_at", None)
        setattr(version, f"{name}_by", None)
        fields += [f"{name}_at", f"{name}_by"]
    if stamped := STAMPS.get(step.action):
        setattr(version, f"{stamped}_at", at)
        setattr(version, f"{stamped}_by", by)
        fields += [f"{stamped}_at", f"{stamped}_by"]
    return fields
