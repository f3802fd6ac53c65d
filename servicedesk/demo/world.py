"""What every story needs: the cast, the services, the hours, the dice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from accounts.models import Team, User
from servicedesk.demo.catalogue import TEAM_OF
from servicedesk.demo.hours import Hours
from servicedesk.demo.people import EN, OVERLOADED, Cast, Person
from servicedesk.demo.scenarios import Scenario, scenarios
from tickets.models import Service

LEADS_DO = frozenset({"complaint"})


@dataclass(frozen=True)
class World:
    """The stage. `since` and `now` are the ends of the simulated time."""

    cast: Cast
    services: dict[str, Service]
    hours: dict[str, Hours]
    desk: Hours
    since: datetime
    now: datetime

    def user(self, person: Person) -> User:
        """The account of a person."""
        return self.cast.users[person.key]

    def hours_of(self, person: Person) -> Hours:
        """When somebody is at work."""
        return self.hours[person.time_zone]

    def team(self, service: str) -> Team:
        """The team of a service."""
        return self.cast.teams[TEAM_OF[service]]

    def progress(self, at: datetime) -> float:
        """How far the simulated time has gone: 0 at its beginning, 1 now."""
        return (at - self.since) / (self.now - self.since)

    def pick_owner(self, rng: Random, service: str, language: str, *, expert: bool) -> Person:
        """Somebody of the team to be responsible: complaints go to the lead, English to those who write it."""
        team = self.cast.handlers(TEAM_OF[service])
        if service in LEADS_DO and rng.random() < 0.6:
            return next(person for person in team if person.role.value == "team_lead")
        fitting = [person for person in team if (person.role.value != "agent") == expert] or team
        weights = [person.weight * _affinity(person, language) for person in fitting]
        return rng.choices(fitting, weights)[0]

    def other(self, rng: Random, service: str, person: Person, *, expert: bool = True) -> Person:
        """A colleague of the same team."""
        team = self.cast.handlers(TEAM_OF[service])
        fitting = [each for each in team if each != person and (each.role.value != "agent" or not expert)]
        return rng.choices(fitting, [each.weight for each in fitting])[0]


def _affinity(person: Person, language: str) -> float:
    if person.language == language:
        return 2.5
    return 0.3 if person.language == EN else 1.0


def is_overloaded(person: Person) -> bool:
    """The one who has more than they can carry."""
    return person.key == OVERLOADED


def fitting_scenarios(service: str, language: str) -> list[Scenario]:
    """What somebody may ask of a service in a language."""
    return [each for each in scenarios() if (each.service, each.language) == (service, language)]
