"""The fold: a clock is a pure function of facts, targets and now (SLA-40).

Decisions where the rules leave room:

- Facts later than now are not read. Facts count by instant; equal instants keep the order given.
- A "before due" warning is wall time before the due instant as it stands while the clock runs. Once reached
  it stays reached, though a later pause moves the due instant.
- A cycle that was overdue when the request ended keeps `breached_at`, but its state is `void` (SLA-20).
- A change of target while a delivery is pending or the request is closed supersedes the resolution only when,
  and at the instant at which, the clock goes on (SLA-31: finished cycles are immutable).
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sla.engine.instants import duration, instant, moment
from sla.engine.ledger import Entry, What, ledger
from sla.engine.meter import Meter, segments_of
from sla.engine.story import Cycle, Stop, Verdict, Wait, story_of
from sla.engine.terms import (
    BREACH,
    Choose,
    ClockState,
    Fact,
    FactKind,
    Kind,
    Phase,
    Reading,
    Segment,
    Step,
    TargetSpec,
    Threshold,
)

__all__ = [
    "BREACH",
    "Choose",
    "ClockState",
    "Entry",
    "Fact",
    "FactKind",
    "Kind",
    "Phase",
    "Reading",
    "Segment",
    "Step",
    "TargetSpec",
    "Threshold",
    "What",
    "ledger",
    "read",
    "read_open",
]

_RANK = {kind: rank for rank, kind in enumerate(Kind)}


def read(facts: Sequence[Fact], choose: Choose, now: datetime) -> list[Reading]:
    """Every cycle of a request at this instant, superseded parts included, by start, kind, cycle and part.

    Raises what `choose` raises, and `CalendarError` for a calendar that never opens or a time without a zone.
    """
    until = instant(now)
    story = story_of(facts, until)
    readings = [part for cycle in story.cycles for part in _parts(cycle, story.waits, choose, until)]
    return sorted(readings, key=_place)


def read_open(facts: Sequence[Fact], target_of: Callable[[Kind], TargetSpec | None], now: datetime) -> list[Reading]:
    """What the cycles that run at this instant would say from now on under other targets, counted from their start
    (SLA-31, SLA-32); a kind without a target is left out. `part` is 0: which one it would be is not asked."""
    until = instant(now)
    story = story_of(facts, until)
    return [
        _reading(cycle, 0, target, story.waits, None, until)
        for cycle in story.cycles
        if cycle.stop is None and (target := target_of(cycle.kind)) is not None
    ]


def _place(reading: Reading) -> tuple[datetime, int, int, int]:
    return reading.start, _RANK[reading.kind], reading.cycle, reading.part


def _parts(cycle: Cycle, waits: Sequence[Wait], choose: Choose, until: int) -> list[Reading]:
    """A cycle under each of its targets in turn; a new target counts from the original start (SLA-32)."""
    found: list[Reading] = []
    target = choose(cycle.kind, cycle.start, cycle.start)
    for at, fact, since in cycle.retargets:
        chosen = choose(cycle.kind, fact, since)
        if chosen == target:
            continue
        if target is not None:
            stop = Stop(at, fact.key, Verdict.SUPERSEDED)
            found.append(_reading(cycle, len(found) + 1, target, waits, stop, at))
        target = chosen
    if target is not None:
        found.append(_reading(cycle, len(found) + 1, target, waits, cycle.stop, until))
    return found


def _reading(
    cycle: Cycle, part: int, target: TargetSpec, waits: Sequence[Wait], stop: Stop | None, until: int
) -> Reading:
    end = stop.at if stop else until
    segments = segments_of(cycle, waits, target.pauses, end)
    meter = Meter(target, segments, live=stop is None)
    is_paused = segments[-1].phase is Phase.PAUSED
    if meter.due is None and stop:
        meter.due = meter.due_from(stop.at)
    return Reading(
        kind=cycle.kind,
        cycle=cycle.number,
        part=part,
        state=_state(stop, breached=meter.breached, paused=is_paused),
        start=moment(cycle.started_at),
        started_by=cycle.start.key,
        target=target,
        due_at=_moment(meter.due),
        counted=duration(meter.counted),
        paused=duration(meter.paused),
        remaining=duration(meter.remaining),
        stopped_at=moment(stop.at) if stop else None,
        stopped_by=stop.key if stop else None,
        breached_at=_moment(meter.due) if meter.breached else None,
        next_check_at=_moment(min(meter.upcoming, default=None)),
        steps=_steps(meter),
        segments=tuple(segments),
    )


def _state(stop: Stop | None, *, breached: bool, paused: bool) -> ClockState:
    """SLA-18: what is breached stays breached, also in a pause."""
    if stop and stop.verdict is Verdict.SUPERSEDED:
        return ClockState.SUPERSEDED
    if stop and stop.verdict is Verdict.VOID:
        return ClockState.VOID
    if breached:
        return ClockState.BREACHED
    if stop:
        return ClockState.VOID if stop.verdict is Verdict.LAPSED else ClockState.MET
    return ClockState.PAUSED if paused else ClockState.RUNNING


def _steps(meter: Meter) -> tuple[Step, ...]:
    reached = dict(meter.reached)
    if meter.breached and meter.due is not None:
        reached[BREACH] = meter.due
    return tuple(Step(step, moment(at)) for step, at in sorted(reached.items(), key=lambda item: item[1]))


def _moment(us: int | None) -> datetime | None:
    return None if us is None else moment(us)
