"""Finished stories as lines for COPY."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from servicedesk.generate.chain import NULL, chained, stamp
from servicedesk.generate.clocks import Clocks, Kept, clocks_of, soon_at
from servicedesk.generate.columns import COLUMNS
from servicedesk.generate.request import Request
from sla.engine.instants import moment
from sla.models import Clock
from sla.services.shares import shares_of
from tickets.models import Ticket, TicketEvent
from tickets.states import EventKind

TIMES = frozenset(
    {"began_at", "wanted_by", "wait_until", "waiting_since", "received_at", "changed_at", "closed_at"}
    | {"due_at", "due_soon_at"}
)
TEXTS = frozenset(
    {"subject", "description", "service_object", "affected", "background", "last_line", "last_line_public"}
)
ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"})


def line(values: Iterable[Any]) -> str:
    """A row; texts have been through `safe`, instants through `stamp`."""
    return (
        "\t".join([NULL if value is None else value if value.__class__ is str else str(value) for value in values])
        + "\n"
    )


def safe(text: str) -> str:
    """A text without the signs that COPY takes for its own."""
    return text.translate(ESCAPES)


def when(us: int | None) -> str | None:
    """An instant, or nothing."""
    return None if us is None else stamp(us)


class Rows:
    """The lines of one chunk, by table."""

    def __init__(self) -> None:
        self.lines: dict[str, list[str]] = {table: [] for table in COLUMNS}
        self._events: list[tuple[int, str]] = []
        self._messages: list[tuple[int, str]] = []

    def add(self, request: Request) -> Clocks:
        """Everything about a finished story."""
        clocks = clocks_of(request)
        self._events += chained(request, clocks.events)
        self._add_clocks(request, clocks)
        self._add_words(request)
        self._add_work(request)
        self._add_surveys(request)
        self._add("tickets_ticket", [_ticket_value(request, name) for name in COLUMNS["tickets_ticket"]])
        return clocks

    def finished(self) -> dict[str, str]:
        """What COPY reads; events and messages lie in the order of time, as a living desk writes them."""
        for table, timed in (("tickets_ticketevent", self._events), ("tickets_message", self._messages)):
            timed.sort()
            self.lines[table] = [text for _, text in timed]
        return {table: "".join(lines) for table, lines in self.lines.items()}

    def _add(self, table: str, values: Iterable[Any]) -> None:
        self.lines[table].append(line(values))

    def _add_words(self, request: Request) -> None:
        for pk, ticket, author, kind, visibility, channel, body, at in request.messages:
            row = line((pk, ticket, author, kind, visibility, channel, safe(body), stamp(at)))
            self._messages.append((at, row))
        self._add("tickets_searchentry", (request.id, " ".join(request.public), " ".join(request.internal)))

    def _add_work(self, request: Request) -> None:
        for task in request.tasks:
            done = when(task.get("done"))
            created, by = stamp(task["created"]), task.get("done_by")
            self._add(
                "tickets_task", (task["pk"], request.id, safe(task["title"]), task["owner"], None, created, done, by)
            )
        for plan in request.plans:
            self._add("tickets_plan", _plan_values(request, plan))
        for pk, of, position, option in request.options:
            texts = (option.title, option.steps, option.effect, option.resources, option.duration)
            self._add("tickets_planoption", (pk, of, position, *map(safe, texts), option.risk, safe(option.risk_note)))
        for delivery in request.deliveries:
            self._add("tickets_delivery", _delivery_values(request, delivery))

    def _add_surveys(self, request: Request) -> None:
        for survey in request.surveys:
            self._add("quality_survey", _survey_values(request, survey))
        for row in request.scores:
            self._add("quality_surveyanswer", row)

    def _add_clocks(self, request: Request, clocks: Clocks) -> None:
        for pin in clocks.pins:
            chosen, seq = pin.chosen, request.events[pin.key - 1].seq
            values = (pin.pk, request.id, seq, pin.kind, chosen.target, chosen.calendar, safe(chosen.reason))
            self._add("sla_pin", values)
        for kept in clocks.kept:
            self._add("sla_clock", _clock_values(request, kept))
            for step, event in kept.steps:
                row = (request.ids.next("step"), kept.pk, step.step, step.at.isoformat(), event.pk)
                self._add("sla_clockstep", row)
            if kept.reading.stopped_at is not None and kept.reading.breached_at is not None:
                for cause, team, seconds in shares_in(request, kept):
                    self._add("sla_clockshare", (request.ids.next("share"), kept.pk, cause, team, repr(seconds)))


def _ticket_value(request: Request, name: str) -> Any:
    value = getattr(request, name)
    if name in TIMES:
        return when(value)
    if name in TEXTS:
        return safe(value)
    if name == "answers":
        return safe(json.dumps(value, ensure_ascii=False))
    return value


def _plan_values(request: Request, plan: dict[str, Any]) -> tuple[Any, ...]:
    decided_by, decided = plan.get("decided_by"), when(plan.get("decided"))
    return (
        *(plan["pk"], request.id, plan["version"], str(plan["state"]), plan["author"], None, None),
        *(when(plan.get("proposed")), decided_by, decided, plan.get("chosen"), stamp(plan["created"])),
    )


def _delivery_values(request: Request, delivery: dict[str, Any]) -> tuple[Any, ...]:
    return (
        *(delivery["pk"], request.id, delivery["number"], delivery["message"], delivery["by"]),
        *(stamp(delivery["at"]), str(delivery["outcome"]), delivery.get("decided_by"), when(delivery.get("decided"))),
    )


def _survey_values(request: Request, survey: dict[str, Any]) -> tuple[Any, ...]:
    said = (survey.get("answered_by"), survey.get("via", ""), safe(survey.get("comment", "")))
    instants = (when(survey.get(name)) for name in ("sent", "ends", "void", "answered"))
    return (survey["pk"], survey["key"], request.id, *instants, *said)


def _clock_values(request: Request, kept: Kept) -> tuple[Any, ...]:
    """As `sla.services.clocks.row_of`; what has stopped was read when it stopped, what has not is read now."""
    reading, now = kept.reading, request.world.wish.now
    read_at = reading.stopped_at or now
    instants = (
        *(reading.start, reading.due_at, soon_at(reading, now), reading.stopped_at, reading.breached_at),
        None if kept.noticed_at is None else moment(kept.noticed_at),
    )
    return (
        *(kept.pk, request.id, reading.kind.value, reading.cycle, reading.part, reading.state.value, kept.pin.pk),
        int(reading.target.duration.total_seconds()),
        *(None if at is None else at.isoformat() for at in instants),
        *(interval(reading.counted), interval(reading.paused), read_at.isoformat()),
        reading.next_check_at.isoformat() if reading.next_check_at else None,
        *(None, ""),
    )


def interval(length: timedelta) -> str:
    """A duration as PostgreSQL reads it."""
    return f"{length.days} days {length.seconds}.{length.microseconds:06d} seconds"


def shares_in(request: Request, kept: Kept) -> list[tuple[str, int | None, float]]:
    """What a missed cycle was spent on, asked of `sla.services.shares`."""
    told = (EventKind.SUBMITTED, EventKind.ASSIGNED, EventKind.WAIT_STARTED)
    events = [
        Telling(place, event.kind, moment(event.at), event.data)  # numbered as in the story, as the reading has it
        for place, event in enumerate(request.events, start=1)
        if event.kind in told
    ]
    found = shares_of(Clock(), kept.reading, cast(Ticket, request), cast(list[TicketEvent], events))
    return [(share.cause, share.team_id, share.seconds) for share in found]


class Telling(NamedTuple):
    """What `shares_of` asks of an event."""

    seq: int
    kind: str
    at: datetime
    data: dict[str, Any]
