"""Sorting a request: who does it, what it is, how urgent (R-003, R-021)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.roles import Capability
from tickets import telling
from tickets.acts import Act
from tickets.errors import Invalid
from tickets.events import record
from tickets.models import Service, Ticket
from tickets.services import texts
from tickets.services.conversation import write_note
from tickets.services.door import enter
from tickets.services.intake import priority_for
from tickets.states import Complexity, EventKind, Impact, Priority, TicketType, Urgency, Visibility


def assign(
    ticket: Ticket,
    *,
    by: User,
    at: datetime,
    assignee: User | None,
    team: Team | None = None,
    once: UUID | None = None,
) -> Ticket:
    """Make somebody responsible, or nobody; with `team` hand it over to another team.

    Raises:
        Invalid: at `assignee`, somebody who does not handle requests.
    """
    if assignee is not None and not assignee.may(Capability.HANDLE):
        raise Invalid({"assignee": [_("%(name)s does not handle requests.") % {"name": assignee.name}]})
    with enter(ticket, Act.ASSIGN, by=by, at=at, once=once) as held:
        give_to(held, assignee, team or held.team, by=by, at=at)
        return held


def give_to(
    ticket: Ticket, assignee: User | None, team: Team | None, *, by: User | None, at: datetime, why: str = ""
) -> None:
    """Change who is responsible for a locked request; doing nothing when nothing changes.

    Args:
        by: nobody when a rule did it, which `why` then names.
    """
    before = (ticket.assignee_id, ticket.team_id)
    ticket.assignee, ticket.team = assignee, team
    if before == (ticket.assignee_id, ticket.team_id):
        return
    event = record(
        ticket,
        EventKind.ASSIGNED,
        at=at,
        actor=by,
        visibility=Visibility.INTERNAL,
        data={
            "from": before[0],
            "to": ticket.assignee_id,
            "from_team": before[1],
            "to_team": ticket.team_id,
            **({"why": why} if why else {}),
        },
    )
    if assignee is not None and before[0] != assignee.pk:
        telling.tell_staff(ticket, "request_assigned", event, at=at, people=[assignee])


def raise_priority(ticket: Ticket, priority: Priority, *, at: datetime, why: str) -> bool:
    """Let a rule raise the priority of a locked request; it never lowers one. Return whether it did."""
    if ticket.priority >= priority:
        return False
    before, ticket.priority, ticket.priority_overridden = ticket.priority, priority, True
    record(
        ticket,
        EventKind.PRIORITY_CHANGED,
        at=at,
        visibility=Visibility.INTERNAL,
        data={"from": before, "to": priority, "why": why},
    )
    return True


def classify(
    ticket: Ticket,
    *,
    by: User,
    at: datetime,
    type: TicketType | None = None,
    service: Service | None = None,
    impact: Impact | None = None,
    urgency: Urgency | None = None,
    complexity: Complexity | None = None,
    once: UUID | None = None,
) -> Ticket:
    """Say what the matter is; what is not given stays. The priority follows the matrix unless it was overridden."""
    with enter(ticket, Act.CLASSIFY, by=by, at=at, once=once) as held:
        changes: dict[str, Any] = {}
        wanted: dict[str, Any] = {
            "type": type,
            "service_id": service.pk if service else None,
            "impact": impact,
            "urgency": urgency,
            "complexity": complexity,
        }
        for name, value in wanted.items():
            if value is not None and value != getattr(held, name):
                changes[name.removesuffix("_id")] = {"from": getattr(held, name), "to": value}
                setattr(held, name, value)
        if service is not None:
            held.service = service
        if not held.priority_overridden:
            _follow_matrix(held, changes)
        if changes:
            record(held, EventKind.CLASSIFIED, at=at, actor=by, visibility=Visibility.INTERNAL, data=changes)
        return held


def _follow_matrix(ticket: Ticket, changes: dict[str, Any]) -> None:
    priority = priority_for(ticket.impact, ticket.urgency, ticket.organisation.tier)
    if priority != ticket.priority:
        changes["priority"] = {"from": ticket.priority, "to": priority}
        ticket.priority = priority


def set_priority(
    ticket: Ticket, *, by: User, at: datetime, priority: Priority, reason: str, once: UUID | None = None
) -> Ticket:
    """Override the matrix, with a reason that is kept as a note (R-003).

    Raises:
        Invalid: at `reason` or `priority`.
    """
    reason = texts.clean_text(reason, "reason")
    if priority not in Priority.values:
        raise Invalid({"priority": [_("Please choose a priority.")]})
    with enter(ticket, Act.SET_PRIORITY, by=by, at=at, once=once) as held:
        before, held.priority, held.priority_overridden = held.priority, priority, True
        write_note(held, reason, by=by, at=at)
        record(
            held,
            EventKind.PRIORITY_CHANGED,
            at=at,
            actor=by,
            visibility=Visibility.INTERNAL,
            data={"from": before, "to": priority},
        )
        return held
