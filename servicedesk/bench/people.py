"""Who asks: people whose lists are full, and what lets the web server know them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import Count, Q
from django.test import Client
from django.test.client import ClientHandler
from rest_framework.authtoken.models import Token

from accounts.models import User
from accounts.roles import Role
from servicedesk.bench.line import Call
from servicedesk.one_machine import Refusal
from tickets.models import Ticket
from tickets.states import OPEN_STATES

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Caller:
    """Somebody with a session or a token; nobody has neither.

    Attributes:
        name: what tables call them; nobody else has it.
    """

    name: str
    user: User | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, path: str) -> Call:
        """A page, as this person asks for it."""
        return Call(path, self.headers)

    def client(self) -> Any:
        """The same person in this process."""
        found = Client(headers={"Host": "localhost", **self.headers}, raise_request_exception=False)
        found.handler = _handler()
        return found


NOBODY = Caller("nobody")


@cache
def _handler() -> ClientHandler:
    """One for all: each of them reads all static files before its first request."""
    return ClientHandler(enforce_csrf_checks=False)


def signed_in(user: User, name: str) -> Caller:
    """With a session."""
    client = Client(headers={"Host": "localhost"})
    client.force_login(user, BACKEND)
    cookie = "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())
    return Caller(name, user, {"Cookie": cookie})


def with_token(user: User, name: str) -> Caller:
    """With a token of the API."""
    token, _ = Token.objects.get_or_create(user=user)
    return Caller(name, user, {"Authorization": f"Token {token.key}"})


def first(role: Role) -> User:
    """The first person of a role.

    Raises:
        Refusal: there is none.
    """
    return _required(User.objects.active().filter(role=role).order_by("pk").first(), role)


def agent() -> User:
    """The agent with most open requests in the teams, and among those the one who carries most.

    Raises:
        Refusal: there is none.
    """
    is_open = Q(state__in=sorted(OPEN_STATES))
    in_team = dict(Ticket.objects.filter(is_open).values_list("team").annotate(Count("pk")).order_by())
    carried = dict(Ticket.objects.filter(is_open).values_list("assignee").annotate(Count("pk")).order_by())
    people = list(User.objects.active().filter(role=Role.AGENT).prefetch_related("teams").order_by("pk"))
    people.sort(
        key=lambda person: (sum(in_team.get(team.pk, 0) for team in person.teams.all()), carried.get(person.pk, 0))
    )
    return _required(people[-1] if people else None, Role.AGENT)


def client(role: Role) -> User:
    """The person of a client, in this role, with most to see: own requests, or those of the whole organisation.

    Raises:
        Refusal: there is none.
    """
    whose = "requester" if role == Role.CLIENT_CONTACT else "organisation"
    asked = dict(Ticket.objects.values_list(whose).annotate(Count("pk")).order_by())
    people = User.objects.active().filter(role=role).order_by("-pk")
    most = max(people, key=lambda person: asked.get(person.pk if whose == "requester" else person.organisation_id, 0))
    return _required(most, role)


def _required(person: User | None, role: Role) -> User:
    if person is None:
        raise Refusal(f"There is nobody with the role {role} in the database.")
    return person
