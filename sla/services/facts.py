"""From events on a request's record to the facts that clocks read (SLA-12…SLA-20, SLA-31, SLA-32)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.prepared import OneOf, array_of, prepared
from sla.engine.clock import Fact, FactKind
from tickets.models import Ticket, TicketEvent
from tickets.states import EventKind

_FACTS: dict[str, FactKind] = {
    EventKind.SUBMITTED: FactKind.SUBMITTED,
    EventKind.CALL_LOGGED: FactKind.CALL_LOGGED,
    EventKind.CLASSIFIED: FactKind.RETARGETED,
    EventKind.PRIORITY_CHANGED: FactKind.RETARGETED,
    EventKind.RECALCULATED: FactKind.RECALCULATED,
    EventKind.DECLINED: FactKind.DECLINED,
    EventKind.PLAN_PROPOSED: FactKind.PLAN_PROPOSED,
    EventKind.PLAN_RETURNED: FactKind.CLIENT_MESSAGE,
    EventKind.EXECUTION_STARTED: FactKind.EXECUTION_STARTED,
    EventKind.PROGRESS_REPORTED: FactKind.PROGRESS_REPORT,
    EventKind.DELIVERED: FactKind.DELIVERED,
    EventKind.ACCEPTED: FactKind.ACCEPTED,
    EventKind.REJECTED: FactKind.REJECTED,
    EventKind.REOPENED: FactKind.REOPENED,
    EventKind.WITHDRAWN: FactKind.WITHDRAWN,
    EventKind.MERGED: FactKind.MERGED,
    EventKind.WAIT_STARTED: FactKind.WAIT,
    EventKind.WAIT_ENDED: FactKind.RESUME,
}
RELEVANT = frozenset({*_FACTS, EventKind.MESSAGE})
_IN_ORDER = sorted(RELEVANT)


def fact_of(seq: int, kind: str, at: datetime, data: Mapping[str, Any]) -> Fact:
    """What an event is to the clocks."""
    if kind == EventKind.MESSAGE:
        return Fact(
            at,
            FactKind.CLIENT_MESSAGE if data.get("side") == "client" else FactKind.STAFF_MESSAGE,
            seq,
            specialist=bool(data.get("specialist")),
        )
    what = _FACTS[kind]
    if what is FactKind.WAIT:
        return Fact(at, what, seq, wait_for=data.get("for", ""))
    if what is FactKind.RECALCULATED:
        return Fact(at, what, seq, clocks=frozenset(data.get("clocks", ())))
    return Fact(at, what, seq, specialist=bool(data.get("specialist")))


def facts_of(tickets: Sequence[Ticket]) -> dict[int, list[Fact]]:
    """The facts of some requests by their keys, each in the order recorded; one query, none for the newly submitted."""
    asked = [ticket.pk for ticket in tickets]
    return by_ticket(asked, _told(array_of(asked)) if asked else ())


@prepared
def _told(tickets: str) -> QuerySet[TicketEvent, tuple[int, int, str, datetime, dict[str, Any]]]:
    events = TicketEvent.objects.filter(OneOf("ticket", tickets), kind__in=_IN_ORDER).order_by("ticket_id", "seq")
    return events.values_list("ticket_id", "seq", "kind", "at", "data")


def by_ticket(
    tickets: Iterable[int], rows: Iterable[tuple[int, int, str, datetime, Mapping[str, Any]]]
) -> dict[int, list[Fact]]:
    """Facts from rows of (ticket, seq, kind, at, data), in the order they come."""
    found: dict[int, list[Fact]] = {pk: [] for pk in tickets}
    for ticket, seq, kind, at, data in rows:
        found[ticket].append(fact_of(seq, kind, at, data))
    return found
