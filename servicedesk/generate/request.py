"""A request while it is told: its columns, its record, and the rows that hang on it."""

from __future__ import annotations

import hashlib
from itertools import count
from random import Random
from typing import Any

from servicedesk.generate.arrivals import Chunk
from servicedesk.generate.words import Piece
from servicedesk.generate.world import Client, Line, World
from tickets.services.texts import one_line
from tickets.states import Channel, EventKind, MessageKind, State, Turn, Visibility, Wait

PUBLIC, INTERNAL = str(Visibility.PUBLIC), str(Visibility.INTERNAL)
PORTAL = str(Channel.PORTAL)

# So many ids are kept for a request on average; more than any chunk uses.
ROOM = {
    "message": 40,
    "event": 90,
    "task": 6,
    "plan": 4,
    "option": 12,
    "delivery": 6,
    "survey": 4,
    "answer": 12,
    "pin": 60,
    "clock": 30,
    "step": 60,
    "share": 60,
}


class Ids:
    """Ids for the rows of one chunk; no two chunks share any, so nobody has to ask anybody."""

    def __init__(self, chunk: Chunk) -> None:
        self._first = {what: (chunk.first - 1) * room + 1 for what, room in ROOM.items()}
        self._last = {what: first + chunk.size * ROOM[what] for what, first in self._first.items()}
        self._next = {what: count(first).__next__ for what, first in self._first.items()}

    def next(self, what: str) -> int:
        """The next one for a row of this sort."""
        return self._next[what]()

    def check(self) -> None:
        """Fail if a chunk used more ids than are kept for it."""
        for what, last in self._last.items():
            if self.next(what) > last:
                raise OverflowError(f"A chunk has more rows than ids: {what}")


class Event:
    """One event; `message` is the id of the text it is about, `seq` its place once the chain is whole."""

    __slots__ = ("actor", "at", "data", "kind", "message", "pk", "recorded_at", "seq", "visibility")

    def __init__(
        self, kind: str, at: int, actor: int | None, visibility: str, message: int | None, data: dict[str, Any]
    ) -> None:
        self.kind = kind
        self.at = at
        self.actor = actor
        self.visibility = visibility
        self.message = message
        self.data = data
        self.recorded_at = self.seq = self.pk = 0


def digest(text: str) -> str:
    """As `tickets.events.digest`."""
    return hashlib.sha256(text.encode()).hexdigest()


class Request:
    """The columns of a `Ticket` under their names (instants in microseconds), and lists of the rows that hang on it."""

    def __init__(self, pk: int, number: str, world: World, ids: Ids, rng: Random, client: Client, line: Line) -> None:
        self.world, self.ids, self.rng, self.client, self.line = world, ids, rng, client, line
        self.id, self.number = pk, number
        self.organisation_id, self.requester_id, self.created_by_id = client.organisation, client.pk, client.pk
        self.channel, self.service_id, self.type = PORTAL, line.pk, line.type
        self.subject = self.description = self.service_object = self.affected = self.background = ""
        self.began_at: int | None = None
        self.wanted_by: int | None = None
        self.answers: dict[str, str] = {}
        self.impact, self.urgency, self.complexity = line.impact, line.urgency, line.complexity
        self.priority, self.priority_overridden = 0, False
        self.state, self.wait, self.turn = str(State.INTAKE), str(Wait.NONE), str(Turn.STAFF)
        self.wait_until: int | None = None
        self.waiting_since: int | None = None
        self.team_id: int | None = line.crew.pk
        self.assignee_id: int | None = None
        self.merged_into_id: int | None = None
        self.received_at = self.changed_at = 0
        self.closed_at: int | None = None
        self.is_verified = False
        self.reopen_count = self.rework_count = 0
        self.last_line = self.last_line_public = ""
        self.due_at: int | None = None
        self.due_soon_at: int | None = None
        self.due_kind = ""
        self.event_seq, self.event_hash = 0, ""
        self.public: set[str] = set()
        self.internal: set[str] = set()
        self.events: list[Event] = []
        self.messages: list[tuple[Any, ...]] = []
        self.tasks: list[dict[str, Any]] = []
        self.plans: list[dict[str, Any]] = []
        self.options: list[tuple[Any, ...]] = []
        self.deliveries: list[dict[str, Any]] = []
        self.surveys: list[dict[str, Any]] = []
        self.scores: list[tuple[Any, ...]] = []

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.closed_at is None

    def record(
        self,
        kind: EventKind,
        at: int,
        actor: int | None,
        data: dict[str, Any] | None = None,
        *,
        visibility: str = PUBLIC,
        message: int | None = None,
    ) -> None:
        """Append an event; of a text that it is about, `say` has put the digest into `data`."""
        event = Event(str(kind), at, actor, visibility, message, data or {})
        before = self.events[-1].recorded_at if self.events else 0
        event.recorded_at = max(at + 2000, before) + self.rng.randrange(200, 4000)
        self.events.append(event)

    def say(self, said: Piece, author: int, at: int, kind: MessageKind, channel: str = PORTAL) -> tuple[int, str]:
        """Write a message; return its id and its digest."""
        pk = self.ids.next("message")
        is_note = kind == MessageKind.NOTE
        visibility = INTERNAL if is_note else PUBLIC
        self.messages.append((pk, self.id, author, str(kind), visibility, channel, said.text, at))
        self.internal |= said.words
        self.last_line = one_line(said.text)
        if not is_note:
            self.public |= said.words
            self.last_line_public = self.last_line
        return pk, digest(said.text)

    def authorship(self, by: int) -> dict[str, Any]:
        """As `tickets.services.conversation.authorship`."""
        is_client = by == self.client.pk
        return {
            "side": "client" if is_client else "staff",
            "specialist": not is_client and by in self.line.crew.specialists,
        }

    def end_wait(self, at: int, by: int | None) -> None:
        """As `tickets.services.waiting.end_wait`."""
        if not self.wait:
            return
        ended = self.wait
        self.stop_waiting()
        self.turn = str(Turn.STAFF)
        self.record(EventKind.WAIT_ENDED, at, by, {"for": ended})

    def stop_waiting(self) -> None:
        """As the transitions of `Ticket` do, without an event."""
        self.wait, self.wait_until, self.waiting_since = "", None, None

    def end(self, at: int) -> None:
        """As `Ticket._end`."""
        self.turn, self.closed_at = str(Turn.NOBODY), at
        self.stop_waiting()
