"""Doing the work: tasks, verification, delivery, and what the client says to it (R-020, R-030…R-034)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Capability
from tickets import telling
from tickets.acts import Act
from tickets.errors import Invalid, MovedOn
from tickets.events import digest, record
from tickets.models import Delivery, Message, Task, Ticket
from tickets.services import texts
from tickets.services.conversation import authorship
from tickets.services.door import enter
from tickets.services.waiting import end_wait
from tickets.states import DeliveryOutcome, EventKind, MessageKind, Visibility


def add_task(
    ticket: Ticket,
    *,
    by: User,
    at: datetime,
    title: str,
    owner: User | None = None,
    due_at: datetime | None = None,
    once: UUID | None = None,
) -> Task:
    """Note a piece of work; the delivery waits for it (R-020).

    Raises:
        Invalid: at `title`, `due_at` or `owner`.
    """
    title = texts.clean_text(" ".join(title.split()), "title", limit=200)
    texts.check_instant(due_at, "due_at")
    if owner is not None and not owner.may(Capability.HANDLE):
        raise Invalid({"owner": [_("%(name)s does not handle requests.") % {"name": owner.name}]})
    with enter(ticket, Act.ADD_TASK, by=by, at=at, once=once) as held:
        task = Task.objects.create(ticket=held, title=title, owner=owner, due_at=due_at, created_at=at)
        _record_task(held, EventKind.TASK_ADDED, task, by=by, at=at)
        return task


def _record_task(ticket: Ticket, kind: EventKind, task: Task, *, by: User, at: datetime) -> None:
    record(
        ticket,
        kind,
        at=at,
        actor=by,
        visibility=Visibility.INTERNAL,
        data={"task": task.pk, "title_sha256": digest(task.title)},
    )


def finish_task(ticket: Ticket, *, by: User, at: datetime, task: int, once: UUID | None = None) -> Task:
    """Tick a task off."""
    with enter(ticket, Act.FINISH_TASK, by=by, at=at, once=once) as held:
        found = _task(held, task)
        if found.done_at is None:
            found.done_at, found.done_by = at, by
            found.save(update_fields=["done_at", "done_by"])
            _record_task(held, EventKind.TASK_DONE, found, by=by, at=at)
        return found


def reopen_task(ticket: Ticket, *, by: User, at: datetime, task: int, once: UUID | None = None) -> Task:
    """Take the tick back; undoes `finish_task`."""
    with enter(ticket, Act.REOPEN_TASK, by=by, at=at, once=once) as held:
        found = _task(held, task)
        if found.done_at is not None:
            found.done_at = found.done_by = None
            found.save(update_fields=["done_at", "done_by"])
            _record_task(held, EventKind.TASK_REOPENED, found, by=by, at=at)
        return found


def _task(ticket: Ticket, pk: int) -> Task:
    found = ticket.tasks.filter(pk=pk).first()
    if found is None:
        raise Invalid({"task": [_("This request has no such task.")]})
    return found


def report_progress(
    ticket: Ticket,
    *,
    by: User,
    at: datetime,
    body: str,
    files: Sequence[UploadedFile[Any]] = (),
    once: UUID | None = None,
) -> Message:
    """Tell the client how the work goes; the next report is due a period later (R-023, SLA-16).

    Raises:
        Invalid: at `body` or `files`.
    """
    body = texts.clean_text(body, "body")
    texts.check_files(files)
    with enter(ticket, Act.REPORT_PROGRESS, by=by, at=at, once=once) as held:
        message = texts.add_message(held, body, kind=MessageKind.REPLY, at=at, author=by, files=files)
        event = record(held, EventKind.PROGRESS_REPORTED, at=at, actor=by, message=message, data=authorship(held, by))
        telling.tell_client(held, "progress_reported", event, at=at, data={"line": texts.one_line(body)})
        return message


def verify(ticket: Ticket, *, by: User, at: datetime, once: UUID | None = None) -> Ticket:
    """A colleague of the one responsible has looked at the work and found it good (R-030)."""
    with enter(ticket, Act.VERIFY, by=by, at=at, once=once) as held:
        held.is_verified = True
        record(held, EventKind.VERIFIED, at=at, actor=by, visibility=Visibility.INTERNAL)
        return held


def deliver(
    ticket: Ticket,
    *,
    by: User,
    at: datetime,
    summary: str,
    self_checked: bool,
    files: Sequence[UploadedFile[Any]] = (),
    once: UUID | None = None,
) -> Delivery:
    """execution → acceptance: hand the work over with a summary and, where the service asks for it, files (R-032).

    Raises:
        Invalid: at `summary`, `self_checked` or `files`.
    """
    summary = texts.clean_text(summary, "summary")
    texts.check_files(files)
    if not self_checked:
        raise Invalid({"self_checked": [_("Please check the work yourself first.")]})
    with enter(ticket, Act.DELIVER, by=by, at=at, once=once) as held:
        if held.service.needs_deliverable and not files and not held.deliveries.exists():
            raise Invalid({"files": [_("This service is delivered with at least one file.")]})
        end_wait(held, by=by, at=at)
        held.to_acceptance()
        message = texts.add_message(held, summary, kind=MessageKind.REPLY, at=at, author=by, files=files)
        delivery = Delivery.objects.create(
            ticket=held,
            number=held.deliveries.count() + 1,
            message=message,
            delivered_by=by,
            delivered_at=at,
        )
        event = record(
            held,
            EventKind.DELIVERED,
            at=at,
            actor=by,
            message=message,
            data={"delivery": delivery.pk, "number": delivery.number, **authorship(held, by)},
        )
        telling.tell_client(held, "request_delivered", event, at=at, data={"line": texts.one_line(summary)})
        return delivery


def accept(
    ticket: Ticket,
    *,
    by: User,
    at: datetime,
    delivery: int,
    comment: str = "",
    once: UUID | None = None,
) -> Ticket:
    """acceptance → closed: the client is content (R-031). `process.reopen` undoes it.

    Args:
        delivery: the number of the delivery the client saw.

    Raises:
        MovedOn: there is another delivery by now.
    """
    comment = texts.clean_text(comment, "comment", required=False)
    with enter(ticket, Act.ACCEPT, by=by, at=at, once=once) as held:
        found = _seen(held, delivery)
        message = texts.add_message(held, comment, kind=MessageKind.REPLY, at=at, author=by) if comment else None
        _decide(found, DeliveryOutcome.ACCEPTED, by=by, at=at)
        held.to_closed(at)
        event = record(
            held,
            EventKind.ACCEPTED,
            at=at,
            actor=by,
            message=message,
            data={"delivery": found.pk, "number": found.number},
        )
        telling.tell_staff(held, "delivery_decided", event, at=at, data={"decision": "accepted"})
        return held


def reject(ticket: Ticket, *, by: User, at: datetime, delivery: int, reason: str, once: UUID | None = None) -> Ticket:
    """acceptance → execution: the client says what is missing; counts as rework (R-031).

    Raises:
        Invalid: at `reason`.
        MovedOn: there is another delivery by now.
    """
    reason = texts.clean_text(reason, "reason")
    with enter(ticket, Act.REJECT, by=by, at=at, once=once) as held:
        found = _seen(held, delivery)
        _decide(found, DeliveryOutcome.REJECTED, by=by, at=at)
        held.back_from_acceptance()
        message = texts.add_message(held, reason, kind=MessageKind.REPLY, at=at, author=by)
        event = record(
            held,
            EventKind.REJECTED,
            at=at,
            actor=by,
            message=message,
            data={"delivery": found.pk, "number": found.number, **authorship(held, by)},
        )
        telling.tell_staff(
            held,
            "delivery_decided",
            event,
            at=at,
            data={"decision": "rejected", "line": texts.one_line(reason)},
        )
        return held


def _seen(ticket: Ticket, number: int) -> Delivery:
    found = ticket.deliveries.order_by("-number").first()
    if found is None or found.number != number:
        raise MovedOn(_("There is a newer delivery. Please look at it first."))
    return found


def _decide(delivery: Delivery, outcome: DeliveryOutcome, *, by: User, at: datetime) -> None:
    delivery.outcome, delivery.decided_by, delivery.decided_at = outcome, by, at
    delivery.save(update_fields=["outcome", "decided_by", "decided_at"])
