"""The revisions that every ETag and "as of" is read from."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max

from farmland.models import AnnualStatement, Revision

# One row by hand instead of forty by the mapper: every conditional answer begins with it.
STAMP = """
    SELECT md5(string_agg(topic || ':' || count, ',' ORDER BY topic)), max(changed_at) FROM farmland_revision
    WHERE topic NOT LIKE 'statements:%'
"""
EPOCH = datetime.fromisoformat("1949-10-01T00:00:00+08:00")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the whole state of the data is called (`key`), and when it last changed."""

    key: str
    changed_at: datetime


def get_stamp() -> Stamp:
    """The stamp of everything that a figure, target or division can depend on. One query."""
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        key, changed_at = cursor.fetchone()
    return Stamp(key or "", changed_at or EPOCH)


def get_changed_at(statement: AnnualStatement) -> datetime:
    """When the figures of a statement's province, or what belongs to its statements, last changed. One query."""
    province = statement.division_id[:2]
    topics = Revision.objects.filter(topic__in=[f"figures:{province}", f"statements:{province}"])
    return topics.aggregate(latest=Max("changed_at"))["latest"] or EPOCH
