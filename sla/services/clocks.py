"""Keeping the clock rows: facts from events, targets from pins, the fold, what is recorded of it (SLA-40…SLA-44)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from sla import telling
from sla.engine.clock import BREACH, Fact, FactKind, Kind, Reading, Step, TargetSpec, Warning, read
from sla.models import AgreementVersion, CalendarVersion, Clock, ClockKind, ClockState, ClockStep, Pin, Target
from sla.services.calendars import engine_calendar, version_at
from sla.services.selection import Selection, agreement_for, select
from tickets.events import record
from tickets.models import Ticket, TicketEvent
from tickets.states import EventKind, State, Visibility

_FACTS: dict[str, FactKind] = {
    EventKind.SUBMITTED: FactKind.SUBMITTED,
    EventKind.CALL_LOGGED: FactKind.CALL_LOGGED,
    EventKind.CLASSIFIED: FactKind.RETARGETED,
    EventKind.PRIORITY_CHANGED: FactKind.RETARGETED,
    EventKind.DECLINED: FactKind.DECLINED,
    EventKind.PLAN_PROPOSED: FactKind.PLAN_PROPOSED,
    EventKind.PLAN_RETURNED: FactKind.CLIENT_MESSAGE,
    EventKind.EXECUTION_STARTED: FactKind.EXECUTION_STARTED,
    EventKind.DELIVERED: FactKind.DELIVERED,
    EventKind.ACCEPTED: FactKind.ACCEPTED,
    EventKind.REJECTED: FactKind.REJECTED,
    EventKind.REOPENED: FactKind.REOPENED,
    EventKind.WITHDRAWN: FactKind.WITHDRAWN,
    EventKind.MERGED: FactKind.MERGED,
    EventKind.WAIT_STARTED: FactKind.WAIT,
    EventKind.WAIT_ENDED: FactKind.RESUME,
}
RELEVANT = frozenset({*_FACTS, EventKind.MESSAGE})

# A due chip turns amber when this share of the target is left.
SOON_SHARE = 5


def fact_of(seq: int, kind: str, at: datetime, data: dict[str, Any]) -> Fact:
    """What an event is to the clocks (SLA-12…SLA-20)."""
    if kind == EventKind.MESSAGE:
        what = FactKind.CLIENT_MESSAGE if data.get("side") == "client" else FactKind.STAFF_MESSAGE
    else:
        what = _FACTS[kind]
    return Fact(
        at=at,
        kind=what,
        key=seq,
        specialist=bool(data.get("specialist")),
        wait_for=data.get("for", "") if what == FactKind.WAIT else "",
    )


def facts_of(ticket: Ticket) -> list[Fact]:
    """The events of a request that matter to clocks, in the order they were recorded."""
    events = ticket.events.filter(kind__in=RELEVANT).order_by("seq").values_list("seq", "kind", "at", "data")
    return [fact_of(*event) for event in events]


def spec_of(pin: Pin) -> TargetSpec | None:
    """A pinned target in the engine's terms; None where nothing was promised."""
    if pin.target is None or pin.calendar_version is None:
        return None
    return TargetSpec(
        duration=timedelta(seconds=pin.target.seconds),
        calendar=engine_calendar(pin.calendar_version),
        pauses=frozenset(pin.target.pauses),
        warnings=tuple(warning_of(text) for text in pin.target.warnings),
        ref=pin.target_id,
    )


def warning_of(text: str) -> Warning:
    """A warning as a target stores it: `80%` of the target, or `-10m` before due.

    Raises:
        ValueError: neither.
    """
    if text.endswith("%"):
        return Warning(percent=int(text[:-1]))
    if text.startswith("-") and text.endswith("m"):
        return Warning(before=timedelta(minutes=int(text[1:-1])))
    raise ValueError(f"A warning is like 80% or -10m, not {text!r}.")


@dataclass
class Pins:
    """The pinned targets of one request; what is not pinned yet is selected and, unless `frozen`, stored."""

    ticket: Ticket
    frozen: bool = False
    known: dict[tuple[str, int], Pin] = field(default_factory=dict)
    _agreements: dict[datetime, AgreementVersion | None] = field(default_factory=dict)
    _calendars: dict[tuple[int, datetime], CalendarVersion] = field(default_factory=dict)

    @classmethod
    def of(cls, ticket: Ticket, *, frozen: bool = False) -> Pins:
        """With everything that is stored."""
        stored = Pin.objects.filter(ticket=ticket).select_related("target", "calendar_version")
        stored = stored.defer("calendar_version__definition")  # parsed once per version, by `engine_calendar`
        return cls(ticket, frozen, {(pin.kind, pin.seq): pin for pin in stored})

    def choose(self, kind: Kind, fact: Fact) -> TargetSpec | None:
        """The engine's question: what was promised for this kind of clock at this fact."""
        return spec_of(self.pin(kind, fact))

    def pin(self, kind: Kind, fact: Fact) -> Pin:
        """The pin of a kind at a fact, made now if it is not there yet."""
        found = self.known.get((kind, fact.key))
        if found is None:
            found = self._make(kind, fact)
            self.known[kind, fact.key] = found
        return found

    def _make(self, kind: Kind, fact: Fact) -> Pin:
        chosen = self._select(ClockKind(kind), fact.at)
        calendar = self._calendar(chosen.target, fact.at)
        return Pin(
            ticket=self.ticket,
            seq=fact.key,
            kind=kind,
            target=chosen.target,
            calendar_version=calendar,
            reason=chosen.reason,
        )

    def _select(self, kind: ClockKind, at: datetime) -> Selection:
        if at not in self._agreements:
            self._agreements[at] = agreement_for(self.ticket.organisation_id, at)
        return select(self._agreements[at], self.ticket, kind)

    def _calendar(self, target: Target | None, at: datetime) -> CalendarVersion | None:
        if target is None:
            return None
        place = (target.calendar_id, at)
        if place not in self._calendars:
            self._calendars[place] = version_at(target.calendar_id, at)
        return self._calendars[place]

    def store(self) -> None:
        """Write the pins that are new."""
        fresh = [pin for pin in self.known.values() if pin.pk is None]
        if fresh and not self.frozen:
            Pin.objects.bulk_create(fresh)


def on_event(ticket: Ticket, event: TicketEvent) -> None:
    """Bring the clocks of a locked request up to an event that was just recorded (the one receiver)."""
    if event.kind in RELEVANT:
        refresh(ticket, now=event.at)


def refresh(ticket: Ticket, *, now: datetime) -> list[Clock]:
    """Read all clocks of a locked request at `now`, keep the rows, and record each step that was reached.

    The caller saves the ticket. Returns the rows, in the order of the readings.
    """
    pins = Pins.of(ticket)
    readings = read(facts_of(ticket), pins.choose, now)
    pins.store()
    rows = _keep_rows(ticket, readings, pins, now)
    _record_steps(ticket, list(zip(rows, readings, strict=True)), now)
    _keep_due(ticket, rows)
    return rows


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


def _keep_rows(ticket: Ticket, readings: Sequence[Reading], pins: Pins, now: datetime) -> list[Clock]:
    by_place = {(pin.kind, pin.seq): pin for pin in pins.known.values()}
    rows = [row_of(ticket, reading, _pin_of(reading, by_place), now) for reading in readings]
    if rows:
        Clock.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["ticket", "kind", "cycle", "part"],
            update_fields=_KEPT,
        )
    return rows


def _pin_of(reading: Reading, pins: dict[tuple[str, int], Pin]) -> Pin:
    """The pin a reading was made under: the latest of its kind with its target."""
    fitting = [
        pin
        for (kind, seq), pin in pins.items()
        if kind == reading.kind and pin.target_id == reading.target.ref and seq >= reading.started_by
    ]
    return min(fitting, key=lambda pin: pin.seq)


def _record_steps(ticket: Ticket, read_rows: list[tuple[Clock, Reading]], now: datetime) -> None:
    reached = [(row, step) for row, reading in read_rows for step in reading.steps]
    if not reached:
        return
    recorded = set(ClockStep.objects.filter(clock__ticket=ticket).values_list("clock_id", "step"))
    fresh = sorted(
        ((row, step) for row, step in reached if (row.pk, step.step) not in recorded),
        key=lambda pair: pair[1].at,
    )
    for row, step in fresh:
        event = _record_step(ticket, row, step)
        ClockStep.objects.create(clock=row, step=step.step, at=step.at, event=event)
        overtaken = any(other.pk == row.pk and later.at > step.at for other, later in fresh)
        if not overtaken:
            people = telling.tell_step(ticket, row, step, event, now=now)
            if step.step == BREACH:
                _record_escalation(ticket, row, people, now)
    breached = [row.pk for row, step in fresh if step.step == BREACH]
    if breached:
        Clock.objects.filter(pk__in=breached).update(noticed_at=now)


def _record_step(ticket: Ticket, row: Clock, step: Step) -> TicketEvent:
    return record(
        ticket,
        EventKind.CLOCK_BREACHED if step.step == BREACH else EventKind.CLOCK_WARNED,
        at=step.at,
        visibility=Visibility.INTERNAL,
        data={
            "kind": row.kind,
            "cycle": row.cycle,
            "part": row.part,
            "step": step.step,
            "target": row.target_seconds,
        },
    )


def _record_escalation(ticket: Ticket, row: Clock, people: Sequence[User], now: datetime) -> None:
    """Whom a breach was taken up to is on the record (SLA-44)."""
    record(
        ticket,
        EventKind.ESCALATED,
        at=now,
        visibility=Visibility.INTERNAL,
        data={"kind": row.kind, "cycle": row.cycle, "to": [person.pk for person in people]},
    )


def _keep_due(ticket: Ticket, rows: Sequence[Clock]) -> None:
    """Note on the request what is due next, for the queue; the caller saves it."""
    live = [
        row
        for row in rows
        if row.stopped_at is None and row.due_at is not None and row.state in (ClockState.RUNNING, ClockState.BREACHED)
    ]
    first = min(live, key=lambda row: (row.due_at, row.kind), default=None)
    if first is None or not State(ticket.state).is_open:
        ticket.due_at = ticket.due_soon_at = None
        ticket.due_kind = ""
    else:
        ticket.due_at, ticket.due_soon_at, ticket.due_kind = first.due_at, first.soon_at, first.kind
