"""The revisions that every ETag and "as of" is read from."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from farmland.models import Revision

EPOCH = datetime.fromisoformat("1949-10-01T00:00:00+08:00")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the whole state of the data is called (`key`), and when it last changed."""

    key: str
    changed_at: datetime


def get_stamp() -> Stamp:
    """The stamp of everything that a figure, target or division can depend on. One query."""
    rows = sorted(Revision.objects.values_list("topic", "count", "changed_at"))
    key = blake2b(repr([row[:2] for row in rows]).encode(), digest_size=12).hexdigest()
    return Stamp(key, max((row[2] for row in rows), default=EPOCH))
