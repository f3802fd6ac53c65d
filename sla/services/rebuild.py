"""Proving the clock rows equal to the fold, and making them anew where they are not (SLA-40)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sla.engine.clock import Reading, read
from sla.models import Clock, ClockShare, ClockStep
from sla.services.clocks import Kept, keep_due, pin_of, row_of, write
from sla.services.facts import facts_of
from sla.services.ladder import climb
from sla.services.pins import Pins
from sla.services.shares import keep_shares, shares_of, told_of
from tickets.models import Ticket, TicketQuerySet
from tickets.services.door import locked_together

BATCH = 200

# What a row says at any instant after it was kept, and what only a stopped one still says.
ALWAYS = ("started_at", "target_seconds", "due_at", "stopped_at", "breached_at", "next_check_at", "state", "pin_id")
STOPPED = ("counted", "paused")


@dataclass(frozen=True)
class Difference:
    """A place where the rows of a request are not what the fold says. `clock` is kind, cycle and part, or empty."""

    number: str
    clock: str
    what: str
    row: str = ""
    fold: str = ""


def verify(tickets: TicketQuerySet) -> Iterator[Difference]:
    """Compare the rows of some requests with the fold at the instant each row was kept; yield what differs."""
    for batch in _batches(tickets):
        yield from _verify(batch)


def _batches(tickets: TicketQuerySet) -> Iterator[list[Ticket]]:
    last = 0
    ordered = tickets.with_people().order_by("pk")
    while batch := list(ordered.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk


def _verify(tickets: Sequence[Ticket]) -> Iterator[Difference]:
    rows: dict[int, list[Clock]] = {}
    found = Clock.objects.filter(ticket__in=[ticket.pk for ticket in tickets])
    for row in found.prefetch_related("steps", "shares").order_by("pk"):
        rows.setdefault(row.ticket_id, []).append(row)
    facts, pins = facts_of(tickets), Pins.of(tickets, frozen=True)
    told = told_of(tickets)
    for ticket in tickets:
        choose = pins.chooser(ticket)
        mine = rows.get(ticket.pk, [])
        live = {row.read_at for row in mine if row.stopped_at is None}
        latest = max(
            [*(row.read_at for row in mine), *(fact.at for fact in facts[ticket.pk])], default=ticket.changed_at
        )
        by_instant = {at: read(facts[ticket.pk], choose, at) for at in {latest, *live}}
        unpinned = [pin for pin in pins.known.values() if pin.ticket_id == ticket.pk and pin.pk is None]
        yield from (Difference(ticket.number, pin.kind, "pin", "", "missing") for pin in unpinned)
        if unpinned:
            continue
        yield from _missing(ticket, mine, by_instant[latest])
        for row in mine:  # what has stopped says the same ever after
            at = row.read_at if row.stopped_at is None else latest
            reading = next((each for each in by_instant[at] if _place(each) == _place(row)), None)
            if reading is None:
                yield Difference(ticket.number, _name(row), "row", "there", "not there")
            else:
                yield from _differences(ticket, row, reading, pins, told.get(ticket.pk, []))


def _place(each: Clock | Reading) -> tuple[str, int, int]:
    return str(each.kind), each.cycle, each.part


def _name(each: Clock | Reading) -> str:
    return f"{each.kind} {each.cycle}.{each.part}"


def _missing(ticket: Ticket, rows: Sequence[Clock], readings: Sequence[Reading]) -> Iterator[Difference]:
    there = {_place(row) for row in rows}
    for reading in readings:
        if _place(reading) not in there:
            yield Difference(ticket.number, _name(reading), "row", "not there", reading.state.value)


def _differences(
    ticket: Ticket, row: Clock, reading: Reading, pins: Pins, told: Sequence[object]
) -> Iterator[Difference]:
    fresh = row_of(ticket, reading, pin_of(pins, ticket, reading), row.read_at)
    for name in ALWAYS if reading.stopped_at is None else ALWAYS + STOPPED:
        kept, made = getattr(row, name), getattr(fresh, name)
        if kept != made:
            yield Difference(ticket.number, _name(row), name, str(kept), str(made))
    steps = {(step.step, step.at) for step in row.steps.all()}
    for step in {*steps, *reading.steps} - (steps & {*reading.steps}):
        yield Difference(ticket.number, _name(row), "step", *(str(step in each) for each in (steps, {*reading.steps})))
    wanted = reading.stopped_at is not None and reading.breached_at is not None
    shares = shares_of(row, reading, ticket, told) if wanted else []  # type: ignore[arg-type]
    said = {(share.cause, share.team_id, round(share.seconds, 3)) for share in row.shares.all()}
    made = {(str(share.cause), share.team_id, round(share.seconds, 3)) for share in shares}
    if said != made:
        yield Difference(ticket.number, _name(row), "shares", str(sorted(said, key=str)), str(sorted(made, key=str)))


def rebuild(tickets: TicketQuerySet, *, at: datetime) -> int:
    """Throw the clock rows of some requests away and make them from events and pins; return of how many requests.

    What was recorded on the requests stays: a step whose event is there is not told again.
    """
    count = 0
    for batch in _batches(tickets):
        with transaction.atomic():
            there = Ticket.objects.filter(pk__in=[ticket.pk for ticket in batch])
            with locked_together(there, at=at, wait=True) as held:
                _rebuild(held, at)
                count += len(held)
    return count


def _rebuild(tickets: Sequence[Ticket], at: datetime) -> None:
    told = {
        (step.clock.ticket_id, *_place(step.clock), step.step): (step.at, step.event_id)
        for step in ClockStep.objects.filter(clock__ticket__in=tickets).select_related("clock")
    }
    noticed = {
        (clock.ticket_id, *_place(clock)): clock.noticed_at
        for clock in Clock.objects.filter(ticket__in=tickets, noticed_at__isnull=False)
    }
    ClockShare.objects.filter(clock__ticket__in=tickets).delete()
    ClockStep.objects.filter(clock__ticket__in=tickets).delete()
    Clock.objects.filter(ticket__in=tickets).delete()
    pins, facts = Pins.of(tickets), facts_of(tickets)
    readings = {ticket.pk: read(facts[ticket.pk], pins.chooser(ticket), at) for ticket in tickets}
    pins.store()
    kept = [
        Kept(ticket, reading, row_of(ticket, reading, pin_of(pins, ticket, reading), at))
        for ticket in tickets
        for reading in readings[ticket.pk]
    ]
    for each in kept:
        each.row.noticed_at = noticed.get((each.ticket.pk, *_place(each.row)))
    write(kept)
    _keep_told(kept, told)
    for ticket in tickets:
        keep_due(ticket, [each.row for each in kept if each.ticket is ticket and each.is_live])
    keep_shares([each for each in kept if not each.is_live])
    climb([(each.ticket, each.row, each.reading) for each in kept], now=at)


def _keep_told(kept: Sequence[Kept], told: dict[tuple[int, str, int, int, str], tuple[datetime, int]]) -> None:
    """Put back the steps that were on record and that the fold still gives, with their events."""
    ClockStep.objects.bulk_create(
        ClockStep(clock=each.row, step=step.step, at=step.at, event_id=told[place][1])
        for each in kept
        for step in each.reading.steps
        if (place := (each.ticket.pk, *_place(each.row), step.step)) in told
    )
