"""What the page of one request shows, gathered in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import ngettext

from accounts.models import User
from accounts.people import People
from accounts.prepared import gather, prepared
from desk.deeds import DEEDS, MORE, NEXT, WRITING
from desk.forms import WriteForm
from desk.rows import age_words, sign_of
from notifications.services import mark_read
from sla.models import Clock, ClockKind, ClockState
from sla.services.published import engine_calendar
from tickets.acts import Act, Offer, offers_for
from tickets.finding import find
from tickets.models import Delivery, Plan, Task, Ticket
from tickets.states import STEPS, State, Turn, Wait
from tickets.telling import desk_path
from web.requests import PersonRequest
from web.timeline import Entry, timeline

LONG = 3  # so many events in a row stay as they are
SHOWN = 80  # so many entries of the time line, unless all are asked for
LATEST = 2  # so many events at the end are never folded


def find_ticket(user: User, number: str) -> Ticket:
    """A request this person may see.

    Raises:
        Http404: there is none.
    """
    ticket = find(number, user)
    if ticket is None:
        raise Http404
    return ticket


@dataclass(frozen=True)
class Step:
    """An act as a button.

    Attributes:
        asks: whether it opens a form first.
        once: identifies the form of an act that asks nothing.
        why: what stands in the way.
    """

    act: Act
    label: str | Promise
    icon: str
    asks: bool
    once: UUID
    why: list[str | Promise]
    is_main: bool

    @property
    def is_possible(self) -> bool:
        """Whether it can be done now."""
        return not self.why


@dataclass(frozen=True)
class Stretch:
    """A part of the time line: one entry, or events folded under a label."""

    entry: Entry | None = None
    folded: tuple[Entry, ...] = ()
    label: str = ""


@dataclass(frozen=True)
class ClockRow:
    """A clock as the side panel shows it; `counted` holds at the instant of the page."""

    clock: Clock
    label: str | Promise
    target: timedelta
    counted: timedelta
    is_paused: bool
    halt: str | Promise


def request_context(
    request: PersonRequest, ticket: Ticket, at: datetime, *, write: WriteForm | None = None, keep: bool = False
) -> dict[str, Any]:
    """Everything `desk/request/_detail.html` needs of a request this person may see. Opening it marks their notices
    about it read.

    Args:
        write: the composer's form when it comes back with problems.
        keep: whether the composer that is in the page already stays, with what is typed in it.
    """
    user = request.user
    mark_read(user, at, path=desk_path(ticket))
    people = People(user)
    plans, tasks, deliveries = _plans(ticket, people), _tasks(ticket, people), _deliveries(ticket, people)
    clocks = _clocks_of(ticket.pk)
    entries = timeline(ticket, user, now=at, clocks=clocks, people=people)
    steps = [_step(offer) for offer in offers_for(ticket, user)]
    acts = {step.act: step for step in steps}
    shown = entries if request.GET.get("all") else entries[-SHOWN:]
    rows = [clock_row(clock, ticket, at) for clock in clocks]
    return {
        "ticket": ticket,
        "now": at,
        "acts": {str(act): step for act, step in acts.items()},
        "primary": _primary(steps, ticket),
        "next_steps": [acts[act] for act in NEXT if act in acts],
        "more_steps": [acts[act] for act in MORE if act in acts],
        "process": _process(ticket),
        "turn": Turn(ticket.turn),
        "wait": Wait(ticket.wait).label if ticket.wait else "",
        "sign": sign_of(ticket.priority),
        "age": age_words((at - ticket.received_at).total_seconds()),
        "stretches": list(stretches(shown)),
        "earlier": len(entries) - len(shown),
        "live_clocks": [row for row in rows if row.clock.stopped_at is None],
        "settled_clocks": [row for row in rows if row.clock.stopped_at is not None],
        "plans": plans,
        "tasks": tasks,
        "tasks_open": sum(task.done_at is None for task in tasks),
        "task_once": uuid4(),
        "deliveries": deliveries,
        "files": [file for entry in entries for file in entry.attachments],
        "merged": _merged_into(ticket.pk),
        "write": write or WriteForm(),
        "writing": [(acts[act], str(act)) for act in WRITING if act in acts],
        "writes_as": request.POST.get("kind") or next((str(act) for act in WRITING if act in acts), ""),
        "draft_key": f"ticket-{ticket.pk}",
        "draft_done": request.session.pop("draft_done", ""),
        "keep": keep,
    }


def _step(offer: Offer) -> Step:
    deed = DEEDS.get(offer.act)
    return Step(
        act=offer.act,
        label=offer.rule.label,
        icon=deed.icon if deed else "",
        asks=deed is not None and not deed.is_quick,
        once=uuid4(),
        why=[blocker.sentence for blocker in offer.blockers],
        is_main=offer.rule.main,
    )


def _primary(steps: Sequence[Step], ticket: Ticket) -> Step | None:
    """The one act the eye should find: to go on when it waits, else the first usual step that is possible.

    None while a plan is with the client: then it is not our turn, and going on would only start the clocks again.
    """
    if ticket.current_plan is not None and ticket.current_plan.is_with_client:
        return None
    main = [step for step in steps if step.is_main and step.is_possible]
    return next((step for step in main if step.act == Act.RESUME), None) or next(iter(main), None)


def _process(ticket: Ticket) -> list[dict[str, Any]]:
    state = State(ticket.state)
    if state not in STEPS:
        is_closed = state == State.CLOSED
        ended = {"label": state.label, "state": "now" if is_closed else "ended"}
        return [*({"label": step.label, "state": "done" if is_closed else "todo"} for step in STEPS), ended]
    here = STEPS.index(state)
    words = ["done"] * here + ["now"] + ["todo"] * (len(STEPS) - here - 1)
    return [{"label": step.label, "state": word} for step, word in zip(STEPS, words, strict=True)]


def _plans(ticket: Ticket, people: People) -> list[Plan]:
    """The versions, newest first; the newest becomes the request's `current_plan`, so that nobody asks again."""
    plans = _plans_of(ticket.pk)
    people.expect(plans, "author", "reviewer", "decided_by")
    ticket.current_plan = plans[0] if plans else None
    return plans


@prepared
def _plans_of(ticket: int) -> QuerySet[Plan]:
    return Plan.objects.filter(ticket=ticket).select_related("chosen").prefetch_related("options").order_by("-version")


def _tasks(ticket: Ticket, people: People) -> list[Task]:
    """What is still to be done comes first; the request knows them from now on, so that nobody asks again."""
    tasks = _tasks_of(ticket.pk)
    gather(ticket, "tasks", tasks)
    people.expect(tasks, "owner", "done_by")
    return tasks


@prepared
def _tasks_of(ticket: int) -> QuerySet[Task]:
    return Task.objects.filter(ticket=ticket).order_by("done_at", "pk")


def _deliveries(ticket: Ticket, people: People) -> list[Delivery]:
    deliveries = _deliveries_of(ticket.pk)
    people.expect(deliveries, "delivered_by", "decided_by")
    return deliveries


@prepared
def _deliveries_of(ticket: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(ticket=ticket).order_by("-number")


@prepared
def _clocks_of(ticket: int) -> QuerySet[Clock]:
    found = Clock.objects.filter(ticket=ticket).current().select_related("pin__calendar_version")
    return found.order_by("stopped_at", "due_at", "pk")


@prepared
def _merged_into(ticket: int) -> QuerySet[Ticket]:
    return Ticket.objects.filter(merged_into=ticket).only("number", "subject")


def clock_row(clock: Clock, ticket: Ticket, at: datetime) -> ClockRow:
    """A clock with what has been counted until now: since the row was read nothing has happened to it."""
    is_paused = clock.stopped_at is None and clock.due_at is None
    counted = clock.counted
    if clock.stopped_at is None and not is_paused and clock.pin.calendar_version is not None and at > clock.read_at:
        counted += engine_calendar(clock.pin.calendar_version).worked(clock.read_at, at)
    halt: str | Promise = Wait(ticket.wait).label if is_paused and ticket.wait else ""
    if clock.state == ClockState.VOID:
        halt = ClockState.VOID.label
    return ClockRow(
        clock=clock,
        label=ClockKind(clock.kind).label,
        target=timedelta(seconds=clock.target_seconds),
        counted=counted,
        is_paused=is_paused,
        halt=halt,
    )


def stretches(entries: Iterable[Entry]) -> Iterator[Stretch]:
    """The time line with long stretches of events folded; what misses a target and the latest events stay in sight."""
    runs = [(is_message, list(run)) for is_message, run in groupby(entries, key=lambda entry: entry.is_message)]
    for position, (is_message, run) in enumerate(runs):
        is_last = position == len(runs) - 1
        open_end = run[-LATEST:] if is_last else []
        hidden = [] if is_message else run[: len(run) - len(open_end)]
        if len(hidden) <= LONG:
            yield from (Stretch(entry) for entry in run)
            continue
        label = ngettext("%(count)s change", "%(count)s changes", len(hidden)) % {"count": len(hidden)}
        yield Stretch(folded=tuple(hidden), label=label)
        yield from (Stretch(entry) for entry in open_end)
