"""The history of one record, as the database's triggers kept it: who, when, from where, before and after."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farmland.models import Figure, Gap, User
from farmland.models.users import PASSWORD_LINK, PASSWORD_SET

ROW_LABELS = {
    "insert": gettext_lazy("新建"),
    "update": gettext_lazy("修改"),
    "delete": gettext_lazy("删除"),
}
LABELS = ROW_LABELS | {
    PASSWORD_SET: gettext_lazy("设置密码"),
    PASSWORD_LINK: gettext_lazy("发放密码链接"),
}
EMPTY = "—"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs from the version before, both values as they read on a page; a first one has no before."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One write to the record. `version` grows with every write; `who` is empty where the site was not involved."""

    version: int
    at: datetime
    label: str
    who: str
    address: str
    url: str
    changes: tuple[Change, ...]


def get_version(record: models.Model) -> int:
    """The number of the record's latest write, 0 where none was kept: what a lost update is noticed by."""
    return _events(record).filter(pgh_label__in=ROW_LABELS).aggregate(latest=models.Max("pgh_id"))["latest"] or 0


def get_history(record: models.Model, *, limit: int = 50, names: frozenset[str] = frozenset()) -> list[Entry]:
    """The latest writes to a tracked record, newest first; of the named fields alone where some are.

    Takes one query for the events, one for the people, and one for each foreign key that occurs in them.
    """
    return _entries(_events(record), limit, names)


# Of a cell: what it held, to the last millionth of a mu, or why it held nothing; and what was said of it.
CELL_FIELDS = frozenset({"value_mu", "kind", "note"})


def get_cell_history(statement: int, division: str, indicator: str, *, limit: int = 10) -> list[Entry]:
    """The latest writes to one cell of a statement, newest first: its figures and its gaps, also those that are gone."""
    entries: list[Entry] = []
    tables: tuple[Any, ...] = (Figure, Gap)
    for model in tables:
        events = model.pgh_event_model.objects.filter(statement=statement, division=division, indicator=indicator)
        entries += _entries(events, limit, CELL_FIELDS)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def _entries(kept: models.QuerySet[Any], limit: int, names: frozenset[str] = frozenset()) -> list[Entry]:
    """The latest of some events, newest first, with the named fields alone, or all of them."""
    events = list(kept.select_related("pgh_context").order_by("-pgh_id")[: limit + 1])
    people, related = people_of(events), _related(events, names)
    entries = []
    for place, event in enumerate(events[:limit]):
        earlier = next((e for e in events[place + 1 :] if e.pgh_obj_id == event.pgh_obj_id), None)
        context = _context(event)
        entries.append(
            Entry(
                version=event.pgh_id,
                at=event.pgh_created_at,
                label=str(LABELS.get(event.pgh_label, event.pgh_label)),
                who=people.get(context.get("user"), ""),
                address=context.get("address", ""),
                url=context.get("url", ""),
                changes=_changes(event, earlier, related, names),
            )
        )
    return entries


def describe(field: models.Field, value: object) -> str:
    """A field's value as it reads on a page: the choice's label, 是/否, local time, or a dash for nothing."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return str(dict(field.flatchoices).get(value, value))


def _events(record: models.Model) -> models.QuerySet[Any]:
    return record.pgh_event_model.objects.filter(pgh_obj_id=record.pk)  # type: ignore[attr-defined]  # set by pghistory


def _context(event: Any) -> dict[str, Any]:
    return event.pgh_context.metadata if event.pgh_context else {}


def people_of(events: list[Any]) -> dict[int | None, str]:
    """The people of the events by primary key, as 姓名（用户名）."""
    keys = {_context(event).get("user") for event in events} - {None}
    users = User.objects.filter(pk__in=keys)
    named = _("%(name)s（%(username)s）")
    return {
        user.pk: named % {"name": user.name, "username": user.username} if user.name else user.username
        for user in users
    }


def _fields(event: Any, names: frozenset[str] = frozenset()) -> list[models.Field]:
    """The tracked fields, without the history's own and the primary key; of these the named ones where some are."""
    own_key = event.pgh_tracked_model._meta.pk.name
    fields = [field for field in event._meta.fields if not field.name.startswith("pgh_") and field.name != own_key]
    return [field for field in fields if not names or field.name in names]


def _related(events: list[Any], names: frozenset[str] = frozenset()) -> dict[str, dict[Any, str]]:
    """By field and key, what the foreign keys of the events point at."""
    related = {}
    for field in _fields(events[0], names) if events else []:
        if field.remote_field:
            keys = {getattr(event, field.attname) for event in events} - {None}
            rows = field.remote_field.model._base_manager.in_bulk(keys)
            related[field.name] = {key: f"{row} {key}" for key, row in rows.items()}
    return related


def _changes(
    event: Any, earlier: Any, related: dict[str, dict[Any, str]], names: frozenset[str] = frozenset()
) -> tuple[Change, ...]:
    """The fields that differ from the event before; of a first event, the fields that are not empty."""

    def text(row: Any, field: models.Field) -> str:
        value = getattr(row, field.attname)
        return describe(field, related.get(field.name, {}).get(value, value))

    changes = []
    for field in _fields(event, names):
        label, after = str(field.verbose_name), text(event, field)
        if earlier is None and after != EMPTY:
            changes.append(Change(label, "", after))
        elif earlier is not None and getattr(earlier, field.attname) != getattr(event, field.attname):
            changes.append(Change(label, text(earlier, field), after))
    return tuple(changes)
