"""A year as it is shown: twelve small months, and the days that differ from the week as a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dates import MONTHS
from django.utils.translation import get_language

from desk.calendars.words import (
    date_words,
    day_hours_words,
    day_kind_words,
    kind_mark,
    kind_words,
    like_words,
    provisional_words,
    short_date_words,
)
from sla.engine.calendar import Calendar
from sla.services.calendar_content import Content
from sla.services.own_days import YEARS_AHEAD, YEARS_BACK
from sla.services.year_days import DayIs, YearDay, year_days
from web.words import WEEKDAYS

CLOSED_MARK = "×"


@dataclass(frozen=True)
class Cell:
    """A day in a small month. `said` is empty for a day that simply follows the week."""

    number: int
    kind: str
    mark: str
    anchor: str
    said: str
    is_own: bool
    is_today: bool


@dataclass(frozen=True)
class Month:
    """Weeks of seven places, Monday first; None where another month is."""

    name: str
    weeks: list[list[Cell | None]]


@dataclass(frozen=True)
class Noted:
    """A day of the list: one that differs from the week. `what` goes without saying for a named public holiday."""

    anchor: str
    date: str
    kind: str
    mark: str
    name: str
    what: str
    says_itself: bool
    hours: str
    is_own: bool


@dataclass(frozen=True)
class Year:
    """Everything the year view shows.

    Attributes:
        earlier, later: neighbouring years that can be shown; 0 for none.
        provisional: what it means that the official notice is not out; empty when it is.
        is_covered: whether the public days of this year are in it, or there are none to be had.
    """

    number: int
    earlier: int
    later: int
    months: list[Month]
    noted: list[Noted]
    open_days: int
    provisional: str
    is_covered: bool

    @property
    def weekdays(self) -> Sequence[Any]:
        """The heads of a month's columns."""
        return WEEKDAYS


@dataclass(frozen=True)
class Shown:
    """What a year is drawn of: a version's, or what somebody is typing."""

    definition: Mapping[str, Any]
    content: Content
    covered_years: Sequence[int]
    provisional_years: Sequence[int]

    @property
    def zone(self) -> ZoneInfo:
        """The calendar's own."""
        return ZoneInfo(self.definition["timezone"])

    @property
    def calendar(self) -> Calendar:
        """As the clocks would compute with it."""
        return Calendar.from_json(self.definition)


def year_in(asked: str, at: datetime, zone: ZoneInfo) -> int:
    """The year an address asks for, kept to those one can write days in; this year for anything else."""
    today = at.astimezone(zone).year
    year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else today
    return max(today - YEARS_BACK, min(year, today + YEARS_AHEAD))


def year_of(shown: Shown, year: int, at: datetime) -> Year:
    """A year, drawn for the reader's language."""
    today = at.astimezone(shown.zone).date()
    days = year_days(shown.definition, shown.content, year, get_language() or "en")
    is_provisional = year in shown.provisional_years
    years = shown.provisional_years
    return Year(
        number=year,
        earlier=year - 1 if year > today.year - YEARS_BACK else 0,
        later=year + 1 if year < today.year + YEARS_AHEAD else 0,
        months=[_month(number, days, today) for number in range(1, 13)],
        noted=[_noted(day) for day in days if not day.is_usual],
        open_days=sum(bool(day.hours) for day in days),
        provisional=provisional_words(shown.definition, shown.content, years) if is_provisional else "",
        is_covered=not shown.content.country or year in shown.covered_years,
    )


def _month(number: int, days: Iterable[YearDay], today: date) -> Month:
    cells: list[Cell | None] = [_cell(day, today) for day in days if day.day.month == number]
    first = next(day.day for day in days if day.day.month == number)
    places = [None] * first.weekday() + cells
    places += [None] * (-len(places) % 7)
    return Month(str(MONTHS[number]), [places[start : start + 7] for start in range(0, len(places), 7)])


def _cell(day: YearDay, today: date) -> Cell:
    return Cell(
        number=day.day.day,
        kind=day.kind,
        mark=_mark(day),
        anchor=_anchor(day),
        said="" if day.is_usual else _said(day),
        is_own=day.own is not None,
        is_today=day.day == today,
    )


def _mark(day: YearDay) -> str:
    """The letter of its kind; a day closed by an own exception is no public holiday."""
    return CLOSED_MARK if day.own is not None and day.kind == DayIs.HOLIDAY else kind_mark(day.kind)


def _anchor(day: YearDay) -> str:
    return f"day-{day.day.isoformat()}"


def _said(day: YearDay) -> str:
    """Everything about a day in one line."""
    parts = [date_words(day.day), day.name, day_kind_words(day), _hours(day)]
    return " · ".join(part for part in parts if part)


def _hours(day: YearDay) -> str:
    return day_hours_words(day) if day.hours or day.kind in (DayIs.SPECIAL, DayIs.MAKEUP) else ""


def _noted(day: YearDay) -> Noted:
    return Noted(
        anchor=_anchor(day),
        date=short_date_words(day.day),
        kind=day.kind,
        mark=_mark(day),
        name=day.name,
        what=day_kind_words(day),
        says_itself=day.own is None and (day.kind == DayIs.MAKEUP or (day.kind == DayIs.HOLIDAY and bool(day.name))),
        hours=like_words(day.like) if day.like else _hours(day),
        is_own=day.own is not None,
    )


def legend() -> list[dict[str, str]]:
    """The kinds of days with their marks, for under the months."""
    return [{"kind": str(kind), "mark": kind_mark(kind), "label": kind_words(kind)} for kind in DayIs]
