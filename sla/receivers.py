"""The one place where service levels hear of events."""

from __future__ import annotations

from collections.abc import Sequence

from sla.services import clocks
from tickets.events import ticket_event_recorded
from tickets.models import TicketEvent


def _heard(sender: object, *, events: Sequence[TicketEvent], **_: object) -> None:
    clocks.on_events(events)


def listen() -> None:
    """Begin to listen; called once, when the app is ready."""
    ticket_event_recorded.connect(_heard, dispatch_uid="sla.clocks")
