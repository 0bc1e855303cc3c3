"""The lists and tables of the statements' and users' pages as tables of a file, in the order in which they are shown."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from farmland.models import AnnualStatement, Upload, User
from farmland.selectors.chronicle import Deed
from farmland.selectors.statements import Reading
from farmland.ui.changes import ChangeView, ComparedView
from farmland.ui.findings import FindingView
from farmland.ui.queue import RowView, tag_of
from farmland.ui.uploads import counts_of
from farmland.units import Unit
from farmland.workbooks.tables import Table

Facts = list[tuple[str, str]]


def moment(at: datetime | None) -> str:
    """A moment as pages print it; empty where there is none."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def data_state(statements: Iterable[AnnualStatement]) -> tuple[str, str]:
    """How many statements stand, are on their way, and are synthetic."""
    rows = list(statements)
    standing = sum(row.status in ("approved", "locked") for row in rows)
    words = {"all": len(rows), "standing": standing, "demo": sum(row.is_demo for row in rows)}
    return _("数据状态"), _("共 %(all)d 份：已通过或锁定 %(standing)d，演示数据 %(demo)d") % words


def of_statement(statement: AnnualStatement) -> Facts:
    """Of which statement, version and status a file of its page is."""
    facts = [
        (_("填报单位"), f"{statement.division.label} {statement.division_id}"),
        (_("年度"), str(statement.year)),
        (_("版本"), str(statement.version)),
        (_("数据状态"), str(statement.get_status_display())),
    ]
    return [*facts, (_("标记"), _("演示数据"))] if statement.is_demo else facts


def statements_table(statements: Sequence[AnnualStatement], *, year: int) -> Table:
    """The list of a year's statements."""
    head = [
        _("代码"), _("填报单位"), _("状态"), _("版本"), _("送审时间"), _("上报时间"), _("通过时间"), _("公开至"), _("标记"),
    ]  # fmt: skip
    rows = [
        [
            row.division_id, str(row.division.label), tag_of(row).word, row.version, moment(row.handed_in_at),
            moment(row.submitted_at), moment(row.approved_at),
            row.get_released_level_display() if row.released_level else "", _("演示数据") if row.is_demo else "",
        ]
        for row in statements
    ]  # fmt: skip
    return Table(_("%d 年度报表") % year, [(_("年度"), str(year)), data_state(statements)], head, rows)


def queue_table(views: Sequence[RowView], *, facts: Facts) -> Table:
    """The reviewer's list."""
    head = [
        _("代码"), _("填报单位"), _("年度"), _("版本"), _("送审或上报"), _("时间"), _("提示"), _("状态"), _("等待"), _("逾期或迟报"), _("标记"),
    ]  # fmt: skip
    rows: list[list[Any]] = [
        [
            view.row.statement.division_id, str(view.row.statement.division.label), view.row.statement.year,
            view.row.statement.version, view.person, moment(view.at), view.row.flags, view.tag.word,
            view.waits.word if view.waits else "", view.timing.word if view.timing else "", _("演示数据") if view.row.statement.is_demo else "",
        ]
        for view in views
    ]  # fmt: skip
    state = data_state(view.row.statement for view in views)
    return Table(_("审核队列"), [*facts, state], head, rows)


def history_table(statement: AnnualStatement, deeds: Sequence[Deed], *, facts: Facts) -> Table:
    """The history of a statement, newest first."""
    head = [
        _("时间"), _("类别"), _("区划代码"), _("行政区划"), _("指标"), _("操作"), _("操作人"), _("修改前"), _("修改后"),
        _("说明"),
    ]  # fmt: skip
    rows = [
        [
            f"{timezone.localtime(deed.at):%Y-%m-%d %H:%M:%S}", deed.kind,
            deed.division.code if deed.division else "", str(deed.division.label) if deed.division else "",
            deed.indicator, deed.label, deed.who, deed.before, deed.after, deed.why,
        ]
        for deed in deeds
    ]  # fmt: skip
    title = _("%(place)s%(year)d年度报表修改记录") % {"place": statement.division.label, "year": statement.year}
    return Table(title, [*of_statement(statement), *facts], head, rows)


def findings_table(reading: Reading, findings: Sequence[FindingView], *, unit: Unit) -> Table:
    """What the rules find in a statement, with the reasons."""
    statement = reading.statement
    severities = {"hard": _("须更正"), "soft": _("须说明"), "info": _("提示")}
    rows = [
        [
            severities[found.severity] if not found.reason else _("已说明"), found.mark, found.title,
            found.division.code, str(found.division.label), found.label, str(found.detail), found.reason,
        ]
        for found in findings
    ]  # fmt: skip
    head = [
        _("处理"), _("规则"), _("规则名称"), _("区划代码"), _("行政区划"), _("指标"), _("发现的问题"), _("理由"),
    ]  # fmt: skip
    title = _("%(place)s%(year)d年度报表校验结果") % {"place": statement.division.label, "year": statement.year}
    missing = len(reading.findings) - len(findings)
    facts = [*of_statement(statement), (_("面积单位"), str(unit.label)), (_("必填而未填"), str(missing))]
    return Table(title, facts, head, rows)


def changes_table(
    statement: AnnualStatement,
    compared: Sequence[ComparedView],
    since_return: Sequence[ChangeView],
    from_corrected: Sequence[ChangeView],
    *,
    unit: Unit,
) -> Table:
    """A statement's lines against last year; on further sheets the cells changed since the return and from what it
    corrects."""
    title = _("%(place)s%(year)d年度报表变化") % {"place": statement.division.label, "year": statement.year}
    head = [_("部分"), _("指标"), _("本年"), _("上年"), _("增减（%）"), _("备注"), _("校验")]
    rows: list[list[Any]] = [
        [line.part, line.indicator, *line.exact, "" if line.exact[2] is not None else line.change, line.tag.word]
        for line in compared
    ]
    facts = [*of_statement(statement), (_("面积单位"), str(unit.label)), (_("对比"), _("与上年对比"))]
    facts.append((_("范围"), _("全部部分（页面只列所选的一部分）")))
    cells = [_("行政区划"), _("指标"), _("修改前"), _("修改后"), _("操作人"), _("时间")]
    more = [
        Table(
            name, [], cells, [[c.division, c.indicator, c.before, c.after, c.who, moment(c.at)] for c in changes]
        )
        for name, changes in ((_("退回以来的改动"), since_return), (_("与被更正的版本相比"), from_corrected))
        if changes
    ]  # fmt: skip
    return Table(title, facts, head, rows, more)


def users_table(users: Iterable[User], *, facts: Facts) -> Table:
    """The users of a subtree; nothing secret is among it."""
    head = [
        _("用户名"), _("姓名"), _("电子邮箱"), _("代码"), _("所属区划"), _("部门"), _("角色"), _("启用"), _("最近登录"),
    ]  # fmt: skip
    rows = [
        [
            person.username, person.name, person.email, person.division_id, str(person.division.label),
            person.get_department_display() if person.department else "", person.get_role_display(),
            _("是") if person.is_active else _("否"), moment(person.last_login),
        ]
        for person in users
    ]  # fmt: skip
    return Table(_("用户"), facts, head, rows)


def uploads_table(title: str, facts: Facts, uploads: Iterable[Upload]) -> Table:
    """The files that were handed in, newest first."""
    head = [_("文件名"), _("状态"), _("提交人"), _("提交时间"), _("结果"), _("结束时间"), "SHA-256"]
    rows = [
        [
            row.name, str(row.get_status_display()), str(row.by), moment(row.at),
            " ".join(f"{word} {number}" for word, number in counts_of(row) if number), moment(row.finished_at), row.sha256,
        ]
        for row in uploads
    ]  # fmt: skip
    return Table(title, facts, head, rows)
