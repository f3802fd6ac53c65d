"""The stage as the stories see it: ids and plain values, read once per process."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import NamedTuple, TypeVar

from accounts.models import Organisation, Team, User
from accounts.roles import Capability, Role
from servicedesk.generate.arrivals import HOUR, Chunk, StillOpen, chunks_of, hours_of
from servicedesk.generate.levels import ALWAYS, OFFICE
from servicedesk.generate.services import WEIGHTS
from servicedesk.generate.targets import Targets
from servicedesk.generate.wish import Wish
from sla.engine.calendar import Calendar
from sla.models import CalendarVersion
from sla.services.public_days import public_days
from sla.services.selection import Matter
from tickets.models import FieldKind, PriorityRule, Service
from tickets.states import Complexity, TicketType

T = TypeVar("T")

OFFSETS = {"Europe/Berlin": 1, "Europe/London": 0, "America/New_York": -5}  # of winter; the others are eight ahead
CHINA = 8
AWAKE = range(7, 20)
MOST_ACTIVE = 25.0


class Client(NamedTuple):
    """Somebody who asks; `ahead` is the local time's advance on UTC in hours."""

    pk: int
    organisation: int
    tier: str
    language: str
    ahead: int


class Crew(NamedTuple):
    """A team: its lead, its active members by name, and who of them carries requests."""

    pk: int
    lead: int
    members: list[int]
    handlers: list[int]
    specialists: list[int]


@dataclass(frozen=True)
class Line:
    """A service."""

    pk: int
    crew: Crew
    type: str
    complexity: str
    is_technical: bool
    needs_plan: bool
    needs_verification: bool
    impact: int
    urgency: int
    asks_impact: bool
    asks_object: bool
    asks_began: bool
    asks_background: bool
    asks_wanted_by: bool
    reopen_days: int
    weight: int
    choices: dict[str, list[str]]

    @property
    def is_by_the_clock(self) -> bool:
        """Whether the default agreement promises a solution in hours of the clock on the wall."""
        return self.complexity == Complexity.COMPLEX or self.type == TicketType.COMPLAINT


@dataclass
class World:
    """Everything the stories draw from."""

    wish: Wish
    clients: list[Client]
    lines: list[Line]
    leading: dict[str, list[int]]
    priorities: dict[tuple[int, int, str], int]
    desk: Calendar
    targets: Targets
    chunks: list[Chunk]
    open: StillOpen
    names: dict[tuple[str, int], str]
    _by_activity: list[float] = field(default_factory=list)
    _by_weight: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, wish: Wish) -> World:
        """As `stage` left it in the database."""
        desk = _desk(wish)
        lines = [line for line in _lines() if not (wish.calm and (line.is_by_the_clock or line.needs_plan))]
        world = cls(
            wish=wish,
            clients=_clients(),
            lines=lines,
            leading={role: _of_role(role) for role in (Role.MANAGER, Role.QUALITY_OFFICER)},
            priorities={(rule.impact, rule.urgency, rule.tier): rule.priority for rule in PriorityRule.objects.all()},
            desk=desk,
            targets=Targets(),
            chunks=chunks_of(wish, desk),
            open=StillOpen(wish, hours_of(wish, desk)),
            names=_names(),
        )
        rng = Random(f"{wish.seed} activity")  # noqa: S311 - no secrets
        world._by_activity = list(accumulate(min(MOST_ACTIVE, rng.paretovariate(1.5)) for _ in world.clients))
        world._by_weight = list(accumulate(line.weight for line in lines))
        return world

    def client(self, rng: Random, at: int) -> Client:
        """Who asks at an instant: rather somebody who is awake."""
        for _ in range(3):
            found = _weighted(rng, self.clients, self._by_activity)
            if (at // HOUR + found.ahead) % 24 in AWAKE:
                return found
        return found

    def line(self, rng: Random) -> Line:
        """What is asked for."""
        return _weighted(rng, self.lines, self._by_weight)

    def matter(self, line: Line, client: Client, priority: int) -> Matter:
        """What decides on the targets of a request; agreements are looked up by client beforehand."""
        return Matter(
            organisation=0,
            type=line.type,
            service=line.pk,
            is_technical=line.is_technical,
            priority=priority,
            tier=client.tier,
            complexity=line.complexity,
        )


def _weighted(rng: Random, values: Sequence[T], reached: list[float]) -> T:
    return values[bisect(reached, rng.random() * reached[-1])]


def _desk(wish: Wish) -> Calendar:
    """Office hours with the public holidays of all years at once; a calm desk works day and night."""
    if wish.calm:
        return Calendar.from_json(CalendarVersion.objects.filter(calendar__name=ALWAYS)[:1].get().definition)
    newest = CalendarVersion.objects.filter(calendar__name=OFFICE).order_by("-number")[:1].get()
    days = public_days(newest.country, newest.region, tuple(range(wish.since.year, wish.now.year + 2)))
    return Calendar.from_json({**newest.definition, "holidays": days.closed, "workdays": days.made_up})


def _clients() -> list[Client]:
    people = User.objects.active().clients().select_related("organisation").order_by("pk")
    return [
        Client(
            pk=person.pk,
            organisation=person.organisation_id or 0,
            tier=person.organisation.tier if person.organisation else "",
            language="en" if person.language == "en" else "zh",
            ahead=OFFSETS.get(person.time_zone, CHINA),
        )
        for person in people
    ]


def _names() -> dict[tuple[str, int], str]:
    people = {("person", pk): name for pk, name in User.objects.values_list("pk", "name")}
    return people | {("organisation", pk): name for pk, name in Organisation.objects.values_list("pk", "name")}


def _of_role(role: Role) -> list[int]:
    return list(User.objects.active().filter(role=role).values_list("pk", flat=True))


def _crew(team: Team) -> Crew:
    members = list(team.members.filter(is_active=True))
    return Crew(
        pk=team.pk,
        lead=team.lead_id or 0,
        members=[person.pk for person in members],
        handlers=[person.pk for person in members if person.may(Capability.HANDLE)],
        specialists=[person.pk for person in members if person.may(Capability.SPECIALISE)],
    )


def _lines() -> list[Line]:
    crews = {team.pk: _crew(team) for team in Team.objects.all()}
    return [
        Line(
            pk=service.pk,
            crew=crews[service.team_id or 0],
            type=service.type,
            complexity=service.complexity,
            is_technical=service.is_technical,
            needs_plan=service.needs_plan,
            needs_verification=service.needs_verification,
            impact=service.default_impact,
            urgency=service.default_urgency,
            asks_impact=service.asks_impact,
            asks_object=service.asks_object,
            asks_began=service.asks_began,
            asks_background=service.asks_background,
            asks_wanted_by=service.asks_wanted_by,
            reopen_days=service.reopen_days,
            weight=WEIGHTS[service.slug],
            choices=_choices(service),
        )
        for service in Service.objects.prefetch_related("fields__choices").order_by("pk")
    ]


def _choices(service: Service) -> dict[str, list[str]]:
    return {
        question.key: [choice.value for choice in question.choices.all()]
        for question in service.fields.all()
        if question.kind == FieldKind.CHOICE
    }
