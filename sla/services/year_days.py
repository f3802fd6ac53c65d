"""A year of a calendar, day by day: what each date is, its hours, and what it is called (SLA-02, SLA-03)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sla.services.calendar_content import WEEK, Content
from sla.services.own_days import OwnDay
from sla.services.public_days import day_names

Intervals = tuple[tuple[str, str], ...]


class DayIs(StrEnum):
    """What a date is, after all rules of precedence."""

    OPEN = "open"
    CLOSED = "closed"  # a weekday without hours
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    SPECIAL = "special"


@dataclass(frozen=True)
class YearDay:
    """One date.

    Attributes:
        hours: what begins on it, as pairs of "HH:MM"; empty where it is closed.
        name: what managers call it, else what its country calls it in the reader's language.
        like: the weekday ("mon" … "sun") whose hours a make-up day takes.
        own: the manager's own exception for it.
    """

    day: date
    kind: DayIs
    hours: Intervals = ()
    name: str = ""
    like: str = ""
    own: OwnDay | None = None

    @property
    def is_usual(self) -> bool:
        """Whether it simply follows the week."""
        return self.kind in (DayIs.OPEN, DayIs.CLOSED) and self.own is None


def year_days(definition: Mapping[str, Any], content: Content, year: int, language: str) -> list[YearDay]:
    """Every day of a year in order.

    Args:
        definition: as the clocks read it; decides what each day is.
        content: what a person said; tells own exceptions from public days and names the country.
        language: of the names, a code of `settings.LANGUAGES`.
    """
    names = day_names(content.country, content.region, year, language)
    own_days = {own.day: own for own in content.own_days}
    closed = frozenset(definition["holidays"])
    return [
        _day(day, definition, closed, _name(own_days.get(day), names.get(day, "")), own_days.get(day))
        for day in _dates(year)
    ]


def _dates(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def _name(own: OwnDay | None, public: str) -> str:
    return own.name if own is not None and own.name else public


def _day(day: date, definition: Mapping[str, Any], closed: frozenset[str], name: str, own: OwnDay | None) -> YearDay:
    """Special hours beat a make-up day, a make-up day a holiday, a holiday the week (SLA-02)."""
    written, usual = day.isoformat(), _pairs(definition["hours"][WEEK[day.weekday()]])
    if written in definition["special"]:
        return YearDay(day, DayIs.SPECIAL, _pairs(definition["special"][written]), name, own=own)
    if written in definition["workdays"]:
        like = definition["workdays"][written]
        return YearDay(day, DayIs.MAKEUP, _pairs(definition["hours"][like]), name, like, own)
    if written in closed:
        return YearDay(day, DayIs.HOLIDAY, (), name, own=own)
    return YearDay(day, DayIs.OPEN if usual else DayIs.CLOSED, usual, name if own else "", own=own)


def _pairs(rows: Any) -> Intervals:
    return tuple((opening, closing) for opening, closing in rows)


def make_up_days(definition: Mapping[str, Any], content: Content) -> dict[int, int]:
    """How many make-up days the country ordered in each year; years without any are left out."""
    own = {day.day.isoformat() for day in content.own_days}
    found: dict[int, int] = {}
    for written in definition["workdays"]:
        if written not in own:
            found[int(written[:4])] = found.get(int(written[:4]), 0) + 1
    return found
