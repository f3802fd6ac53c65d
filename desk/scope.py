"""What the dashboard is asked about: period, client, team and service, each a part of the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Organisation, Team, User
from tickets.figures import Period
from tickets.models import Service, Ticket, TicketQuerySet
from web.middleware import zone_named

PERIODS = (7, 30, 90)
USUAL_PERIOD = 30
LONGEST_RANGE = 3 * 366


@dataclass(frozen=True)
class Choice:
    """One entry of a scope: its key, its name, whether it is chosen."""

    key: int
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class Scope:
    """Read from an address; what doesn't exist or may not be seen is dropped.

    `is_range`: whether its days were chosen by their dates, instead of as the last so many.
    """

    days: int
    period: Period
    clients: tuple[Choice, ...]
    teams: tuple[Choice, ...]
    services: tuple[Choice, ...]
    is_range: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str], user: User, at: datetime, *, ranges: bool = False) -> Scope:
        """From the parameters of an address. Three queries: the names to choose from.

        Args:
            ranges: whether `from` and `to` may name the days.
        """
        days = next((days for days in PERIODS if given.get("period") == str(days)), USUAL_PERIOD)
        zone = zone_named(timezone.get_current_timezone_name())
        chosen = range_of(given, zone) if ranges else None
        seen = Ticket.objects.visible_to(user)
        clients = Organisation.objects.filter(Exists(seen.filter(organisation=OuterRef("pk"))))
        return cls(
            days=chosen.days if chosen else days,
            period=chosen or Period.ending_today(days, at=at, zone=zone),
            is_range=chosen is not None,
            clients=_choices(clients.order_by("name"), given.get("client", "")),
            teams=_choices(Team.objects.filter(is_active=True), given.get("team", "")),
            services=_choices(Service.objects.visible_to(user), given.get("service", "")),
        )

    def narrow(self, tickets: TicketQuerySet) -> TicketQuerySet:
        """Of requests one may see, those of the scope."""
        conditions = {"organisation": self.clients, "team": self.teams, "service": self.services}
        wanted = {field: choice.key for field, choices in conditions.items() if (choice := _chosen(choices))}
        return tickets.filter(**wanted)

    def parameters(self) -> dict[str, str]:
        """The parameters of its address."""
        return {**self.days_parameters(), **self.narrowing()}

    def days_parameters(self) -> dict[str, str]:
        """Those that say which days."""
        if self.is_range:
            return {"from": self.period.first.isoformat(), "to": self.last.isoformat()}
        return {"period": str(self.days)}

    def narrowing(self) -> dict[str, str]:
        """Those that say of whom."""
        groups = {"client": self.clients, "team": self.teams, "service": self.services}
        return {name: str(choice.key) for name, choices in groups.items() if (choice := _chosen(choices))}

    def query(self, **changes: Any) -> str:
        """The query of an address with this scope and something more; empty values are left out."""
        named = {**self.parameters(), **changes}
        return urlencode({name: str(value) for name, value in named.items() if value not in ("", None)})

    @property
    def is_narrowed(self) -> bool:
        """Whether it is less than everything one may see."""
        return bool(self.narrowing())

    @property
    def last(self) -> date:
        """The last day."""
        return self.period.first + timedelta(days=self.days - 1)

    @property
    def words(self) -> str:
        """The scope in words: "All clients · Team A · All services"."""
        groups = ((self.clients, _("All clients")), (self.teams, _("All teams")), (self.services, _("All services")))
        return " · ".join(choice.name if (choice := _chosen(choices)) else every for choices, every in groups)

    @property
    def period_words(self) -> str:
        """How long the period is, in words."""
        return days_words(self.days)

    @property
    def range_words(self) -> str:
        """Its first and last day: "Nov 1 – Nov 15, 2026"."""
        return range_words(self.period.first, self.last)

    @property
    def periods(self) -> list[dict[str, Any]]:
        """The periods to choose from, with the address of each."""
        return [
            {"label": days_words(days), "query": self.query(period=days), "is_current": days == self.days}
            for days in PERIODS
        ]


def days_words(days: int) -> str:
    """A number of days: "30 days"."""
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def range_of(given: Mapping[str, str], zone: ZoneInfo) -> Period | None:
    """The days that `from` and `to` of an address name, in either order; None if one is missing or no date.

    Of a range that is too long the last days are taken.
    """
    named = sorted(day for name in ("from", "to") if (day := _day(given.get(name, ""))) is not None)
    if len(named) < 2:
        return None
    days = min((named[1] - named[0]).days + 1, LONGEST_RANGE)
    return Period(named[1] - timedelta(days=days - 1), days, zone)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def range_words(first: date, last: date) -> str:
    """Two days and what lies between: "Nov 1 – Nov 15, 2026"; one day alone where they are the same."""
    whole = pgettext("date format: any year", "M j, Y")
    if first == last:
        return date_format(last, whole)
    begins = pgettext("date format: this year", "M j") if first.year == last.year else whole
    return f"{date_format(first, begins)} – {date_format(last, whole)}"


def _choices(rows: Any, wanted: str) -> tuple[Choice, ...]:
    return tuple(Choice(row.pk, str(row), str(row.pk) == wanted) for row in rows)


def _chosen(choices: tuple[Choice, ...]) -> Choice | None:
    return next((choice for choice in choices if choice.is_chosen), None)
