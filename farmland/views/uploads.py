"""Filled-in files on the page of what they are for: handed in, watched, decided upon, written or cancelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from farmland.actions import uploads as actions
from farmland.actions.uploads.check import MOST_HINTS
from farmland.actions.uploads.nouns import NOUNS
from farmland.actions.uploads.states import CANCELLABLE
from farmland.forms.uploads import DecideForm, UploadForm
from farmland.models import Decision, Division, IssueKind, Upload, UploadIssue, UploadStatus, User
from farmland.models.uploads import UploadQuerySet
from farmland.selectors.uploads import get_changes, is_looked_through, is_waiting_for_nobody
from farmland.ui import Step
from farmland.ui import uploads as ui
from farmland.ui.downloads import evidence_response
from farmland.units import UNITS
from farmland.views.downloads import MOST_ROWS, file_response, table_response, wanted
from farmland.views.errors import forbid
from farmland.workbooks.files import mark_file
from farmland.workbooks.filled import Fault
from farmland.workbooks.lists import uploads_table
from farmland.workbooks.tables import Table
from farmland.workflow import Refused

PAGE_SIZE, LATEST = 50, 5


@dataclass(frozen=True, slots=True)
class Frame:
    """What files are for, as its pages show it: the record and its noun, what it is called, where its page and its uploads
    lie, and the labels of its columns."""

    record: Any
    noun: str
    label: str
    subject: str
    home: str
    base: str
    trail: list[Step]
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def closed(self) -> str:
        """Why the record takes no figures now; "" while it does."""
        return NOUNS[self.noun].closed(self.record)


def rows_of(user: User, frame: Frame) -> UploadQuerySet:
    """The files of the record that the user sees."""
    return Upload.objects.visible_to(user).filter(noun=frame.noun, object_id=frame.record.pk)


def uploads_context(user: User, frame: Frame, *, may_upload: bool) -> dict[str, object]:
    """The latest files that the user sees, and whether one more may be handed in; for the record's own page."""
    rows = rows_of(user, frame).select_related("by").order_by("-pk")[:LATEST]
    return {
        "uploads": [(row, ui.tag_of(row)) for row in rows],
        "uploads_base": frame.base,
        "may_upload": may_upload,
        "upload_form": UploadForm(),
    }


def upload_list(request: HttpRequest, frame: Frame) -> HttpResponse:
    """All files of the record that the user sees, a page at a time or as a file."""
    rows = rows_of(request.user, frame).select_related("by").order_by("-pk")
    title = _("导入记录 %s") % frame.label
    if wanted(request):
        facts = [(frame.subject, frame.label), (_("导入"), how_many(len(rows[:MOST_ROWS]), rows.count()))]
        return table_response(request, uploads_table(title, facts, rows[:MOST_ROWS]))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "frame": frame, "page": page, "lines": [(row, ui.tag_of(row), ui.counts_of(row)) for row in page],
        "trail": [*frame.trail, Step(_("导入记录"), "")],
    }  # fmt: skip
    return render(request, "farmland/uploads/upload_list.html", context)


def upload_of(request: HttpRequest, frame: Frame, pk: int) -> Upload:
    """One of the record's uploads in the user's scope; 404 outside it."""
    return get_object_or_404(rows_of(request.user, frame).select_related("by"), pk=pk)


def receive_file(request: HttpRequest, frame: Frame) -> HttpResponse:
    """Hand in a filled-in file; its own page shows what becomes of it."""
    form, file, back = UploadForm(request.POST), request.FILES.get("file"), redirect(frame.home)
    if not file or not form.is_valid():
        messages.error(request, _("请先选择要上传的文件。"))
        return back
    try:
        upload = actions.receive(
            frame.record, name=file.name or "", content=file, unit=form.cleaned_data["unit"], by=request.user,
            at=timezone.now(), noun=frame.noun,
        )  # fmt: skip
    except Refused as refused:
        forbid(refused)
        messages.error(request, refused.detail)
        return back
    return redirect(f"{frame.base}{upload.pk}/")


def upload_page(request: HttpRequest, frame: Frame, pk: int) -> HttpResponse:
    """What became of a file. While it is under way htmx asks for the state alone; when it is not, for the whole page."""
    row = upload_of(request, frame, pk)
    decided, is_pending = decided_of(row), is_looked_through(row)
    context = {
        "frame": frame, "upload": row, "tag": ui.tag_of(row), "is_mine": row.by_id == request.user.pk,
        "nobody": is_waiting_for_nobody(row, timezone.now()), "may_cancel": row.status in CANCELLABLE,
        "is_busy": row.is_under_way or is_pending,
        "words": ui.words_of(row, is_looked_through=is_pending, undecided=decided["undecided"]),
    }  # fmt: skip
    if request.htmx:
        response = render(request, "farmland/uploads/state.html", context)
        if not context["is_busy"]:
            response["HX-Refresh"] = "true"
        return response
    found = result_context(request, frame, row, decided)
    return render(request, "farmland/uploads/upload_detail.html", context | found)


def result_context(request: HttpRequest, frame: Frame, row: Upload, decided: dict[str, int]) -> dict[str, Any]:
    """Counts, issues a page at a time, and the log."""
    issues = row.issues.all()
    page = Paginator(issues.order_by("pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    changed = Paginator(get_changes(row), PAGE_SIZE).get_page(request.GET.get("changes"))
    places = {issue.division for issue in page.object_list} | {change[1] for change in changed.object_list}
    names = Division.objects.visible_to(request.user).in_bulk(places)
    is_open = not frame.closed
    may_decide = is_open and row.status == UploadStatus.CHECKED and row.by_id == request.user.pk
    numbers = row.counts
    written = numbers.get("new", 0) + numbers.get("changed", 0) + decided["mine"]
    emptied = numbers.get("emptied", 0) + decided["mine_empty"]
    return {
        "page": page,
        "changed": changed,
        "changes": ui.changes(changed.object_list, names, frame.columns),
        "all_changes": written + emptied,
        "hints": numbers.get("notice", 0) if numbers.get("notice", 0) > MOST_HINTS else 0,
        "chosen": UNITS[numbers["chosen_unit"]].label if numbers.get("chosen_unit") in UNITS else "",
        "unit": UNITS[row.unit].label if row.unit in UNITS else "",
        "lines": ui.lines(page.object_list, names, frame.columns),
        "counts": ui.counts_of(row),
        "to_write": written,
        "to_empty": emptied,
        "undecided": decided["undecided"],
        "has_errors": decided["errors"] > 0,
        "has_conflicts": decided["conflicts"] > 0,
        "is_open": is_open,
        "may_decide": may_decide,
        "may_apply": may_decide and written + emptied + decided["undecided"] > 0,
        "changes_title": ui.changes_title(row),
        "log": [(datetime.fromisoformat(moment), words) for moment, words in row.log],
        "trail": [*frame.trail, Step(row.name, "")],
    }


def decided_of(row: Upload) -> dict[str, int]:
    """How many issues are errors and conflicts, and how many of these are undecided or were decided for the file; nothing of these is
    left to do once it is applied. One query."""
    is_mine = Q(decision=Decision.MINE) & ~Q(upload__status=UploadStatus.APPLIED)
    return row.issues.aggregate(
        errors=Count("pk", filter=Q(kind=IssueKind.ERROR)),
        conflicts=Count("pk", filter=Q(kind=IssueKind.CONFLICT)),
        undecided=Count("pk", filter=Q(kind=IssueKind.CONFLICT, decision="")),
        mine=Count("pk", filter=is_mine & ~Q(value="")),
        mine_empty=Count("pk", filter=is_mine & Q(value="")),
    )


def upload_step(request: HttpRequest, frame: Frame, pk: int, action: str) -> HttpResponse:
    """Decide conflicts, have it written, or cancel it; only who handed it in may."""
    row = upload_of(request, frame, pk)
    who = {"by": request.user, "at": timezone.now()}
    try:
        if action == "decide":
            form = DecideForm(request.POST)
            if not form.is_valid():
                raise Refused(422, "decision", _("请选择用文件中的，或保留现有的。"))
            issue = form.cleaned_data["issue"]
            actions.decide(row, issues=[issue] if issue else None, decision=form.cleaned_data["decision"], **who)
        elif action == "apply":
            actions.request_apply(row, **who)
        elif action == "cancel":
            actions.cancel(row, **who)
        else:
            raise Http404
    except Refused as refused:
        forbid(refused)
        messages.error(request, refused.detail)
    page = request.POST.get("page", "")
    return redirect(f"{frame.base}{row.pk}/" + (f"?page={page}" if page.isdecimal() else ""))


def upload_file(request: HttpRequest, frame: Frame, pk: int) -> FileResponse:
    """The file as it was received."""
    return evidence_response(upload_of(request, frame, pk))


def upload_marked(request: HttpRequest, frame: Frame, pk: int) -> HttpResponse:
    """The file back with its faulty cells marked; 404 where no cell of it was refused."""
    row = upload_of(request, frame, pk)
    faults = [
        Fault(issue.sheet, issue.cell, issue.code, issue.detail, issue.value, issue.division, issue.indicator)
        for issue in row.issues.filter(kind=IssueKind.ERROR).order_by("pk")
    ]
    if not faults:
        raise Http404
    with actions.open_content(row) as content:
        marked = mark_file(content, faults)
    return file_response(
        marked, "xlsx", _("%(name)s（已标注错误）") % {"name": row.name.rpartition(".")[0] or row.name}
    )


def upload_issues(request: HttpRequest, frame: Frame, pk: int) -> HttpResponse:
    """All that was found and what would change, as a table to keep: XLSX, or CSV where asked for."""
    row = upload_of(request, frame, pk)
    issues, changed = list(row.issues.order_by("pk")), get_changes(row)
    places = {issue.division for issue in issues} | {change[1] for change in changed}
    names = Division.objects.visible_to(request.user).in_bulk(places)
    head = [
        _("类别"), _("工作表"), _("单元格"), _("区划代码"), _("区划"), _("指标"), _("文件中的值"), _("写入前的值"),
        _("说明"), _("决定"),
    ]  # fmt: skip
    rows = [
        [
            line.tag.word, line.issue.sheet, line.issue.cell, line.issue.division, line.place,
            line.indicator, line.issue.value, line.issue.theirs, line.issue.detail,
            str(line.issue.get_decision_display()) if line.issue.decision else "",
        ]
        for line in ui.lines(issues, names, frame.columns)
    ]  # fmt: skip
    rows += [
        [
            one.kind,
            *ui.sheet_and_cell(one.cell),
            one.division,
            one.place,
            one.indicator,
            one.after,
            one.before,
            one.note,
            "",
        ]
        for one in ui.changes(changed, names, frame.columns)
    ]
    title = _("导入问题 %(name)s") % {"name": row.name}
    facts = [
        (frame.subject, frame.label),
        (_("面积单位"), str(UNITS[row.unit].label) if row.unit in UNITS else ""),
        (_("状态"), str(row.get_status_display())),
        ("SHA-256", row.sha256),
        (_("错误、冲突和提示"), how_many(len(issues), all_issues(row, issues))),
        (ui.changes_title(row), how_many(len(changed), all_changes(row, decided_of(row)))),
    ]
    return table_response(request, Table(title, facts, head, rows))


def all_changes(row: Upload, decided: dict[str, int]) -> int:
    """How many cells are written or emptied, with the conflicts that were decided for the file."""
    names = ("new", "changed", "emptied")
    return sum(row.counts.get(name, 0) for name in names) + decided["mine"] + decided["mine_empty"]


def all_issues(row: Upload, listed: Sequence[UploadIssue]) -> int:
    """How many issues were found, of which no more are kept than can be read."""
    return max(len(listed), sum(row.counts.get(name, 0) for name in ("error", "conflict", "notice")))


def how_many(listed: int, found: int) -> str:
    """How many of something a file lists, and that it is not all where it is not."""
    if found > listed:
        return _("共 %(found)d 条，只列出前 %(listed)d 条") % {"found": found, "listed": listed}
    return _("共 %d 条，全部列出") % listed
