"""The one place where quality hears of events."""

from __future__ import annotations

from quality.services import surveys
from tickets.events import ticket_event_recorded
from tickets.models import Ticket, TicketEvent


def _heard(sender: object, *, ticket: Ticket, event: TicketEvent, **_: object) -> None:
    surveys.on_event(ticket, event)


def listen() -> None:
    """Begin to listen; called once, when the app is ready."""
    ticket_event_recorded.connect(_heard, dispatch_uid="quality.surveys")
