"""Working time of the desk and of the clients, forwards and backwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.engine.calendar import Calendar
from sla.services.calendar_content import Content, compose
from sla.services.templates import OFFICE_HOURS

LONGEST_BREAK = timedelta(days=25)
PRECISION = timedelta(seconds=1)
COUNTRIES: Mapping[str, str] = {"Asia/Shanghai": "CN", "Asia/Taipei": "TW", "Europe/Berlin": "DE"}


@dataclass(frozen=True)
class Hours:
    """Somebody's working hours, public holidays left out."""

    calendar: Calendar

    @classmethod
    def of(cls, time_zone: str, around: datetime) -> Hours:
        """The usual office hours of a time zone."""
        content = Content(time_zone=time_zone, hours=OFFICE_HOURS, country=COUNTRIES[time_zone])
        return cls(compose(content, at=around).calendar)

    def after(self, at: datetime, minutes: float) -> datetime:
        """The instant at which so many working minutes have passed."""
        return self.calendar.due(at, timedelta(minutes=minutes))

    def before(self, at: datetime, minutes: float) -> datetime:
        """The latest instant (to the second) since which so many working minutes have passed."""
        wanted = timedelta(minutes=minutes)
        early, late = at - LONGEST_BREAK - 6 * wanted, at
        while late - early > PRECISION:
            middle = early + (late - early) / 2
            if self.calendar.worked(middle, at) >= wanted:
                early = middle
            else:
                late = middle
        return early.replace(microsecond=0)

    @property
    def zone(self) -> ZoneInfo:
        """Where these hours are kept."""
        return ZoneInfo(self.calendar.timezone)

    def is_working_day(self, at: datetime) -> bool:
        """Whether the local day of an instant has working hours at all."""
        midnight = datetime.combine(at.astimezone(self.zone).date(), time(), self.zone).astimezone(UTC)
        return self.calendar.worked(midnight, midnight + timedelta(days=1)) > timedelta()
