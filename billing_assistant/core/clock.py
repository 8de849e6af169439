"""Time. The one place that reads the clock; everything else is handed `now`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class HasTimeZone(Protocol):
    time_zone: str


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(tz=UTC)


def local_date(moment: datetime, zone: str) -> date:
    """The calendar date of a moment in a time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def local_today(place: HasTimeZone, at: datetime | None = None) -> date:
    """The business profile's own date at a moment (default: the present)."""
    return local_date(at or now(), place.time_zone)
