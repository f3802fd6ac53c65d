"""Pages cost the same on a small and on a ten times larger desk: as many queries, and lists read from their indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import connection, transaction

from desk.filters import Place, View, Wanted
from desk.paging import page_of
from desk.people import active_teams
from servicedesk.bench.addresses import Address, Cast, addresses
from servicedesk.bench.bare import caught
from servicedesk.generate.loading import generate
from tests.setup.test_generate import NOW, WISH
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

SMALL, LARGE = 150, 1500

# The most queries that each page may make, session and person included; the first that fits its name counts. A number
# here is changed on purpose or not at all.
QUERIES = {
    "portal home, search": 9,
    "search: number": 5,
    "search: end of a number": 5,
    "queue, search": 13,
    "queue": 9,
    "request page": 17,
    "dashboard": 18,
    "levels": 19,
    "wall": 12,
    "quality": 13,
    "portal home": 11,
    "portal request page": 11,
    "API, list": 5,
    "API, one": 13,
    "API, services": 6,
    "clients": 6,
    "portal: services": 6,
    "sign-in": 1,
}


STEADY = ("queue", "dashboard", "wall", "API, list", "API, services", "clients", "portal: services", "sign-in")


@dataclass(frozen=True)
class Seen:
    """A desk: how many queries each page made, and how the database goes through the queue's lists."""

    queries: dict[str, int]
    plans: dict[str, str]


@pytest.fixture(scope="module")
def desks(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Seen, Seen]]:
    """A small desk and a large one, looked at."""
    with django_db_blocker.unblock():
        yield looked_at(SMALL), looked_at(LARGE)


def looked_at(requests: int) -> Seen:
    """A desk of so many requests, which is forgotten afterwards."""
    with transaction.atomic():
        generate(replace(WISH, requests=requests), processes=0, tell=lambda said: None)
        cast = Cast.of_desk()
        found = Seen({page.name: queries_of(page) for page in addresses(cast, NOW)}, plans_of(cast))
        transaction.set_rollback(True)
    return found


def queries_of(page: Address) -> int:
    seen = caught(page.caller, page.caller.call(page.path))
    assert seen.status in (200, 302), page.name
    return seen.queries


def plans_of(cast: Cast) -> dict[str, str]:
    """By view and filter of the manager's queue, the index that its page is read from, in the list's order."""
    person = cast.manager.user
    assert person is not None
    place = Place.of(person, active_teams())
    ticket = Ticket.objects.open().order_by("pk")[0]
    filters = {
        "": "",
        "service": str(ticket.service_id),
        "client": str(ticket.organisation_id),
        "state": ticket.state,
        "priority": str(ticket.priority),
        "channel": ticket.channel,
        "person": str(ticket.assignee_id or "nobody"),
        "team": str(ticket.team_id),
    }
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    for view in (View.ALL, View.CLOSED):
        for name, value in filters.items():
            if view is View.CLOSED and name not in ("", "service", "client", "team"):
                continue
            wanted = Wanted(view=view, **({name: value} if name else {}))
            tickets = wanted.requests(place, NOW)
            ordered = tickets.order_by(*wanted.order.expressions(backwards=False))[:51]
            found[f"{view} {name}".strip()] = ordered.explain()
    assert page_of(Ticket.objects.visible_to(person), wanted.order).rows
    return found


def test_ten_times_the_requests_cost_the_same_queries(desks: tuple[Seen, Seen]) -> None:
    """Lists and dashboards. What a request shows depends on the request: those pages have only their agreed number."""
    small, large = desks
    grown = {
        name: (small.queries[name], count)
        for name, count in large.queries.items()
        if name.startswith(STEADY) and "search" not in name and count > small.queries.get(name, count)
    }
    assert grown == {}


def test_no_page_makes_more_queries_than_are_agreed(desks: tuple[Seen, Seen]) -> None:
    too_many = {name: count for name, count in desks[1].queries.items() if count > agreed(name)}
    assert too_many == {}


def agreed(page: str) -> int:
    return next(most for name, most in QUERIES.items() if name in page)


def test_every_list_of_the_queue_is_read_in_its_order_from_an_index(desks: tuple[Seen, Seen]) -> None:
    """Row by row, however long the list is; which of the indexes that fit is left to the database."""
    for seen in desks:
        for key, plan in seen.plans.items():
            kinds = "queue_of_" if key.startswith(View.ALL) else "(ended_of_|tickets_ended)"
            assert re.search(f"Index (Only )?Scan using {kinds}", plan), (key, plan)
            assert "Sort" not in plan, (key, plan)
