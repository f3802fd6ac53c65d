"""Whom an act is told to: from what happened on a request to rows in the outbox (R-097).

Wording lives in `templates/notifications/`; the kinds are registered by `TicketsConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications import services as outbox
from notifications.kinds import Kind
from notifications.models import Channel
from notifications.services import Telling
from tickets.models import Ticket, TicketEvent

KINDS = [
    Kind("request_received", _("Your request was received"), for_clients=True),
    Kind("request_new", _("A new request for my team"), for_staff=True, default=frozenset({Channel.PAGE})),
    Kind("request_assigned", _("A request was assigned to me"), for_staff=True),
    Kind("request_answered", _("A reply to my request"), for_clients=True),
    Kind("client_replied", _("The client wrote on my request"), for_staff=True),
    Kind("progress_reported", _("A report on the progress of my request"), for_clients=True),
    Kind("plan_proposed", _("A plan waits for my confirmation"), for_clients=True),
    Kind("plan_decided", _("The client decided on a plan"), for_staff=True),
    Kind("request_delivered", _("A delivery waits for my acceptance"), for_clients=True),
    Kind("delivery_decided", _("The client accepted or rejected a delivery"), for_staff=True),
    Kind("request_declined", _("My request was declined"), for_clients=True),
    Kind("request_moved", _("My request was reopened, withdrawn or merged"), for_clients=True, for_staff=True),
]


def desk_path(ticket: Ticket) -> str:
    """The staff's page of a request."""
    return f"/desk/requests/{ticket.number}/"


def portal_path(ticket: Ticket) -> str:
    """The client's page of a request."""
    return f"/portal/requests/{ticket.number}/"


def facts_of(ticket: Ticket) -> dict[str, object]:
    """What the wording of every notice about a request may use."""
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "organisation": ticket.organisation.name,
        "requester": ticket.requester.name,
        "assignee": ticket.assignee.name if ticket.assignee else "",
        "priority": ticket.priority,
        "state": ticket.state,
        "due_at": ticket.due_at.isoformat() if ticket.due_at else "",
        "due_kind": ticket.due_kind,
    }


def for_client(
    ticket: Ticket, kind: str, event: TicketEvent, *, at: datetime, data: dict[str, object] | None = None
) -> Telling:
    """What the client's contact is told, unless it was their own doing."""
    is_own = event.actor_id == ticket.requester_id and kind != "request_received"
    return Telling(
        [] if is_own else [ticket.requester],
        kind,
        key=f"{kind}:{ticket.pk}:{event.seq}",
        data={**facts_of(ticket), **(data or {})},
        path=portal_path(ticket),
        at=at,
    )


def tell_client(
    ticket: Ticket, kind: str, event: TicketEvent, *, at: datetime, data: dict[str, object] | None = None
) -> None:
    """Tell the client's contact, unless it was their own doing."""
    outbox.tell_all([for_client(ticket, kind, event, at=at, data=data)])


def for_staff(
    ticket: Ticket,
    kind: str,
    event: TicketEvent,
    *,
    at: datetime,
    people: Iterable[User] | None = None,
    data: dict[str, object] | None = None,
) -> Telling:
    """What the person responsible, or `people`, are told; never the one who did it."""
    wanted = people if people is not None else responsible(ticket)
    return Telling(
        [person for person in wanted if person.pk != event.actor_id],
        kind,
        key=f"{kind}:{ticket.pk}:{event.seq}",
        data={**facts_of(ticket), **(data or {})},
        path=desk_path(ticket),
        at=at,
    )


def tell_staff(
    ticket: Ticket,
    kind: str,
    event: TicketEvent,
    *,
    at: datetime,
    people: Iterable[User] | None = None,
    data: dict[str, object] | None = None,
) -> None:
    """Tell the person responsible, or `people`; never the one who did it."""
    outbox.tell_all([for_staff(ticket, kind, event, at=at, people=people, data=data)])


def responsible(ticket: Ticket) -> list[User]:
    """Who is told about a request: the assignee, else the whole team."""
    if ticket.assignee is not None:
        return [ticket.assignee]
    return list(ticket.team.members.filter(is_active=True)) if ticket.team is not None else []
