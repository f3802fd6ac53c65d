"""What is done when a clock reaches a point of its target's ladder: an event, notices, a raised priority, other hands
(SLA-42…SLA-44, SLA-52)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from accounts.models import Team, User
from notifications import services as outbox
from notifications.services import Telling
from sla import telling
from sla.engine.clock import BREACH, Reading, Step
from sla.models import Clock, ClockStep, EscalationStep
from sla.services.points import step_of
from tickets.events import Happening, record_all
from tickets.models import Ticket
from tickets.services.triage import give_to, raise_priority
from tickets.states import EventKind, Priority, Visibility

LATE = "late:"


@dataclass(frozen=True)
class Rung:
    """What an agreed target says of a point."""

    tell: tuple[str, ...]
    raise_to: int | None
    give_to: int | None


@lru_cache(maxsize=4096)
def ladder_of(target_id: int) -> dict[str, Rung]:
    """The rungs of an agreed target by the engine's name of their step; they never change, so they are read once."""
    return {
        step_of(step.point): Rung(tuple(step.tell), step.raise_to, step.give_to_id)
        for step in EscalationStep.objects.filter(target=target_id)
    }


@dataclass(frozen=True)
class Reached:
    """A point that a clock was found to have reached."""

    ticket: Ticket
    row: Clock
    step: Step

    @property
    def place(self) -> tuple[int, str]:
        """The row and the step: what is recorded at most once (SLA-52)."""
        return self.row.pk, self.step.step

    @property
    def place_in_cycle(self) -> tuple[int, str, int, str]:
        """The cycle and the step, whichever target the cycle runs under."""
        return self.ticket.pk, self.row.kind, self.row.cycle, self.step.step

    @property
    def rung(self) -> Rung:
        """What to do about it."""
        ladder = ladder_of(self.row.pin.target_id) if self.row.pin.target_id else {}
        return ladder.get(self.step.step, Rung((), None, None))


def climb(read_rows: Sequence[tuple[Ticket, Clock, Reading]], *, now: datetime) -> None:
    """Record each point that was reached and not recorded yet, once, and do what its rung says.

    Comes last of a reading: raising a priority reads the clocks of its request anew.
    """
    reached = [Reached(ticket, row, step) for ticket, row, reading in read_rows for step in reading.steps]
    if not reached:
        return
    known = _Known.of({each.ticket.pk for each in reached})
    fresh = sorted((each for each in reached if each.place not in known.events), key=lambda each: each.step.at)
    people = telling.People()
    told = [
        each
        for part in sorted({each.row.part for each in fresh})  # a later part asks what the earlier one has told
        for each in _record([each for each in fresh if each.row.part == part], known, people, now)
    ]
    outbox.tell_all([each.telling for each in told])
    breached = [each.reached.row.pk for each in told if each.reached.step.step == BREACH]
    if breached:
        Clock.objects.filter(pk__in=breached).update(noticed_at=now)
    for each in told:
        _act_on(each.reached, now)


@dataclass(frozen=True)
class _Told:
    reached: Reached
    telling: Telling


@dataclass(frozen=True)
class _Known:
    """The steps on record: their events by row, and by cycle with part and the instant at which that part ended."""

    events: dict[tuple[int, str], int]
    of_cycle: dict[tuple[int, str, int, str], list[tuple[int, datetime | None, int]]]

    @classmethod
    def of(cls, tickets: set[int]) -> _Known:
        """Everything on record of some requests."""
        found = cls({}, {})
        rows = ClockStep.objects.filter(clock__ticket__in=tickets).values_list(
            "clock_id", "step", "event_id", "clock__ticket_id", "clock__kind", "clock__cycle", "clock__part",
            "clock__stopped_at",
        )  # fmt: skip
        for clock, step, event, ticket, kind, cycle, part, stopped_at in rows:
            found._keep((clock, step), (ticket, kind, cycle, step), part, stopped_at, event)
        return found

    def add(self, each: Reached, event: int) -> None:
        """Take note of a step just recorded."""
        self._keep(each.place, each.place_in_cycle, each.row.part, each.row.stopped_at, event)

    def _keep(
        self,
        place: tuple[int, str],
        in_cycle: tuple[int, str, int, str],
        part: int,
        stopped_at: datetime | None,
        event: int,
    ) -> None:
        self.events[place] = event
        self.of_cycle.setdefault(in_cycle, []).append((part, stopped_at, event))

    def carried_over(self, each: Reached) -> int | None:
        """The event that told of this point under an earlier target, if the point lay behind when the target changed:
        then it is old news (SLA-32)."""
        return next(
            (
                event
                for part, stopped_at, event in self.of_cycle.get(each.place_in_cycle, ())
                if part < each.row.part and stopped_at is not None and each.step.at <= stopped_at
            ),
            None,
        )


def _record(fresh: Sequence[Reached], known: _Known, people: telling.People, now: datetime) -> list[_Told]:
    """Put steps on record, and return what is to be told of them: of each clock the latest news only."""
    old = {id(each): event for each in fresh if (event := known.carried_over(each)) is not None}
    new = [each for each in fresh if id(each) not in old]
    latest = {each.row.pk: each for each in new}
    meant = {id(each): people.of(each.rung.tell, each.ticket) for each in latest.values()}
    happenings = [(each, _happening(each, meant.get(id(each), []))) for each in new]
    after = [
        Happening(
            each.ticket,
            EventKind.ESCALATED,
            now,
            visibility=Visibility.INTERNAL,
            data=_escalation(each, meant[id(each)]),
        )
        for each in latest.values()
        if each.step.step == BREACH and meant[id(each)]
    ]
    events = record_all([*(happening for _, happening in happenings), *after])
    made = dict(zip((id(each) for each in new), events, strict=False))
    for each in fresh:
        known.add(each, old[id(each)] if id(each) in old else made[id(each)].pk)
    ClockStep.objects.bulk_create(
        ClockStep(clock=each.row, step=each.step.step, at=each.step.at, event_id=known.events[each.place])
        for each in fresh
    )
    return [
        _Told(each, telling.step_telling(each.ticket, each.row, each.step, made[id(each)], meant[id(each)], now=now))
        for each in latest.values()
    ]


def _happening(each: Reached, people: Sequence[User]) -> Happening:
    """The event bears the instant at which the point was reached (SLA-42)."""
    if each.step.step.startswith(LATE):
        kind, data = EventKind.ESCALATED, _escalation(each, people)
    else:
        kind = EventKind.CLOCK_BREACHED if each.step.step == BREACH else EventKind.CLOCK_WARNED
        data = _about(each)
    return Happening(each.ticket, kind, each.step.at, visibility=Visibility.INTERNAL, data=data)


def _about(each: Reached) -> dict[str, object]:
    return {
        "kind": each.row.kind,
        "cycle": each.row.cycle,
        "part": each.row.part,
        "step": each.step.step,
        "target": each.row.target_seconds,
    }


def _escalation(each: Reached, people: Sequence[User]) -> dict[str, object]:
    """Whom a step was taken up to is on the record (SLA-44)."""
    return {**_about(each), "to": [person.pk for person in people]}


def _act_on(each: Reached, now: datetime) -> None:
    """Raise the priority and hand over, where the rung says so; each is an event of its own."""
    rung, ticket = each.rung, each.ticket
    if rung.give_to is not None and rung.give_to != ticket.team_id and ticket.is_open:
        team = Team.objects.get(pk=rung.give_to)
        give_to(ticket, None, team, by=None, at=now, why=each.step.step)
    if rung.raise_to is not None and ticket.is_open:
        raise_priority(ticket, Priority(rung.raise_to), at=now, why=each.step.step)
