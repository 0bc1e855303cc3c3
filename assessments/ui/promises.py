"""What home says of promises, as it is printed: each matter with its tags, why it is one, and the next step."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessments.selectors.promises import Promises
from assessments.ui.home import left
from farmland.models import Role, User
from farmland.ui import Tag, area, unit_for
from farmland.units import WAN_MU, Unit, after_number
from quotas.models import QuotaNode, QuotaState, QuotaTransition, QuotaVersion, Redo
from quotas.selectors.letters import LetterState
from quotas.selectors.placements import state_of
from quotas.ui.basis import basis_of
from quotas.ui.placements import tag_of

S = QuotaState


@dataclass(frozen=True, slots=True)
class MatterView:
    """Something to be done about a promise."""

    title: str
    address: str
    tags: tuple[Tag, ...]
    detail: str
    step: str
    is_demo: bool = False
    returned: QuotaTransition | None = None


def name_of(version: QuotaVersion) -> str:
    """Of which indicator and year a version is."""
    return _("%(indicator)s %(year)s 年目标") % {"indicator": version.promise.label, "year": version.target_year}


def sized(value: str, unit: Unit) -> str:
    """A printed area with its unit."""
    return f"{value} {after_number(unit.label)}"


def matters(found: Promises, reader: User, today: date) -> list[MatterView]:
    """All of it, what has a day first."""
    unit, is_typing = unit_for(reader, WAN_MU), reader.role == Role.REPORTER
    shown = [of_mark(mark, unit, today, is_typing) for mark in found.marks]
    shown += [of_version(version, found.returns.get(version.pk), is_typing) for version in found.versions]
    shown += [of_target(node, unit, is_typing) for node in found.to_hand_on]
    shown += [of_placement(node, unit, is_typing) for node in found.to_place]
    return [*shown, *of_letters(found)]


def of_mark(mark: Redo, unit: Unit, today: date, is_typing: bool) -> MatterView:
    """A version below a parent that was raised."""
    words = {"was": area(mark.was_mu, unit), "now": area(mark.now_mu, unit), "unit": after_number(unit.label)}
    words["day"] = mark.due_on.isoformat()
    return MatterView(
        _("%s须重新分解") % name_of(mark.version), reverse("quota_version", args=[mark.version_id]),
        tuple(filter(None, [left(mark.due_on, today)])),
        _("上级目标由 %(was)s 调整为 %(now)s %(unit)s · 截止 %(day)s") % words,
        _("另立新版本") if is_typing else _("查看"), mark.version.is_demo,
    )  # fmt: skip


def of_version(version: QuotaVersion, returned: QuotaTransition | None, is_typing: bool) -> MatterView:
    """A version that came back, or waits for the reader."""
    title = f"{version.owner.label} {name_of(version)}"
    address = reverse("quota_version", args=[version.pk])
    number = _("第 %d 版") % version.version
    if version.state == S.RETURNED:
        tag, step = Tag(str(S.RETURNED.label), "bad"), _("按退回意见修改") if is_typing else _("查看")
    elif version.state == S.APPROVED:
        tag, step = Tag(_("待下达"), "info"), _("下达")
    else:
        tag, step = Tag(_("待批准"), "info"), _("审核")
    who = (
        f"{version.submitted_by} {timezone.localtime(version.submitted_at):%Y-%m-%d}"
        if version.submitted_by and version.submitted_at
        else ""
    )
    detail = " · ".join(filter(None, [number, _("%s 上报") % who if who else ""]))
    return MatterView(title, address, (tag,), detail, step, version.is_demo, returned)


def of_target(node: QuotaNode, unit: Unit, is_typing: bool) -> MatterView:
    """A target that was handed down and is not handed on yet."""
    version = node.version
    words = {"value": sized(area(node.value_mu, unit), unit), "basis": basis_of(node).words}
    tree = f"{reverse('quota_tree')}?indicator={version.indicator}&year={version.target_year}"
    return MatterView(
        _("%s尚未分解下达") % name_of(version), reverse("quota_list") if is_typing else tree,
        (Tag(_("未分解"), "warn"),), _("上级下达 %(value)s（%(basis)s）") % words,
        _("开始分解") if is_typing else _("查看"), version.is_demo,
    )  # fmt: skip


def of_placement(node: QuotaNode, unit: Unit, is_typing: bool) -> MatterView:
    """A county-level target that is not in the database yet."""
    return MatterView(
        _("%s尚未入库") % name_of(node.version), reverse("quota_placement", args=[node.pk]), (tag_of(state_of(node)),),
        _("目标 %s") % sized(area(node.value_mu, unit), unit), _("登记落图和入库") if is_typing else _("查看"),
        node.version.is_demo,
    )  # fmt: skip


def of_letters(found: Promises) -> list[MatterView]:
    """The letters that are not signed by both; one matter for all."""
    unsigned = found.letters[LetterState.UNSIGNED]
    one_sided = found.letters[LetterState.PARTY] + found.letters[LetterState.GOVERNMENT]
    if not unsigned + one_sided:
        return []
    said = [
        ngettext("未签 %d 份", "未签 %d 份", unsigned) % unsigned if unsigned else "",
        ngettext("仅一方签订 %d 份", "仅一方签订 %d 份", one_sided) % one_sided if one_sided else "",
    ]
    detail = pgettext("list separator", "、").join(filter(None, said))
    state = (
        LetterState.UNSIGNED
        if unsigned
        else LetterState.PARTY
        if found.letters[LetterState.PARTY]
        else LetterState.GOVERNMENT
    )
    address = f"{reverse('quota_letters')}?state={state}"
    return [MatterView(_("责任书尚未签订"), address, (Tag(str(unsigned + one_sided), "warn"),), detail, _("查看"))]
