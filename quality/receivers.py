"""The one place where quality hears of events."""

from __future__ import annotations

from collections.abc import Sequence

from quality.services import surveys
from tickets.events import ticket_event_recorded
from tickets.models import TicketEvent


def _heard(sender: object, *, events: Sequence[TicketEvent], **_: object) -> None:
    for event in events:
        surveys.on_event(event.ticket, event)


def listen() -> None:
    """Begin to listen; called once, when the app is ready."""
    ticket_event_recorded.connect(_heard, dispatch_uid="quality.surveys")
