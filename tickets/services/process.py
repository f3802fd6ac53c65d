"""Moving a request through its states: taking up, starting, declining, withdrawing, merging, reopening."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from tickets import telling
from tickets.acts import Act
from tickets.errors import Invalid
from tickets.events import record
from tickets.models import Message, Ticket
from tickets.services import texts
from tickets.services.conversation import authorship
from tickets.services.door import enter
from tickets.services.triage import give_to
from tickets.states import DeliveryOutcome, EventKind, MessageKind, PlanState


def take_up(ticket: Ticket, *, by: User, at: datetime, once: UUID | None = None) -> Ticket:
    """Take responsibility and begin in one step: assessment, and execution too where the service needs no plan.

    The short way for simple requests; every step on it is an event of its own.
    """
    with enter(ticket, Act.TAKE_UP, by=by, at=at, once=once) as held:
        if held.assignee is None:
            give_to(held, by, held.team, by=by, at=at)
        _start_assessment(held, by=by, at=at)
        if not held.service.needs_plan:
            _start_execution(held, by=by, at=at)
        return held


def start_assessment(ticket: Ticket, *, by: User, at: datetime, once: UUID | None = None) -> Ticket:
    """intake → assessment."""
    with enter(ticket, Act.START_ASSESSMENT, by=by, at=at, once=once) as held:
        _start_assessment(held, by=by, at=at)
        return held


def _start_assessment(ticket: Ticket, *, by: User, at: datetime) -> None:
    ticket.to_assessment()
    record(ticket, EventKind.ASSESSMENT_STARTED, at=at, actor=by)


def start_execution(ticket: Ticket, *, by: User, at: datetime, once: UUID | None = None) -> Ticket:
    """assessment → execution."""
    with enter(ticket, Act.START_EXECUTION, by=by, at=at, once=once) as held:
        _start_execution(held, by=by, at=at)
        return held


def _start_execution(ticket: Ticket, *, by: User, at: datetime) -> None:
    ticket.to_execution()
    record(ticket, EventKind.EXECUTION_STARTED, at=at, actor=by)


def decline(ticket: Ticket, *, by: User, at: datetime, reason: str, once: UUID | None = None) -> Ticket:
    """intake → declined, with a reason the client reads and may answer (R-006)."""
    reason = texts.clean_text(reason, "reason")
    with enter(ticket, Act.DECLINE, by=by, at=at, once=once) as held:
        held.to_declined(at)
        message = _say(held, reason, by=by, at=at)
        event = record(held, EventKind.DECLINED, at=at, actor=by, message=message, data=authorship(held, by))
        telling.tell_client(held, "request_declined", event, at=at, data={"line": texts.one_line(reason)})
        return held


def _say(ticket: Ticket, body: str, *, by: User, at: datetime) -> Message:
    return texts.add_message(ticket, body, kind=MessageKind.REPLY, at=at, author=by)


def withdraw(ticket: Ticket, *, by: User, at: datetime, reason: str = "", once: UUID | None = None) -> Ticket:
    """any open → withdrawn, by the client; the reason may be left out."""
    reason = texts.clean_text(reason, "reason", required=False)
    with enter(ticket, Act.WITHDRAW, by=by, at=at, once=once) as held:
        _let_go(held, by=by, at=at)
        message = _say(held, reason, by=by, at=at) if reason else None
        event = record(held, EventKind.WITHDRAWN, at=at, actor=by, message=message)
        telling.tell_staff(held, "request_moved", event, at=at, data={"what": "withdrawn"})
        return held


def _let_go(ticket: Ticket, *, by: User, at: datetime) -> None:
    """End an open request without a result; what waits for the client's decision is void."""
    ticket.to_withdrawn(at)
    ticket.deliveries.filter(outcome=DeliveryOutcome.PENDING).update(
        outcome=DeliveryOutcome.VOID, decided_by=by, decided_at=at
    )
    ticket.plans.filter(state=PlanState.PROPOSED).update(state=PlanState.REPLACED, decided_at=at)


def merge(ticket: Ticket, *, by: User, at: datetime, into: Ticket, once: UUID | None = None) -> Ticket:
    """Merge a duplicate into another open request of the same client (R-005); the client is told where it goes on.

    Raises:
        Invalid: at `into`: itself, another client's, one that is not open, or one that `by` may not see.
    """
    with _both_locked(ticket, into), enter(ticket, Act.MERGE, by=by, at=at, once=once) as held:
        _check_goal(held, into, by)
        _let_go(held, by=by, at=at)
        held.merged_into = into
        event = record(held, EventKind.MERGED, at=at, actor=by, data={"into": into.pk, "number": into.number})
        telling.tell_client(held, "request_moved", event, at=at, data={"what": "merged", "into": into.number})
        return held


@contextmanager
def _both_locked(ticket: Ticket, into: Ticket) -> Iterator[None]:
    """Lock two requests in the order of their ids, so that two people who merge them crosswise wait for each other."""
    with transaction.atomic():
        list(Ticket.objects.filter(pk__in=[ticket.pk, into.pk]).order_by("pk").select_for_update().values_list("pk"))
        yield


def _check_goal(ticket: Ticket, into: Ticket, by: User) -> None:
    """Whether a request can go on in another one, as that is now."""
    goal = Ticket.objects.visible_to(by).filter(pk=into.pk).first()
    if goal is None:
        raise Invalid({"into": [_("There is no such request.")]})
    if goal.pk == ticket.pk:
        raise Invalid({"into": [_("A request can't be merged into itself.")]})
    if goal.organisation_id != ticket.organisation_id:
        raise Invalid({"into": [_("That request belongs to another client.")]})
    if not goal.is_open:
        raise Invalid({"into": [_("That request is not open.")]})


def reopen(ticket: Ticket, *, by: User, at: datetime, reason: str, once: UUID | None = None) -> Ticket:
    """closed → execution within the service's days (SLA-19, R-035); undoes what accepting did."""
    reason = texts.clean_text(reason, "reason")
    with enter(ticket, Act.REOPEN, by=by, at=at, once=once) as held:
        held.back_to_work()
        message = _say(held, reason, by=by, at=at)
        event = record(held, EventKind.REOPENED, at=at, actor=by, message=message, data=authorship(held, by))
        telling.tell_staff(held, "request_moved", event, at=at, data={"what": "reopened"})
        if by.is_service_staff:
            telling.tell_client(held, "request_answered", event, at=at, data={"line": texts.one_line(reason)})
        return held
