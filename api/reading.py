"""What of a request a person may see, for the answers of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from api.errors import Unreadable
from sla.engine.clock import ledger
from sla.engine.errors import CalendarError
from sla.models import Clock
from sla.services.explain import readings
from tickets.models import Attachment, Delivery, Message, Plan, Ticket

Place = tuple[str, int, int]


def files_of(ticket: Ticket, user: User) -> QuerySet[Attachment]:
    """Files, those of messages included."""
    return Attachment.objects.visible_to(user).filter(ticket=ticket)


def messages_of(ticket: Ticket, user: User) -> QuerySet[Message]:
    """Messages with their authors and files."""
    files = Prefetch("attachments", queryset=files_of(ticket, user))
    return Message.objects.visible_to(user).filter(ticket=ticket).select_related("author").prefetch_related(files)


def clocks_of(ticket: Ticket, user: User) -> QuerySet[Clock]:
    """Clocks; what a later target replaced tells of internal decisions, so clients don't see it."""
    found = Clock.objects.visible_to(user).filter(ticket=ticket)
    return found.current() if user.is_client else found


def plan_for(ticket: Ticket, user: User) -> Plan | None:
    """The newest version of the plan; for clients the newest they were shown."""
    newest = ticket.current_plan
    if newest is None or user.is_service_staff or newest.proposed_at is not None:
        return newest
    shown = ticket.plans.filter(proposed_at__isnull=False)
    return shown.prefetch_related("options").order_by("-version").first()


def delivery_of(ticket: Ticket) -> Delivery | None:
    """The newest delivery."""
    people = ("message", "delivered_by", "decided_by")
    return ticket.deliveries.select_related(*people).order_by("-number").first()


def readings_of(ticket: Ticket, at: datetime) -> dict[Place, dict[str, Any]]:
    """Every clock of a request computed anew at an instant, with its ledger, by kind, cycle and part.

    Raises:
        Unreadable: a calendar does not allow it.
    """
    try:
        return {
            (reading.kind.value, reading.cycle, reading.part): {
                "at": at,
                "state": reading.state.value,
                "due_at": reading.due_at,
                "counted": reading.counted,
                "paused": reading.paused,
                "remaining": reading.remaining,
                "ledger": ledger(reading),
            }
            for reading in readings(ticket, at)
        }
    except CalendarError:
        raise Unreadable from None
