"""What of a request a person may see, for the answers of the API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from accounts.people import People
from accounts.prepared import gather, prepared
from api.errors import Unreadable
from sla.engine.clock import Fact, FactKind, Reading, ledger
from sla.engine.errors import CalendarError
from sla.models import Clock, ClockQuerySet, Pin, Target, WhatIf, WhatIfFlip
from sla.services import what_if
from sla.services.explain import readings
from sla.services.records import records
from sla.services.selection import Matter, consider, technical_services
from tickets.finding import find
from tickets.models import Attachment, Delivery, Message, Plan, Service, Task, Ticket

Place = tuple[str, int, int]


def files_of(ticket: Ticket, user: User) -> list[Attachment]:
    """Files, those of messages included."""
    return _files(ticket.pk, public=user.is_client) if ticket.is_visible_to(user) else []


@prepared
def _files(ticket: int, *, public: bool) -> QuerySet[Attachment]:
    return Attachment.objects.of(ticket, public=public).order_by("pk")


def messages_of(ticket: Ticket, user: User) -> QuerySet[Message]:
    """Messages with their authors and files."""
    files = Prefetch("attachments", queryset=Attachment.objects.on(ticket, user))
    return Message.objects.on(ticket, user).select_related("author").prefetch_related(files)


def clocks_of(ticket: Ticket, user: User) -> QuerySet[Clock]:
    """Clocks; what a later target replaced tells of internal decisions, so clients don't see it."""
    return _for(Clock.objects.on(ticket, user), public=user.is_client)


def clocks_shown(ticket: Ticket, user: User) -> list[Clock]:
    """The same, as they are shown with the request."""
    return _clocks(ticket.pk, public=user.is_client) if ticket.is_visible_to(user) else []


@prepared
def _clocks(ticket: int, *, public: bool) -> QuerySet[Clock]:
    return _for(Clock.objects.filter(ticket=ticket), public=public).order_by("started_at", "pk")


def _for(clocks: ClockQuerySet, *, public: bool) -> QuerySet[Clock]:
    return clocks.current() if public else clocks


def plan_for(ticket: Ticket, user: User) -> Plan | None:
    """The newest version of the plan; for clients the newest they were shown."""
    newest = ticket.current_plan
    if newest is None or user.is_service_staff or newest.proposed_at is not None:
        return newest
    shown = ticket.plans.filter(proposed_at__isnull=False)
    return shown.prefetch_related("options").order_by("-version").first()


def delivery_of(ticket: Ticket) -> Delivery | None:
    """The newest delivery."""
    return max(ticket.deliveries.all(), key=lambda delivery: delivery.number, default=None)


def whole_request(user: User, number: str) -> Ticket | None:
    """A request with what hangs on it and everybody it names, in few queries; None if the person may not see it."""
    ticket = find(number, user)
    if ticket is None:
        return None
    gather(ticket, "tasks", _tasks(ticket.pk))
    gather(ticket, "deliveries", _deliveries(ticket.pk))
    people = People(user)
    people.expect([ticket], "requester", "assignee", "created_by")
    people.expect(ticket.tasks.all(), "owner", "done_by")
    people.expect(ticket.deliveries.all(), "delivered_by", "decided_by")
    people.expect([ticket.current_plan] if ticket.current_plan else [], "author", "reviewer", "decided_by")
    people.arrive()
    return ticket


@prepared
def _tasks(ticket: int) -> QuerySet[Task]:
    return Task.objects.filter(ticket=ticket).order_by("pk")


@prepared
def _deliveries(ticket: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(ticket=ticket).select_related("message")


def readings_of(ticket: Ticket, at: datetime) -> dict[Place, dict[str, Any]]:
    """Every clock of a request computed anew at an instant, with its ledger, by kind, cycle and part.

    Raises:
        Unreadable: a calendar does not allow it.
    """
    with _readable():
        return {(each.kind.value, each.cycle, each.part): _shown(each, at) for each in readings(ticket, at)}


def reasons_of(ticket: Ticket, clocks: Sequence[Clock]) -> dict[int, dict[str, Any]]:
    """Why some clocks of a request have their targets, by their pins, whose targets are fetched. Four queries."""
    pins = {clock.pin_id: clock.pin for clock in clocks if clock.pin.target is not None}
    if not pins:
        return {}
    (record,) = records([ticket.pk])
    matter_at = record.matters(technical_services())
    versions = _targets_by_version({_version(pin) for pin in pins.values()})
    matters = {pk: matter_at(Fact(record.received_at, FactKind.OTHER, pin.seq)) for pk, pin in pins.items()}
    wanted = {matter.service for matter in matters.values()}
    keys = dict(Service.objects.filter(pk__in=wanted).values_list("pk", "slug"))
    return {
        pk: {
            "matter": {**vars(matters[pk]), "service": keys.get(matters[pk].service, "")},
            "considered": _considered(versions[_version(pin)], matters[pk], pin),
            "recalculation": pin.reason.get("recalculation"),
        }
        for pk, pin in pins.items()
    }


def _version(pin: Pin) -> int:
    return pin.target.version_id if pin.target is not None else 0


def _targets_by_version(versions: set[int]) -> dict[int, list[Target]]:
    found: dict[int, list[Target]] = {version: [] for version in versions}
    for target in Target.objects.filter(version__in=versions).order_by("position", "pk"):
        found[target.version_id].append(target)
    return found


def _considered(targets: list[Target], matter: Matter, pin: Pin) -> list[dict[str, Any]]:
    """What `ConsideredSerializer` shows; chosen is what was pinned."""
    numbers = {target.pk: number for number, target in enumerate(targets, start=1)}
    rows = [replace(row, is_chosen=row.target.pk == pin.target_id) for row in consider(targets, matter, pin.kind)]
    rows.sort(key=lambda row: not row.is_chosen)
    return [{"number": numbers[row.target.pk], "row": row} for row in rows]


def side_by_side(asked: WhatIf, flip: WhatIfFlip) -> list[dict[str, Any] | None]:
    """The two readings of an outcome that changed: as it was, and as it would have been.

    Raises:
        Unreadable: a calendar does not allow it.
    """
    with _readable():
        return [_shown(each, asked.at) if each else None for each in what_if.side_by_side(asked, flip)]


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except CalendarError:
        raise Unreadable from None


def _shown(reading: Reading, at: datetime) -> dict[str, Any]:
    """What `ReadingSerializer` shows."""
    return {
        "at": at,
        "state": reading.state.value,
        "due_at": reading.due_at,
        "counted": reading.counted,
        "paused": reading.paused,
        "remaining": reading.remaining,
        "ledger": ledger(reading),
    }
