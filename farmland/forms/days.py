"""Days as pages and programs ask for them."""

from datetime import date, datetime, time

from django.utils import timezone


def end_of(day: date | None) -> datetime | None:
    """The end of a day in Shanghai; None without one."""
    return timezone.make_aware(datetime.combine(day, time.max)) if day else None
