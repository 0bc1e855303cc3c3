"""Beginning a version: the first one of a promise, or one that will take the place of what is in force."""

from datetime import datetime

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from farmland.indicators import PROMISED
from farmland.models import NATION, Division, Level, PolicyDocument, User
from farmland.workflow import Refused
from quotas.actions.locks import lock_divisions
from quotas.actions.nodes import open_version
from quotas.models import UNDER_WAY, QuotaAction, QuotaKind, QuotaNode, QuotaState, QuotaVersion
from quotas.selectors.handing_down import get_parent
from quotas.workflow import drafter, note

FIRST_YEAR, LAST_YEAR = 2000, 2100
COPIED = [
    "division_id", "value_mu", "input_value", "input_unit", "input_decimals", "plan_mu", "plan_input", "plan_decimals",
    "plan_unit", "note",
]  # fmt: skip


@transaction.atomic
def open_draft(*, indicator: str, owner: Division, target_year: int, by: User, at: datetime) -> QuotaVersion:
    """Begin the targets that a division hands down for an indicator and year.

    Where a version is or was in force, the new one begins with its targets and follows it: it is held against the last
    one also where that was revoked (Q-7). Else it begins empty. Raises Refused: 422 for no such promise, 403 for who does not draw it up, 409 where one is under way already or the owner has
    not been handed a target of its own yet.
    """
    if indicator not in PROMISED or not FIRST_YEAR <= target_year <= LAST_YEAR:
        raise Refused(422, "no_such_promise", _("没有这项指标或目标年。"))
    lock_divisions([owner.code])
    same = QuotaVersion.objects.filter(
        kind=QuotaKind.TARGET, indicator=indicator, owner=owner, target_year=target_year
    ).order_by("-version")
    current = same.filter(state=QuotaState.PUBLISHED).order_by("is_demo", "-version").first()
    current = (
        current or same.filter(state=QuotaState.REVOKED, superseded_by=None).order_by("is_demo", "-version").first()
    )
    version = QuotaVersion(
        kind=QuotaKind.TARGET, indicator=indicator, owner=owner, target_year=target_year, opened_at=at, opened_by=by,
        supersedes=current, is_demo=current.is_demo if current else False,
    )  # fmt: skip
    if not drafter(version, by):
        raise Refused(403, "permission_denied", _("只有本级相应部门的填报人员可以编制目标。"))
    if owner.counts_as_level in (Level.COUNTY, Level.SPECIAL):
        raise Refused(422, "no_children", _("%s没有下级，不需要分解。") % owner.label)
    if same.filter(state__in=UNDER_WAY).exists():
        raise Refused(409, "under_way", _("这项目标已有一版正在编制，请在那一版中修改。"))
    if owner.code != NATION and not current:
        parent = get_parent(version) or get_parent(QuotaVersion(
            kind=version.kind, indicator=indicator, owner=owner, target_year=target_year, is_demo=True
        ))  # fmt: skip
        if parent is None:
            raise Refused(409, "no_parent", _("上级尚未下达%s的这项目标，不能分解。") % owner.label)
        version.is_demo = parent.version.is_demo
    number = same.filter(is_demo=version.is_demo).values_list("version", flat=True).first()
    version.version = (number or 0) + 1
    with pghistory.context(user=by.pk, at=at.isoformat(), action=QuotaAction.OPEN):
        version.save()
        note(version, QuotaAction.OPEN, "", by=by, at=at)
        if current:
            copy_nodes(current, version, by, at)
    return version


def copied(old: QuotaVersion, version: QuotaVersion, by: User, at: datetime) -> list[QuotaNode]:
    """The targets of the version that is to be superseded as they begin in the new one, unsaved; those of divisions that
    are closed since are left out. One query."""
    return [
        QuotaNode(
            version=version, revision=1, plan_revision=1 if node.plan_mu is not None else 0, typed_by=by, typed_at=at,
            **{name: getattr(node, name) for name in COPIED},
        )
        for node in old.nodes.filter(division__abolished_on__isnull=True)
    ]  # fmt: skip


def copy_nodes(old: QuotaVersion, version: QuotaVersion, by: User, at: datetime) -> None:
    """Begin with the targets of the version that is to be superseded."""
    QuotaNode.objects.bulk_create(copied(old, version, by, at))
    version.nodes_revision = 1
    version.save(update_fields=["nodes_revision"])


@transaction.atomic
def name_adjustment(record: QuotaVersion, *, document: PolicyDocument | None, by: User, at: datetime) -> QuotaVersion:
    """Record the superior's document by which targets may be weakened (Q-7), or take it back. Raises Refused (403, 409)."""
    version = open_version(record, by)
    with pghistory.context(user=by.pk, at=at.isoformat(), action="adjustment"):
        version.adjusted_by = document
        version.save(update_fields=["adjusted_by"])
    return version
