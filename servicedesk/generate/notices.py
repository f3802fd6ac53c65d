"""What people were told in the last days: the newest lines of their bells. Older ones nobody looks at any more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from servicedesk.generate.chain import stamp
from servicedesk.generate.clocks import Clocks
from servicedesk.generate.request import Event, Request
from servicedesk.generate.rows import line, safe, when
from servicedesk.generate.wish import Wish
from sla.engine.instants import DAY, SECOND
from sla.services.ladder import LATE
from tickets.states import EventKind

LATELY, READ_AFTER = 7 * DAY, DAY
TO_CLIENT = {
    EventKind.MESSAGE: "request_answered",
    EventKind.PROGRESS_REPORTED: "progress_reported",
    EventKind.PLAN_PROPOSED: "plan_proposed",
    EventKind.DELIVERED: "request_delivered",
}


class Told(NamedTuple):
    """One thing told to one person."""

    at: int
    recipient: int
    kind: str
    key: str
    data: dict[str, Any]
    path: str


def notices_of(request: Request, clocks: Clocks) -> Iterator[Told]:
    """What was told of a request in the last days."""
    since = request.world.wish.until - LATELY
    if request.changed_at < since and clocks.events[-1].at < since:
        return
    for event in clocks.events:
        if event.recorded_at >= since:
            yield from _of_event(request, event)
    for kept in clocks.kept:
        for step, event in kept.steps:
            if event.recorded_at >= since and event in clocks.events:
                yield from _of_step(request, kept.reading.due_at, step.step, event)


def _of_event(request: Request, event: Event) -> Iterator[Told]:
    by_client = event.actor == request.client.pk
    if event.kind in TO_CLIENT and not by_client:
        path = f"/portal/requests/{request.number}/"
        yield _told(request, event, request.client.pk, TO_CLIENT[EventKind(event.kind)], path, {})
    elif event.kind == EventKind.MESSAGE:
        for person in [request.assignee_id] if request.assignee_id else request.line.crew.members:
            yield _told(request, event, person, "client_replied", _desk(request), {})
    elif event.kind == EventKind.ASSIGNED and event.data["to"] not in (None, event.actor):
        yield _told(request, event, event.data["to"], "request_assigned", _desk(request), {})


def _of_step(request: Request, due_at: Any, step: str, event: Event) -> Iterator[Told]:
    kind = {EventKind.CLOCK_BREACHED: "clock_breached", EventKind.CLOCK_WARNED: "clock_warned"}.get(
        EventKind(event.kind), "clock_escalated"
    )
    people = event.data.get("to") if step.startswith(LATE) else [request.assignee_id or request.line.crew.lead]
    more = {
        "clock": event.data["kind"],
        "target_seconds": event.data["target"],
        "clock_due_at": due_at.isoformat() if due_at else "",
        "step": step,
        "step_at": stamp(event.at),
    }
    for person in people or []:
        yield _told(request, event, person, kind, _desk(request), more)


def _desk(request: Request) -> str:
    return f"/desk/requests/{request.number}/"


def _told(request: Request, event: Event, person: int, kind: str, path: str, more: dict[str, Any]) -> Told:
    data = {
        "number": request.number,
        "subject": request.subject,
        "organisation": request.world.names["organisation", request.organisation_id],
        "requester": request.world.names["person", request.client.pk],
        "assignee": request.world.names["person", request.assignee_id] if request.assignee_id else "",
        "priority": request.priority,
        "state": request.state,
        "due_at": stamp(request.due_at) if request.due_at else "",
        "due_kind": request.due_kind,
        "line": request.last_line_public,
        **more,
    }
    return Told(event.recorded_at, person, kind, f"{kind}:{request.id}:{event.seq}:{person}", data, path)


def lines_of(told: list[Told], wish: Wish) -> dict[str, str]:
    """Rows in the order of time; each was mailed at once and most are read."""
    rng = Random(f"{wish.seed} notices")  # noqa: S311 - no secrets
    notices, deliveries = [], []
    for pk, each in enumerate(sorted(told, key=lambda each: each[:4]), start=1):
        is_read = each.at < wish.until - READ_AFTER or rng.random() < 0.5
        read_at = min(wish.until, each.at + rng.randrange(DAY)) if is_read else None
        data = safe(json.dumps(each.data, ensure_ascii=False))
        at, sent = stamp(each.at), stamp(each.at + rng.randrange(SECOND, 4 * SECOND))
        notices.append(line((pk, each.recipient, each.kind, each.key, data, each.path, "t", at, when(read_at))))
        deliveries.append(line((pk, pk, "email", "sent", 1, at, sent, "")))
    return {"notifications_notice": "".join(notices), "notifications_delivery": "".join(deliveries)}
