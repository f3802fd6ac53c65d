"""Working calendars: the working time between two instants, and when a target is used up (SLA-01…06)."""

import marshal
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import cast

from sla.engine import notation
from sla.engine.errors import CalendarError
from sla.engine.instants import DAY, EPOCH_ORDINAL, MINUTE, WEEK, instant, length, moment
from sla.engine.notation import WEEKDAYS, Interval
from sla.engine.spans import DayKind, Piece, Span, covering
from sla.engine.weeks import Stretch, Week, clip, union, without
from sla.engine.zones import Zone, monday_of, zone

__all__ = ["Calendar", "CalendarError", "DayKind", "Interval", "Span"]

PATIENCE = 157
"""So many weeks (three years) without working time, and `due` gives up."""

HORIZON = 52 * 200
"""No question reaches over more weeks; a slip of the keyboard must not keep a worker busy for minutes."""

MEMO_SIZE = 4096
MINUTES_PER_DAY = 1440


@dataclass(frozen=True, eq=False)
class Calendar:
    """One time zone, weekly hours and dated exceptions (SLA-02); immutable, equal and hashed by value.

    `hours` holds seven rows of intervals, Monday first. The constructor trusts its intervals to be ordered
    and disjoint within a day; `from_json` checks them. Results are exact to the microsecond, in UTC (SLA-01).
    """

    timezone: str
    hours: tuple[tuple[Interval, ...], ...]
    holidays: frozenset[date] = frozenset()
    workdays: Mapping[date, int] = field(default_factory=dict)
    special: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)

    # Notation

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "Calendar":
        """The calendar of this notation, remembered by value; `CalendarError` says what is wrong."""
        if not isinstance(data, Mapping):
            raise CalendarError("wrong_type", "calendar", expected="an object")
        try:
            # the fastest exact fingerprint of plain JSON; only compared, never loaded
            key = marshal.dumps(cast("dict[str, str]", data), 2)
        except ValueError:
            return cls._parsed(data)
        found = _MEMO.get(key)
        if found is None:
            found = cls._parsed(data)
            if len(_MEMO) >= MEMO_SIZE:
                _MEMO.clear()
            _MEMO[key] = found
        return found

    @classmethod
    def _parsed(cls, data: Mapping[str, object]) -> "Calendar":
        notation.refuse_unknown(data)
        found = cls(
            timezone=notation.read_timezone(data),
            hours=notation.read_hours(data),
            holidays=notation.read_holidays(data),
            workdays=notation.read_workdays(data),
            special=notation.read_special(data),
        )
        zone(found.timezone)  # refuses an unknown zone now, not at the first question
        return found

    def to_json(self) -> dict[str, object]:
        """The notation that `from_json` reads, dates in order."""
        return {
            "timezone": self.timezone,
            "hours": {name: notation.write_intervals(row) for name, row in zip(WEEKDAYS, self.hours, strict=True)},
            "holidays": [day.isoformat() for day in sorted(self.holidays)],
            "workdays": {day.isoformat(): WEEKDAYS[self.workdays[day]] for day in sorted(self.workdays)},
            "special": {day.isoformat(): notation.write_intervals(self.special[day]) for day in sorted(self.special)},
        }

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle and copy the value, not the caches."""
        return Calendar, (self.timezone, self.hours, self.holidays, dict(self.workdays), dict(self.special))

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Calendar) and self._value == other._value)

    def __hash__(self) -> int:
        return self._hash

    # Questions

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Working time in [start, end), at most 200 years; zero when end is not after start (SLA-04)."""
        return timedelta(microseconds=self.worked_us(instant(start), instant(end)))

    def due(self, start: datetime, duration: timedelta) -> datetime:
        """The earliest instant, in UTC, at which `duration` of working time has passed since start (SLA-05).

        `CalendarError("no_working_time")` when three years pass without any while some is still needed,
        "too_far" when the target lasts beyond 200 years, "negative_duration" for less than nothing.
        """
        return moment(self.due_us(instant(start), length(duration)))

    def check_usable(self, on: date) -> None:
        """The trial calculation of SLA-06: raise unless there is working time in the year from this date."""
        next_year = date(on.year + 1, on.month, on.day) if (on.month, on.day) != (2, 29) else None
        until = next_year or date(on.year + 1, 3, 1)
        start, end = (self._zone.midnight(day.toordinal()) for day in (on, until))
        if not self.worked_us(start, end):
            raise CalendarError("no_working_time", days=(until - on).days, since=on.isoformat())

    def spans(self, start: datetime, end: datetime) -> list[Span]:
        """What every piece of [start, end) is, without gaps; neighbours differ in kind (SLA-41)."""
        pieces = self.spans_us(instant(start), instant(end))
        return [Span(moment(a), moment(b), kind) for a, b, kind in pieces]

    # The same in microseconds since the epoch, for the fold

    def worked_us(self, start: int, end: int) -> int:
        """`worked`, in microseconds."""
        if end <= start:
            return 0
        first, last = self._zone.week_at(start), self._zone.week_at(end)
        if last - first > HORIZON:
            raise CalendarError("too_far")
        total = self._worked_before(last, end) - self._worked_before(first, start)
        for week in range(first, last):
            total += self._week(week).total
        return total

    def due_us(self, start: int, duration: int) -> int:
        """`due`, in microseconds."""
        if duration < 0:
            raise CalendarError("negative_duration")
        if duration == 0:
            return start
        number = self._zone.week_at(start)
        last = number + HORIZON
        needed = duration + self._worked_before(number, start)
        idle = 0
        while needed > (week := self._week(number)).total:
            needed -= week.total
            idle = 0 if week.total else idle + 1
            if idle > PATIENCE:
                raise CalendarError("no_working_time", days=PATIENCE * 7, since=moment(start).date().isoformat())
            number += 1
            if number > last:
                raise CalendarError("too_far")
        return self._zone.begin(number) + week.offset_of(needed)

    def spans_us(self, start: int, end: int) -> list[Piece]:
        """`spans`, in microseconds."""
        return covering(self._known_pieces(start, end), start, end)

    # Weeks

    @cached_property
    def _zone(self) -> Zone:
        return zone(self.timezone)

    @cached_property
    def _value(self) -> tuple[object, ...]:
        return self.timezone, self.hours, self.holidays, dict(self.workdays), dict(self.special)

    @cached_property
    def _hash(self) -> int:
        exceptions = frozenset(self.workdays.items()), frozenset(self.special.items())
        return hash((self.timezone, self.hours, self.holidays, exceptions))

    @cached_property
    def _weeks(self) -> dict[int, Week]:
        return {}

    @cached_property
    def _exceptional(self) -> frozenset[date]:
        """The dates that don't follow the weekly pattern."""
        return self.holidays.union(self.workdays, self.special)

    @cached_property
    def _usual_week(self) -> Week:
        """A week of 24-hour days without exceptions; most weeks are this one."""
        return _even_week((self.hours[6], *self.hours, self.hours[0]))

    def _week(self, number: int) -> Week:
        found = self._weeks.get(number)
        if found is None:
            found = self._weeks[number] = self._made_week(number)
        return found

    def _made_week(self, number: int) -> Week:
        days = _days_of(number)
        is_even = self._zone.is_even(number)
        if is_even and self._exceptional.isdisjoint(days):
            return self._usual_week
        rows = tuple([self._opened_on(day) for day in days])
        return _even_week(rows) if is_even else _uneven_week(self._zone, number, rows)

    def _worked_before(self, number: int, us: int) -> int:
        return self._week(number).worked_before(us - self._zone.begin(number))

    # Days

    def _rule_on(self, day: date) -> tuple[DayKind, tuple[Interval, ...]]:
        """What a date is and which intervals begin on it: special, make-up, holiday, weekly (SLA-02).

        For a holiday these are the intervals that it takes away.
        """
        if day in self.special:
            return DayKind.SPECIAL, self.special[day]
        if day in self.workdays:
            return DayKind.MAKEUP, self.hours[self.workdays[day]]
        usual = self.hours[day.weekday()]
        return (DayKind.HOLIDAY, usual) if day in self.holidays else (DayKind.OPEN, usual)

    def _opened_on(self, day: date) -> tuple[Interval, ...]:
        kind, intervals = self._rule_on(day)
        return intervals if kind.is_open else ()

    def _stretches_on(self, ordinal: int) -> tuple[DayKind, list[Stretch]]:
        kind, intervals = self._rule_on(_date_of(ordinal))
        return kind, self._zone.placed(ordinal, intervals)

    def _known_pieces(self, start: int, end: int) -> list[Piece]:
        """Pieces in order, open or taken away by a holiday; open wins where the two meet."""
        first, last = (EPOCH_ORDINAL + us // DAY for us in (start, end))
        days = [self._stretches_on(day) for day in range(first - 2, last + 3)]
        opened = [(a, b, kind) for kind, row in days if kind.is_open for a, b in row]
        holes = union((a, b) for a, b, _ in opened)
        taken = [stretch for kind, row in days if not kind.is_open for stretch in row]
        closed = [(a, b, DayKind.HOLIDAY) for stretch in taken for a, b in without(stretch, holes)]
        return sorted(opened + closed)


Days = tuple[tuple[Interval, ...], ...]
"""The intervals that begin on the Sunday before a week, on its seven days, and on the Monday after it."""


@lru_cache(MEMO_SIZE)
def _even_week(days: Days) -> Week:
    """A week of 24-hour days. Calendars differ in few weeks, so equal weeks are made once."""
    reach = range(-1, 7) if any(row and row[-1][1] > MINUTES_PER_DAY for row in days) else range(7)
    stretches = [(day * DAY + a * MINUTE, day * DAY + b * MINUTE) for day in reach for a, b in days[day + 1]]
    return Week(clip(union(stretches), 0, WEEK) if len(reach) > len(WEEKDAYS) else stretches)


@lru_cache(MEMO_SIZE)
def _uneven_week(of: Zone, number: int, days: Days) -> Week:
    """A week with a change of the clocks, each wall time converted by itself."""
    monday = monday_of(number)
    opened = [stretch for day, row in enumerate(days, start=monday - 1) for stretch in of.placed(day, row)]
    return Week(clip(union(opened), of.begin(number), of.begin(number + 1)))


def _days_of(number: int) -> list[date]:
    """The Sunday before a week, its seven days, and the Monday after it."""
    monday = monday_of(number)
    return [_date_of(day) for day in range(monday - 1, monday + 8)]


def _date_of(ordinal: int) -> date:
    try:
        return date.fromordinal(ordinal)
    except (ValueError, OverflowError):
        raise CalendarError("out_of_range") from None


_MEMO: dict[bytes, Calendar] = {}
