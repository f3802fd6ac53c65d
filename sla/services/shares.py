"""What missed cycles were spent on, kept when they stop: waiting for assignment, hands, hours, waits (SLA-41)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sla.engine.clock import Reading, What, ledger
from sla.engine.shares import Holder, Share, shares
from sla.models import Cause, Clock, ClockShare
from tickets.models import Ticket, TicketEvent
from tickets.states import EventKind, Wait

if TYPE_CHECKING:
    from sla.services.clocks import Kept

_WAITS = {Wait.CLIENT: Cause.WAIT_CLIENT, Wait.THIRD_PARTY: Cause.WAIT_THIRD_PARTY, Wait.DATE: Cause.WAIT_DATE}
_WHATS = {
    What.OUTSIDE: Cause.OUTSIDE,
    What.HOLIDAY: Cause.HOLIDAY,
    What.DECIDING: Cause.DECIDING,
    What.CLOSED: Cause.DECIDING,
}
_HANDS = (Cause.UNASSIGNED, Cause.IN_WORK, Cause.HANDED_OVER)
_TELLING = (EventKind.SUBMITTED, EventKind.ASSIGNED, EventKind.WAIT_STARTED)


def keep_shares(stopped: Sequence[Kept]) -> None:
    """Write the shares of the missed ones among some stopped cycles, whose rows are written; a cycle that went on and
    stopped again gets new ones."""
    missed = [each for each in stopped if each.reading.breached_at is not None]
    if not missed:
        return
    told = told_of([each.ticket for each in missed])
    rows = [
        row for each in missed for row in shares_of(each.row, each.reading, each.ticket, told.get(each.ticket.pk, []))
    ]
    ClockShare.objects.filter(clock__in=[each.row.pk for each in missed]).delete()
    ClockShare.objects.bulk_create(rows)


def told_of(tickets: Sequence[Ticket]) -> dict[int, list[TicketEvent]]:
    """The events that say who held the requests and what they waited for, in order."""
    found: dict[int, list[TicketEvent]] = {}
    events = TicketEvent.objects.filter(ticket__in=tickets, kind__in=_TELLING).only(
        "ticket", "seq", "kind", "at", "data"
    )
    for event in events.order_by("ticket_id", "seq"):
        found.setdefault(event.ticket_id, []).append(event)
    return found


def shares_of(row: Clock, reading: Reading, ticket: Ticket, events: Sequence[TicketEvent]) -> list[ClockShare]:
    """The shares of one cycle, as rows."""
    waits = {event.seq: event.data.get("for") for event in events if event.kind == EventKind.WAIT_STARTED}
    totals: dict[tuple[Cause, Any], float] = {}
    for share, length in shares(ledger(reading), holders_of(ticket, events)).items():
        place = (_cause(share, waits), share.team)
        totals[place] = totals.get(place, 0.0) + length.total_seconds()
    return [
        ClockShare(clock=row, cause=cause, team_id=team, seconds=seconds)
        for (cause, team), seconds in totals.items()
        if seconds
    ]


def _cause(share: Share, waits: dict[int, Any]) -> Cause:
    if share.what is What.COUNTED:
        return _HANDS[share.hand]
    if share.what is What.PAUSED:
        return _WAITS.get(waits.get(share.wait or 0, ""), Cause.WAIT_DATE)
    return _WHATS[share.what]


def holders_of(ticket: Ticket, events: Sequence[TicketEvent]) -> list[Holder]:
    """Who held a request, from its record."""
    assigned = [event for event in events if event.kind == EventKind.ASSIGNED]
    found = []
    for event in events:
        if event.kind == EventKind.SUBMITTED:
            # older records do not name the first team; the first hand-over does
            before = assigned[0].data.get("from_team") if assigned else ticket.team_id
            found.append(Holder(event.at, event.data.get("team", before), None))
        elif event.kind == EventKind.ASSIGNED:
            found.append(Holder(event.at, event.data.get("to_team"), event.data.get("to")))
    return found
