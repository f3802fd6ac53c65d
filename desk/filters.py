"""What the queue shows: saved views, filters and search, each a part of the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Team, User
from accounts.prepared import OneOf, array_of, prepared
from accounts.roles import Capability
from desk.paging import BY_CHANGE, BY_DUE, BY_END, Order
from desk.people import mine_of
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import Channel, Priority, State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CAP = 99  # counts beyond are shown as "99+"


class View(StrEnum):
    """The saved views, in the order of their tabs."""

    MINE = "mine"
    TEAM = "team"
    UNASSIGNED = "unassigned"
    LATE = "late"
    ALL = "all"
    CLOSED = "closed"

    @property
    def label(self) -> StrOrPromise:
        """What the tab says."""
        return _LABELS[self]


_LABELS: dict[View, StrOrPromise] = {
    View.MINE: _("Mine"),
    View.TEAM: _("My team"),
    View.UNASSIGNED: _("Unassigned"),
    View.LATE: _("Late"),
    View.ALL: _("All open"),
    View.CLOSED: _("Closed"),
}


@dataclass(frozen=True)
class Place:
    """Where a member of staff stands: themselves and the teams they belong to or lead."""

    user: User
    teams: tuple[int, ...]

    @classmethod
    def of(cls, user: User, teams: Iterable[Team]) -> Place:
        """From all teams."""
        return cls(user, tuple(mine_of(user, teams)))

    def views(self) -> list[View]:
        """The views that mean something to this person."""
        left_out = set() if self.user.may(Capability.HANDLE) else {View.MINE}
        left_out |= set() if self.teams else {View.TEAM}
        return [view for view in View if view not in left_out]

    @property
    def usual_view(self) -> View:
        """What the queue opens with."""
        return View.TEAM if self.teams else View.ALL


def _seen(view: View, place: Place, *, team: str = "", person: str = "") -> TicketQuerySet:
    """What this person may see, as narrow as a view and a filter allow it to be said."""
    if view == View.MINE or person == "me":
        return Ticket.objects.carried_by(place.user)
    if view == View.TEAM:
        return Ticket.objects.of_teams(place.teams, place.user)
    if team:
        return Ticket.objects.of_teams([int(team)], place.user)
    return Ticket.objects.visible_to(place.user)


def _narrowed(tickets: TicketQuerySet, view: View, at: datetime) -> TicketQuerySet:
    """What a view asks for beyond whose they are."""
    if view == View.UNASSIGNED:
        return tickets.open().filter(assignee__isnull=True)
    if view == View.LATE:
        return tickets.late(at)
    if view == View.CLOSED:
        return tickets.filter(closed_at__isnull=False)
    return tickets.open()


def counts(place: Place, at: datetime) -> dict[View, int]:
    """How many requests each view but the closed ones holds, counted up to one more than `CAP`. One query."""
    user, views = place.user, tuple(view for view in place.views() if view != View.CLOSED)
    sees_all = user.may(Capability.SEE_ALL)
    (found,) = _counted(user.pk, array_of(user.team_ids), array_of(place.teams), at, views=views, sees_all=sees_all)
    return dict(zip(views, found, strict=True))


@prepared
def _counted(
    user: int, teams: str, active: str, at: datetime, *, views: tuple[View, ...], sees_all: bool
) -> QuerySet[User, tuple[int, ...]]:
    """The same requests as those of `_seen`."""
    every = Ticket.objects.order_by()
    seen = every if sees_all else every.for_staff(user, teams)
    ways = {View.MINE: every.filter(assignee=user), View.TEAM: every.filter(OneOf("team", active))}
    parts = [_narrowed(ways.get(view, seen), view, at).values("pk")[: CAP + 1] for view in views]
    counted = [Func(ArraySubquery(part), function="cardinality", output_field=IntegerField()) for part in parts]
    return User.objects.filter(pk=user).order_by().values_list(*counted)


def typed(given: Mapping[str, str], name: str) -> str:
    """A text of an address that is looked up as it stands: without outer space, and without NULs, which no database
    text holds."""
    return given.get(name, "").replace("\x00", "").strip()


@dataclass(frozen=True)
class Wanted:
    """What one address of the queue asks for. Values that don't exist are dropped when it is read."""

    view: View
    state: str = ""
    priority: str = ""
    service: str = ""
    client: str = ""
    team: str = ""
    person: str = ""
    channel: str = ""
    late: str = ""
    q: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str], place: Place) -> Wanted:
        """From the parameters of an address."""
        name, q = given.get("view", ""), typed(given, "q")[:200]
        known = name in [str(view) for view in View]
        usual = View.ALL if q else place.usual_view
        return cls(
            view=View(name) if known else usual,
            state=_one_of(given.get("state", ""), State.values),
            priority=_one_of(given.get("priority", ""), [str(value) for value in Priority.values]),
            service=_number(given.get("service", "")),
            client=_number(given.get("client", "")),
            team=_number(given.get("team", "")),
            person=given["person"] if given.get("person") in {"me", "nobody"} else _number(given.get("person", "")),
            channel=_one_of(given.get("channel", ""), Channel.values),
            late="1" if given.get("late") else "",
            q=q,
        )

    @property
    def order(self) -> Order:
        """Searches show what was touched last, closed requests what ended last, everything else what is due next."""
        if self.q:
            return BY_CHANGE
        return BY_END if self.view == View.CLOSED else BY_DUE

    @property
    def is_narrowed(self) -> bool:
        """Whether anything beyond the view is asked for."""
        return any(value for name, value in self.parameters().items() if name != "view")

    @property
    def off(self) -> str:
        """The address of the view alone; empty where nothing beyond it is asked for."""
        return f"?{urlencode({'view': self.view})}" if self.is_narrowed else ""

    def parameters(self) -> dict[str, str]:
        """The parameters of its address."""
        return {name: str(value) for name, value in vars(self).items() if value}

    def but(self, **changes: str) -> str:
        """The query of an address like this one with something else in it."""
        return urlencode(_filled({**self.parameters(), **changes}))

    def of_view(self, view: View) -> Wanted:
        """The same filters in another view, without what contradicts it."""
        return replace(
            self,
            view=view,
            state="" if view == View.CLOSED else self.state,
            person="" if view in {View.MINE, View.UNASSIGNED} else self.person,
            team="" if view == View.TEAM else self.team,
            late="" if view in {View.LATE, View.CLOSED} else self.late,
        )

    def requests(self, place: Place, at: datetime) -> TicketQuerySet:
        """The requests of its view and filters, of those this person may see; what is searched for is `found_in`'s
        part."""
        seen = _seen(self.view, place, team=self.team, person=self.person)
        searches_all = self.q and self.view == View.ALL
        found = seen if searches_all else _narrowed(seen, self.view, at)
        for name, value in self._conditions(place).items():
            found = found.filter(**{name: value})
        return found.late(at) if self.late else found

    def found_in(self, tickets: TicketQuerySet) -> list[TicketQuerySet]:
        """Of some requests those that hold the words searched for, and those whose client or contact has them in the
        name: apart, since each of them has an index of its own. The names are looked up first; as a rule none fits,
        and the words are all there is. Two queries where something is searched for."""
        if not self.q:
            return [tickets]
        clients = list(Organisation.objects.filter(name__icontains=self.q).order_by().values_list("pk", flat=True))
        people = list(User.objects.clients().filter(name__icontains=self.q).order_by().values_list("pk", flat=True))
        return [
            tickets.matching(self.q, internal=True),
            *([tickets.filter(organisation__in=clients)] if clients else []),
            *([tickets.filter(requester__in=people)] if people else []),
        ]

    def _conditions(self, place: Place) -> dict[str, object]:
        people: dict[str, tuple[str, object]] = {
            "": ("", None),
            "me": ("assignee", place.user),
            "nobody": ("assignee__isnull", True),
        }
        person = people.get(self.person, ("assignee", self.person))
        wanted: dict[str, object] = {
            "state": self.state,
            "priority": self.priority,
            "service": self.service,
            "organisation": self.client,
            "team": self.team,
            "channel": self.channel,
            person[0]: person[1],
        }
        return _filled(wanted)


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name and value}


def _one_of(value: str, values: Iterable[str]) -> str:
    return value if value in values else ""


def _number(value: str) -> str:
    return value if value.isascii() and value.isdecimal() and len(value) < 10 else ""
