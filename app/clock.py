"""The only clock: what time it is, in UTC and in Norway. Rules receive the time; they never ask."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def utc_now() -> datetime:
    """The present instant, with time zone UTC."""
    return datetime.now(UTC)


def day_of(at: datetime) -> date:
    """The date in Norway at an instant."""
    return at.astimezone(OSLO).date()


def today() -> date:
    """The present date in Norway, where a right that ends on a day ends at local midnight."""
    return day_of(utc_now())
