"""The clocks of a finished story: read once by the engine, then laid out as the services would have kept them.

What `sla.services.clocks` and `sla.services.ladder` find step by step, with every event and every sweep, is found here
at once: the fold gives the steps with their instants, and `_noticed` says which event or sweep found each.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from servicedesk.generate.request import INTERNAL, Event, Request
from servicedesk.generate.targets import Chosen
from sla.engine.clock import BREACH, ClockState, Fact, Kind, Reading, Step, TargetSpec, read
from sla.engine.instants import SECOND, instant, moment
from sla.models import Audience
from sla.services.clocks import SOON_SHARE
from sla.services.facts import RELEVANT, fact_of
from sla.services.ladder import LATE, Rung
from tickets.states import EventKind

QUICKEST, SLOWEST = SECOND // 20, 12 * SECOND // 10
"""How late a sweep notices; it looks once a second."""

RELEVANT_KINDS = frozenset(str(kind) for kind in RELEVANT)
LEADING = {Audience.MANAGER: "manager", Audience.QUALITY_OFFICER: "quality_officer"}


@dataclass
class Pinned:
    """A pin; `key` is the place of its event in the story."""

    pk: int
    key: int
    kind: str
    chosen: Chosen


@dataclass(eq=False)
class Kept:
    """A reading with what its row has beyond it."""

    pk: int
    reading: Reading
    pin: Pinned
    noticed_at: int | None = None
    steps: list[tuple[Step, Event]] = field(default_factory=list)


@dataclass
class Found:
    """A step, the event after which it is on record, and the instant at which it was found."""

    kept: Kept
    step: Step
    after: int
    now: int


@dataclass
class Clocks:
    """All clocks of a request, and its record with their steps in it."""

    kept: list[Kept]
    pins: list[Pinned]
    events: list[Event]


def clocks_of(request: Request) -> Clocks:
    """Fold the record, put the steps into it, and note on the request what is due next."""
    facts = _facts(request)
    pins: dict[tuple[str, int], Pinned] = {}
    readings = read(facts, _chooser(request, pins), request.world.wish.now)
    kept = [Kept(request.ids.next("clock"), reading, _pin_of(pins, reading)) for reading in readings]
    events = _recorded(request, _noticed(request, kept)) if any(each.reading.steps for each in kept) else request.events
    for event in events:
        event.pk = request.ids.next("event")
    _keep_due(request, kept)
    return Clocks(kept, list(pins.values()), events)


def _facts(request: Request) -> list[Fact]:
    """Keyed by the place in the story, counted from 1; the record numbers them anew."""
    return [
        fact_of(key, event.kind, moment(event.at), event.data)
        for key, event in enumerate(request.events, start=1)
        if event.kind in RELEVANT_KINDS
    ]


def _chooser(request: Request, pins: dict[tuple[str, int], Pinned]) -> Any:
    """The engine's question, answered from what is agreed; every answer becomes a pin."""
    matters = _matters(request)
    targets, client, ids = request.world.targets, request.organisation_id, request.ids

    def choose(kind: Kind, fact: Fact, since: Fact) -> TargetSpec | None:
        place = (kind.value, fact.key)
        found = pins.get(place)
        if found is None:
            matter = next(known for key, known in matters if key <= fact.key)
            chosen = targets.choose(client, matter, kind.value, instant(since.at))
            found = pins[place] = Pinned(ids.next("pin"), fact.key, kind.value, chosen)
        return found.chosen.spec

    return choose


def _matters(request: Request) -> list[tuple[int, Any]]:
    """What the request was from which event on, the latest first."""
    submitted = request.events[0].data
    matter = request.world.matter(request.line, request.client, submitted["priority"])
    found = [(0, matter)]
    for key, event in enumerate(request.events, start=1):
        if event.kind in (EventKind.CLASSIFIED, EventKind.PRIORITY_CHANGED):
            matter = matter.changed(event.data, {})
            found.append((key, matter))
    return found[::-1]


def _pin_of(pins: dict[tuple[str, int], Pinned], reading: Reading) -> Pinned:
    """As `sla.services.clocks.pin_of`."""
    kind, ref = reading.kind.value, reading.target.ref
    fitting = [
        pin
        for pin in pins.values()
        if pin.kind == kind and pin.key >= reading.started_by
        if (pin.chosen.target, pin.chosen.calendar) == ref
    ]
    return min(fitting, key=attrgetter("key"))


# --- steps ------------------------------------------------------------------------------------------


def _noticed(request: Request, kept: Sequence[Kept]) -> list[Found]:
    """Every step with the event or the sweep that found it."""
    marks = [(event.at, place) for place, event in enumerate(request.events) if event.kind in RELEVANT_KINDS]
    begun: dict[tuple[str, int], int] = {}
    found: list[Found] = []
    for each in kept:
        reading = each.reading
        since = begun.get((reading.kind, reading.cycle), reading.started_by - 1)
        found += [_find(request, each, step, since, marks) for step in reading.steps]
        if reading.state is ClockState.SUPERSEDED and reading.stopped_at is not None:
            begun[reading.kind, reading.cycle] = _place_of(request, instant(reading.stopped_at), reading.stopped_by)
    return found


def _place_of(request: Request, at: int, key: int | None) -> int:
    """Where the event is that changed a target: the one that says so, or what made a stopped clock go on with it."""
    if key is not None and request.events[key - 1].at == at:
        return key - 1
    return next(place for place, event in enumerate(request.events) if event.at == at)


def _find(request: Request, kept: Kept, step: Step, since: int, marks: Sequence[tuple[int, int]]) -> Found:
    """An act on the request finds what has been reached by then; else the next sweep does."""
    reached = instant(step.at) + (1 if step.step == BREACH else 0)
    begins = max(reached, request.events[since].at)
    swept = min(begins + request.rng.randrange(QUICKEST, SLOWEST), request.world.wish.until)
    following = bisect_left(marks, (begins, since))
    if following < len(marks) and marks[following][0] <= swept:
        at, place = marks[following]
        return Found(kept, step, place, at)
    return Found(kept, step, bisect_left(request.events, swept, key=attrgetter("at")) - 1, swept)


def _recorded(request: Request, found: list[Found]) -> list[Event]:
    """The record with the steps in it, in the order in which they were found."""
    by_look: dict[tuple[int, int], list[Found]] = {}
    for each in found:
        by_look.setdefault((each.after, each.now), []).append(each)
    looks = sorted(by_look)
    record: list[Event] = []
    known: dict[tuple[str, int, str], list[tuple[Kept, Event]]] = {}
    place = 0
    for look in looks:
        record += request.events[place : look[0] + 1]
        place = max(place, look[0] + 1)
        record += _look(request, by_look[look], record, known)
    return record + request.events[place:]


def _look(
    request: Request,
    found: list[Found],
    record: Sequence[Event],
    known: dict[tuple[str, int, str], list[tuple[Kept, Event]]],
) -> list[Event]:
    """What one reading of the clocks puts on record, as `sla.services.ladder.climb` does: part by part, by instant."""
    new: list[Event] = []
    clock = _Writer(request, record)
    for part in sorted({each.kept.reading.part for each in found}):
        mine = sorted((each for each in found if each.kept.reading.part == part), key=lambda each: each.step.at)
        fresh = [each for each in mine if not _carried_over(each, known)]
        latest = {id(each.kept): each for each in fresh}
        people = {id(each): clock.people(each) for each in latest.values()}
        for each in fresh:
            event = clock.event(each, people.get(id(each), []))
            new.append(event)
            each.kept.steps.append((each.step, event))
            reading = each.kept.reading
            known.setdefault((reading.kind, reading.cycle, each.step.step), []).append((each.kept, event))
        for each in latest.values():
            if each.step.step == BREACH:
                each.kept.noticed_at = each.now
                new += clock.escalation(each, people[id(each)])
    return new


def _carried_over(each: Found, known: dict[tuple[str, int, str], list[tuple[Kept, Event]]]) -> bool:
    """SLA-32: a point that lay behind when the target changed was told under the earlier one."""
    reading = each.kept.reading
    for before, event in known.get((reading.kind, reading.cycle, each.step.step), ()):
        ended = before.reading.stopped_at
        if before.reading.part < reading.part and ended is not None and each.step.at <= ended:
            each.kept.steps.append((each.step, event))
            return True
    return False


class _Writer:
    """Writes the events of steps found at one look."""

    def __init__(self, request: Request, record: Sequence[Event]) -> None:
        self.request = request
        self._recorded = record[-1].recorded_at
        assigned = [event for event in record if event.kind == EventKind.ASSIGNED]
        self._assignee = assigned[-1].data["to"] if assigned else None

    def people(self, each: Found) -> list[int]:
        """Whom the rung means at that moment, as `sla.telling.People`."""
        crew = self.request.line.crew
        found: list[int] = []
        for audience in self._rung(each).tell:
            if audience in LEADING:
                found += self.request.world.leading[LEADING[Audience(audience)]]
            elif audience == Audience.TEAM_LEAD:
                found.append(crew.lead)
            elif audience == Audience.ASSIGNEE and self._assignee is not None:
                found.append(self._assignee)
            else:
                found += crew.members
        return list(dict.fromkeys(found))

    def _rung(self, each: Found) -> Rung:
        return self.request.world.targets.rung(each.kept.pin.chosen.target or 0, each.step.step)

    def event(self, each: Found, people: list[int]) -> Event:
        """It bears the instant at which the point was reached (SLA-42)."""
        if each.step.step.startswith(LATE):
            return self._made(EventKind.ESCALATED, instant(each.step.at), each, {"to": people})
        kind = EventKind.CLOCK_BREACHED if each.step.step == BREACH else EventKind.CLOCK_WARNED
        return self._made(kind, instant(each.step.at), each, {})

    def escalation(self, each: Found, people: list[int]) -> list[Event]:
        """Whom a breach was taken up to."""
        return [self._made(EventKind.ESCALATED, each.now, each, {"to": people})] if people else []

    def _made(self, kind: EventKind, at: int, each: Found, more: dict[str, Any]) -> Event:
        reading = each.kept.reading
        data = {
            "kind": reading.kind.value,
            "cycle": reading.cycle,
            "part": reading.part,
            "step": each.step.step,
            "target": int(reading.target.duration.total_seconds()),
            **more,
        }
        event = Event(str(kind), at, None, INTERNAL, None, data)
        self._recorded = event.recorded_at = max(self._recorded, each.now) + self.request.rng.randrange(200, 9000)
        return event


# --- what is due ------------------------------------------------------------------------------------


def soon_at(reading: Reading, now: datetime) -> datetime | None:
    """As the services keep it: when the last fifth of a running target begins."""
    if reading.due_at is None or reading.stopped_at is not None:
        return None
    left = reading.remaining - reading.target.duration / SOON_SHARE
    return reading.target.calendar.due(now, left) if left.total_seconds() > 0 else reading.start


def _keep_due(request: Request, kept: Sequence[Kept]) -> None:
    """As `sla.services.clocks.keep_due`."""
    if not request.is_open:
        return
    running = [
        each.reading
        for each in kept
        if each.reading.stopped_at is None and each.reading.due_at is not None
        if each.reading.state in (ClockState.RUNNING, ClockState.BREACHED)
    ]
    first = min(running, key=lambda reading: (reading.due_at, reading.kind), default=None)
    if first is not None and first.due_at is not None:
        soon = soon_at(first, request.world.wish.now)
        request.due_at, request.due_kind = instant(first.due_at), first.kind.value
        request.due_soon_at = instant(soon) if soon else None
