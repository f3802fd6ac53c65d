"""Waiting: for the client, a third party, or a date (SLA-17)."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from tickets.acts import Act
from tickets.errors import Invalid
from tickets.events import record
from tickets.models import Ticket
from tickets.services import texts
from tickets.services.door import enter, locked
from tickets.states import EventKind, Turn, Wait

log = logging.getLogger(__name__)


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
    texts.check_instant(until, "until")
    if wait_for == Wait.DATE and until is None:
        raise Invalid({"until": [_("Please say until when.")]})
    if until is not None and until <= at:
        raise Invalid({"until": [_("This lies in the past.")]})
    with enter(ticket, Act.WAIT, by=by, at=at, once=once) as held:
        held.wait = wait_for
        held.wait_until = until if wait_for == Wait.DATE else None
        held.waiting_since = at
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
    ended = ticket.wait
    ticket.stop_waiting()
    ticket.turn = Turn.STAFF
    record(ticket, EventKind.WAIT_ENDED, at=at, actor=by, data={"for": ended})


def end_waits_until(at: datetime, *, limit: int = 100) -> int:
    """End the waits for a date that has come; the event bears that date. Return how many ended.

    A request somebody works on is left to the next look; one that fails is reported and keeps nobody else waiting.
    """
    found = (
        Ticket.objects.filter(wait=Wait.DATE, wait_until__lte=at).order_by("wait_until").values_list("pk", flat=True)
    )
    return sum(_end_by_itself(pk, at) for pk in found[:limit])


def _end_by_itself(ticket_id: int, at: datetime) -> bool:
    try:
        with locked(ticket_id, at=at, skip_locked=True) as ticket:
            if ticket.wait != Wait.DATE or ticket.wait_until is None or ticket.wait_until > at:
                return False
            end_wait(ticket, by=None, at=ticket.wait_until)
    except Ticket.DoesNotExist:
        return False
    except Exception:
        log.exception("The wait of request %s does not end", ticket_id)
        return False
    return True
