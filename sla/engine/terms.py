"""The words of the clocks: what happens to a request, what is promised, what is read (SLA-10, SLA-40)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sla.engine.calendar import Calendar
from sla.engine.instants import MINUTE, SECOND, length


class Kind(StrEnum):
    """The clock kinds of SLA-10, in the order in which readings list them."""

    FIRST_RESPONSE = "first_response"
    TECHNICAL_RESPONSE = "technical_response"
    NEXT_RESPONSE = "next_response"
    PROGRESS_REPORT = "progress_report"
    RESOLUTION = "resolution"


class ClockState(StrEnum):
    """What a reading says; `breached` is also the state of a clock that still runs past its due instant."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    VOID = "void"
    SUPERSEDED = "superseded"


class FactKind(StrEnum):
    """What can happen to a request, as far as the clocks care."""

    SUBMITTED = "submitted"
    STAFF_MESSAGE = "staff_message"
    CALL_LOGGED = "call_logged"
    CLIENT_MESSAGE = "client_message"
    INTERNAL_NOTE = "internal_note"
    AUTO_REPLY = "auto_reply"
    WAIT = "wait"
    RESUME = "resume"
    RETARGETED = "retargeted"
    RECALCULATED = "recalculated"
    PLAN_PROPOSED = "plan_proposed"
    EXECUTION_STARTED = "execution_started"
    PROGRESS_REPORT = "progress_report"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    REOPENED = "reopened"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    OTHER = "other"

    @property
    def is_answer(self) -> bool:
        """Whether the client sees a person on our side speak (SLA-12)."""
        return self in _ANSWERS

    @property
    def ends_request(self) -> bool:
        """Whether unfinished clocks become void by it (SLA-20)."""
        return self in _ENDS


_ANSWERS = frozenset(
    {
        FactKind.STAFF_MESSAGE,
        FactKind.CALL_LOGGED,
        FactKind.PLAN_PROPOSED,
        FactKind.PROGRESS_REPORT,
        FactKind.DELIVERED,
        FactKind.DECLINED,
    }
)
_ENDS = frozenset({FactKind.DECLINED, FactKind.WITHDRAWN, FactKind.MERGED})


@dataclass(frozen=True, slots=True)
class Fact:
    """One event at an aware time.

    `key` is its sequence number, given back as the cause of what it did; `specialist` tells whether its
    author is one for the service (SLA-13); `wait_for` ("client", "third_party", "date") belongs to waits;
    `clocks` names the kinds that a recalculation is about (SLA-31).
    """

    at: datetime
    kind: FactKind
    key: int
    specialist: bool = False
    wait_for: str = ""
    clocks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Threshold:
    """A point on the way of a target at which somebody wants to hear of it (SLA-43, SLA-44).

    A share of the target counted (1 to 100 per cent), wall time before it is due, or working time counted
    beyond it. Exactly one of the three is given, else `ValueError`.
    """

    percent: int | None = None
    before: timedelta | None = None
    after: timedelta | None = None

    def __post_init__(self) -> None:
        if [self.percent, self.before, self.after].count(None) != 2:
            raise ValueError("A threshold is one of: a percentage, a time before due, a time after the breach.")
        if self.percent is not None and not 1 <= self.percent <= 100:
            raise ValueError("The percentage of a threshold lies between 1 and 100.")
        if self.before is not None and self.before < timedelta():
            raise ValueError("The time before due of a threshold cannot be negative.")
        if self.after is not None and self.after <= timedelta():
            raise ValueError("The time after the breach of a threshold must be positive.")

    @property
    def step(self) -> str:
        """Its stable name: "warn:80%", "warn:-10m", "warn:-90s", "late:+30m"."""
        if self.percent is not None:
            return f"warn:{self.percent}%"
        if self.before is not None:
            return f"warn:-{_shown(self.before)}"
        return f"late:+{_shown(self.after or timedelta())}"


def _shown(duration: timedelta) -> str:
    us = length(duration)
    if us % MINUTE == 0:
        return f"{us // MINUTE}m"
    seconds, rest = divmod(us, SECOND)
    return f"{seconds}.{rest:06}s" if rest else f"{seconds}s"


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """A promise: so much working time of this calendar, paused by these waits (SLA-17), with these thresholds.

    `ref` is opaque to the engine (a database id) but takes part in the comparison that decides whether a
    retargeted cycle is superseded.
    """

    duration: timedelta
    calendar: Calendar
    pauses: frozenset[str] = frozenset()
    thresholds: tuple[Threshold, ...] = ()
    ref: object = None

    def __post_init__(self) -> None:
        if self.duration < timedelta():
            raise ValueError("A target cannot be negative.")


Choose = Callable[[Kind, Fact, Fact], TargetSpec | None]
"""The target of a cycle of this kind which starts at this fact, or which runs when this one changes it.

The third argument is the fact whose instant decides which versions hold: the cycle's start, or the
recalculation that moved it to newer ones (SLA-30, SLA-31). None means no clock. It must give the same answer
each time it is asked."""


BREACH = "breach"
"""The step of running out; thresholds have `Threshold.step`."""


class Step(NamedTuple):
    """A threshold that was reached, and the exact instant (UTC) at which it was."""

    step: str
    at: datetime


class Phase(StrEnum):
    """What a cycle does with a stretch of time."""

    RUNNING = "running"
    PAUSED = "paused"
    DECIDING = "deciding"  # between a delivery and the client's decision (SLA-15)
    CLOSED = "closed"  # between acceptance and reopening (SLA-19)


class Segment(NamedTuple):
    """A stretch [start, end) of a cycle in microseconds since the epoch; `cause` is a fact's key."""

    start: int
    end: int
    phase: Phase
    cause: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cycle, or one part of a superseded cycle, says at an instant. All instants are UTC.

    `cycle` counts the rounds of a kind from 1, whether or not each has a target. `part` counts the targets of
    a cycle from 1; all but the last are superseded.
    `due_at` is None exactly while the clock is paused and not breached; a clock that stopped during a pause
    is due as if it had gone on from there.
    `counted` is working time up to the stop or now, also past the target; `remaining` never falls below zero;
    `paused` is the working time (not wall time) that fell into pauses.
    `breached_at` is the instant the target ran out (SLA-42), also of void and superseded cycles.
    `steps` are the thresholds reached so far, each once, by instant.
    `next_check_at` is the first instant after now at which `state` or `steps` differ without a further fact;
    for the breach that is one microsecond past `due_at`, since stopping exactly then is still in time
    (SLA-05).
    """

    kind: Kind
    cycle: int
    part: int
    state: ClockState
    start: datetime
    started_by: int
    target: TargetSpec
    due_at: datetime | None
    counted: timedelta
    paused: timedelta
    remaining: timedelta
    stopped_at: datetime | None
    stopped_by: int | None
    breached_at: datetime | None
    next_check_at: datetime | None
    steps: tuple[Step, ...]
    segments: tuple[Segment, ...] = field(repr=False)
