"""What the dashboard is asked about: period, client, team and service, each a part of the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organisation, Team, User
from tickets.figures import Period
from tickets.models import Service, Ticket, TicketQuerySet
from web.middleware import zone_named

PERIODS = (7, 30, 90)
USUAL_PERIOD = 30


@dataclass(frozen=True)
class Choice:
    """One entry of a scope: its key, its name, whether it is chosen."""

    key: int
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class Scope:
    """Read from an address; what doesn't exist or may not be seen is dropped."""

    days: int
    period: Period
    clients: tuple[Choice, ...]
    teams: tuple[Choice, ...]
    services: tuple[Choice, ...]

    @classmethod
    def read(cls, given: Mapping[str, str], user: User, at: datetime) -> Scope:
        """From the parameters of an address. Three queries: the names to choose from."""
        days = next((days for days in PERIODS if given.get("period") == str(days)), USUAL_PERIOD)
        seen = Ticket.objects.visible_to(user)
        clients = Organisation.objects.filter(Exists(seen.filter(organisation=OuterRef("pk"))))
        return cls(
            days=days,
            period=Period.ending_today(days, at=at, zone=zone_named(timezone.get_current_timezone_name())),
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
        groups = {"client": self.clients, "team": self.teams, "service": self.services}
        chosen = {name: str(choice.key) for name, choices in groups.items() if (choice := _chosen(choices))}
        return {"period": str(self.days), **chosen}

    def query(self, **changes: Any) -> str:
        """The query of an address with this scope and something more; empty values are left out."""
        named = {**self.parameters(), **changes}
        return urlencode({name: str(value) for name, value in named.items() if value not in ("", None)})

    @property
    def is_narrowed(self) -> bool:
        """Whether it is less than everything one may see."""
        return len(self.parameters()) > 1

    @property
    def words(self) -> str:
        """The scope in words: "All clients · Team A · All services"."""
        groups = ((self.clients, _("All clients")), (self.teams, _("All teams")), (self.services, _("All services")))
        return " · ".join(choice.name if (choice := _chosen(choices)) else every for choices, every in groups)

    @property
    def period_words(self) -> str:
        """The period in words."""
        return days_words(self.days)

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


def _choices(rows: Any, wanted: str) -> tuple[Choice, ...]:
    return tuple(Choice(row.pk, str(row), str(row.pk) == wanted) for row in rows)


def _chosen(choices: tuple[Choice, ...]) -> Choice | None:
    return next((choice for choice in choices if choice.is_chosen), None)
