"""A week as it is drawn: a bar of 24 hours per weekday, in minutes (the drawing's own unit)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desk.calendars.words import hours_words, weekday_name
from sla.services.calendar_content import WEEK

DAY_MINUTES = 24 * 60
AXIS = range(0, 24, 3)

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Segment:
    """A piece of an interval on one day; `is_carried` when it began the day before."""

    start: int
    length: int
    is_carried: bool = False


@dataclass(frozen=True)
class WeekRow:
    """A weekday with its segments."""

    key: str
    name: str
    words: str
    segments: list[Segment]


def week_rows(hours: Mapping[str, Rows]) -> list[WeekRow]:
    """Monday to Sunday."""
    return [
        WeekRow(day, weekday_name(day), hours_words(hours.get(day, ())), _segments(hours, number))
        for number, day in enumerate(WEEK)
    ]


def _segments(hours: Mapping[str, Rows], number: int) -> list[Segment]:
    own, before = (_minutes(hours.get(WEEK[place], ())) for place in (number, number - 1))
    carried = [Segment(0, closing - DAY_MINUTES, is_carried=True) for _, closing in before if closing > DAY_MINUTES]
    return carried + [Segment(opening, min(closing, DAY_MINUTES) - opening) for opening, closing in own]


def _minutes(rows: Rows) -> list[tuple[int, int]]:
    """Opening and closing in minutes of the day; a closing on the next day lies above 1440."""
    pairs = [(_minute(opening), _minute(closing)) for opening, closing in rows]
    return [(opening, closing if closing > opening else closing + DAY_MINUTES) for opening, closing in pairs]


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)
