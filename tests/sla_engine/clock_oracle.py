"""An independent answer to `read`: live through a request minute by minute, and count.

Nothing here is shared with the engine but its words. Facts, targets and the instant of reading are whole minutes.
Every rule is applied where it stands in the life of the request: there are no stretches, no weeks, no arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sla.engine.clock import Fact, FactKind, Kind, TargetSpec
from tests.sla_engine import oracle

MINUTE = timedelta(minutes=1)
ANSWERS = ("staff_message", "call_logged", "plan_proposed", "progress_report", "delivered", "declined")
Choose = Callable[[Kind, Fact, Fact], TargetSpec | None]


@dataclass
class Life:
    """One cycle of one kind, from its start on, as the facts drive it."""

    kind: Kind
    number: int
    start: Fact
    since: Fact
    phase: str = "running"  # running, deciding, closed, or over
    verdict: str = ""  # how it ended: judged, void, lapsed
    ended_at: datetime | None = None
    phases: dict[datetime, str] = field(default_factory=dict)  # what it does in the minute that begins then
    changes: list[tuple[datetime, Fact, Fact]] = field(default_factory=list)
    late_change: Fact | None = None

    @property
    def is_over(self) -> bool:
        return self.phase == "over"


@dataclass(frozen=True)
class Said:
    """What a part of a cycle says; minutes are whole."""

    kind: str
    cycle: int
    part: int
    state: str
    start: datetime
    counted: int
    paused: int
    stopped_at: datetime | None
    breached_at: datetime | None
    due_at: datetime | None


def read(facts: list[Fact], choose: Choose, now: datetime) -> list[Said]:
    """Every part of every cycle."""
    told = Telling()
    at = facts[0].at
    waiting = list(facts)
    while at <= now:
        while waiting and waiting[0].at == at:
            told.tell(waiting.pop(0))
        told.pass_a_minute(at)
        at += MINUTE
    return [said for life in told.lives for said in parts_of(life, told.waits, choose, now)]


class Telling:
    """The request as a whole: which cycles there are, and what it waits for in each minute."""

    def __init__(self) -> None:
        self.lives: list[Life] = []
        self.waits: dict[datetime, str] = {}
        self.wait = ""
        self.begun = self.ended = self.answered = False

    def open(self, kind: Kind) -> Life | None:
        return next((life for life in self.lives if life.kind == kind and not life.is_over), None)

    def begin(self, kind: Kind, fact: Fact) -> None:
        number = sum(life.kind == kind for life in self.lives) + 1
        self.lives.append(Life(kind, number, fact, fact))

    def end(self, kind: Kind, fact: Fact, verdict: str) -> None:
        if life := self.open(kind):
            life.phase, life.verdict, life.ended_at = "over", verdict, fact.at

    def pass_a_minute(self, at: datetime) -> None:
        self.waits[at] = self.wait
        for life in self.lives:
            if not life.is_over:
                life.phases[at] = life.phase

    def tell(self, fact: Fact) -> None:
        name = fact.kind.value
        if self.ended or (name == "submitted") == self.begun:
            return
        if name in ANSWERS:
            self.answer(fact)
        getattr(self, f"on_{name}", lambda fact: None)(fact)

    def answer(self, fact: Fact) -> None:
        self.answered = True
        self.end(Kind.FIRST_RESPONSE, fact, "judged")
        self.end(Kind.NEXT_RESPONSE, fact, "judged")
        if fact.specialist:
            self.end(Kind.TECHNICAL_RESPONSE, fact, "judged")

    def on_submitted(self, fact: Fact) -> None:
        self.begun = True
        for kind in (Kind.FIRST_RESPONSE, Kind.TECHNICAL_RESPONSE, Kind.RESOLUTION):
            self.begin(kind, fact)

    def on_client_message(self, fact: Fact) -> None:
        if self.answered and self.open(Kind.NEXT_RESPONSE) is None:
            self.begin(Kind.NEXT_RESPONSE, fact)

    def on_execution_started(self, fact: Fact) -> None:
        if self.open(Kind.PROGRESS_REPORT) is None:
            self.begin(Kind.PROGRESS_REPORT, fact)

    def on_progress_report(self, fact: Fact) -> None:
        if self.open(Kind.PROGRESS_REPORT) is not None:
            self.end(Kind.PROGRESS_REPORT, fact, "judged")
            self.begin(Kind.PROGRESS_REPORT, fact)

    def on_wait(self, fact: Fact) -> None:
        self.wait = fact.wait_for

    def on_resume(self, fact: Fact) -> None:
        self.wait = ""

    @property
    def resolution(self) -> Life:
        return next(life for life in self.lives if life.kind == Kind.RESOLUTION)

    def on_delivered(self, fact: Fact) -> None:
        self.wait = ""
        self.end(Kind.PROGRESS_REPORT, fact, "lapsed")
        if self.resolution.phase in ("running", "deciding"):
            self.resolution.phase, self.resolution.ended_at = "deciding", fact.at

    def on_accepted(self, fact: Fact) -> None:
        self.wait = ""
        self.end(Kind.PROGRESS_REPORT, fact, "lapsed")
        self.end(Kind.TECHNICAL_RESPONSE, fact, "lapsed")
        if self.resolution.phase == "running":
            self.resolution.ended_at = fact.at
        self.resolution.phase = "closed"

    def on_rejected(self, fact: Fact) -> None:
        if self.resolution.phase == "deciding":
            self.go_on(fact)

    def on_reopened(self, fact: Fact) -> None:
        if self.resolution.phase in ("deciding", "closed"):
            self.go_on(fact)

    def go_on(self, fact: Fact) -> None:
        life = self.resolution
        life.phase, life.ended_at = "running", None
        if life.late_change is not None:
            life.changes.append((fact.at, life.late_change, life.since))
            life.late_change = None
        self.on_execution_started(fact)

    def on_retargeted(self, fact: Fact) -> None:
        for life in self.lives:
            if life.is_over or (fact.clocks and life.kind.value not in fact.clocks):
                continue
            if fact.kind is FactKind.RECALCULATED:
                life.since = fact
            if life.phase == "running":
                life.changes.append((fact.at, fact, life.since))
            else:
                life.late_change = fact

    on_recalculated = on_retargeted

    def on_declined(self, fact: Fact) -> None:
        self.wait, self.ended = "", True
        for life in self.lives:
            if not life.is_over and life.phase != "closed":
                life.phase, life.verdict, life.ended_at = "over", "void", fact.at

    on_withdrawn = on_merged = on_declined


# --- one part under one target ----------------------------------------------------------------------


def parts_of(life: Life, waits: dict[datetime, str], choose: Choose, now: datetime) -> list[Said]:
    target = choose(life.kind, life.start, life.start)
    found: list[Said] = []
    for at, fact, since in life.changes:
        chosen = choose(life.kind, fact, since)
        if chosen != target:
            if target is not None:
                found.append(measured(life, len(found) + 1, target, waits, at, "superseded", now))
            target = chosen
    if target is not None:
        verdict = life.verdict or ("judged" if life.ended_at else "")
        found.append(measured(life, len(found) + 1, target, waits, life.ended_at, verdict, now))
    return found


def measured(
    life: Life,
    part: int,
    target: TargetSpec,
    waits: dict[datetime, str],
    stopped_at: datetime | None,
    verdict: str,
    now: datetime,
) -> Said:
    """Count through the minutes from the start to the stop, or to now."""
    notation, zone = target.calendar.to_json(), ZoneInfo(target.calendar.timezone)
    wanted = target.duration // MINUTE
    counted = paused = 0
    breached_at: datetime | None = None
    at, end = life.start.at, stopped_at or now
    while at < end:
        phase = phase_in(life, waits, target, at)
        if phase == "running" and breached_at is None and counted == wanted:
            breached_at = at  # used up, and it still runs
        if phase in ("running", "paused") and oracle.is_open(notation, at.astimezone(zone)):
            counted += phase == "running"
            paused += phase == "paused"
        at += MINUTE
    is_paused = stopped_at is None and phase_in(life, waits, target, now) == "paused"
    state = _state(verdict, breached=breached_at is not None, is_paused=is_paused)
    due_at = breached_at
    if due_at is None and not is_paused:
        due_at = oracle.due_minute(notation, end, max(0, wanted - counted))
    return Said(
        life.kind.value, life.number, part, state, life.start.at, counted, paused, stopped_at, breached_at, due_at
    )


def phase_in(life: Life, waits: dict[datetime, str], target: TargetSpec, at: datetime) -> str:
    """What the cycle does under a target in the minute that begins at an instant."""
    phase = life.phases[at]
    return "paused" if phase == "running" and waits[at] in target.pauses else phase


def _state(verdict: str, *, breached: bool, is_paused: bool) -> str:
    if verdict in ("superseded", "void"):
        return verdict
    if breached:
        return "breached"
    if verdict == "judged":
        return "met"
    if verdict == "lapsed":
        return "void"
    return "paused" if is_paused else "running"
