"""Notices as they are read, on pages and in mails: from the kind and its words to a title, sentences and an address."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from farmland.indicators import INDICATORS, PROMISED
from farmland.models import Action, MailState, Notice, NoticeKind, UploadStatus
from farmland.ui import Tag

TONES = {
    NoticeKind.YEAR_OPENED: "info",
    NoticeKind.FOR_REVIEW: "info",
    NoticeKind.RETURNED: "bad",
    NoticeKind.DECIDED: "ok",
    NoticeKind.COMMENTED: "info",
    NoticeKind.DUE_SOON: "warn",
    NoticeKind.OVERDUE: "bad",
    NoticeKind.REMINDED: "warn",
    NoticeKind.CORRECTION: "info",
    NoticeKind.UPLOAD: "info",
    NoticeKind.TARGETS: "info",
}


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice in the reader's language; `detail` is what a person wrote or what else is to be said, "" for nothing."""

    notice: Notice
    tag: Tag
    title: str
    detail: str
    who: str
    address: str
    mail_failed: bool


def view(notice: Notice) -> NoticeView:
    """A notice as it is read. Reads its statement with division, and its `by`, which the caller has fetched."""
    title, detail = SENTENCES[NoticeKind(notice.kind)](notice, notice.words)
    return NoticeView(
        notice=notice,
        tag=Tag(str(NoticeKind(notice.kind).label), TONES[NoticeKind(notice.kind)]),
        title=title,
        detail=detail,
        who=str(notice.by) if notice.by else _("系统"),
        address=address_of(notice),
        mail_failed=notice.mail == MailState.FAILED,
    )


def address_of(notice: Notice) -> str:
    """The page that a notice is about."""
    if notice.upload_id and notice.upload and notice.upload.noun == "statement":
        return reverse("statement_upload", args=[notice.upload.object_id, notice.upload_id])
    if notice.kind == NoticeKind.TARGETS and notice.words.get("version"):
        return reverse("quota_version", args=[notice.words["version"]])
    if notice.statement_id:
        if notice.kind == NoticeKind.COMMENTED:
            words = notice.words
            return comment_address(notice.statement_id, words.get("division", ""), words.get("indicator", ""))
        return reverse("statement_detail", args=[notice.statement_id])
    if notice.year:
        return f"{reverse('statement_list')}?{urlencode({'year': notice.year})}"
    return reverse("notice_list")


def comment_address(statement: int, division: str, indicator: str) -> str:
    """Where a comment is read: at its cell in the grid, else among the statement's comments."""
    page, line = reverse("statement_detail", args=[statement]), INDICATORS.get(indicator)
    return f"{page}?group={line.group}#c-{division}-{indicator}" if line and division else f"{page}#comments"


def choices_address() -> str:
    """Where a person chooses what comes by mail."""
    return f"{reverse('preferences')}#mail"


def report(notice: Notice) -> str:
    """What the notice is about: a unit's year, or a year alone."""
    if notice.statement is None:
        return _("%(year)s 年度报表") % {"year": notice.year or ""}
    names = {"unit": notice.statement.division.label, "year": notice.statement.year}
    return _("%(unit)s %(year)s 年度报表") % names


def opened(notice: Notice, words: dict[str, Any]) -> tuple[str, str]:
    """A year was opened."""
    detail = _("截止日期：县级 %(county)s，地级 %(prefecture)s，省级 %(province)s。")
    days = {name: words.get(name, "") for name in ("county", "prefecture", "province")}
    return _("%(year)s 年度填报已经开启") % {"year": notice.year}, detail % days


def for_review(notice: Notice, words: dict[str, Any]) -> tuple[str, str]:
    """A statement came in."""
    said = {
        "submit": _("%(report)s已上报，待部级审核"),
        "confirm": _("%(report)s已经农业农村部门确认，可以上报"),
        "give_opinion": _("%(report)s已有农业农村部意见，可以审核"),
    }.get(words.get("action", ""), _("%(report)s已送审，待本级审核"))
    return said % {"report": report(notice)}, words.get("comment", "")


def returned(notice: Notice, words: dict[str, Any]) -> tuple[str, str]:
    """A statement was returned."""
    return _("%(report)s被退回") % {"report": report(notice)}, words.get("comment", "")


def decided(notice: Notice, words: dict[str, Any]) -> tuple[str, str]:
    """A statement was approved or locked."""
    said = _("%(report)s已锁定") if words.get("action") == Action.LOCK else _("%(report)s已通过")
    return said % {"report": report(notice)}, words.get("comment", "")


def commented(notice: Notice, words: dict[str, Any]) -> tuple[str, str]:
    """Somebody commented on a cell, a row or the whole."""
    line = INDICATORS.get(words.get("indicator", ""))
    place = words.get("place", "") if words.get("division") else ""
    where = " ".join(filter(None, [place, str(line.label) if line else ""]))
    title = _("%(report)s收到意见") % {"report": report(notice)}
    return (f"{title}{_('：')}{where}" if where else title), words.get("text", "")


def due_soon(notice: Notice, words: dict[str, Any]) -> tuple[str, str]:
    """The day is near."""
    title = _("%(report)s还有 %(days)d 天到期") % {"report": report(notice), "days": days_left(notice, words)}
    return title, due(words)


def overdue(notice: Notice, words: dict[str, Any]) -> tuple[str, str]:
    """The day has passed."""
    title = _("%(report)s已逾期 %(days)d 天") % {"report": report(notice), "days": -days_left(notice, words)}
    return title, due(words)


def reminded(notice: Notice, words: dict[str, Any]) -> tuple[str, str]:
    """Somebody above asks for it."""
    title = _("上级催报：%(report)s") % {"report": report(notice)}
    if notice.statement and words.get("name") and words.get("division") != notice.statement.division_id:
        title = f"{title}{_('：')}{words['name']}"
    return title, " ".join(filter(None, [words.get("text", ""), due(words)]))


def correction(notice: Notice, words: dict[str, Any]) -> tuple[str, str]:
    """A correction was asked for, or granted."""
    said = _("%(report)s申请更正") if words.get("step") == "request" else _("%(report)s的更正已获批准，请填报新版本")
    return said % {"report": report(notice)}, words.get("reason", "")


def uploaded(notice: Notice, words: dict[str, Any]) -> tuple[str, str]:
    """An import came to its end, or waits for a decision."""
    name = notice.upload.name if notice.upload else words.get("name", "")
    said = {
        UploadStatus.CHECKED: _("导入待确认：%(name)s"),
        UploadStatus.REFUSED: _("导入有错误：%(name)s"),
        UploadStatus.APPLIED: _("导入已写入：%(name)s"),
        UploadStatus.FAILED: _("导入未完成：%(name)s"),
    }
    return said.get(words.get("state", ""), _("导入：%(name)s")) % {"name": name}, words.get("detail", "")


def targets(notice: Notice, words: dict[str, Any]) -> tuple[str, str]:
    """Something happened to the targets that a division hands down."""
    said = {
        "submit": _("%(name)s的%(what)s目标（%(year)s 年）已上报，待批准"),
        "approve": _("%(name)s的%(what)s目标（%(year)s 年）已批准，待下达"),
        "return": _("%(name)s的%(what)s目标（%(year)s 年）被退回"),
        "publish": _("%(name)s的%(what)s目标（%(year)s 年）已下达"),
        "revoke": _("%(name)s的%(what)s目标（%(year)s 年）已撤销"),
        "redo": _("%(name)s的%(what)s目标（%(year)s 年）须重新分解"),
    }.get(words.get("action", ""), _("%(name)s的%(what)s目标（%(year)s 年）"))
    promise = PROMISED.get(words.get("indicator", ""))
    names = {"name": words.get("place", ""), "what": promise.label if promise else "", "year": words.get("year", "")}
    return said % names, " ".join(filter(None, [words.get("comment", ""), due(words)]))


def due(words: dict[str, Any]) -> str:
    """The day by which it is due."""
    day = words.get("due_on") or words.get("due")
    return _("截止日期：%(day)s。") % {"day": day} if day else ""


def days_left(notice: Notice, words: dict[str, Any]) -> int:
    """How many days were left when it was told; below zero when the day had passed."""
    on, told_on = words.get("due_on"), words.get("on")
    return (date.fromisoformat(on) - date.fromisoformat(told_on)).days if on and told_on else 0


SENTENCES: dict[NoticeKind, Callable[[Notice, dict[str, Any]], tuple[str, str]]] = {
    NoticeKind.YEAR_OPENED: opened,
    NoticeKind.FOR_REVIEW: for_review,
    NoticeKind.RETURNED: returned,
    NoticeKind.DECIDED: decided,
    NoticeKind.COMMENTED: commented,
    NoticeKind.DUE_SOON: due_soon,
    NoticeKind.OVERDUE: overdue,
    NoticeKind.REMINDED: reminded,
    NoticeKind.CORRECTION: correction,
    NoticeKind.UPLOAD: uploaded,
    NoticeKind.TARGETS: targets,
}
