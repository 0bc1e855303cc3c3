"""Uploads as pages and tables show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from farmland.indicators import INDICATORS
from farmland.models import Demand, Division, IssueKind, Upload, UploadIssue, UploadStatus
from farmland.ui import Tag

TONES = {
    UploadStatus.CHECKED: "warn",
    UploadStatus.REFUSED: "bad",
    UploadStatus.FAILED: "bad",
    UploadStatus.APPLIED: "ok",
}

DEMAND_TONES = {Demand.HARD: "bad", Demand.SOFT: "warn", Demand.INFO: "info"}
KIND_TONES = {IssueKind.ERROR: "bad", IssueKind.CONFLICT: "warn", IssueKind.NOTICE: "info"}


def tag_of(upload: Upload) -> Tag:
    """The state as a word and a tone."""
    return Tag(str(upload.get_status_display()), TONES.get(UploadStatus(upload.status), "none"))


def counts_of(upload: Upload) -> list[tuple[str, int]]:
    """The numbers of the dry run with their words, where there are any."""
    words = {
        "new": _("新填"), "changed": _("修改"), "emptied": _("清空"), "same": _("未变"),
        "conflict": pgettext("count", "冲突"), "error": pgettext("count", "错误"),
        "hard": pgettext("count", "写入后须更正"), "soft": pgettext("count", "写入后须说明"), "notice": pgettext("count", "提示"),
    }  # fmt: skip
    numbers = dict(upload.counts)
    if "notice" in numbers:
        numbers["notice"] -= numbers.get("hard", 0) + numbers.get("soft", 0)
    return [(word, numbers[key]) for key, word in words.items() if key in numbers]


def words_of(upload: Upload, *, is_looked_through: bool, undecided: int) -> str:
    """The sentence beside the state: that of the check, until every conflict is decided."""
    is_decided = upload.status == UploadStatus.CHECKED and upload.counts.get("conflict") and not undecided
    if is_looked_through:
        return _("冲突已全部选择，正在重新校验。") if is_decided else _("%s正在检查写入后的数据。") % upload.detail
    return _("冲突已全部选择，可以写入。") if is_decided else upload.detail


def kind_tag(issue: UploadIssue) -> Tag:
    """What an issue is: of a hint, what it asks for."""
    if issue.demand:
        return Tag(str(issue.get_demand_display()), DEMAND_TONES[Demand(issue.demand)])
    return Tag(str(issue.get_kind_display()), KIND_TONES[IssueKind(issue.kind)])


def sheet_and_cell(place: str) -> tuple[str, str]:
    """The two parts of a place as a formula names it; only the cell where no sheet is named."""
    sheet, _mark, cell = place.rpartition("!")
    return sheet, cell


def kind_of(change: Sequence[str]) -> str:
    """Whether a change (of selectors.uploads) is `new`, `changed`, `emptied`, or `noted` where the note alone changes."""
    before, after, *noted = change[3:]
    if not after:
        return "emptied"
    if not before:
        return "new"
    return "noted" if noted and is_same(before, after) else "changed"


def is_same(before: str, after: str) -> bool:
    """Whether two cells hold the same, with however many zeros."""
    try:
        return Decimal(before) == Decimal(after)
    except InvalidOperation:
        return before == after


def note_words(change: Sequence[str]) -> str:
    """What becomes of the note of a cell; "" where it stays."""
    if len(change) < 7:
        return ""
    was, will = change[5:7]
    if was and will:
        return _("说明由“%(was)s”改为“%(will)s”") % {"was": was, "will": will}
    return _("加上说明“%s”") % will if will else _("删去说明“%s”") % was


def changes_title(upload: Upload) -> str:
    """What is said above the changes of a file: whether they were written, will be, or never were."""
    if upload.status == UploadStatus.APPLIED:
        return _("写入的内容")
    is_over = upload.status in (UploadStatus.REFUSED, UploadStatus.CANCELLED, UploadStatus.FAILED)
    return _("没有写入的内容") if is_over else _("将要写入的内容")


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that the file would write or empty (or has), with the names of its place."""

    cell: str
    division: str
    place: str
    indicator: str
    before: str
    after: str
    kind: str
    note: str


def column_label(code: str, columns: Mapping[str, str] | None) -> str:
    """What a column is called: by the noun's own `columns`, else as an indicator; an unknown one stays as the file has it."""
    if columns and code in columns:
        return columns[code]
    return str(INDICATORS[code].label) if code in INDICATORS else code


def changes(
    rows: Iterable[Sequence[str]], names: Mapping[str, Division], columns: Mapping[str, str] | None = None
) -> list[Change]:
    """Changes with the names of their places."""
    words = {"new": _("新填"), "changed": _("修改"), "emptied": _("清空"), "noted": _("改说明")}
    return [
        Change(
            row[0],
            row[1],
            str(names[row[1]].label) if row[1] in names else row[1],
            column_label(row[2], columns),
            row[3],
            row[4],
            words[kind_of(row)],
            note_words(row),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """An issue with the names of its place."""

    issue: UploadIssue
    place: str
    indicator: str
    tag: Tag


def lines(
    issues: Iterable[UploadIssue], names: Mapping[str, Division], columns: Mapping[str, str] | None = None
) -> list[Line]:
    """Issues with the names of their places; a code that names none stays as the file has it."""
    return [
        Line(
            issue,
            str(names[issue.division].label) if issue.division in names else issue.division,
            column_label(issue.indicator, columns),
            kind_tag(issue),
        )
        for issue in issues
    ]
