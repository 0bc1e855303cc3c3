"""The letters as a table for files."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from farmland.workbooks.lists import moment
from farmland.workbooks.tables import Table
from quotas.ui.letters import RowView


def letters_table(rows: Sequence[RowView], *, place: str, facts: list[tuple[str, str]]) -> Table:
    """The letters as they are listed."""
    head = [
        _("目标年"), _("上级代码"), _("上级"), _("下级代码"), _("下级"), _("状态"), _("党委书记"), _("党委签订日期"),
        _("政府主要负责人"), _("政府签订日期"), _("说明"), _("签订件"), _("目标数"), _("签订后目标已变"), _("登记人"), _("登记时间"),
        _("标记"),
    ]  # fmt: skip
    lines = [
        [
            letter.target_year, letter.upper_id, str(letter.upper.label), letter.lower_id, str(letter.lower.label),
            row.tag.word, letter.party_signatory, str(letter.party_signed_on or ""), letter.government_signatory,
            str(letter.government_signed_on or ""), letter.note, letter.name, row.items,
            _("是") if row.is_outdated else "", str(letter.by or ""), moment(letter.at),
            _("演示数据") if letter.is_demo else "",
        ]
        for row in rows
        for letter in [row.letter]
    ]  # fmt: skip
    state = {"all": len(rows), "demo": sum(row.letter.is_demo for row in rows)}
    more = [(_("数据状态"), _("共 %(all)d 份，其中演示数据 %(demo)d") % state)]
    return Table(_("%s责任书") % place, [*facts, *more], head, lines)
