"""What happens to one request: chapter after chapter, up to its end, up to where it got stuck, or up to now."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from servicedesk.generate import acts, plans, surveys
from servicedesk.generate.lingering import linger
from servicedesk.generate.request import Request
from servicedesk.generate.words import Piece, language, zipf
from sla.engine.instants import DAY, MINUTE, SECOND
from tickets.services.plans import Option
from tickets.states import Channel, Impact, Priority, Risk, Urgency, Wait

HOUR = 60 * MINUTE
LONG_BREAK = 10 * HOUR  # over a longer one, a matter with a target by the clock waits for an agreed date
ENDS = ((0.925, "closed"), (0.953, "declined"), (0.985, "withdrawn"), (1.0, "merged"))
MOODS = ((5, 5, 5), (5, 5, 5), (5, 4, 5), (4, 4, 4), (4, 5, 4), (4, 3, 4), (3, 3, 4), (3, 2, 3), (2, 2, 3), (1, 2, 2))

Goal = Callable[[int, int], "tuple[int, str] | None"]
"""A request of a client (by id) that is open at an instant, to merge another one into: its id and number."""


class Stage(IntEnum):
    """How far a request has come; one that is stuck stays there."""

    RECEIVED = 1
    ACKNOWLEDGED = 2
    ASKED = 3
    EXAMINED = 4
    PROPOSED = 5
    CONFIRMED = 6
    THIRD_PARTY = 7
    DATED = 8
    WORKED = 9
    DELIVERED = 10
    END = 99


class Pause(Exception):
    """Nothing more has happened so far."""


class Life:
    """The story of one request."""

    def __init__(self, request: Request, stop: Stage, goal: Goal) -> None:
        self.request, self.stop, self.goal = request, stop, goal
        self.rng, self.world, self.line = request.rng, request.world, request.line
        self.said = language(request.client.language, request.world.wish.seed)
        self.at = request.received_at
        self.client, self.owner = request.client.pk, zipf(self.rng, request.line.crew.handlers)

    def tell(self) -> None:
        """Everything that happens."""
        try:
            self._reach(Stage.RECEIVED)
            self._tell()
        except Pause:
            if self.stop < Stage.END and not self.world.wish.calm:
                linger(self, self.world.wish.until)

    def _tell(self) -> None:
        end = "closed" if self.stop < Stage.END else self._end()
        if end == "merged" and self._is_merged():
            return
        if end == "declined":
            self._desk(self.rng.uniform(8, 26))
            acts.decline(self.request, self.at, self.owner, self._say("decline"))
            return
        self._is_taken_up()
        self._is_cleared_up()
        if end == "withdrawn":
            self._client(self.rng.uniform(15, 200))
            acts.withdraw(self.request, self.at, self.client, self._say("withdraw"))
            return
        if self.line.needs_plan:
            self._is_planned()
        self._is_worked_on()
        self._is_delivered()
        self._is_closed()

    def _end(self) -> str:
        drawn = self.rng.random()
        return next(end for reached, end in ENDS if drawn < reached)

    def _reach(self, stage: Stage) -> None:
        if stage >= self.stop:
            raise Pause

    # Chapters

    def _is_merged(self) -> bool:
        self._desk(self.rng.uniform(4, 20))
        into = self.goal(self.request.organisation_id, self.at)
        if into is None:
            return False
        acts.reply(self.request, self.at, self.owner, self._say("merge"))
        self._later(20)
        acts.merge(self.request, self.at, self.owner, into)
        return True

    def _is_taken_up(self) -> None:
        self._desk(self.rng.uniform(34, 95) if self._by_chance(0.06) else self.rng.triangular(2, 27, 8))
        if self.line.needs_plan:
            acts.assign(self.request, self.at, self.owner, self.owner)
            acts.start_assessment(self.request, self.at, self.owner)
        else:
            acts.take_up(self.request, self.at, self.owner)
        self._later(self.rng.uniform(30, 150))
        answer = acts.log_call if self.request.channel == Channel.PHONE else acts.reply
        answer(self.request, self.at, self.owner, self._say("call" if answer is acts.log_call else "ack"))
        if self._by_chance(0.08):
            self._weigh_again()
        self._reach(Stage.ACKNOWLEDGED)

    def _weigh_again(self) -> None:
        self._later(self.rng.uniform(20, 200))
        if self._by_chance(0.5):
            urgency = Urgency.HIGH if self.request.urgency < Urgency.HIGH else Urgency.MEDIUM
            wanted = {"impact": int(Impact.MEDIUM), "urgency": int(urgency)}
            acts.classify(self.request, self.at, self.owner, **wanted)
        else:
            priority = min(int(Priority.CRITICAL), self.request.priority + 1)
            acts.set_priority(self.request, self.at, self.owner, priority, self._say("raise"))

    def _is_cleared_up(self) -> None:
        """A question to the client, a specialist's answer, a note."""
        if self.stop == Stage.ASKED or self._by_chance(0.34):
            self._asks()
        if self.line.is_technical:
            self._is_examined()
        if self._by_chance(0.3):
            self._desk(self.rng.uniform(5, 60))
            acts.note(self.request, self.at, self.owner, self._say("note"))
        self._reach(Stage.EXAMINED)

    def _asks(self) -> None:
        self._desk(self.rng.uniform(3, 25))
        acts.reply(self.request, self.at, self.owner, self._say("ask"))
        self._later(15)
        acts.wait(self.request, self.at, self.owner, Wait.CLIENT)
        self._reach(Stage.ASKED)
        self._client(self.rng.triangular(5, 700, 60))
        acts.reply(self.request, self.at, self.client, self._say("answer", self.rng.choice((1, 1, 2))), self._channel())

    def _is_examined(self) -> None:
        """By the owner, or handed over to a specialist who is one."""
        self._desk(self.rng.uniform(80, 300) if self._by_chance(0.08) else self.rng.triangular(5, 90, 25))
        if self.owner not in self.line.crew.specialists:
            expert = zipf(self.rng, self.line.crew.specialists)
            acts.assign(self.request, self.at, self.owner, expert)
            self.owner = expert
            self._desk(self.rng.uniform(1, 15))
        acts.reply(self.request, self.at, self.owner, self._say("found"))

    def _is_planned(self) -> None:
        self._rested(self.rng.triangular(60, 900, 240))
        plans.propose_plan(self.request, self.at, self.owner, self._options(), self._say("propose"))
        self._reach(Stage.PROPOSED)
        self._client(self.rng.triangular(30, 1200, 240))
        if self._by_chance(0.2):
            plans.return_plan(self.request, self.at, self.client, self._say("return"))
            self._rested(self.rng.triangular(60, 500, 120))
            plans.propose_plan(self.request, self.at, self.owner, self._options(), self._say("propose"))
            self._client(self.rng.triangular(30, 900, 120))
        plans.confirm_plan(self.request, self.at, self.client)
        self._reach(Stage.CONFIRMED)
        self._desk(self.rng.uniform(5, 120))
        acts.start_execution(self.request, self.at, self.owner)

    def _options(self) -> list[Option]:
        return [self._option(title) for title in self.rng.sample(self.said.values["plan"], self.rng.choice((1, 2, 3)))]

    def _option(self, title: str) -> Option:
        steps = self._say("steps").text.split("|")
        return Option(
            title=title,
            steps="\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1)),
            effect=zipf(self.rng, self.said.values["effect"]),
            duration=f"{self.rng.randint(1, 12)} h",
            risk=self.rng.choice((int(Risk.LOW), int(Risk.LOW), int(Risk.MEDIUM))),
        )

    def _is_worked_on(self) -> None:
        has_task = self._by_chance(0.2)
        if has_task:
            self._desk(self.rng.uniform(2, 30))
            acts.add_task(self.request, self.at, self.owner, self._say("task").text, self.owner)
        if self.stop == Stage.THIRD_PARTY or self._by_chance(0.08):
            self._waits(Wait.THIRD_PARTY, "third", Stage.THIRD_PARTY)
            self._desk(self.rng.triangular(120, 2400, 500))
            acts.resume(self.request, self.at, self.owner)
        if self.stop == Stage.DATED:
            linger(self, self.world.wish.until - int(self.rng.uniform(0.1, 5) * DAY))
            self._waits_until(self.world.wish.until + int(self.rng.uniform(0.05, 9) * DAY))
        if self._by_chance(0.1):
            self._chases()
        if self._by_chance(0.12):
            self._rested(self.rng.uniform(60, 400))
            acts.report_progress(self.request, self.at, self.owner, self._say("progress"))
        if has_task:
            self._desk(self.rng.uniform(20, 200))
            acts.finish_task(self.request, self.at, self.owner)
        self._reach(Stage.WORKED)

    def _waits(self, what: Wait, key: str, stage: Stage) -> None:
        self._desk(self.rng.uniform(5, 60))
        acts.reply(self.request, self.at, self.owner, self._say(key))
        self._later(25)
        acts.wait(self.request, self.at, self.owner, what)
        self._reach(stage)

    def _waits_until(self, until: int) -> None:
        """Agree on a date; the wait ends by itself."""
        self._later(40)
        acts.reply(self.request, self.at, self.owner, self._say("dated"))
        self._later(15)
        acts.wait(self.request, self.at, self.owner, Wait.DATE, until)
        self._not_before(until)
        self.request.end_wait(until, None)

    def _chases(self) -> None:
        self._client(self.rng.uniform(60, 300))
        acts.reply(self.request, self.at, self.client, self._say("chase"), self._channel())
        self._desk(self.rng.uniform(5, 60))
        acts.reply(self.request, self.at, self.owner, self._say("soothe"))

    def _is_delivered(self) -> None:
        self._rested(self.rng.triangular(20, 1500, 120))
        self._delivers("done")
        self._reach(Stage.DELIVERED)
        if self._by_chance(0.07):
            self._client(self.rng.triangular(20, 600, 120))
            acts.reject(self.request, self.at, self.client, self._say("reject"))
            self._rested(self.rng.uniform(40, 300))
            self._delivers("again")

    def _delivers(self, key: str) -> None:
        if self.line.needs_verification:
            colleague = next(person for person in self.line.crew.specialists if person != self.owner)
            acts.verify(self.request, self.at, colleague)
            self._desk(self.rng.uniform(4, 20))
        acts.deliver(self.request, self.at, self.owner, self._say(key))

    def _is_closed(self) -> None:
        self._accepts()
        if self._by_chance(0.025):
            self._client(self.rng.uniform(100, 2500))
            acts.reopen(self.request, self.at, self.client, self._say("back"))
            self._desk(self.rng.uniform(5, 40))
            acts.reply(self.request, self.at, self.owner, self._say("sorry"))
            self._desk(self.rng.uniform(30, 200))
            self._delivers("again")
            self._accepts()
        if self._by_chance(0.46):
            self._client(self.rng.triangular(4, 1500, 60))
            mood = MOODS[int(len(MOODS) * self.rng.random() ** 2)]
            comment = self._say("review").text if self._by_chance(0.3) else ""
            surveys.answer_survey(self.request, self.at, mood, comment, by_link=self._by_chance(0.45))

    def _accepts(self) -> None:
        self._client(self.rng.triangular(10, 1000, 80))
        acts.accept(self.request, self.at, self.client, self._say("thanks") if self._by_chance(0.45) else None)

    # Time and words

    def _not_before(self, at: int) -> None:
        self.at = max(self.at + 7 * SECOND, at)
        if self.at > self.world.wish.until:
            raise Pause

    def _later(self, seconds: float) -> None:
        self._not_before(self.at + int(seconds * SECOND))

    def _desk(self, minutes: float) -> None:
        """So many working minutes later."""
        self._not_before(self.world.desk.due_us(self.at, int(minutes * MINUTE)) + self.rng.randrange(40 * SECOND))

    _client = _desk

    def _rested(self, minutes: float) -> None:
        """Like `_desk`; where a target runs day and night, a long break is mostly agreed on first."""
        wanted = self.world.desk.due_us(self.at, int(minutes * MINUTE))
        if self.line.is_by_the_clock and wanted - self.at > LONG_BREAK and self._by_chance(0.85):
            self._waits_until((wanted - 10 * MINUTE) // MINUTE * MINUTE)
        self._not_before(wanted)

    def _by_chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _say(self, key: str, count: int = 1) -> Piece:
        return self.said.say(self.rng, key, count)

    def _channel(self) -> str:
        return self.request.channel if self.request.channel == Channel.EMAIL else str(Channel.PORTAL)
