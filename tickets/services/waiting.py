"""Waiting: for the client, a third party, or a date (SLA-17)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from tickets.acts import Act
from tickets.errors import Invalid
from tickets.events import record
from tickets.models import Ticket
from tickets.services.door import enter, locked
from tickets.states import EventKind, Turn, Wait


def wait(
    ticket: Ticket,
    *,
    by: User,
    at: datetime,
    wait_for: Wait,
    until: datetime | None = None,
    once: UUID | None = None,
) -> Ticket:
    """Note that the request waits.

    Args:
        until: when to go on by itself; needed when waiting for a date.

    Raises:
        Invalid: at `wait_for` or `until`.
    """
    if wait_for not in (Wait.CLIENT, Wait.THIRD_PARTY, Wait.DATE):
        raise Invalid({"wait_for": [_("Please choose what it waits for.")]})
    if wait_for == Wait.DATE and until is None:
        raise Invalid({"until": [_("Please say until when.")]})
    if until is not None and until <= at:
        raise Invalid({"until": [_("This lies in the past.")]})
    with enter(ticket, Act.WAIT, by=by, at=at, once=once) as held:
        held.wait = wait_for
        held.wait_until = until if wait_for == Wait.DATE else None
        held.turn = Turn.CLIENT if wait_for == Wait.CLIENT else Turn.STAFF
        record(
            held,
            EventKind.WAIT_STARTED,
            at=at,
            actor=by,
            data={"for": str(wait_for), "until": until.isoformat() if until else None},
        )
        return held


def resume(ticket: Ticket, *, by: User, at: datetime, once: UUID | None = None) -> Ticket:
    """End a wait."""
    with enter(ticket, Act.RESUME, by=by, at=at, once=once) as held:
        end_wait(held, by=by, at=at)
        return held


def end_wait(ticket: Ticket, *, by: User | None, at: datetime) -> None:
    """End the wait of a locked request, if there is one; without a person it ended by itself."""
    if not ticket.wait:
        return
    ended, ticket.wait, ticket.wait_until = ticket.wait, Wait.NONE, None
    ticket.turn = Turn.STAFF
    record(ticket, EventKind.WAIT_ENDED, at=at, actor=by, data={"for": ended})


def end_waits_until(at: datetime, *, limit: int = 100) -> int:
    """End the waits for a date that has come; the event bears that date. Return how many ended."""
    found = (
        Ticket.objects.filter(wait=Wait.DATE, wait_until__lte=at).order_by("wait_until").values_list("pk", flat=True)
    )
    ended = 0
    for pk in found[:limit]:
        with locked(pk, at=at) as ticket:
            if ticket.wait == Wait.DATE and ticket.wait_until is not None and ticket.wait_until <= at:
                end_wait(ticket, by=None, at=ticket.wait_until)
                ended += 1
    return ended
