"""The one place where service levels hear of events."""

from __future__ import annotations

from sla.services import clocks
from tickets.events import ticket_event_recorded
from tickets.models import Ticket, TicketEvent


def _heard(sender: object, *, ticket: Ticket, event: TicketEvent, **_: object) -> None:
    clocks.on_event(ticket, event)


def listen() -> None:
    """Begin to listen; called once, when the app is ready."""
    ticket_event_recorded.connect(_heard, dispatch_uid="sla.clocks")
