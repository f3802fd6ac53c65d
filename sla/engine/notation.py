"""The JSON notation of a calendar, read strictly: every error names its place.

`timezone` and `hours` are required; a weekday without an entry is closed; `holidays`, `workdays` and
`special` are empty when left out. An unknown key is an error: a misspelt "holiday" would silently keep the
desk open.
"""

import marshal
import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import TypeVar, cast

from sla.engine.errors import CalendarError

Interval = tuple[int, int]
"""Opening and closing minute of the day; a closing above 1440 lies on the next day."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS = frozenset({"timezone", "hours", "holidays", "workdays", "special"})
_MEMO_SIZE = 4096
K = TypeVar("K")
V = TypeVar("V")
_MINUTES = {f"{minute // 60:02}:{minute % 60:02}": minute for minute in range(1441)}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_timezone(data: Mapping[str, object]) -> str:
    """The zone's name, not yet looked up."""
    if "timezone" not in data:
        raise CalendarError("missing_key", "timezone")
    return _text(data["timezone"], "timezone")


def read_hours(data: Mapping[str, object]) -> tuple[tuple[Interval, ...], ...]:
    """Seven rows of intervals, Monday first."""
    if "hours" not in data:
        raise CalendarError("missing_key", "hours")
    hours = _table(data["hours"], "hours")
    for name in hours:
        _weekday(name, "hours")
    return tuple(read_intervals(hours.get(name, []), f"hours.{name}") for name in WEEKDAYS)


def read_holidays(data: Mapping[str, object]) -> frozenset[date]:
    """The closed dates."""
    rows = _list(data.get("holidays", []), "holidays")
    return frozenset(_date(row, f"holidays[{n}]") for n, row in enumerate(rows))


def read_workdays(data: Mapping[str, object]) -> dict[date, int]:
    """The make-up working days, each with the weekday (0..6) whose hours it has."""
    rows = _table(data.get("workdays", {}), "workdays")
    return {_date(day, "workdays"): _weekday(name, f"workdays.{day}") for day, name in rows.items()}


def read_special(data: Mapping[str, object]) -> dict[date, tuple[Interval, ...]]:
    """The dates with hours of their own."""
    rows = _table(data.get("special", {}), "special")
    return {_date(day, "special"): read_intervals(row, f"special.{day}") for day, row in rows.items()}


def refuse_unknown(data: Mapping[str, object]) -> None:
    """Raise for a key that no calendar has."""
    for key in data:
        if key not in KEYS:
            raise CalendarError("unknown_key", str(key))


def read_intervals(rows: object, field: str) -> tuple[Interval, ...]:
    """Intervals of one day in order; touching ones are allowed, overlapping ones are not.

    Days repeat within a calendar and across calendars, so what was read once is remembered.
    """
    try:
        key = marshal.dumps(cast("list[str]", rows), 2)  # an exact fingerprint; only compared, never loaded
    except ValueError:
        return _read_intervals(rows, field)
    known = _INTERVALS.get(key)
    return _remember(_INTERVALS, key, _read_intervals(rows, field)) if known is None else known


def _read_intervals(rows: object, field: str) -> tuple[Interval, ...]:
    found = sorted(_interval(row, f"{field}[{n}]") for n, row in enumerate(_list(rows, field)))
    for first, second in pairwise(found):
        if second[0] < first[1]:
            raise CalendarError("overlap", field, first=_shown(first), second=_shown(second))
    return tuple(found)


def write_intervals(intervals: Iterable[Interval]) -> list[list[str]]:
    """The inverse of `read_intervals`."""
    return [[_clock(opening), _clock(closing)] for opening, closing in intervals]


def _interval(row: object, field: str) -> Interval:
    pair = _list(row, field)
    if len(pair) != 2:
        raise CalendarError("wrong_type", field, expected="a pair of times")
    opening, closing = (_minute(text, field) for text in pair)
    if opening == 1440:
        raise CalendarError("bad_time", field, value=pair[0])
    if opening == closing:
        raise CalendarError("zero_length", field, value=f"{pair[0]}–{pair[1]}")
    return opening, closing if closing > opening else closing + 1440


def _minute(value: object, field: str) -> int:
    minute = _MINUTES.get(_text(value, field))
    if minute is None:
        raise CalendarError("bad_time", field, value=value)
    return minute


def _clock(minute: int) -> str:
    hours, minutes = divmod(minute if minute <= 1440 else minute - 1440, 60)
    return f"{hours:02}:{minutes:02}"


def _shown(interval: Interval) -> str:
    return f"{_clock(interval[0])}–{_clock(interval[1])}"


def _weekday(value: object, field: str) -> int:
    name = _text(value, field)
    if name not in WEEKDAYS:
        raise CalendarError("unknown_weekday", field, value=name)
    return WEEKDAYS.index(name)


def _date(value: object, field: str) -> date:
    text = _text(value, field)
    known = _DATES.get(text)
    return known or _remember(_DATES, text, _read_date(text, field))


def _read_date(text: str, field: str) -> date:
    try:
        # date.fromisoformat also takes 20261001 and 2026-W40-4, which no manager would recognise
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise CalendarError("bad_date", field, value=text)


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise CalendarError("wrong_type", field, expected="a text")
    return value


def _list(value: object, field: str) -> list[object] | tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise CalendarError("wrong_type", field, expected="a list")
    return value


def _table(value: object, field: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise CalendarError("wrong_type", field, expected="an object")
    return value


_INTERVALS: dict[bytes, tuple[Interval, ...]] = {}
_DATES: dict[str, date] = {}


def _remember(memo: dict[K, V], key: K, value: V) -> V:
    if len(memo) >= _MEMO_SIZE:
        memo.clear()
    memo[key] = value
    return value
