"""The clocks of a request computed anew from its record, for whoever wants to know why they say what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sla.engine.clock import Fact, FactKind, Reading, read
from sla.models import Clock, Pin, Recalculation, Target
from sla.services.facts import facts_of
from sla.services.pins import Pins
from sla.services.records import records
from sla.services.selection import Considered, Matter, consider, technical_services
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


def parts_of(clock: Clock) -> list[Clock]:
    """The parts of a cycle in order: one for each target it ran under, the superseded ones first (SLA-32)."""
    return list(Clock.objects.filter(ticket=clock.ticket_id, kind=clock.kind, cycle=clock.cycle).order_by("part"))


@dataclass(frozen=True)
class Why:
    """Why a cycle has its target (SLA-33).

    Attributes:
        matter: what the request was when the target was chosen.
        considered: the targets of that kind in the agreement's version, the chosen one first.
        recalculation: the one that moved the cycle, if one did (SLA-31).
    """

    matter: Matter
    considered: Sequence[Considered]
    recalculation: Recalculation | None


def why(pin: Pin) -> Why:
    """Why a pin has its target, as things stood at its event; nothing was considered where nothing was promised."""
    matter = _matter_at(pin)
    considered: list[Considered] = []
    if pin.target is not None:
        targets = Target.objects.filter(version=pin.target.version_id, kind=pin.kind)
        known = list(targets.select_related("calendar", "service").prefetch_related("ladder"))
        rows = consider(known, matter, pin.kind)
        considered = [replace(row, is_chosen=row.target.pk == pin.target_id) for row in rows]
        considered.sort(key=lambda row: not row.is_chosen)
    asked = Recalculation.objects.select_related("by", "calendar", "agreement")
    return Why(matter, considered, asked.filter(pk=pin.reason.get("recalculation")).first())


def _matter_at(pin: Pin) -> Matter:
    """The request as it was at the event from which a pin holds."""
    (record,) = records([pin.ticket_id])
    return record.matters(technical_services())(Fact(record.received_at, FactKind.OTHER, pin.seq))
