"""Steps of a version: each under its owner's lock, with what the rules ask for and what else belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from farmland.models import NATION, User
from farmland.workflow import Refused
from quotas.actions.letters import make_letters
from quotas.actions.locks import lock_divisions, lock_version
from quotas.actions.nodes import open_version
from quotas.actions.papers import Paper, record_paper
from quotas.actions.placements import carry_over
from quotas.actions.redo import mark_below
from quotas.actions.tell import tell_step
from quotas.models import QuotaAction, QuotaNode, QuotaReason, QuotaState, QuotaVersion, Redo
from quotas.selectors.handing_down import Contents, get_contents, get_open_findings
from quotas.workflow import Step, find, needs_document, perform, supersede

REDO_DAYS = 90  # within which what lies below a raised target is redone, unless the publication names a day


@dataclass(frozen=True, slots=True)
class With:
    """What a step brings along: words, a document, and the day by which what lies below is to be redone."""

    comment: str = ""
    paper: Paper | None = None
    redo_due_on: date | None = None


@transaction.atomic
def take_step(
    record: QuotaVersion, action: str, *, by: User, at: datetime, bringing: With | None = None
) -> QuotaVersion:
    """Any step by its name, as pages and programs ask for it. Raises Refused (403, 404, 409, 422)."""
    bringing = bringing or With()
    if action == QuotaAction.PUBLISH:  # what the children hand down is held against it: they wait
        children = QuotaNode.objects.filter(version=record.pk).values_list("division", flat=True)
        lock_divisions([record.owner_id, *children])
    version = lock_version(record)
    step = find(version, action, by)
    fields = record_document(version, step, bringing, at)
    if action == QuotaAction.PUBLISH:
        due_day(bringing, at)
    if action in (QuotaAction.SUBMIT, QuotaAction.APPROVE, QuotaAction.PUBLISH):
        must_hold(get_contents(version))
    if action == QuotaAction.REVOKE:
        nothing_below(version)
    if action == QuotaAction.DISCARD:  # the version in force may have another successor
        version.supersedes, fields = None, [*fields, "supersedes"]
    brought = version.submitted_by
    if action == QuotaAction.PUBLISH:
        version = publish(version, fields, by=by, at=at, bringing=bringing)
    else:
        version = perform(version, action, by=by, at=at, comment=bringing.comment, fields=fields)
    tell_step(version, action, by=by, at=at, comment=bringing.comment, brought=brought)
    return version


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one version of several: `code` and `detail` are empty where the step was taken."""

    version: QuotaVersion
    code: str = ""
    detail: str = ""


def take_steps(
    versions: Sequence[QuotaVersion], action: str, *, by: User, at: datetime, bringing: With | None = None
) -> list[Result]:
    """One step for many versions, each in a transaction of its own, so that one refusal undoes nothing of the others.
    Never raises Refused."""
    results = []
    for version in versions:
        try:
            take_step(version, action, by=by, at=at, bringing=bringing)
        except Refused as refused:
            results.append(Result(version, refused.code, refused.detail))
        else:
            results.append(Result(version))
    return results


def record_document(version: QuotaVersion, step: Step, bringing: With, at: datetime) -> list[str]:
    """Set the document that a step records; answers the fields. Raises Refused (422) where it is missing."""
    if bringing.paper and (needs_document(version, step) or version.document_id is None):
        version.document = record_paper(bringing.paper, at=at)
        return ["document"]
    if needs_document(version, step):
        words = _("请写明下达文件的文号、标题和日期。")
        if version.owner_id == NATION:
            words = _("请写明国务院文件的文号、标题和日期。")
        raise Refused(422, "document_required", words)
    return []


def must_hold(contents: Contents) -> None:
    """Refuse (422) with all that HARD rules find, and what SOFT rules find without a written reason."""
    hard, unexplained = get_open_findings(contents)
    said = [(finding, finding.detail) for finding in hard]
    explain = _("%(detail)s。请更正，或写明理由。")
    said += [(finding, explain % {"detail": finding.detail}) for finding in unexplained]
    if said:
        finding, detail = said[0]
        if len(said) > 1:
            detail = _("%(detail)s（另有 %(more)d 处，见校验结果）") % {"detail": detail, "more": len(said) - 1}
        raise Refused(422, finding.code, detail, [(found.code, words, found.division) for found, words in said])


def nothing_below(version: QuotaVersion) -> None:
    """Refuse (409) to revoke what somebody below hands on, be it by a version older than this one."""
    children = version.nodes.exclude(division=version.owner_id).values("division")
    same = QuotaVersion.objects.filter(
        kind=version.kind, indicator=version.indicator, target_year=version.target_year, state=QuotaState.PUBLISHED
    )
    if same.filter(owner__in=children).exists():
        raise Refused(409, "handed_on", _("下级已据此分解下达，不能撤销；请另立新版本调整。"))


def publish(version: QuotaVersion, fields: list[str], *, by: User, at: datetime, bringing: With) -> QuotaVersion:
    """Hand an approved version down: every node gets its parent and document, the old version is superseded, letters are
    made ready, placements go with the targets, and what lies below a tightened one is marked."""
    contents = get_contents(version)
    nodes, document = contents.nodes, version.document
    if document is None:
        raise Refused(422, "document_required", _("请写明下达文件的文号、标题和日期。"))
    with pghistory.context(user=by.pk, at=at.isoformat(), action=QuotaAction.PUBLISH):
        version.nodes.exclude(division=version.owner_id).update(parent=contents.parent, document=document)
        version.nodes.filter(division=version.owner_id).update(document=document)
        old = QuotaVersion.objects.locked().filter(pk=version.supersedes_id).first()
        if old and old.state != QuotaState.REVOKED:
            supersede(old, by=by, at=at)
    version = perform(version, QuotaAction.PUBLISH, by=by, at=at, comment=bringing.comment, fields=fields)
    with pghistory.context(user=by.pk, at=at.isoformat(), action=QuotaAction.PUBLISH):
        make_letters(version, contents.places)
        if old:
            Redo.objects.filter(version=old, done_at__isnull=True).update(done_at=at)
            carry_over(old, nodes, by=by, at=at)
        children = {code: node for code, node in nodes.items() if code != version.owner_id}
        mark_below(version, contents.before, children, due_on=due_day(bringing, at), at=at)
    return version


def due_day(bringing: With, at: datetime) -> date:
    """By when what lies below is to be redone. Raises Refused (422) for a day that has passed."""
    today = timezone.localtime(at).date()
    due_on = bringing.redo_due_on or today + timedelta(days=REDO_DAYS)
    if due_on <= today:
        raise Refused(422, "redo_due_on", _("下级重新分解的期限须在今天以后。"))
    return due_on


@transaction.atomic
def explain(record: QuotaVersion, *, code: str, division: str, text: str, by: User, at: datetime) -> None:
    """Write down why a SOFT finding may stand; an empty text takes the reason back. Raises Refused (403, 409, 422)."""
    version = open_version(record, by)
    known = {
        (finding.code, finding.division) for finding in get_contents(version).findings() if finding.severity == "soft"
    }
    if text.strip() and (code, division) not in known:
        raise Refused(422, "no_such_finding", _("现在没有这项须说明的问题，请刷新后再看。"))
    with pghistory.context(user=by.pk, at=at.isoformat(), action="explain"):
        if not text.strip():
            QuotaReason.objects.filter(version=version, code=code, division=division).delete()
            return
        QuotaReason.objects.update_or_create(
            version=version, code=code, division_id=division, defaults={"text": text.strip()[:600], "by": by, "at": at}
        )
