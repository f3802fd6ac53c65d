"""Where a request stands, in the client's words: what happens next, by when, and what they can do (R-096).

Lists use the request's own columns only, so that a row costs no query.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from sla.models import Clock, ClockKind, ClockState
from tickets.models import Ticket
from tickets.states import STEPS, EventKind, State, Turn, Wait
from web.timeline import Entry
from web.words import day_words, full_words


@dataclass(frozen=True)
class Promise:
    """A target that runs, for the client: "First answer by today 14:30"."""

    text: str
    by: datetime
    is_late: bool

    @property
    def exact(self) -> str:
        """The moment to the second, with its zone."""
        return full_words(self.by)


@dataclass(frozen=True)
class Mark:
    """A word with its colour, for a row: whose turn, or where it stands."""

    text: str
    tone: str = ""
    icon: str = ""


def to_do(ticket: Ticket, *, plan_waits: bool | None = None) -> str:
    """What the client is asked to do now; empty when it is not their turn.

    Args:
        plan_waits: whether a plan is with the client, where the caller knows.
    """
    if not ticket.is_open:
        return ""
    if ticket.state == State.ACCEPTANCE:
        return _("Check the delivery and accept it")
    if plan_waits or (plan_waits is None and _awaits_plan(ticket)):
        return _("Choose an option and confirm the plan")
    return _("Answer our question") if ticket.turn == Turn.CLIENT else ""


def _awaits_plan(ticket: Ticket) -> bool:
    return ticket.state == State.ASSESSMENT and ticket.turn == Turn.CLIENT and ticket.wait != Wait.CLIENT


def what_next(ticket: Ticket, now: datetime, *, plan_waits: bool | None = None) -> str:
    """What happens next, as a sentence, in every state."""
    if not ticket.is_open:
        return _after_the_end(ticket, now)
    if ticket.state == State.ACCEPTANCE:
        return _("You check what we delivered. When you accept it, the request is closed.")
    if plan_waits or (plan_waits is None and _awaits_plan(ticket)):
        return _("You choose an option and confirm the plan. Then we begin the work.")
    if ticket.wait:
        return _while_waiting(ticket, now)
    return {
        State.INTAKE: _("We read your request and answer you."),
        State.ASSESSMENT: _("We look into it and come back to you."),
        State.EXECUTION: _("We work on it and hand over the result to you."),
    }[State(ticket.state)]


def _while_waiting(ticket: Ticket, now: datetime) -> str:
    if ticket.wait == Wait.CLIENT:
        return _("We need your answer to go on.")
    if ticket.wait == Wait.DATE and ticket.wait_until is not None:
        return _("We go on %(moment)s.") % {"moment": day_words(ticket.wait_until, now)}
    return _("We are waiting for a third party and go on as soon as we have their answer.")


def _after_the_end(ticket: Ticket, now: datetime) -> str:
    if ticket.state == State.DECLINED:
        return _("We can't take this on. The reason is in the conversation, and you can answer it.")
    if ticket.state == State.WITHDRAWN:
        if ticket.merged_into_id is not None:
            return _("This request was merged into another one, where it goes on.")
        return _("The request was withdrawn. Nothing more happens.")
    until = reopen_until(ticket)
    if until is not None and now <= until:
        return _("The request is closed. If something is not right, you can reopen it until %(moment)s.") % {
            "moment": day_words(until, now)
        }
    return _("The request is closed.")


def reopen_until(ticket: Ticket) -> datetime | None:
    """Until when a closed request can be reopened."""
    if ticket.closed_at is None:
        return None
    return ticket.closed_at + timedelta(days=ticket.service.reopen_days)


def promise(kind: str, due_at: datetime, now: datetime) -> Promise:
    """A target in the client's words; late ones say so."""
    moment = {"moment": day_words(due_at, now)}
    if due_at <= now:
        return Promise(_promise_missed(kind) % moment, due_at, is_late=True)
    return Promise(_promise_kept(kind) % moment, due_at, is_late=False)


def _promise_kept(kind: str) -> str:
    return {
        ClockKind.FIRST_RESPONSE: _("First answer by %(moment)s"),
        ClockKind.TECHNICAL_RESPONSE: _("Answer from a specialist by %(moment)s"),
        ClockKind.NEXT_RESPONSE: _("Answer by %(moment)s"),
        ClockKind.PROGRESS_REPORT: _("Progress report by %(moment)s"),
        ClockKind.RESOLUTION: _("Solved by %(moment)s"),
    }.get(ClockKind(kind), _("By %(moment)s"))


def _promise_missed(kind: str) -> str:
    return {
        ClockKind.FIRST_RESPONSE: _("First answer is late, it was due %(moment)s"),
        ClockKind.TECHNICAL_RESPONSE: _("Answer from a specialist is late, it was due %(moment)s"),
        ClockKind.NEXT_RESPONSE: _("Our answer is late, it was due %(moment)s"),
        ClockKind.PROGRESS_REPORT: _("Progress report is late, it was due %(moment)s"),
        ClockKind.RESOLUTION: _("Solution is late, it was due %(moment)s"),
    }.get(ClockKind(kind), _("Late, it was due %(moment)s"))


def promise_of(ticket: Ticket, now: datetime) -> Promise | None:
    """The next target of a request, where it is our turn."""
    if ticket.due_at is None or not ticket.due_kind or ticket.turn != Turn.STAFF:
        return None
    return promise(ticket.due_kind, ticket.due_at, now)


def promises_of(clocks: Iterable[Clock], now: datetime) -> list[Promise]:
    """Every target that runs, the next one first."""
    running = [clock for clock in clocks if clock.due_at and clock.state in (ClockState.RUNNING, ClockState.BREACHED)]
    return [
        promise(clock.kind, clock.due_at, now)
        for clock in sorted(running, key=lambda clock: (clock.due_at, clock.pk))
        if clock.due_at
    ]


def mark(ticket: Ticket, *, asks_client: bool) -> Mark:
    """The chip of a row."""
    state = State(ticket.state)
    if asks_client:
        return Mark(_("Your turn"), "soon", "flag")
    if not ticket.is_open:
        return Mark(_end_of(ticket), "met", "check") if state == State.CLOSED else Mark(_end_of(ticket))
    if ticket.wait in (Wait.THIRD_PARTY, Wait.DATE):
        return Mark(_("Waiting"), "paused", "pause")
    return Mark(str(state.label), "accent")


def _end_of(ticket: Ticket) -> str:
    """How it ended, in one word; to a client merging is not withdrawing."""
    merged = ticket.merged_into_id is not None
    return str(EventKind.MERGED.label if merged else State(ticket.state).label)


# --- the four steps -----------------------------------------------------------------------------------------------

_BEGINS = {
    State.INTAKE: EventKind.SUBMITTED,
    State.ASSESSMENT: EventKind.ASSESSMENT_STARTED,
    State.EXECUTION: EventKind.EXECUTION_STARTED,
    State.ACCEPTANCE: EventKind.DELIVERED,
}


def steps_of(ticket: Ticket, entries: Sequence[Entry], *, plan_waits: bool) -> list[dict[str, Any]]:
    """The process for the stepper: what is done and since when, where it stands, how it ended."""
    reached = {step: _first(entries, begins) for step, begins in _BEGINS.items()}
    state = State(ticket.state)
    if state in (State.DECLINED, State.WITHDRAWN):
        past = [_step(step, "done", at=at) for step, at in reached.items() if at is not None]
        return [*past, {"label": _end_of(ticket), "state": "ended", "at": ticket.closed_at}]
    if state == State.CLOSED:
        past = [_step(step, "done", at=reached[step]) for step in STEPS[:-1]]
        return [*past, {**_step(State.ACCEPTANCE, "done", at=ticket.closed_at), "caption": _("Closed")}]
    here = STEPS.index(state)
    caption = _caption(ticket, plan_waits=plan_waits)
    return [
        _step(step, "done", at=reached[step])
        if index < here
        else _step(step, "now", caption=caption)
        if index == here
        else _step(step, "todo")
        for index, step in enumerate(STEPS)
    ]


def _first(entries: Sequence[Entry], kind: EventKind) -> datetime | None:
    return next((entry.at for entry in entries if entry.what == kind), None)


def _step(step: State, state: str, *, at: datetime | None = None, caption: str = "") -> dict[str, Any]:
    return {"label": step.label, "state": state, "at": at, "caption": caption}


def _caption(ticket: Ticket, *, plan_waits: bool) -> str:
    if ticket.state == State.ACCEPTANCE:
        return _("Please check it")
    if plan_waits:
        return _("Please confirm the plan")
    if ticket.wait == Wait.CLIENT:
        return _("Please answer")
    return _("Waiting") if ticket.wait else _("We are on it")
