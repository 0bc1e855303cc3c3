"""Steps of a statement on its way up: each through the workflow, with what else belongs to it in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from farmland.actions.statements.cells import OPEN
from farmland.actions.statements.corrections import APPROVE, REQUEST, approve_correction, request_correction
from farmland.actions.statements.sums import drop_sums, store_sums
from farmland.actions.statements.tell import tell_step
from farmland.models import AnnualStatement, Level, User
from farmland.selectors.statements import get_open_findings, get_previous
from farmland.workflow import Refused, perform, supersede


def must_be_clean(statement: AnnualStatement) -> None:
    """Refuse (422) with all that HARD rules find, and what SOFT rules find without a written reason."""
    hard, unexplained = get_open_findings(statement)
    explain = _("%(detail)s 请更正，或写明理由。")
    said = [(finding, str(finding.detail)) for finding in hard]
    said += [(finding, explain % {"detail": finding.detail}) for finding in unexplained]
    if not said:
        return
    finding, detail = said[0]
    if len(said) > 1:
        detail = _("%(detail)s（另有 %(more)d 处，见校验结果）") % {"detail": detail, "more": len(said) - 1}
    cells = [(found.code, words, f"{found.division}.{found.indicator}") for found, words in said]
    raise Refused(422, finding.code, detail, cells)


def must_be_confirmed(statement: AnnualStatement) -> None:
    """Refuse (422) while agriculture's reviewer of the unit has not confirmed its lines; the Corps has none of its own."""
    if statement.confirmed_at is None and statement.division.level != Level.SPECIAL:
        raise Refused(422, "not_confirmed", _("农业农村部门审核人员尚未确认其填报内容。"))


def must_have_an_opinion(statement: AnnualStatement) -> None:
    """Refuse (422) while the ministry of agriculture has given no opinion."""
    if statement.opinion_at is None:
        raise Refused(422, "no_opinion", _("农业农村部尚未提出意见。"))


@transaction.atomic
def hand_in(statement: AnnualStatement, *, by: User, at: datetime, comment: str = "") -> AnnualStatement:
    """Hand in what the rules let pass, and store its sums. Raises Refused."""
    current = perform(statement, "hand_in", by=by, at=at, comment=comment, guard=must_be_clean)
    current.based_on = get_previous(current)
    current.save(update_fields=["based_on"])
    store_sums(current)
    tell_step(current, "hand_in", by=by, at=at, comment=comment)
    return current


@transaction.atomic
def approve(statement: AnnualStatement, *, by: User, at: datetime, comment: str = "") -> AnnualStatement:
    """Approve after agriculture's opinion; from then on the figures stand. Raises Refused.

    A correction takes the place of what it corrects at the same moment, and is released as deep as that was (F15).
    """

    superseded: list[AnnualStatement] = []

    def guard(current: AnnualStatement) -> None:
        must_have_an_opinion(current)
        if current.corrects:
            superseded.append(supersede(current.corrects, by=by, at=at))

    current = perform(statement, "approve", by=by, at=at, comment=comment, guard=guard)
    for old in superseded:  # as it was under its lock: a release at the same moment is carried on, not lost
        if old.released_level:
            current.released_level, current.released_at = old.released_level, at
            current.save(update_fields=["released_level", "released_at"])
    tell_step(current, "approve", by=by, at=at, comment=comment)
    return current


@transaction.atomic
def take_step(
    statement: AnnualStatement,
    action: str,
    *,
    by: User,
    at: datetime,
    comment: str = "",
    evidence: Sequence[File] = (),
) -> AnnualStatement:
    """Any step by its name, as pages and programs ask for it; only a request to correct takes evidence. Raises Refused."""
    if action == "hand_in":
        return hand_in(statement, by=by, at=at, comment=comment)
    if action == "approve":
        return approve(statement, by=by, at=at, comment=comment)
    if action == REQUEST:
        request_correction(statement, reason=comment, evidence=evidence, by=by, at=at)
        return statement
    if action == APPROVE:
        return approve_correction(statement, by=by, at=at) or statement
    brought: list[int | None] = []

    def guard(current: AnnualStatement) -> None:
        if action == "submit":
            must_be_confirmed(current)
        brought.extend([current.handed_in_by_id, current.submitted_by_id])  # before a return forgets them

    current = perform(statement, action, by=by, at=at, comment=comment, guard=guard)
    if current.status in OPEN:
        drop_sums(current)
    tell_step(current, action, by=by, at=at, comment=comment, brought=tuple(brought))
    return current
