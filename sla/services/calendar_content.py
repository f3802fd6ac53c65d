"""What a person says of a working calendar, and the definition the clocks read of it (SLA-02, SLA-03, SLA-05, SLA-06).

`Content` is what somebody writes: a zone, weekly hours, a country, own days. What the engine reads is composed of it
here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from sla.engine.calendar import Calendar
from sla.engine.errors import CalendarError
from sla.engine.notation import read_intervals
from sla.engine.zones import zone
from sla.models import CalendarVersion
from sla.services.own_days import OwnDay, OwnKind
from sla.services.public_days import PublicDays, public_days
from sla.services.sentences import sentence_of
from tickets.errors import Invalid

YEARS_BACK, YEARS_AHEAD = 2, 2
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Hours = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True)
class Content:
    """What a person says of a calendar.

    Attributes:
        hours: by weekday ("mon" … "sun") the intervals as pairs of "HH:MM".
        country, region: whose public holidays and make-up days are taken over; empty for none.
        own_days: beat what the country says of the same date.
    """

    time_zone: str
    hours: Hours
    country: str = ""
    region: str = ""
    own_days: tuple[OwnDay, ...] = ()

    @classmethod
    def of(cls, version: CalendarVersion) -> Content:
        """What a version says."""
        return cls(
            time_zone=version.definition["timezone"],
            hours=version.definition["hours"],
            country=version.country,
            region=version.region,
            own_days=tuple(OwnDay.from_json(row) for row in version.exceptions),
        )


@dataclass(frozen=True)
class Composed:
    """A content in the engine's notation, with the years whose public holidays are in it."""

    definition: dict[str, Any]
    covered_years: list[int]
    provisional_years: list[int]

    @property
    def calendar(self) -> Calendar:
        """The calendar the clocks would compute with; `CalendarError` for nonsense."""
        return Calendar.from_json(self.definition)


def compose(content: Content, *, at: datetime) -> Composed:
    """The definition of a content, with the public days of the years around `at` as the library knows them today.

    Raises:
        Invalid: by field: `country`, `own_days.<n>`, `hours.<weekday>`, `time_zone`.
    """
    years = range(at.year - YEARS_BACK, at.year + YEARS_AHEAD + 1)
    public = _checked(content, tuple(years), at)
    closed, made_up, special = set(public.closed), dict(public.made_up), {}
    for own in content.own_days:
        day = own.day.isoformat()
        closed.discard(day)
        made_up.pop(day, None)
        if own.kind == OwnKind.CLOSED:
            closed.add(day)
        elif own.kind == OwnKind.WORKDAY:
            made_up[day] = own.like
        elif own.kind == OwnKind.SPECIAL:
            special[day] = [list(interval) for interval in own.hours]
    definition = {
        "timezone": content.time_zone,
        "hours": {day: [list(interval) for interval in content.hours.get(day, [])] for day in WEEK},
        "holidays": sorted(closed),
        "workdays": made_up,
        "special": special,
    }
    return Composed(definition, list(years) if content.country else [], public.provisional)


def _checked(content: Content, years: tuple[int, ...], at: datetime) -> PublicDays:
    """The public days of a content that makes sense; everything that does not is said at once.

    Raises:
        Invalid: as `compose` says.
    """
    problems = {**_zone_problems(content), **_hour_problems(content), **_own_day_problems(content.own_days, at)}
    public = PublicDays()
    try:
        public = public_days(content.country, content.region, years)
    except Invalid as error:
        problems |= error.message_dict
    if problems:
        raise Invalid(problems)
    return public


def _zone_problems(content: Content) -> dict[str, list[str]]:
    try:
        zone(content.time_zone)
    except CalendarError as error:
        return {"time_zone": [sentence_of(error)]}
    return {}


def _hour_problems(content: Content) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    for day in WEEK:
        try:
            read_intervals([list(interval) for interval in content.hours.get(day, [])], f"hours.{day}")
        except CalendarError as error:
            problems[f"hours.{day}"] = [sentence_of(error)]
    return problems


def _own_day_problems(own_days: Sequence[OwnDay], at: datetime) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    seen: set[date] = set()
    for number, own in enumerate(own_days):
        if own.day in seen:
            problems[f"own_days.{number}"] = [_("This date is there twice.")]
        elif problem := own.problem(at):
            problems[f"own_days.{number}"] = [problem]
        seen.add(own.day)
    return problems


def check_usable(composed: Composed, at: datetime) -> None:
    """The trial calculation of SLA-06.

    Raises:
        Invalid: at `hours`.
    """
    try:
        composed.calendar.check_usable(at.date())
    except CalendarError as error:
        raise Invalid({"hours": [sentence_of(error)]}) from None
