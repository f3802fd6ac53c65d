"""The one door: every act on a request enters and leaves through here.

Inside: the request is locked (always before anything that hangs on it), the person may see it and do this, nothing
stands in the way, and what the act changed is saved with its events in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from accounts.models import User
from tickets.acts import RULES, Act, Rule
from tickets.errors import AlreadyDone, Blocked, MovedOn, NotAllowed
from tickets.models import SubmissionKey, Ticket, TicketQuerySet
from tickets.states import State


@contextmanager
def enter(ticket: Ticket, act: Act, *, by: User, at: datetime, once: UUID | None = None) -> Iterator[Ticket]:
    """Lock a request for an act of a person; on leaving, save it.

    Args:
        once: identifies the form that was sent; the second time it raises `AlreadyDone`.

    Raises:
        Ticket.DoesNotExist: this person may not see it.
        NotAllowed: this person may not do this.
        MovedOn: it can't be done in the state the request is in now.
        Blocked: something is missing first.
        AlreadyDone: the same form was sent before.
    """
    with locked(ticket.pk, at=at, by=by, known=ticket) as held:
        _use_once(once, held, act, at)
        _guard(held, RULES[act], by)
        yield held
        held.changed_at = max(at, held.changed_at)


@contextmanager
def locked(
    ticket_id: int,
    *,
    at: datetime,
    by: User | None = None,
    skip_locked: bool = False,
    known: Ticket | None = None,
) -> Iterator[Ticket]:
    """Lock a request for the system (timers) or, narrowed to what `by` may see, for a person; on leaving, save it.

    Lock order everywhere: ticket first, then clocks and the rest.

    Args:
        known: the same request as the caller has just read it; its people and service are not read again.

    Raises:
        Ticket.DoesNotExist: this person may not see it, or, with `skip_locked`, somebody else holds it.
    """
    with transaction.atomic():
        tickets = Ticket.objects.all() if by is None else Ticket.objects.visible_to(by)
        if known is None:
            tickets = tickets.with_people()
        held = tickets.select_for_update(of=("self",), skip_locked=skip_locked).get(pk=ticket_id)
        if known is not None:
            _take_over_relations(held, known)
        held.acting_at = at
        yield held
        held.save()


@contextmanager
def locked_together(tickets: TicketQuerySet, *, at: datetime, wait: bool = False) -> Iterator[list[Ticket]]:
    """Lock several requests for the system, in the order of their keys; on leaving, save them.

    Args:
        wait: for those that somebody holds; else they are passed over.
    """
    with transaction.atomic():
        found = tickets.with_people().select_for_update(of=("self",), skip_locked=not wait)
        held = list(found.order_by("pk"))
        before = {ticket.pk: _values(ticket) for ticket in held}
        for ticket in held:
            ticket.acting_at = at
        yield held
        _save_changed(held, before)


def _values(ticket: Ticket) -> dict[str, Any]:
    return {field.attname: getattr(ticket, field.attname) for field in Ticket._meta.concrete_fields}


def _save_changed(tickets: Sequence[Ticket], before: Mapping[int, Mapping[str, Any]]) -> None:
    """Write the tickets that changed, in one statement: an insert that meets its rows and updates in them the columns
    in which any of them changed. Django's `bulk_update` takes three times as long to put its statement together."""
    changes = {ticket.pk: _changed(ticket, before[ticket.pk]) for ticket in tickets}
    columns = sorted(set().union(*changes.values()))
    if columns:
        Ticket.objects.bulk_create(
            [ticket for ticket in tickets if changes[ticket.pk]],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[Ticket._meta.get_field(name).name for name in columns],
        )


def _changed(ticket: Ticket, before: Mapping[str, Any]) -> set[str]:
    return {name for name, value in _values(ticket).items() if value != before[name]}


def _take_over_relations(held: Ticket, known: Ticket) -> None:
    """Give the locked row what was read with the other one, where both still point at the same."""
    for field in Ticket._meta.concrete_fields:
        if not isinstance(field, ForeignKey):
            continue
        if (
            field.is_relation
            and field.is_cached(known)
            and field.value_from_object(known) == field.value_from_object(held)
        ):
            field.set_cached_value(held, field.get_cached_value(known))


def _guard(ticket: Ticket, rule: Rule, by: User) -> None:
    if not rule.who(ticket, by):
        raise NotAllowed
    if State(ticket.state) not in rule.states or not rule.shown(ticket):
        raise MovedOn(
            _("This can't be done any more: the request is now in “%(state)s”.") % {"state": State(ticket.state).label}
        )
    blockers = rule.blockers(ticket)
    if blockers:
        raise Blocked(blockers)


def _use_once(once: UUID | None, ticket: Ticket, act: Act, at: datetime) -> None:
    if once is None:
        return
    _key, fresh = SubmissionKey.objects.get_or_create(key=once, defaults={"ticket": ticket, "act": act, "at": at})
    if not fresh:
        raise AlreadyDone(ticket)


def find_submitted(once: UUID | None) -> Ticket | None:
    """The request that a form has already made; waits for a twin of it that is being handled this moment."""
    if once is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [once.int % 2**63])
    key = SubmissionKey.objects.select_related("ticket").filter(key=once).first()
    return key.ticket if key else None
