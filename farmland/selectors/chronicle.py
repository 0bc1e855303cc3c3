"""The history of a whole statement: every change of a cell, a word or a state, with who, when, before, after and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farmland.indicators import INDICATORS, Department
from farmland.models import (
    AnnualStatement,
    Attachment,
    Comment,
    Correction,
    Division,
    Figure,
    FinishedRow,
    Gap,
    Origin,
    Reason,
    Transition,
    Upload,
)
from farmland.rules import name_of
from farmland.selectors.history import ROW_LABELS, people_of
from farmland.units import UNITS, after_number


@dataclass(frozen=True, slots=True)
class Deed:
    """One change: what was touched (`kind`) and where, what was done, the text before and after, and why."""

    at: datetime
    order: tuple[bool, int]  # within one transaction: what went stands before what came in its place
    kind: str
    division: Division | None
    indicator: str
    label: str
    who: str
    before: str
    after: str
    why: str
    source: str = ""  # the file by which it came, where it was not typed
    upload: int | None = None  # the number of that file's import


def figure_text(event: Any) -> str:
    """A figure as it was typed, with its unit."""
    return f"{event.input_value:.{event.input_decimals}f} {after_number(UNITS[event.input_unit].label)}"


def gap_text(event: Any) -> str:
    """Why a cell has no number."""
    return str(event.get_kind_display())


def comment_text(event: Any) -> str:
    """A comment, and that it was dealt with."""
    return _("%s（已处理）") % event.text if event.resolved_at else event.text


def reason_text(event: Any) -> str:
    """A reason, after the rule that asked for it."""
    return f"{name_of(event.rule)} {event.text}"


def row_text(event: Any) -> str:
    """For which department a row is done."""
    return str(dict(Department.choices).get(event.department, event.department))


def file_text(event: Any) -> str:
    """A file's name and digest, and that it was withdrawn."""
    text = f"{event.name} SHA-256 {event.sha256[:12]}…"
    return _("%s（已撤回）") % text if event.withdrawn_at else text


def correction_text(event: Any) -> str:
    """How far a correction has come."""
    if event.approved_at:
        return _("已批准")
    return _("已初核") if event.first_at else _("待批准")


def release_text(event: Any) -> str:
    """Down to which level a statement is released."""
    return str(event.get_released_level_display()) if event.released_level else ""


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose events belong to the history: how a row reads, and which field says why."""

    model: type[Any]
    kind: str | Promise
    text: Callable[[Any], str]
    why: str = ""
    condition: Q = Q()
    by_row: bool = True  # names a division


SOURCES = (
    Source(Figure, gettext_lazy("数据"), figure_text, "note", ~Q(origin=Origin.SUMMED)),
    Source(Gap, gettext_lazy("空缺"), gap_text, "note"),
    Source(Comment, gettext_lazy("意见"), comment_text),
    Source(Reason, gettext_lazy("理由"), reason_text),
    Source(FinishedRow, gettext_lazy("填报完成"), row_text),
    Source(Attachment, gettext_lazy("附件"), file_text),
    Source(Correction, gettext_lazy("更正"), correction_text, "reason", by_row=False),
)


def get_chronicle(
    statement: AnnualStatement,
    part: Division | None,
    *,
    division: str = "",
    indicator: str = "",
    page: int = 1,
    limit: int = 50,
) -> tuple[list[Deed], bool]:
    """A page of the history of what lies in `part` of a statement, newest first, and whether there is more.

    `division` and `indicator` narrow it to a row or a column. At most 26 queries, however much there is.
    """
    if part is None:
        return [], False
    most = page * limit + 1
    found = [] if division or indicator else steps(statement, most) + releases(statement, most)
    for source in SOURCES:
        if source.by_row or not (division or indicator):
            found += deeds(source, events_of(source, statement, part, division, indicator)[:most])
    found.sort(key=lambda deed: (deed.at, deed.order), reverse=True)
    return found[most - limit - 1 : most - 1], len(found) > most - 1


def events_of(
    source: Source, statement: AnnualStatement, part: Division, division: str, indicator: str
) -> QuerySet[Any]:
    """The events of one table in a part of a statement, newest first."""
    events = source.model.pgh_event_model.objects.filter(source.condition, statement=statement)
    if source.by_row:
        events = events.filter(Q(division__isnull=True) | Q(division__prefix__startswith=part.prefix))
        events = events.select_related("division")
    if source.model is Attachment and part.code != statement.division_id:  # as AttachmentQuerySet.visible_to
        is_own = Q(by__division__prefix__startswith=part.prefix, pgh_obj__signed_copy__isnull=True)
        events = events.filter(Q(division__isnull=False) | is_own)
    if division:
        events = events.filter(division=division)
    if indicator:
        has_indicator = any(field.name == "indicator" for field in source.model._meta.fields)
        events = events.filter(indicator=indicator) if has_indicator else events.none()
    return events.select_related("pgh_context").order_by("-pgh_created_at", "-pgh_id")


def deeds(source: Source, events: QuerySet[Any]) -> list[Deed]:
    """The events as changes, each with the text before it: of the same row, one event earlier."""
    shown = list(events)
    if not shown:
        return []
    rows: dict[int, list[Any]] = {}
    keys = {event.pgh_obj_id for event in shown}
    for event in source.model.pgh_event_model.objects.filter(pgh_obj_id__in=keys).order_by("pgh_id"):
        rows.setdefault(event.pgh_obj_id, []).append(event)
    earlier = {
        later.pgh_id: before for events in rows.values() for before, later in zip(events, events[1:], strict=False)
    }
    people, files = people_of(shown), files_of(shown)
    return [deed(source, event, earlier.get(event.pgh_id), people, files) for event in shown]


def files_of(events: list[Any]) -> dict[int | None, str]:
    """The names of the files by which events came. One query where there are any."""
    keys = {event.pgh_context.metadata.get("upload") for event in events if event.pgh_context} - {None}
    return dict(Upload.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def deed(
    source: Source, event: Any, before: Any, people: dict[int | None, str], files: dict[int | None, str] | None = None
) -> Deed:
    """One event as a change."""
    context = event.pgh_context.metadata if event.pgh_context else {}
    is_gone = event.pgh_label == "delete"
    indicator = INDICATORS.get(getattr(event, "indicator", ""))
    return Deed(
        at=event.pgh_created_at,
        order=(not is_gone, event.pgh_id),
        kind=str(source.kind),
        division=event.division if source.by_row else None,
        indicator=str(indicator.label) if indicator else "",
        label=str(ROW_LABELS.get(event.pgh_label, event.pgh_label)),
        who=people.get(context.get("user"), ""),
        before=source.text(before or event) if is_gone or before else "",
        after="" if is_gone else source.text(event),
        why=getattr(event, source.why) if source.why and not is_gone else "",
        source=(files or {}).get(context.get("upload"), ""),
        upload=context.get("upload"),
    )


def steps(statement: AnnualStatement, most: int) -> list[Deed]:
    """The steps of the workflow; they are append-only themselves."""
    rows = Transition.objects.filter(statement=statement).select_related("by").order_by("-at", "-pk")[:most]
    return [
        Deed(
            row.at, (True, row.pk), _("办理"), None, "", row.get_action_display(), str(row.by) if row.by else _("系统"),
            row.get_from_status_display(), row.get_to_status_display(), row.comment,
        )
        for row in rows
    ]  # fmt: skip


def releases(statement: AnnualStatement, most: int) -> list[Deed]:
    """The releases, each one level deeper than the one before."""
    events = AnnualStatement.pgh_event_model.objects.filter(pgh_obj_id=statement.pk).select_related("pgh_context")  # type: ignore[attr-defined]  # set by pghistory
    changed, before = [], None
    for event in events.order_by("pgh_id"):
        if event.released_level and (before is None or before.released_level != event.released_level):
            changed.append((event, before))
        before = event
    people = people_of([event for event, _before in changed])
    source = Source(AnnualStatement, gettext_lazy("公开"), release_text, by_row=False)
    return [deed(source, event, earlier, people) for event, earlier in changed][-most:]
