"""Whom a warning or a breach is told to (SLA-44, R-046)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from notifications.kinds import Kind
from sla.engine.clock import BREACH, Step
from sla.models import Clock
from tickets import telling
from tickets.models import Ticket, TicketEvent

KINDS = [
    Kind("clock_warned", _("A target runs out soon"), for_staff=True),
    Kind("clock_breached", _("A target was missed"), for_staff=True),
]


def tell_step(ticket: Ticket, clock: Clock, step: Step, event: TicketEvent, *, now: datetime) -> list[User]:
    """Put the notices of a step into the outbox: a warning to whoever is responsible; a breach also up the line.

    Returns:
        Whom it concerns.
    """
    missed = step.step == BREACH
    people = escalation_line(ticket) if missed else telling.responsible(ticket)
    telling.tell_staff(
        ticket,
        "clock_breached" if missed else "clock_warned",
        event,
        at=now,
        people=people,
        data={
            "clock": clock.kind,
            "target_seconds": clock.target_seconds,
            "clock_due_at": clock.due_at.isoformat() if clock.due_at else "",
            "step_at": step.at.isoformat(),
        },
    )
    return people


def escalation_line(ticket: Ticket) -> list[User]:
    """The person responsible (else the team), the team lead, and the managers; each once."""
    line = {person.pk: person for person in telling.responsible(ticket)}
    if ticket.team is not None and ticket.team.lead is not None:
        line[ticket.team.lead.pk] = ticket.team.lead
    for manager in User.objects.active().filter(role=Role.MANAGER):
        line[manager.pk] = manager
    return list(line.values())
