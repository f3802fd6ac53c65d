"""Local wall time to instants, one cached table per time zone, shared by all calendars.

Wall times that do not exist or exist twice are read at fold=0, for openings and closings alike (SLA-04): a
time in the autumn hour is its first occurrence; a time in the spring gap is read with the offset before the
change, so 02:30 is the instant at which the clocks show 03:30. One reading for both ends keeps neighbouring
intervals neighbours and a 24×7 calendar without holes, also where the clocks change at midnight.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sla.engine.errors import CalendarError
from sla.engine.instants import DAY, EPOCH_ORDINAL, MINUTE, length


class Zone:
    """Midnights and wall times of one IANA zone, in microseconds since the epoch."""

    def __init__(self, info: ZoneInfo) -> None:
        self.info = info
        self._midnights: dict[int, int] = {}
        self._begins: dict[int, int] = {}
        self._plain: dict[int, bool] = {}
        self._even: dict[int, bool] = {}

    def placed(self, day: int, intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Intervals that begin on the local day with this ordinal, as instants."""
        if self._is_plain(day):
            midnight = self.midnight(day)
            return [(midnight + a * MINUTE, midnight + b * MINUTE) for a, b in intervals]
        return [(self._converted(day, a), self._converted(day, b)) for a, b in intervals]

    def _converted(self, day: int, minute: int) -> int:
        """The instant of minute 0..2880 of the local day with this ordinal, at fold=0."""
        days, minute = divmod(minute, 1440)
        try:
            wall = datetime.fromordinal(day + days) + timedelta(minutes=minute)
            offset = wall.replace(tzinfo=self.info).utcoffset() or timedelta()
        except (OverflowError, ValueError):
            raise CalendarError("out_of_range") from None
        return (day + days - EPOCH_ORDINAL) * DAY + minute * MINUTE - length(offset)

    def midnight(self, day: int) -> int:
        """The instant at which the local day with this ordinal begins."""
        found = self._midnights.get(day)
        if found is None:
            found = self._midnights[day] = self._converted(day, 0)
        return found

    def begin(self, week: int) -> int:
        """The instant at which a local week begins."""
        found = self._begins.get(week)
        if found is None:
            found = self._begins[week] = self.midnight(monday_of(week))
        return found

    def week_at(self, us: int) -> int:
        """The local week in which an instant lies."""
        week = week_of(EPOCH_ORDINAL + us // DAY)
        if us < self.begin(week):
            return week - 1
        return week + 1 if us >= self.begin(week + 1) else week

    def is_even(self, week: int) -> bool:
        """Whether all days from the Sunday before this week to the Tuesday after it have 24 hours."""
        found = self._even.get(week)
        if found is None:
            monday = monday_of(week)
            days = range(monday - 1, monday + 8)
            found = self._even[week] = all(self._is_plain(day) for day in days)
        return found

    def _is_plain(self, day: int) -> bool:
        """Whether this day and the next have 24 hours, so that wall time is counted from midnight."""
        found = self._plain.get(day)
        if found is None:
            first, second, third = (self.midnight(day + later) for later in range(3))
            found = self._plain[day] = second - first == third - second == DAY
        return found


def monday_of(week: int) -> int:
    """The ordinal of the Monday of a week; weeks are numbered from 0001-01-01, a Monday."""
    return 7 * week + 1


def week_of(day: int) -> int:
    """The week in which the day with this ordinal lies."""
    return (day - 1) // 7


@cache
def zone(name: str) -> Zone:
    """The zone of this IANA name; `CalendarError("unknown_timezone")` when there is none."""
    try:
        return Zone(ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        raise CalendarError("unknown_timezone", "timezone", value=name) from None
