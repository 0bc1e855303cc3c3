"""The locks under which promises are written."""

from collections.abc import Iterable

from farmland.models import Division
from quotas.models import QuotaVersion


def lock_divisions(codes: Iterable[str]) -> None:
    """Lock divisions in the order of their codes, so that nobody waits for another in a ring.

    Whoever changes what a division hands down holds that division; whoever publishes holds its children too, because
    what they hand down is checked against what is published. Works inside the caller's transaction.
    """
    rows = Division.objects.filter(pk__in=set(codes)).order_by("code")
    list(rows.select_for_update(no_key=True).values_list("code", flat=True))


def lock_version(record: QuotaVersion) -> QuotaVersion:
    """The version as it stands, under the lock of its owner and its own."""
    lock_divisions([record.owner_id])
    return QuotaVersion.objects.locked().get(pk=record.pk)
