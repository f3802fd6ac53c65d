"""A generated request told once more, act by act, through `tickets.services`: to hold one against the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Min, Model

from accounts.models import User
from quality.models import Survey, SurveyAnswer
from quality.services import surveys
from sla.models import Clock, ClockShare, ClockStep, Pin
from sla.services.sweep import sweep
from tickets import services
from tickets.models import Ticket, TicketEvent
from tickets.states import EventKind

NOTICED_AFTER = timedelta(milliseconds=600)
ALONG = {EventKind.WAIT_ENDED, EventKind.NOTE}  # what another act may bring along
BY_TIMERS = {EventKind.CLOCK_WARNED, EventKind.CLOCK_BREACHED, EventKind.ESCALATED, EventKind.SURVEY_SENT}


class Retold:
    """A request with everything that hangs on it, for comparing."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket

    def rows(self) -> dict[str, list[Any]]:
        """By sort: what must be the same, however often a story is told. Ids, hashes and moments of noticing differ."""
        ticket = self.ticket
        clocks = {clock.pk: f"{clock.kind} {clock.cycle}.{clock.part}" for clock in ticket.clocks.all()}
        return {
            "request": [values(ticket, "id number event_hash")],
            "events": [self._event(event) for event in ticket.events.order_by("seq")],
            "messages": [values(row, "id ticket_id") for row in ticket.messages.order_by("at", "pk")],
            "tasks": [values(row, "id ticket_id") for row in ticket.tasks.order_by("pk")],
            "plans": [values(row, "id ticket_id chosen_id") for row in ticket.plans.order_by("version")],
            "chosen": [plan.chosen and plan.chosen.position for plan in ticket.plans.order_by("version")],
            "options": [values(row, "id plan_id") for plan in ticket.plans.all() for row in plan.options.all()],
            "deliveries": [values(row, "id ticket_id message_id") for row in ticket.deliveries.order_by("number")],
            "surveys": [values(row, "id ticket_id key") for row in ticket.surveys.order_by("pk")],
            "scores": [
                (row.dimension, row.score)
                for row in SurveyAnswer.objects.filter(survey__ticket=ticket).order_by("survey", "dimension")
            ],
            "clocks": [self._clock(clock) for clock in ticket.clocks.order_by("kind", "cycle", "part")],
            "pins": [values(row, "id ticket_id") for row in Pin.objects.filter(ticket=ticket).order_by("kind", "seq")],
            "steps": sorted(
                (clocks[row.clock_id], row.step, row.at, row.event.kind)
                for row in ClockStep.objects.filter(clock__ticket=ticket).select_related("event")
            ),
            "shares": sorted(
                (clocks[row.clock_id], row.cause, row.team_id or 0, round(row.seconds, 3))
                for row in ClockShare.objects.filter(clock__ticket=ticket)
            ),
        }

    def _event(self, event: TicketEvent) -> tuple[Any, ...]:
        instant = None if event.kind == EventKind.ESCALATED else event.at
        data = {name: None if name in IDS else value for name, value in event.data.items()}
        return event.kind, instant, event.actor_id, event.visibility, event.message is None, data

    def _clock(self, clock: Clock) -> dict[str, Any]:
        """A live row says what it was when it was read last, so what grows with time is left out."""
        left_out = "id ticket_id pin_id read_at noticed_at" + (" counted paused" if clock.stopped_at is None else "")
        pin = clock.pin
        return {
            **values(clock, left_out),
            "pin": (pin.kind, pin.seq, pin.target_id, pin.calendar_version_id),
            "noticed": clock.noticed_at is not None,
        }


IDS = {"plan", "delivery", "survey", "task"}


def values(row: Model, left_out: str) -> dict[str, Any]:
    """The columns of a row."""
    names = {field.attname for field in row._meta.concrete_fields} - set(left_out.split())
    return {name: getattr(row, name) for name in sorted(names)}


def retold(model: Ticket, now: datetime) -> Retold:
    """The same story, at the same instants, by the same people."""
    other = _Teller(model)
    for at, group in groupby(_acts(model), key=lambda event: event.at):
        other.run_timers(at)
        other.do(list(group), at)
    other.run_timers(now)
    sweep(now)
    return Retold(Ticket.objects.get(pk=other.ticket.pk))


def _acts(model: Ticket) -> Iterator[TicketEvent]:
    events = model.events.select_related("actor", "message").order_by("seq")
    return (event for event in events if event.kind not in BY_TIMERS)


class _Teller:
    def __init__(self, model: Ticket) -> None:
        self.model = model
        self.ticket = model
        self.plans = iter(model.plans.order_by("version").prefetch_related("options"))
        self.tasks = iter(model.tasks.order_by("pk"))

    def run_timers(self, until: datetime) -> None:
        """Of this request alone: with the generated ones nothing is due before their now."""
        if self.ticket is self.model:
            return
        while (at := self._next_timer()) is not None and at + NOTICED_AFTER < until:
            assert sweep(at + NOTICED_AFTER) == 1

    def _next_timer(self) -> datetime | None:
        found: datetime | None = Clock.objects.filter(ticket=self.ticket).aggregate(at=Min("next_check_at"))["at"]
        return found

    def do(self, events: Sequence[TicketEvent], at: datetime) -> None:
        """One act, by the events it left; what an act records beside its own event comes by itself."""
        kinds = [event.kind for event in events]
        event = next((each for each in events if each.kind in _DEEDS and each.kind not in ALONG), events[0])
        if kinds[0] == EventKind.ASSIGNED and EventKind.EXECUTION_STARTED in kinds:
            services.take_up(self.fresh, by=events[0].actor, at=at)
        elif kinds == [EventKind.ASSIGNED, EventKind.ASSESSMENT_STARTED]:
            for each in events:
                _DEEDS[each.kind](self, each, {"by": each.actor, "at": at})
        elif event.kind == EventKind.WAIT_ENDED and event.actor is None:
            services.end_waits_until(at)
        else:
            _DEEDS[event.kind](self, event, {"by": event.actor, "at": at})

    @property
    def fresh(self) -> Ticket:
        return Ticket.objects.with_people().get(pk=self.ticket.pk)

    def submit(self, event: TicketEvent, how: dict[str, Any]) -> None:
        model = self.model
        names = (
            "service subject description service_object began_at affected background wanted_by impact urgency answers"
        )
        first = model.events.filter(kind=EventKind.CLASSIFIED).order_by("seq").first()
        before = {name: change["from"] for name, change in first.data.items()} if first else {}
        asked = {name: before.get(name, getattr(model, name)) for name in [*names.split(), "answers"]}
        self.ticket = services.submit(
            services.Asked(**asked), requester=model.requester, channel=event.data["channel"], **how
        )

    def propose(self, event: TicketEvent, how: dict[str, Any]) -> None:
        plan = next(self.plans)
        names = ("title", "steps", "effect", "resources", "duration", "risk", "risk_note")
        options = [services.Option(**{name: getattr(row, name) for name in names}) for row in plan.options.all()]
        services.propose_plan(self.fresh, options=options, message=event.message.body, **how)

    def add_task(self, event: TicketEvent, how: dict[str, Any]) -> None:
        task = next(self.tasks)
        services.add_task(self.fresh, title=task.title, owner=task.owner, **how)

    def wait(self, event: TicketEvent, how: dict[str, Any]) -> None:
        until = event.data["until"]
        services.wait(
            self.fresh, wait_for=event.data["for"], until=datetime.fromisoformat(until) if until else None, **how
        )

    def classify(self, event: TicketEvent, how: dict[str, Any]) -> None:
        changed = {name: event.data[name]["to"] for name in ("impact", "urgency") if name in event.data}
        services.classify(self.fresh, **changed, **how)

    def raise_priority(self, event: TicketEvent, how: dict[str, Any]) -> None:
        reason = self.model.messages.get(at=event.at)
        services.set_priority(self.fresh, priority=event.data["to"], reason=reason.body, **how)

    def answer(self, event: TicketEvent, how: dict[str, Any]) -> None:
        survey = Survey.objects.waiting().get(ticket=self.ticket)
        comment = self.model.surveys.get(pk=event.data["survey"]).comment
        surveys.answer(survey, scores=event.data["scores"], comment=comment, via=event.data["via"], **how)


def _said(service: Callable[..., Any], field: str, **more: Any) -> Callable[..., Any]:
    def do(teller: _Teller, event: TicketEvent, how: dict[str, Any]) -> None:
        body = event.message.body if event.message else ""
        service(teller.fresh, **{field: body}, **more, **how)

    return do


def _decided(service: Callable[..., Any], field: str) -> Callable[..., Any]:
    def do(teller: _Teller, event: TicketEvent, how: dict[str, Any]) -> None:
        body = event.message.body if event.message else ""
        service(teller.fresh, delivery=event.data["number"], **{field: body}, **how)

    return do


def _plain(service: Callable[..., Any], **more: Any) -> Callable[..., Any]:
    return lambda teller, event, how: service(teller.fresh, **more, **how)


_DEEDS: dict[str, Callable[[_Teller, TicketEvent, dict[str, Any]], Any]] = {
    EventKind.SUBMITTED: _Teller.submit,
    EventKind.MESSAGE: lambda teller, event, how: services.reply(
        teller.fresh, body=event.message.body, channel=event.message.channel, **how
    ),
    EventKind.PRIORITY_CHANGED: _Teller.raise_priority,
    EventKind.NOTE: _said(services.note, "body"),
    EventKind.CALL_LOGGED: _said(services.log_call, "body"),
    EventKind.CLASSIFIED: _Teller.classify,
    EventKind.ASSESSMENT_STARTED: _plain(services.start_assessment),
    EventKind.DECLINED: _said(services.decline, "reason"),
    EventKind.PLAN_PROPOSED: _Teller.propose,
    EventKind.PLAN_CONFIRMED: lambda teller, event, how: services.confirm_plan(
        teller.fresh, version=event.data["version"], option=event.data["option"], **how
    ),
    EventKind.PLAN_RETURNED: lambda teller, event, how: services.return_plan(
        teller.fresh, version=event.data["version"], comment=event.message.body, **how
    ),
    EventKind.EXECUTION_STARTED: _plain(services.start_execution),
    EventKind.TASK_ADDED: _Teller.add_task,
    EventKind.TASK_DONE: lambda teller, event, how: services.finish_task(
        teller.fresh, task=teller.ticket.tasks.order_by("-pk")[:1].get().pk, **how
    ),
    EventKind.PROGRESS_REPORTED: _said(services.report_progress, "body"),
    EventKind.VERIFIED: _plain(services.verify),
    EventKind.DELIVERED: _said(services.deliver, "summary", self_checked=True),
    EventKind.ACCEPTED: _decided(services.accept, "comment"),
    EventKind.REJECTED: _decided(services.reject, "reason"),
    EventKind.REOPENED: _said(services.reopen, "reason"),
    EventKind.WITHDRAWN: _said(services.withdraw, "reason"),
    EventKind.WAIT_STARTED: _Teller.wait,
    EventKind.SURVEY_ANSWERED: _Teller.answer,
    EventKind.ASSIGNED: lambda teller, event, how: services.assign(
        teller.fresh, assignee=User.objects.get(pk=event.data["to"]), **how
    ),
    EventKind.WAIT_ENDED: _plain(services.resume),
}
