"""One chunk of requests, from its first arrival to its lines for COPY."""

from __future__ import annotations

from collections import deque
from random import Random
from typing import NamedTuple

from servicedesk.generate.arrivals import Chunk
from servicedesk.generate.life import Life, Stage
from servicedesk.generate.notices import Told, notices_of
from servicedesk.generate.opening import open_request
from servicedesk.generate.request import Ids, Request
from servicedesk.generate.rows import Rows
from servicedesk.generate.world import Line, World
from sla.engine.instants import DAY

STUCK = {  # where an open request is, and how often
    Stage.RECEIVED: 1,
    Stage.ACKNOWLEDGED: 8,
    Stage.ASKED: 22,
    Stage.EXAMINED: 12,
    Stage.PROPOSED: 20,
    Stage.CONFIRMED: 6,
    Stage.THIRD_PARTY: 15,
    Stage.DATED: 9,
    Stage.WORKED: 18,
    Stage.DELIVERED: 16,
}
YOUNG = {Stage.RECEIVED: 4, Stage.ACKNOWLEDGED: 2}  # of the first day; so many times as often
OF_PLANS = frozenset({Stage.PROPOSED, Stage.CONFIRMED})
REMEMBERED = 6  # requests of a client that a duplicate may repeat


class Made(NamedTuple):
    """The lines of a chunk by table, and what people were told lately."""

    lines: dict[str, str]
    told: list[Told]


class Recent:
    """The last requests of each client."""

    def __init__(self) -> None:
        self._known: dict[int, deque[Request]] = {}

    def add(self, request: Request) -> None:
        """Remember one."""
        known = self._known.get(request.organisation_id)
        if known is None:
            known = self._known[request.organisation_id] = deque(maxlen=REMEMBERED)
        known.append(request)

    def open_at(self, organisation: int, at: int) -> tuple[int, str] | None:
        """One that is open then: its id and number."""
        for request in self._known.get(organisation, ()):
            if not request.reopen_count and (request.closed_at is None or request.closed_at > at):
                return request.id, request.number
        return None


def make(world: World, chunk: Chunk) -> Made:
    """The same for the same seed, whoever makes it."""
    rng = Random(f"{world.wish.seed} {chunk.number}")  # noqa: S311 - no secrets
    ids, rows, recent = Ids(chunk), Rows(), Recent()
    told: list[Told] = []
    for pk, at in enumerate(chunk.instants(rng), start=chunk.first):
        request = open_request(world, ids, rng, pk, at)
        Life(request, _stop(world, rng, request.line, at), recent.open_at).tell()
        clocks = rows.add(request)
        told += notices_of(request, clocks)
        recent.add(request)
    ids.check()
    return Made(rows.finished(), told)


def _stop(world: World, rng: Random, line: Line, at: int) -> Stage:
    """Where the request got stuck, if it is still open."""
    if world.wish.calm:
        return Stage.WORKED
    if rng.random() >= world.open.chance(at):
        return Stage.END
    fitting = [stage for stage in STUCK if (stage in OF_PLANS) <= line.needs_plan]
    is_young = world.wish.until - at < DAY
    return rng.choices(fitting, [STUCK[stage] * (YOUNG.get(stage, 1) if is_young else 1) for stage in fitting])[0]
