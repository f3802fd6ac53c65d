"""Writing and checking the record of a request (R-026): append-only events, chained by hash, one signal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import User
from tickets.models import Message, Ticket, TicketEvent
from tickets.states import EventKind, Visibility

# Sent inside the transaction of the act, once per writing, with `events`; each event's ticket is locked and may hold
# unsaved changes. `sla` and `quality` listen; nothing else does.
ticket_event_recorded = Signal()


@dataclass(frozen=True)
class Happening:
    """What is to be recorded of a request.

    Attributes:
        at: when it became true (UTC); the wall clock at writing is stored beside it.
        message: the text it is about; its digest enters the chain, its words don't.
        data: JSON values; no free text.
    """

    ticket: Ticket
    kind: EventKind
    at: datetime
    actor: User | None = None
    visibility: Visibility = Visibility.PUBLIC
    message: Message | None = None
    data: dict[str, Any] | None = None


def record(ticket: Ticket, kind: EventKind, *, at: datetime, **more: Any) -> TicketEvent:
    """Append an event to a request's chain and tell the listeners; for `more` see `Happening`.

    The caller holds the ticket's lock (`tickets.services.door`) and saves the ticket afterwards.
    """
    (event,) = record_all([Happening(ticket, kind, at, **more)])
    return event


def record_all(happenings: Iterable[Happening]) -> list[TicketEvent]:
    """Append events, of one or several locked requests, in one statement; then tell the listeners."""
    events = [_chained(happening) for happening in happenings]
    TicketEvent.objects.bulk_create(events)
    if events:
        ticket_event_recorded.send(sender=TicketEvent, events=events)
    return events


def _chained(happening: Happening) -> TicketEvent:
    """The event as the next link of its request's chain, which it becomes the head of."""
    ticket, content = happening.ticket, dict(happening.data or {})
    if happening.message is not None:
        content["text_sha256"] = digest(happening.message.body)
    event = TicketEvent(
        ticket=ticket,
        seq=ticket.event_seq + 1,
        kind=happening.kind,
        at=happening.at,
        recorded_at=timezone.now(),
        actor=happening.actor,
        visibility=happening.visibility,
        message=happening.message,
        data=content,
    )
    event.hash = event_hash(event, ticket.event_hash)
    ticket.event_seq, ticket.event_hash = event.seq, event.hash
    return event


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def event_hash(event: TicketEvent, previous: str) -> str:
    """The hash that chains an event to the one before it: SHA-256 over every column in canonical JSON."""
    content = {
        "ticket": event.ticket_id,
        "seq": event.seq,
        "kind": str(event.kind),
        "at": _instant(event.at),
        "recorded_at": _instant(event.recorded_at),
        "actor": event.actor_id,
        "visibility": str(event.visibility),
        "message": event.message_id,
        "data": event.data,
        "previous": previous,
    }
    return digest(json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True)
class Flaw:
    """A place where the record does not hold together."""

    number: str
    seq: int
    what: str


def verify(tickets: models.QuerySet[Ticket]) -> Iterator[Flaw]:
    """Walk the chains of some requests; yield every row that was altered, removed or added behind the system's back."""
    for ticket in tickets.only("number", "event_seq", "event_hash").order_by("pk").iterator(chunk_size=500):
        yield from _verify_one(ticket, ticket.events.select_related("message").order_by("seq"))


def _verify_one(ticket: Ticket, events: Iterable[TicketEvent]) -> Iterator[Flaw]:
    seq, previous = 0, ""
    for event in events:
        seq += 1
        if event.seq != seq:
            yield Flaw(ticket.number, seq, "missing")
            seq = event.seq
        if event.hash != event_hash(event, previous):
            yield Flaw(ticket.number, event.seq, "altered")
        if event.message is not None and event.data.get("text_sha256") != digest(event.message.body):
            yield Flaw(ticket.number, event.seq, "text altered")
        previous = event.hash
    if (seq, previous) != (ticket.event_seq, ticket.event_hash):
        yield Flaw(ticket.number, ticket.event_seq, "end of chain differs")
