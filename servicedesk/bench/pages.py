"""Pages through the real web server, each beside its floor: what server and database take without the page.

The empty view passes the server and every middleware, for the same person; see `floors`. So a page's ratio to its floor
says what the page itself costs, whatever the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from servicedesk.bench.addresses import Address, Cast, addresses
from servicedesk.bench.asking import ask, is_up
from servicedesk.bench.bare import TIMES, caught, plain
from servicedesk.bench.combinations import combinations
from servicedesk.bench.crowd import Crowd, crowd
from servicedesk.bench.figures import Result, Spread
from servicedesk.bench.floors import FLOOR, Floors
from servicedesk.bench.ground import Ground
from servicedesk.bench.line import Call
from servicedesk.bench.memory import Memory
from servicedesk.bench.people import Caller
from servicedesk.bench.processes import load_average, running, wait_for
from servicedesk.bench.statements import slowest
from servicedesk.one_machine import Refusal
from tickets.models import Ticket

FINE = {200, 302}
STARTS_WITHIN = 60  # seconds
AGAIN = 10  # times, at most, that each page is asked for while statements are listed
WARM_SHARE = 0.2  # of the time that several ask at once, so much before it counts


@dataclass(frozen=True)
class How:
    """How pages are measured.

    Attributes:
        times: how often each is asked for in sequence.
        concurrent: how many ask at once, for so many `seconds`.
        combinations: how many combinations of view and filter are looked at besides.
        web: a command instead of the Procfile's.
        only: what the names of the pages hold; empty for all.
        statements: whether the slowest statements are listed.
    """

    times: int = 300
    concurrent: int = 8
    seconds: float = 2
    combinations: int = 0
    web: str = ""
    only: str = ""
    statements: bool = False


def measure(ground: Ground, **how: Any) -> Result:
    """All pages of a desk; see `How`."""
    ground.empty_redis()
    return _measured(ground, How(**how))


def _measured(ground: Ground, how: How) -> Result:
    cast = Cast.of_desk()
    pages = [page for page in addresses(cast, timezone.now()) if how.only in page.name]
    with (
        running("web", web=how.web) as processes,
        crowd(ground.port, how.concurrent) as several,
        plain() as cursor,
    ):
        wait_for(lambda: is_up(ground.port), STARTS_WITHIN, "The web server does not start.")
        memory, floors = Memory(processes["web"]), Floors(ground.port, cursor)
        rows = [_told(_row(page, floors, several, memory, how)) for page in [*_empty_ones(pages), *pages]]
        held = memory.rows()
        offered = _combinations(cast, floors, how)
    listed = {"statements": slowest(lambda: _ask_again(ground, pages, how))} if how.statements else {}
    return {
        "requests": Ticket.objects.count(),
        "times": how.times,
        "concurrent": how.concurrent,
        "pages": rows,
        **offered,
        "memory": held,
        **listed,
        "addresses": [{"page": page.name, "address": page.path} for page in pages],
        "load_average": load_average(),
    }


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """A row, said aloud: a long measurement shows how far it is, and what it found so far is not lost with it."""
    said = f"{row['page']}: {row['ms']} ms, {row['times_floor']} × floor, {row['per_second']} a second"
    print(said, file=sys.stderr, flush=True)  # noqa: T201
    return row


def _empty_ones(pages: Sequence[Address]) -> list[Address]:
    """The empty view for each person who asks for a page."""
    callers = {page.caller.name: page.caller for page in pages}
    return [Address(f"empty ({name})", FLOOR, caller) for name, caller in callers.items()]


def _row(page: Address, floors: Floors, several: Crowd, memory: Memory, how: How) -> dict[str, Any]:
    """What a page takes.

    Raises:
        Refusal: it fails.
    """
    seen = caught(page.caller, _call(page))
    found = floors.measure(page.caller, page.path, seen.statements, times=how.times, bare=min(TIMES, how.times))
    if {seen.status, found.asked.status} - FINE:
        raise Refusal(f"{page.name} ({page.path}) answers {seen.status} and {found.asked.status}.")
    spread = Spread.of(found.asked.ms)
    row = {
        "page": page.name,
        "ms": round(spread.median, 2),
        "p95": round(spread.p95, 2),
        "p99": round(spread.p99, 2),
        "per_second": _per_second(page, several, how.seconds),
        "queries": seen.queries,
        "bytes": found.asked.bytes,
        "sql_ms": round(found.own_ms, 2),
        "floor_ms": round(found.floor_ms, 2),
        "times_floor": round(found.times_floor, 2),
        "target": page.limit,
    }
    memory.look()
    return row


def _per_second(page: Address, several: Crowd, seconds: float) -> float:
    several.again(_call(page), seconds * WARM_SHARE)
    load = several.again(_call(page), seconds)
    if load.failed:
        raise Refusal(f"{page.name} failed {load.failed} times of {len(load.ms)}: {load.refusal}")
    return load.per_second


def _call(page: Address) -> Call:
    return page.caller.call(page.path)


def _combinations(cast: Cast, floors: Floors, how: How) -> Result:
    if not how.combinations:
        return {}
    callers: list[Caller] = [cast.agent, cast.manager]
    return {"combinations": combinations(callers, floors, times=how.times, most=how.combinations)}


def _ask_again(ground: Ground, pages: Sequence[Address], how: How) -> None:
    """Every page some times more, by a server that is started for it."""
    with running("web", web=how.web):
        wait_for(lambda: is_up(ground.port), STARTS_WITHIN, "The web server does not start.")
        for page in pages:
            ask(ground.port, _call(page), min(AGAIN, how.times))
