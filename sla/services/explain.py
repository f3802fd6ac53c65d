"""The clocks of a request computed anew from its record, for whoever wants to know why they say what they say."""

from __future__ import annotations

from datetime import datetime

from sla.engine.clock import Reading, read
from sla.models import Clock
from sla.services.facts import facts_of
from sla.services.pins import Pins
from tickets.models import Ticket


def readings(ticket: Ticket, at: datetime) -> list[Reading]:
    """Every cycle at an instant, superseded parts included; nothing is stored (SLA-40, SLA-41).

    Raises:
        CalendarError: a calendar does not allow it.
    """
    pins = Pins.of([ticket], frozen=True)
    return read(facts_of([ticket])[ticket.pk], pins.chooser(ticket), at)


def reading_of(ticket: Ticket, clock: Clock, at: datetime) -> Reading | None:
    """The reading that a row keeps; None if the record no longer gives such a clock."""
    place = (clock.kind, clock.cycle, clock.part)
    return next((each for each in readings(ticket, at) if (each.kind, each.cycle, each.part) == place), None)
