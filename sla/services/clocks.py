"""Keeping the clock rows: facts from events, targets from pins, the fold, what is recorded of it (SLA-40…SLA-44)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.engine.clock import Reading, read
from sla.models import Clock, ClockState, Pin
from sla.services.facts import RELEVANT, facts_of
from sla.services.ladder import climb
from sla.services.pins import Pins
from sla.services.shares import keep_shares
from tickets.models import Ticket, TicketEvent
from tickets.states import State

# A due chip turns amber when this share of the target is left.
SOON_SHARE = 5


@dataclass
class Kept:
    """A reading and the row that keeps it."""

    ticket: Ticket
    reading: Reading
    row: Clock

    @property
    def is_live(self) -> bool:
        """Whether it has not stopped."""
        return self.reading.stopped_at is None


def on_events(events: Iterable[TicketEvent]) -> None:
    """Bring the clocks of locked requests up to events that were just recorded (the one receiver)."""
    at: dict[datetime, dict[int, TicketEvent]] = {}
    for event in events:
        if event.kind in RELEVANT:
            at.setdefault(event.at, {}).setdefault(event.ticket_id, event)
    for now, first in sorted(at.items()):
        since = {ticket: event.seq for ticket, event in first.items()}
        refresh([event.ticket for event in first.values()], now=now, since=since)


def refresh(tickets: Sequence[Ticket], *, now: datetime, since: Mapping[int, int] | None = None) -> list[Kept]:
    """Read all clocks of locked requests at `now`, keep the rows, and do what is due at each point that was reached.

    The caller saves the tickets. The number of statements does not depend on the number of requests.

    Args:
        since: by request, the event from which on things happened; cycles that stopped before it are kept already and
            stay as they are. Without it only what is live is written, since nothing else changes as time passes.
    """
    pins = Pins.of(tickets)
    facts = facts_of(tickets)
    readings = {ticket.pk: read(facts[ticket.pk], pins.chooser(ticket), now) for ticket in tickets}
    pins.store()
    kept = [
        Kept(ticket, reading, row_of(ticket, reading, pin_of(pins, ticket, reading), now))
        for ticket in tickets
        for reading in readings[ticket.pk]
        if reading.stopped_by is None or (since is not None and _is_news(reading, since[ticket.pk], now))
    ]
    write(kept)
    live: dict[int, list[Clock]] = {}
    for each in kept:
        if each.is_live:
            live.setdefault(each.ticket.pk, []).append(each.row)
    for ticket in tickets:
        keep_due(ticket, live.get(ticket.pk, ()))
    keep_shares([each for each in kept if not each.is_live])
    climb([(each.ticket, each.row, each.reading) for each in kept], now=now)
    return kept


def _is_news(reading: Reading, since: int, now: datetime) -> bool:
    """Whether a cycle was stopped by what happened since an event. A change of target that came while the clock stood
    still stops its first part when it goes on, which is at `now`, though its own event is older (SLA-31)."""
    stopped_by, stopped_at = reading.stopped_by, reading.stopped_at
    return (stopped_by is not None and stopped_by >= since) or (stopped_at is not None and stopped_at >= now)


def row_of(ticket: Ticket, reading: Reading, pin: Pin, now: datetime) -> Clock:
    """The row that a reading makes."""
    is_over = reading.stopped_at is not None
    return Clock(
        ticket=ticket,
        kind=reading.kind,
        cycle=reading.cycle,
        part=reading.part,
        state=reading.state,
        pin=pin,
        target_seconds=int(reading.target.duration.total_seconds()),
        started_at=reading.start,
        due_at=reading.due_at,
        soon_at=None if is_over else _soon_at(reading, now),
        stopped_at=reading.stopped_at,
        breached_at=reading.breached_at,
        counted=reading.counted,
        paused=reading.paused,
        read_at=now,
        next_check_at=reading.next_check_at,
    )


def _soon_at(reading: Reading, now: datetime) -> datetime | None:
    """When the last fifth of a running target begins; an instant in the past once it has."""
    if reading.due_at is None:
        return None
    left = reading.remaining - reading.target.duration / SOON_SHARE
    return reading.target.calendar.due(now, left) if left > timedelta() else reading.start


_KEPT = [
    "state",
    "pin",
    "target_seconds",
    "started_at",
    "due_at",
    "soon_at",
    "stopped_at",
    "breached_at",
    "counted",
    "paused",
    "read_at",
    "next_check_at",
    "parked_at",
    "problem",
]


def write(kept: Sequence[Kept]) -> None:
    """Write the rows over those of the same cycles."""
    if kept:
        Clock.objects.bulk_create(
            [each.row for each in kept],
            update_conflicts=True,
            unique_fields=["ticket", "kind", "cycle", "part"],
            update_fields=_KEPT,
        )


def pin_of(pins: Pins, ticket: Ticket, reading: Reading) -> Pin:
    """The pin a reading was made under: the first of its kind with its target and calendar, from its start on."""
    fitting = (
        pin
        for pin in pins.of_kind(ticket, reading.kind)
        if pin.seq >= reading.started_by and (pin.target_id, pin.calendar_version_id) == reading.target.ref
    )
    return min(fitting, key=lambda pin: pin.seq)


def keep_due(ticket: Ticket, live: Sequence[Clock]) -> None:
    """Note on the request what is due next, for the queue; the caller saves it."""
    running = [row for row in live if row.due_at is not None and row.state in (ClockState.RUNNING, ClockState.BREACHED)]
    first = min(running, key=lambda row: (row.due_at, row.kind), default=None)
    if first is None or not State(ticket.state).is_open:
        ticket.due_at = ticket.due_soon_at = None
        ticket.due_kind = ""
    else:
        ticket.due_at, ticket.due_soon_at, ticket.due_kind = first.due_at, first.soon_at, first.kind
