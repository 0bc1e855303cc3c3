"""The way of a statement (contract: statement states and actions): one table, and the one function that applies it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pghistory
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from farmland.indicators import Department
from farmland.models import NATION, Action, AnnualStatement, Correction, Role, StatementStatus, Transition, User

S = StatementStatus


class Refused(Exception):
    """The action is not open: `status` is 403 for the wrong person, 409 for the wrong state, 422 for a broken rule."""

    def __init__(self, status: int, code: str, detail: str, findings: Sequence[tuple[str, str, str]] = ()) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.findings = findings  # of broken rules all: code, sentence and the cell ("division.indicator")


Who = Callable[[AnnualStatement, User], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table: an action leads from a state to another, if `who` says so."""

    action: str
    source: StatementStatus
    target: StatementStatus
    who: Who
    needs_comment: bool = False

    @property
    def label(self) -> str:
        """Its name on buttons and in records, in the reader's language."""
        return str(Action(self.action).label)


def holds(user: User, role: str, department: str, place: str) -> bool:
    """Whether the user has this part in this division, and may still act."""
    return user.is_active and (user.role, user.department, user.division_id) == (role, department, place)


def acts(role: str, department: str, *, above: bool = False) -> Who:
    """People of a role and a department, of the unit itself or of the level above it, which is the ministry."""

    def who(statement: AnnualStatement, user: User) -> bool:
        return holds(user, role, department, NATION if above else statement.division_id)

    return who


def but(who: Who, *fields: str) -> Who:
    """The same people, but none of those who are named in the statement's fields: four eyes."""
    return lambda statement, user: who(statement, user) and all(getattr(statement, f) != user.pk for f in fields)


def handed_it_in(statement: AnnualStatement, user: User) -> bool:
    """Who handed the statement in."""
    return user.is_active and statement.handed_in_by_id == user.pk


def before_opinion(who: Who) -> Who:
    """The same people, while nobody above has acted."""
    return lambda statement, user: who(statement, user) and statement.opinion_by_id is None


NATURAL, AGRICULTURE = Department.NATURAL_RESOURCES, Department.AGRICULTURE
REPORTER = acts(Role.REPORTER, NATURAL)
REVIEWER, FARM_REVIEWER = acts(Role.REVIEWER, NATURAL), acts(Role.REVIEWER, AGRICULTURE)
MINISTRY, FARM_MINISTRY = acts(Role.REVIEWER, NATURAL, above=True), acts(Role.REVIEWER, AGRICULTURE, above=True)

STEPS = (
    Step("hand_in", S.DRAFT, S.HANDED_IN, REPORTER),
    Step("hand_in", S.RETURNED, S.HANDED_IN, REPORTER),
    Step("withdraw", S.HANDED_IN, S.DRAFT, handed_it_in),
    Step("withdraw", S.SUBMITTED, S.HANDED_IN, before_opinion(REVIEWER)),
    Step("confirm", S.HANDED_IN, S.HANDED_IN, FARM_REVIEWER),
    Step("return", S.HANDED_IN, S.RETURNED, REVIEWER, needs_comment=True),
    Step("submit", S.HANDED_IN, S.SUBMITTED, but(REVIEWER, "handed_in_by_id")),
    Step("give_opinion", S.SUBMITTED, S.SUBMITTED, FARM_MINISTRY, needs_comment=True),
    Step("return", S.SUBMITTED, S.RETURNED, MINISTRY, needs_comment=True),
    Step(
        "approve",
        S.SUBMITTED,
        S.APPROVED,
        but(MINISTRY, "handed_in_by_id", "submitted_by_id"),
    ),
    Step("lock", S.APPROVED, S.LOCKED, MINISTRY),
)

# What an action writes down besides the state: who and when, and what it undoes.
STAMPS = {
    "hand_in": "handed_in",
    "confirm": "confirmed",
    "submit": "submitted",
    "give_opinion": "opinion",
    "approve": "approved",
}
UNDONE = {
    ("withdraw", S.DRAFT): ("handed_in", "confirmed"),
    ("withdraw", S.HANDED_IN): ("submitted",),
    ("return", S.RETURNED): ("handed_in", "confirmed", "submitted", "opinion"),
}


def available_actions(statement: AnnualStatement, user: User) -> list[Step]:
    """The steps open to a user: buttons, the API's `available_actions` and `perform` all ask here."""
    return [step for step in STEPS if step.source == statement.status and step.who(statement, user)]


def waiting_for(user: User) -> Q:
    """The statements whose next step is the user's, as a condition: what `available_actions` and `correction_actions`
    say row by row, but for taking back (withdraw), typing's own hand-in, the lock, which nobody waits
    for, and what the user has done already.

    A condition and not a loop, because every page counts it. Nobody but reviewers has anything waiting.
    """
    if not user.is_active or user.role != Role.REVIEWER:
        return Q(pk__in=())
    is_natural, is_ministry = user.department == NATURAL, user.division_id == NATION
    own = Q(status=S.HANDED_IN, division=user.division_id)
    mine = own if is_natural else own & Q(confirmed_at__isnull=True)
    if is_ministry and is_natural:
        pending = Correction.objects.filter(approved_at__isnull=True)
        pending = pending.filter(Q(first_by__isnull=True) | ~Q(first_by=user.pk))
        mine |= Q(status=S.SUBMITTED) | Q(status=S.LOCKED, pk__in=pending.values("statement"))
    elif is_ministry:
        mine |= Q(status=S.SUBMITTED, opinion_at__isnull=True)
    return mine


def find(statement: AnnualStatement, action: str, user: User) -> Step:
    """The step that an action means now; raises Refused (409) from the wrong state, (403) for the wrong person."""
    from_here = [step for step in STEPS if step.action == action and step.source == statement.status]
    if not from_here:
        if action not in {step.action for step in STEPS}:
            raise Refused(404, "unknown_action", _("没有这项操作。"))
        names = {"action": Action(action).label, "status": statement.get_status_display()}
        raise Refused(409, "wrong_state", _("报表现为“%(status)s”，不能进行“%(action)s”。请刷新后再看。") % names)
    for step in from_here:
        if step.who(statement, user):
            return step
    raise Refused(403, "permission_denied", _("您不能对这份报表进行这项操作：须由本级相应角色、且非送审人办理。"))


@transaction.atomic
def perform(
    record: AnnualStatement,
    action: str,
    *,
    by: User,
    at: datetime,
    comment: str = "",
    guard: Callable[[AnnualStatement], None] | None = None,
) -> AnnualStatement:
    """Take one step: the only writer of a status.

    Reads the row again under its lock, asks the table, lets `guard` refuse (it raises Refused), stamps, saves and notes
    the transition, all in one transaction. Raises Refused.

    Two habits keep writers of one province from waiting for each other in a ring: the lock spares the key (no_key), which
    a comment's foreign key asks for at its commit, and whoever writes statements or figures and what belongs to them
    writes in this order, which is that of their revisions.
    """
    with pghistory.context(user=by.pk, at=at.isoformat(), action=action):
        statement = AnnualStatement.objects.locked().get(pk=record.pk)
        step = find(statement, action, by)
        if step.needs_comment and not comment.strip():
            raise Refused(422, "comment_required", _("请写明理由或意见。"))
        if guard:
            guard(statement)
        fields = stamp(statement, step, by, at)
        statement.status = step.target
        statement.save(update_fields=["status", *fields])
        Transition.objects.create(
            statement=statement,
            action=action,
            from_status=step.source,
            to_status=step.target,
            comment=comment.strip(),
            by=by,
            at=at,
        )
    return statement


def supersede(record: AnnualStatement, *, by: User, at: datetime) -> AnnualStatement:
    """End a locked statement at the moment at which its correction is approved; works inside that transaction and answers
    the row as it is under the lock.

    Not among the steps: nobody takes it by itself. Raises Refused (409) where it is not locked any more.
    """
    statement = AnnualStatement.objects.locked().get(pk=record.pk)
    if statement.status != S.LOCKED:
        raise Refused(409, "wrong_state", _("被更正的报表已不是锁定状态。"))
    statement.status, statement.superseded_at = S.SUPERSEDED, at
    statement.save(update_fields=["status", "superseded_at"])
    Transition.objects.create(
        statement=statement, action="supersede", from_status=S.LOCKED, to_status=S.SUPERSEDED, by=by, at=at
    )
    return statement


def lock_by_itself(record: AnnualStatement, *, at: datetime) -> bool:
    """Lock an approved statement without a person, after the days of grace (C.2); works inside the caller's transaction.

    Answers whether it did: who came first, a person or another run, leaves nothing to do.
    """
    statement = AnnualStatement.objects.locked().get(pk=record.pk)
    if statement.status != S.APPROVED:
        return False
    statement.status = S.LOCKED
    statement.save(update_fields=["status"])
    Transition.objects.create(
        statement=statement, action="lock", from_status=S.APPROVED, to_status=S.LOCKED, by=None, at=at
    )
    return True


def stamp(statement: AnnualStatement, step: Step, by: User, at: datetime) -> list[str]:
    """Write who and when of the step onto the statement, and take back what it undoes; answers the fields."""
    fields = []
    for name in UNDONE.get((step.action, step.target), ()):
        setattr(statement, f"{name}_at", None)
        setattr(statement, f"{name}_by", None)
        fields += [f"{name}_at", f"{name}_by"]
    if stamped := STAMPS.get(step.action):
        setattr(statement, f"{stamped}_at", at)
        setattr(statement, f"{stamped}_by", by)
        fields += [f"{stamped}_at", f"{stamped}_by"]
    return fields
