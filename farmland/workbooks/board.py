"""The board as a table for files."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from farmland.models import Division, Level
from farmland.selectors.board import Board
from farmland.ui.board import CellView, RowView, due_words
from farmland.workbooks.tables import Table


def board_table(
    board: Board, rows: Sequence[RowView], *, place: str, chosen: Sequence[tuple[str, str]], today: date
) -> Table:
    """The rows as they are shown, in their order; `chosen` says what was filtered and how it is sorted."""
    is_unit = board.level == Level.PROVINCE
    head = [_("代码"), _("行政区划")]
    head += [] if is_unit else [_("上级")]
    head += [_("状态"), _("截止"), _("距截止"), _("必填已齐"), _("应填")]
    head += [_("送审时间"), _("上报时间")] if is_unit else []
    for level in [_("地级"), _("县级")] if board.level != Level.COUNTY else [_("县级")]:
        head += [_("%s完成：自然资源") % level, _("%s完成：农业农村") % level]
    head += [_("说明理由数"), _("版本与更正")] if is_unit else []
    head += [_("最近催报"), _("催报人"), _("通知人数")]
    return Table(
        title=_("%(place)s%(year)d年填报进度（%(level)s）")
        % {"place": place, "year": board.year, "level": Level(board.level).label},
        facts=[*chosen, *facts(board, today)],
        head=head,
        rows=[line(row, board.level) for row in rows],
    )


def facts(board: Board, today: date) -> list[tuple[str, str]]:
    """How the table is to be read."""
    return [
        (_("期限"), due_words(board)),
        (_("数据截至"), f"{timezone.localtime(board.changed_at):%Y-%m-%d %H:%M}"),
        (_("逾期计算日"), today.isoformat()),
        (_("口径"), _("只列状态、计数和日期；报表上报以前不含任何数值和校验结果")),
    ]


def line(view: RowView, level: str) -> list[Any]:
    """One row's cells."""
    row, is_unit = view.row, level == Level.PROVINCE
    cells: list[Any] = [row.division.code, str(row.division.label)]
    if not is_unit:
        cells.append(view.above)
    cells += [view.tag.word, row.due_on.isoformat() if row.due_on else "", view.timing.word if view.timing else ""]
    cells += [row.filled.done, row.filled.expected]
    if is_unit:
        cells += [moment(view.handed_in_at), moment(view.submitted_at)]
    for done in [view.prefectures, view.counties] if level != Level.COUNTY else [view.counties]:
        cells += [item.text for item in done]
    if is_unit:
        cells += [row.flags, _("；").join(view.notes)]
    reminder = view.reminder
    cells += [moment(reminder.at), str(reminder.by or _("系统")), reminder.recipients] if reminder else ["", "", None]
    return cells


def moment(at: Any) -> str:
    """A time as it is printed; empty where there is none."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def matrix_table(
    found: Sequence[tuple[Division, list[CellView]]],
    years: Sequence[int],
    *,
    place: str,
    today: date,
    changed_at: datetime,
) -> Table:
    """The units over the years: state and lateness in one cell."""
    return Table(
        title=_("%s历年填报进度") % place,
        facts=[(_("数据截至"), moment(changed_at)), (_("逾期计算日"), today.isoformat())],
        head=[_("代码"), _("行政区划"), *(str(year) for year in years)],
        rows=[
            [
                unit.code,
                str(unit.label),
                *(f"{c.tag.word} {c.timing.word}" if c.timing else c.tag.word for c in cells),
            ]
            for unit, cells in found
        ],
    )
