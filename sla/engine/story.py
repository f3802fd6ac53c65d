"""Facts told as cycles: which clocks started, stopped and stood still, whatever their targets (SLA-12…20).

A wait lasts until it is resumed, replaced by another wait, or ended by a delivery, an acceptance or the end
of the request. A message from the client does not end it by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from sla.engine.instants import instant
from sla.engine.terms import Fact, FactKind, Kind, Phase, Segment

FOREVER = 1 << 62
"""Later than any instant that a datetime can hold."""


class Verdict(Enum):
    """How a stopped cycle is judged."""

    BY_DUE = auto()  # met or breached
    VOID = auto()  # SLA-20: void, whatever the time
    LAPSED = auto()  # void, unless overdue: what a delivery or acceptance made needless (SLA-13, SLA-16)
    SUPERSEDED = auto()  # SLA-32


class Stop(NamedTuple):
    """The instant a cycle stopped, the key of the fact that stopped it, and how it is judged."""

    at: int
    key: int
    verdict: Verdict = Verdict.BY_DUE


class Wait(NamedTuple):
    """A stretch of waiting; `end` is FOREVER while it lasts."""

    start: int
    end: int
    wait_for: str
    key: int


class Retarget(NamedTuple):
    """Something that may change the target of a running cycle, from an instant on, under versions `since` a fact."""

    at: int
    fact: Fact
    since: Fact


@dataclass(slots=True)
class Cycle:
    """One round of a clock.

    `halts` are the times of deciding and being closed; `retargets` what may supersede it. `since` is the fact
    whose instant decides which versions hold.
    """

    kind: Kind
    number: int
    start: Fact
    started_at: int
    stop: Stop | None = None
    accepted: Stop | None = None
    halts: list[Segment] = field(default_factory=list)
    retargets: list[Retarget] = field(default_factory=list)
    missed_retarget: Fact | None = None
    since: Fact = field(init=False)

    def __post_init__(self) -> None:
        self.since = self.start

    def halt_until(self, at: int) -> None:
        """Leave out the time since the delivery: the client deciding, then the request being closed."""
        if self.stop is None:
            return
        closed = self.accepted or Stop(at, self.stop.key)
        self.halts.append(Segment(self.stop.at, closed.at, Phase.DECIDING, self.stop.key))
        if self.accepted:
            self.halts.append(Segment(closed.at, at, Phase.CLOSED, closed.key))

    def go_on(self, at: int) -> None:
        """Undo a stop. A change of target that came meanwhile counts from now on (SLA-31)."""
        self.halt_until(at)
        self.stop = self.accepted = None
        if self.missed_retarget:
            self.retargets.append(Retarget(at, self.missed_retarget, self.since))
            self.missed_retarget = None

    def retarget(self, fact: Fact, at: int) -> None:
        """Take note of what may change the target; a stopped cycle is changed only once it goes on (SLA-31)."""
        if fact.kind is FactKind.RECALCULATED:
            self.since = fact
        if self.stop is None:
            self.retargets.append(Retarget(at, fact, self.since))
        else:
            self.missed_retarget = fact


class Story:
    """The cycles and waits of a request, told fact by fact.

    Facts before the submission, a second submission, and facts after the end of the request are passed over.
    """

    def __init__(self) -> None:
        self.cycles: list[Cycle] = []
        self.waits: list[Wait] = []
        self._open: dict[Kind, Cycle] = {}
        self._rounds: dict[Kind, int] = {}
        self._begun = False
        self._answered = False
        self._ended = False

    def tell(self, fact: Fact, at: int) -> None:
        """Take in the next fact, which happened at this instant."""
        if self._ended or self._begun == (fact.kind is FactKind.SUBMITTED):
            return
        if fact.kind.is_answer:
            self._answer(fact, at)
        act = _ACTS.get(fact.kind)
        if act:
            act(self, fact, at)

    def _submit(self, fact: Fact, at: int) -> None:
        self._begun = True
        for kind in (Kind.FIRST_RESPONSE, Kind.TECHNICAL_RESPONSE, Kind.RESOLUTION):
            self._start(kind, fact, at)

    def _answer(self, fact: Fact, at: int) -> None:
        self._answered = True
        self._finish(Kind.FIRST_RESPONSE, Stop(at, fact.key))
        self._finish(Kind.NEXT_RESPONSE, Stop(at, fact.key))
        if fact.specialist:
            self._finish(Kind.TECHNICAL_RESPONSE, Stop(at, fact.key))

    def _hear_client(self, fact: Fact, at: int) -> None:
        """SLA-14: only the oldest unanswered message starts a round, and none before the first response."""
        if self._answered and Kind.NEXT_RESPONSE not in self._open:
            self._start(Kind.NEXT_RESPONSE, fact, at)

    def _execute(self, fact: Fact, at: int) -> None:
        if Kind.PROGRESS_REPORT not in self._open:
            self._start(Kind.PROGRESS_REPORT, fact, at)

    def _report(self, fact: Fact, at: int) -> None:
        if Kind.PROGRESS_REPORT in self._open:
            self._finish(Kind.PROGRESS_REPORT, Stop(at, fact.key))
            self._start(Kind.PROGRESS_REPORT, fact, at)

    def _deliver(self, fact: Fact, at: int) -> None:
        """SLA-15: the last delivery before acceptance is the stop; between two the client was deciding."""
        self._end_wait(at)
        self._finish(Kind.PROGRESS_REPORT, Stop(at, fact.key, Verdict.LAPSED))
        resolution = self._open[Kind.RESOLUTION]
        if not resolution.accepted:
            resolution.halt_until(at)
            resolution.stop = Stop(at, fact.key)

    def _accept(self, fact: Fact, at: int) -> None:
        """An acceptance without a delivery is both in one. A second acceptance changes nothing.

        What the client accepted needs no specialist any more: a technical response that nobody gave ends with it,
        neither met nor, unless it was late already, missed.
        """
        self._end_wait(at)
        self._finish(Kind.PROGRESS_REPORT, Stop(at, fact.key, Verdict.LAPSED))
        self._finish(Kind.TECHNICAL_RESPONSE, Stop(at, fact.key, Verdict.LAPSED))
        resolution = self._open[Kind.RESOLUTION]
        resolution.stop = resolution.stop or Stop(at, fact.key)
        resolution.accepted = resolution.accepted or Stop(at, fact.key)

    def _reject(self, fact: Fact, at: int) -> None:
        """Only an open decision can be a rejection: after acceptance the cycle is final until reopened."""
        resolution = self._open[Kind.RESOLUTION]
        if resolution.stop and not resolution.accepted:
            resolution.go_on(at)
            self._execute(fact, at)

    def _reopen(self, fact: Fact, at: int) -> None:
        """SLA-19; must undo what `_accept` does."""
        resolution = self._open[Kind.RESOLUTION]
        if resolution.stop:
            resolution.go_on(at)
            self._execute(fact, at)

    def _wait(self, fact: Fact, at: int) -> None:
        self._end_wait(at)
        self.waits.append(Wait(at, FOREVER, fact.wait_for, fact.key))

    def _resume(self, fact: Fact, at: int) -> None:
        self._end_wait(at)

    def _retarget(self, fact: Fact, at: int) -> None:
        for kind, cycle in self._open.items():
            if not fact.clocks or kind in fact.clocks:
                cycle.retarget(fact, at)

    def _end(self, fact: Fact, at: int) -> None:
        """SLA-20. An accepted resolution is finished and stays what it is."""
        self._end_wait(at)
        self._ended = True
        for cycle in self._open.values():
            if not cycle.accepted:
                cycle.halt_until(at)
                cycle.stop = Stop(at, fact.key, Verdict.VOID)

    def _start(self, kind: Kind, fact: Fact, at: int) -> None:
        number = self._rounds[kind] = self._rounds.get(kind, 0) + 1
        cycle = self._open[kind] = Cycle(kind, number, fact, at)
        self.cycles.append(cycle)

    def _finish(self, kind: Kind, stop: Stop) -> None:
        cycle = self._open.pop(kind, None)
        if cycle:
            cycle.stop = stop

    def _end_wait(self, at: int) -> None:
        if self.waits and self.waits[-1].end == FOREVER:
            self.waits[-1] = self.waits[-1]._replace(end=at)


_ACTS: dict[FactKind, Callable[[Story, Fact, int], None]] = {
    FactKind.SUBMITTED: Story._submit,
    FactKind.CLIENT_MESSAGE: Story._hear_client,
    FactKind.EXECUTION_STARTED: Story._execute,
    FactKind.PROGRESS_REPORT: Story._report,
    FactKind.DELIVERED: Story._deliver,
    FactKind.ACCEPTED: Story._accept,
    FactKind.REJECTED: Story._reject,
    FactKind.REOPENED: Story._reopen,
    FactKind.WAIT: Story._wait,
    FactKind.RESUME: Story._resume,
    FactKind.RETARGETED: Story._retarget,
    FactKind.RECALCULATED: Story._retarget,
    FactKind.DECLINED: Story._end,
    FactKind.WITHDRAWN: Story._end,
    FactKind.MERGED: Story._end,
}


def story_of(facts: Sequence[Fact], until: int) -> Story:
    """The story of the facts up to and including this instant; equal instants keep their order."""
    told = Story()
    for at, fact in sorted(((instant(fact.at), fact) for fact in facts), key=_by_instant):
        if at > until:
            break
        told.tell(fact, at)
    return told


def _by_instant(timed: tuple[int, Fact]) -> int:
    return timed[0]
