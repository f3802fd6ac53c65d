"""The pages that are measured, who asks for each, and what is wanted of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from accounts.roles import Role
from servicedesk.bench import people, queues
from servicedesk.bench.limits import COMMON, DASHBOARD, NO_LIMIT, PAGE, QUEUE, Limit
from servicedesk.bench.people import NOBODY, Caller
from servicedesk.generate.words import COMMON_PAIR, COMMON_WORD, RARE_WORD
from tickets.models import Ticket, TicketQuerySet

TWO_WORDS = "库存 报错"  # of the words that Chinese requests are made of
DASHBOARDS = {
    "dashboard": "/desk/dashboard/",
    "dashboard, 90 days": "/desk/dashboard/?period=90",
    "levels": "/desk/levels/",
    "levels, 90 days": "/desk/levels/?period=90",
    "wall": "/desk/levels/now/",
    "quality": "/desk/quality/",
    "quality, 90 days": "/desk/quality/?period=90",
}


@dataclass(frozen=True)
class Address:
    """A page.

    Attributes:
        name: the same on every desk, so that a large one can be compared with a small one.
    """

    name: str
    path: str
    caller: Caller
    limit: Limit = NO_LIMIT


@dataclass(frozen=True)
class Cast:
    """The people who ask."""

    agent: Caller
    manager: Caller
    contact: Caller
    client_manager: Caller
    program: Caller

    @classmethod
    def of_desk(cls) -> Cast:
        """Those with most to see, looked up in the database."""
        agent = people.agent()
        return cls(
            agent=people.signed_in(agent, "agent"),
            manager=people.signed_in(people.first(Role.MANAGER), "manager"),
            contact=people.signed_in(people.client(Role.CLIENT_CONTACT), "contact"),
            client_manager=people.signed_in(people.client(Role.CLIENT_MANAGER), "client manager"),
            program=people.with_token(agent, "agent's token"),
        )


def addresses(cast: Cast, at: datetime) -> list[Address]:
    """All pages but the empty one."""
    return [
        *_queue(cast.agent, at),
        *_queue(cast.manager, at),
        *_requests("request page", "/desk/requests/", cast.agent),
        *_searches("queue", "/desk/", cast.agent),
        *_searches("queue", "/desk/", cast.manager),
        *(Address(name, path, cast.manager, DASHBOARD) for name, path in DASHBOARDS.items()),
        *_portal(cast.contact),
        *_portal(cast.client_manager),
        *_api(cast.program),
        Address("clients", "/desk/clients/", cast.agent),
        Address("portal: services", "/portal/new/", cast.contact),
        Address("sign-in page", "/account/login/", NOBODY),
    ]


def _queue(caller: Caller, at: datetime) -> Iterator[Address]:
    if caller.user is None:
        return
    yield Address(f"queue ({caller.name})", "/desk/", caller, QUEUE)
    for view in queues.views_of(caller.user):
        yield Address(f"queue, view={view} ({caller.name})", f"/desk/?view={view}", caller, QUEUE)
    for name, path in queues.later_pages(caller.user, at).items():
        yield Address(f"queue, {name} ({caller.name})", path, caller, QUEUE)


def _requests(name: str, room: str, caller: Caller) -> Iterator[Address]:
    """The longest request of those one may see, and an ordinary one."""
    for length, number in _numbers(caller).items():
        yield Address(f"{name}, {length} ({caller.name})", f"{room}{number}/", caller, PAGE)


def _numbers(caller: Caller) -> dict[str, str]:
    """Numbers of requests, by how long each is."""
    if caller.user is None:
        return {}
    seen: TicketQuerySet = Ticket.objects.visible_to(caller.user)
    usual = seen.open() if seen.open().exists() else seen
    by_length = usual.order_by("event_seq", "pk").values_list("number", flat=True)
    longest = seen.order_by("-event_seq", "pk").values_list("number", flat=True)
    middle = by_length.count() // 2
    return {"long": longest[0], "ordinary": by_length[middle]} if longest[:1] else {}


def _searches(name: str, page: str, caller: Caller) -> Iterator[Address]:
    number = _numbers(caller).get("ordinary", "")
    words = {
        "rare word": (RARE_WORD, PAGE),
        "common word": (COMMON_WORD, COMMON),
        "common pair of signs": (COMMON_PAIR, COMMON),
        "two Chinese words": (TWO_WORDS, COMMON),
        "number": (number, PAGE),
        "end of a number": (number.rpartition("-")[2].lstrip("0"), PAGE),
    }
    for kind, (text, limit) in words.items():
        yield Address(f"{name}, search: {kind} ({caller.name})", f"{page}?{urlencode({'q': text})}", caller, limit)


def _portal(caller: Caller) -> Iterator[Address]:
    yield Address(f"portal home ({caller.name})", "/portal/", caller, PAGE)
    yield Address(f"portal home, done ({caller.name})", "/portal/?show=done", caller, PAGE)
    yield from _requests("portal request page", "/portal/requests/", caller)
    yield from _searches("portal home", "/portal/", caller)


def _api(caller: Caller) -> Iterator[Address]:
    room = "/api/v1/requests/"
    yield Address("API, list of 50", room, caller, PAGE)
    yield Address("API, list of 50, last changed first", f"{room}?ordering=-changed", caller, PAGE)
    for length, number in _numbers(caller).items():
        yield Address(f"API, one request, {length}", f"{room}{number}/", caller, PAGE)
    yield Address("API, services", "/api/v1/services/", caller)
