"""Instants and durations as whole microseconds, the unit of all arithmetic in the engine (SLA-01).

An instant is the number of microseconds since 1970-01-01T00:00Z. Integers are exact and several times faster
than datetimes; datetimes appear only at the edge.
"""

from datetime import UTC, datetime, timedelta

from sla.engine.errors import CalendarError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 1440 * MINUTE
WEEK = 7 * DAY


def length(duration: timedelta) -> int:
    """Microseconds of a duration, exactly."""
    return duration.days * DAY + duration.seconds * SECOND + duration.microseconds


def instant(at: datetime) -> int:
    """Microseconds since the epoch; `CalendarError("naive_time")` for a time without a zone."""
    if at.utcoffset() is None:
        raise CalendarError("naive_time")
    return length(at - EPOCH)


def moment(us: int) -> datetime:
    """The UTC datetime of an instant; `CalendarError("out_of_range")` outside the years 1 to 9999."""
    try:
        return EPOCH + timedelta(microseconds=us)
    except OverflowError:
        raise CalendarError("out_of_range") from None


def duration(us: int) -> timedelta:
    """The timedelta of a number of microseconds."""
    return timedelta(microseconds=us)
