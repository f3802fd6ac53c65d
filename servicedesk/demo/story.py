"""The life of one request: a generator that yields the instant of each act and does it when resumed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from accounts.models import User
from quality.models import AnsweredVia, Dimension, Survey
from quality.services import surveys
from servicedesk.demo import files
from servicedesk.demo.clockwork import Story
from servicedesk.demo.course import Course, Ending, Stage
from servicedesk.demo.people import Person
from servicedesk.demo.scenarios import Scenario, phrases
from servicedesk.demo.world import World
from sla.models import Clock, ClockKind
from tickets import services
from tickets.models import Plan, Ticket
from tickets.services import Asked, Option
from tickets.states import Channel, Complexity, Impact, Priority, Urgency, Wait

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
LONG_BREAK = timedelta(hours=12)  # over a longer one, a complex matter waits for an agreed date
MARGIN = 25  # minutes that a punctual act stays ahead of its target


class _Stop(Exception):
    """The story has come as far as it should."""


@dataclass
class Life:
    """One request from the first line to the survey."""

    world: World
    scenario: Scenario
    client: Person
    owner: Person
    course: Course
    begins: datetime
    rng: Random
    original: Life | None = None  # what a duplicate is merged into
    at: datetime = field(init=False)
    slots: dict[str, str] = field(init=False)
    ticket: Ticket = field(init=False)

    def __post_init__(self) -> None:
        self.at = self.begins
        self.slots = self.scenario.fill(self.rng)

    # The whole story

    def tell(self) -> Story:
        """Everything that happens, in order, up to where the course stops."""
        try:
            yield self.at
            self._submit()
            self._reach(Stage.RECEIVED)
            yield from self._chapters()
        except _Stop:
            return

    def _chapters(self) -> Story:
        if self.course.ending == Ending.MERGED and (yield from self._is_merged()):
            return
        if self.course.ending == Ending.DECLINED:
            yield from self._is_declined()
            return
        yield from self._is_taken_up()
        yield from self._is_cleared_up()
        if self.course.ending == Ending.WITHDRAWN:
            yield from self._is_withdrawn()
            return
        if self.service.needs_plan:
            yield from self._is_planned()
        yield from self._is_worked_on()
        yield from self._is_delivered()
        yield from self._is_closed()

    def _reach(self, stage: Stage) -> None:
        """Note that a stage is reached; the story ends here if it should."""
        if stage >= self.course.stop:
            raise _Stop

    # Chapters

    def _submit(self) -> None:
        by_phone = self.course.channel == Channel.PHONE
        requester = self.world.user(self.client)
        weigh = [int(part) for part in self._text("weigh", "").split()]
        asked = Asked(
            service=self.service,
            subject=self._text("subject"),
            description=self._text("text"),
            service_object=self._text("object", "") if self.service.asks_object else "",
            began_at=self._began() if self.service.asks_began else None,
            affected=self._text("affected", "") if self.service.asks_impact else "",
            background=self._text("background", "") if self.service.asks_background else "",
            wanted_by=self._wanted_by() if self.service.asks_wanted_by else None,
            impact=weigh[0] if weigh and self.service.asks_impact else None,
            urgency=weigh[1] if weigh and self.service.asks_impact else None,
            answers=dict(line.split("=", 1) for line in self._texts("asked")),
            files=self._files("file") if self.course.attaches and not by_phone else (),
        )
        with translation.override(self.client.language):
            self.ticket = services.submit(
                asked,
                by=self.world.user(self.owner) if by_phone else requester,
                requester=requester,
                channel=self.course.channel,
                at=self.at,
            )

    def _is_taken_up(self) -> Story:
        """Somebody takes responsibility and says so."""
        limit = 0 if self.course.late_first else self._minutes_left(ClockKind.FIRST_RESPONSE)
        delay = self.rng.uniform(34, 95) if self.course.late_first else self.rng.triangular(2, 27, 8)
        if limit > 60:  # complaints have a day
            delay = self.rng.uniform(15, 150)
        yield from self._desk(delay, paced=False)
        do = services.start_assessment if self.service.needs_plan else services.take_up
        if self.service.needs_plan:
            services.assign(self.ticket, by=self._we, assignee=self._we, at=self.at)
        do(self.ticket, by=self._we, at=self.at)
        yield from self._later(self.rng.uniform(0.5, 2.5))
        if self.course.channel == Channel.PHONE and self._has("call"):
            services.log_call(self.ticket, by=self._we, at=self.at, body=self._text("call"))
        else:
            self._reply(self._phrase("ack"))
        if self.course.reweighs:
            self._weigh_again()
        self._reach(Stage.ACKNOWLEDGED)

    def _weigh_again(self) -> None:
        if self.rng.random() < 0.5:
            urgency = Urgency.HIGH if self.ticket.urgency < Urgency.HIGH else Urgency.MEDIUM
            services.classify(self.ticket, by=self._we, at=self.at, urgency=urgency, impact=Impact.MEDIUM)
        else:
            priority = Priority(min(Priority.CRITICAL, self.ticket.priority + 1))
            reason = self._phrase("raise")
            services.set_priority(self.ticket, by=self._we, at=self.at, priority=priority, reason=reason)

    def _is_cleared_up(self) -> Story:
        """What has to be known is asked, and an expert looks at it."""
        if self.service.is_technical:
            yield from self._expert_answers()
        if self.course.asks and self._has("ask") and self._has("answer"):
            yield from self._ask()
        if self.course.notes and self._has("note"):
            yield from self._desk(self.rng.uniform(15, 80))
            services.note(self.ticket, by=self._we, at=self.at, body=self._text("note"))
        self._reach(Stage.EXAMINED)

    def _expert_answers(self) -> Story:
        """A specialist writes within the target for technical matters; agents hand over to one."""
        if self.owner.role.value != "agent":
            return
        limit = self._minutes_left(ClockKind.TECHNICAL_RESPONSE)
        yield from self._desk(self.rng.uniform(3, 12), paced=False)
        expert = self.world.other(self.rng, self.scenario.service, self.owner)
        if not self.course.keeps:
            services.assign(self.ticket, by=self._we, assignee=self.world.user(expert), at=self.at)
        delay = limit + self.rng.uniform(10, 120) if self.course.late_technical else self.rng.uniform(0.12, 0.8) * limit
        yield from self._desk(max(3, delay), paced=False)
        self._reply(self._text("found", self._phrase("looking")), by=expert)
        if not self.course.keeps:
            self.owner = expert

    def _ask(self) -> Story:
        yield from self._desk(self.rng.uniform(8, 70))
        self._reply(self._text("ask"))
        services.wait(self.ticket, by=self._we, at=self.at, wait_for=Wait.CLIENT)
        self._reach(Stage.ASKED)
        yield from self._client(self.rng.triangular(12, 420, 60))
        self._hear(self._text("answer"))

    def _is_planned(self) -> Story:
        """A plan is drafted, reviewed where it is risky, proposed, discussed and confirmed."""
        yield from self._rested(self.rng.uniform(60, 240))
        plan = self._draft(self._options("option"))
        yield from self._desk(self.rng.uniform(5, 25))
        yield from self._propose(plan)
        if self.course.returns and self._has("revise") and self._has("return"):
            yield from self._client(self.rng.triangular(30, 500, 150))
            services.return_plan(
                self.ticket, by=self._you, at=self.at, version=plan.version, comment=self._text("return")
            )
            yield from self._rested(self.rng.uniform(40, 150))
            plan = self._draft(self._options("revise"))
            yield from self._desk(self.rng.uniform(5, 25))
            yield from self._propose(plan)
        self._reach(Stage.PROPOSED)
        yield from self._client(self.rng.triangular(30, 700, 150))
        chosen = self.rng.choice([1, 1, 1, plan.options.count()])
        services.confirm_plan(self.ticket, by=self._you, at=self.at, version=plan.version, option=chosen)
        yield from self._rested(self.rng.uniform(10, 90))
        services.start_execution(self.ticket, by=self._we, at=self.at)
        self._reach(Stage.CONFIRMED)

    def _draft(self, options: Sequence[Option]) -> Plan:
        return services.draft_plan(self.ticket, by=self._we, at=self.at, options=options)

    def _propose(self, plan: Plan) -> Story:
        if plan.is_risky:
            reviewer = self.world.other(self.rng, self.scenario.service, self.owner)
            services.review_plan(self.ticket, by=self.world.user(reviewer), at=self.at)
            yield from self._desk(self.rng.uniform(3, 15))
        services.propose_plan(self.ticket, by=self._we, at=self.at, message=self._phrase("propose"))
        yield from self._later(1)
        services.wait(self.ticket, by=self._we, at=self.at, wait_for=Wait.CLIENT)

    def _go_on(self) -> None:
        """End a wait that is over."""
        if Ticket.objects.filter(pk=self.ticket.pk).exclude(wait="").exists():
            services.resume(self.ticket, by=self._we, at=self.at)

    def _is_worked_on(self) -> Story:
        """Tasks, waits and news, until it is done."""
        tasks = [self._fill(title) for title in self.scenario.texts.get("task", [])] if self.course.tasks else []
        made = []
        if tasks:
            yield from self._rested(self.rng.uniform(5, 30))
            made = [
                services.add_task(
                    self.ticket, by=self._we, at=self.at, title=title, owner=self._we, due_at=self.at + 24 * HOUR
                )
                for title in tasks
            ]
        if self.course.thirds and self._has("third"):
            yield from self._third_party()
        if self.course.dated:
            yield from self._until_a_date()
        if self.course.chases:
            yield from self._chase()
        if self._has("found") and self.rng.random() < 0.55:
            yield from self._rested(self.rng.uniform(20, 120))
            self._report(self._texts("found")[-1])
        for task in made:
            yield from self._rested(self.rng.uniform(10, 60))
            services.finish_task(self.ticket, by=self._we, at=self.at, task=task.pk)
        self._reach(Stage.WORKED)

    def _third_party(self) -> Story:
        yield from self._rested(self.rng.uniform(20, 90))
        self._reply(self._text("third"))
        services.wait(self.ticket, by=self._we, at=self.at, wait_for=Wait.THIRD_PARTY)
        self._reach(Stage.THIRD_PARTY)
        yield from self._desk(self.rng.triangular(180, 1300, 450))
        self._go_on()

    def _until_a_date(self) -> Story:
        yield from self._rested(self.rng.uniform(10, 60))
        until = self.world.desk.after(self.at, self.rng.uniform(300, 1400)).replace(second=0, microsecond=0)
        self._reply(self._phrase("dated", date=self._day(until)))
        services.wait(self.ticket, by=self._we, at=self.at, wait_for=Wait.DATE, until=until)
        self._reach(Stage.DATED)
        yield from self._not_before(until + 5 * MINUTE)

    def _chase(self) -> Story:
        """The client asks how it is going, and is answered."""
        yield from self._client(self.rng.uniform(60, 300))
        self._hear(self._phrase("chase"))
        yield from self._desk(self.rng.uniform(5, 60))
        self._reply(self._phrase("soothe"))

    def _is_delivered(self) -> Story:
        yield from self._towards_delivery()
        if self.service.needs_verification:
            verifier = self.world.other(self.rng, self.scenario.service, self.owner)
            services.verify(self.ticket, by=self.world.user(verifier), at=self.at)
            yield from self._later(self.rng.uniform(4, 20))
        self._deliver(self._text("done"))
        if self.course.rejects and self._has("reject"):
            yield from self._client(self.rng.triangular(20, 600, 120))
            self._reject()
            self._reach(Stage.REJECTED)
            yield from self._rested(self.rng.uniform(40, 300))
            if self.service.needs_verification:
                verifier = self.world.other(self.rng, self.scenario.service, self.owner)
                services.verify(self.ticket, by=self.world.user(verifier), at=self.at)
                yield from self._later(5)
            self._deliver(self._text("again", self._phrase("again")))
        self._reach(Stage.DELIVERED)

    def _towards_delivery(self) -> Story:
        """The work itself: as long as it takes, and before the target, unless it is to be missed."""
        shares = {"access": 0.25, "training": 3.0, "data-service": 2.0, "site": 1.5, "consulting": 1.2, "change": 1.6}
        wanted = self.rng.triangular(30, 900, 160) * shares.get(self.scenario.service, 1.0)
        due = self._due()
        if self.course.late_resolution and due is not None:
            self._go_on()
            yield from self._not_before(due + self.rng.uniform(0.6, 9) * HOUR)
        else:
            yield from self._rested(min(wanted, 1800))

    def _deliver(self, summary: str) -> None:
        services.deliver(
            self.ticket,
            by=self._we,
            at=self.at,
            summary=summary,
            self_checked=True,
            files=self._files("result") if self.service.needs_deliverable or self.rng.random() < 0.3 else (),
        )

    def _reject(self) -> None:
        services.reject(self.ticket, by=self._you, at=self.at, delivery=1, reason=self._text("reject"))

    def _is_closed(self) -> Story:
        yield from self._client(self.rng.triangular(10, 1000, 80))
        yield from self._accept()
        if self.course.reopens and self._has("back"):
            yield from self._client(self.rng.uniform(500, 2500))
            services.reopen(self.ticket, by=self._you, at=self.at, reason=self._text("back"))
            yield from self._desk(self.rng.uniform(5, 40))
            self._reply(self._phrase("sorry"))
            if self.service.needs_verification:
                yield from self._desk(self.rng.uniform(30, 90))
                verifier = self.world.other(self.rng, self.scenario.service, self.owner)
                services.verify(self.ticket, by=self.world.user(verifier), at=self.at)
            yield from self._desk(self.rng.uniform(30, 200))
            self._deliver(self._text("again", self._phrase("again")))
            yield from self._client(self.rng.triangular(10, 900, 60))
            yield from self._accept()
        if self.course.survey is not None:
            yield from self._client(self.rng.triangular(4, 1500, 60))
            self._answer_survey(self.course.survey)

    def _accept(self) -> Story:
        number = self.ticket.deliveries.count()
        comment = self._phrase("thanks") if self.rng.random() < 0.45 else ""
        services.accept(self.ticket, by=self._you, at=self.at, delivery=number, comment=comment)
        yield from self._later(0.1)

    def _answer_survey(self, scores: tuple[int, int, int]) -> None:
        survey = Survey.objects.waiting().filter(ticket=self.ticket).first()
        if survey is None or surveys.why_over(survey, self.at):
            return
        mood = "good" if min(scores) >= 4 else "fair" if min(scores) >= 3 else "poor"
        comment = self._phrase(mood) if self.rng.random() < 0.62 or mood == "poor" else ""
        via = self.rng.choices([AnsweredVia.PORTAL, AnsweredVia.LINK], [55, 45])[0]
        surveys.answer(
            survey,
            scores=dict(zip((Dimension.PROCESS, Dimension.RESULT, Dimension.EXPERIENCE), scores, strict=True)),
            comment=comment,
            at=self.at,
            via=via,
            by=self._you if via == AnsweredVia.PORTAL else None,
        )

    # Other endings

    def _is_merged(self) -> Generator[datetime, None, bool]:
        """A duplicate goes into the request it repeats; if that one is over, everything takes its usual course."""
        original = self.original
        yield from self._desk(self.rng.uniform(4, 20), paced=False)
        if original is None or not hasattr(original, "ticket"):
            return False
        into = Ticket.objects.get(pk=original.ticket.pk)
        if not into.is_open or into.organisation_id != self.ticket.organisation_id:
            return False
        self._reply(self._phrase("merge", number=into.number))
        services.merge(self.ticket, by=self._we, at=self.at, into=into)
        return True

    def _is_declined(self) -> Story:
        yield from self._desk(self.rng.uniform(8, 26), paced=False)
        services.decline(self.ticket, by=self._we, at=self.at, reason=self._phrase("decline"))
        if self.rng.random() < 0.4:
            yield from self._client(self.rng.uniform(10, 90))
            self._hear(self._phrase("pity"))

    def _is_withdrawn(self) -> Story:
        yield from self._client(self.rng.uniform(15, 200))
        services.withdraw(self.ticket, by=self._you, at=self.at, reason=self._phrase("withdraw"))

    # Time

    def _later(self, minutes: float) -> Story:
        """Right after, by the clock on the wall."""
        yield from self._not_before(self.at + minutes * MINUTE)

    def _not_before(self, at: datetime) -> Story:
        self.at = max(self.at + 7 * SECOND, at.replace(microsecond=0))
        yield self.at

    def _desk(self, minutes: float, *, paced: bool = True) -> Story:
        """So many working minutes of the desk later, but before a resolution target that is to be kept."""
        wanted = self.world.desk.after(self.at, minutes * (self.course.pace if paced else 1))
        wanted += self.rng.randrange(50) * SECOND
        due = None if self.course.late_resolution else self._due()
        if due is not None:
            wanted = min(wanted, due - MARGIN * MINUTE - self.rng.randrange(20) * MINUTE)
        yield from self._not_before(wanted)

    def _rested(self, minutes: float) -> Story:
        """Like `_desk`; where a target runs day and night, a long break is agreed on with the client first."""
        wanted = self.world.desk.after(self.at, minutes * self.course.pace)
        complex_ = self.service.complexity == Complexity.COMPLEX
        if complex_ and self.course.rests and wanted - self.at > LONG_BREAK and not self.course.late_resolution:
            until = (wanted - 10 * MINUTE).replace(second=0, microsecond=0)
            yield from self._later(3)
            self._reply(self._phrase("dated", date=self._day(until)))
            services.wait(self.ticket, by=self._we, at=self.at, wait_for=Wait.DATE, until=until)
            yield from self._not_before(wanted)
        else:
            yield from self._desk(minutes)

    def _client(self, minutes: float) -> Story:
        """So many working minutes of the client later."""
        hours = self.world.hours_of(self.client)
        wanted = hours.after(self.at, minutes * min(1.0, self.course.pace)) + self.rng.randrange(50) * SECOND
        yield from self._not_before(wanted)

    def _due(self) -> datetime | None:
        """When the resolution target runs out as things stand; None without one, in a wait, or once missed."""
        if not self._has_resolution_target:
            return None
        due = self._due_of(ClockKind.RESOLUTION)
        return due if due is not None and due > self.at else None

    def _minutes_left(self, kind: ClockKind) -> float:
        """Working minutes until a response is due; 0 when nothing is."""
        due = self._due_of(kind)
        return 0 if due is None else self.world.desk.calendar.worked(self.at, due) / MINUTE

    def _due_of(self, kind: ClockKind) -> datetime | None:
        running = Clock.objects.unfinished().filter(ticket=self.ticket, kind=kind)
        return running.order_by().values_list("due_at", flat=True).first()

    @cached_property
    def _has_resolution_target(self) -> bool:
        return Clock.objects.filter(ticket=self.ticket, kind=ClockKind.RESOLUTION).exists()

    def _began(self) -> datetime:
        return self.begins - self.rng.randint(4, 160) * MINUTE

    def _wanted_by(self) -> datetime | None:
        days = self.rng.choice([None, 3, 5, 7, 10])
        return None if days is None else self.begins + timedelta(days=days)

    # People and words

    @property
    def service(self) -> Any:
        """The service it is about."""
        return self.world.services[self.scenario.service]

    @property
    def _you(self) -> User:
        return self.world.user(self.client)

    @property
    def _we(self) -> User:
        return self.world.user(self.owner)

    def _reply(self, body: str, by: Person | None = None) -> None:
        services.reply(self.ticket, by=self.world.user(by or self.owner), at=self.at, body=body)

    def _report(self, body: str) -> None:
        """News from the work; where a plan was agreed it is a report on its progress."""
        if self.service.needs_plan:
            services.report_progress(self.ticket, by=self._we, at=self.at, body=body)
        else:
            self._reply(body)

    def _hear(self, body: str) -> None:
        channel = self.course.channel if self.course.channel == Channel.EMAIL else Channel.PORTAL
        attached = self._files("file") if self.rng.random() < 0.2 else ()
        services.reply(self.ticket, by=self._you, at=self.at, body=body, channel=channel, files=attached)

    def _has(self, key: str) -> bool:
        return key in self.scenario.texts

    def _texts(self, key: str) -> list[str]:
        return [self._fill(text) for text in self.scenario.texts.get(key, [])]

    def _text(self, key: str, otherwise: str | None = None) -> str:
        """One of the texts under a key."""
        found = self.scenario.texts.get(key)
        if found is None and otherwise is not None:
            return otherwise
        return self._fill(self.rng.choice(found or []))

    def _phrase(self, key: str, **more: str) -> str:
        return self._fill(self.rng.choice(phrases()[self.scenario.language][key]), **more)

    def _fill(self, text: str, **more: str) -> str:
        names = {"you": self.client.polite, "me": self.client.name, "we": self.owner.name}
        return text.format_map({**self.slots, **names, **more})

    def _day(self, at: datetime) -> str:
        day = at.astimezone(self.world.desk.zone)
        if self.scenario.language == "en":
            return f"{day:%A}, {day.day} {day:%B}"
        return f"{day.month}月{day.day}日"

    def _files(self, key: str) -> list[SimpleUploadedFile]:
        return [files.make(name, self.rng) for name in self._texts(key)]

    def _options(self, key: str) -> list[Option]:
        return [_option(text) for text in self._texts(key)]


def _option(text: str) -> Option:
    title, steps, effect, resources, duration, risk, *note = (part.strip() for part in text.split(" / "))
    return Option(
        title=title,
        steps="\n".join(f"{n}. {step.strip()}" for n, step in enumerate(steps.split(";"), start=1)),
        effect=effect,
        resources=resources,
        duration=duration,
        risk=int(risk),
        risk_note=" / ".join(note),
    )
