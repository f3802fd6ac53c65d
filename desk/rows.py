"""Requests as rows of a list: what the due chip says, how old each is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.labels import label_of
from tickets.models import TicketQuerySet
from tickets.states import Priority, State, Turn, Wait
from web import parts
from web.words import COUNTDOWN, DAY, HOUR, MINUTE, due_words, short_words

_SIGNS = {
    Priority.CRITICAL: "keyboard_double_arrow_up",
    Priority.HIGH: "keyboard_arrow_up",
    Priority.NORMAL: "drag_handle",
    Priority.LOW: "keyboard_arrow_down",
}


class Listed(Protocol):
    """What a row shows of a request, as `listed` reads it."""

    pk: int
    number: str
    subject: str
    state: str
    priority: int
    turn: str
    wait: str
    wait_until: datetime | None
    last_line: str
    event_seq: int
    received_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    due_soon_at: datetime | None
    assignee_id: int | None
    client: str
    contact: str
    person: str | None


_NAMES = {"client": F("organisation__name"), "contact": F("requester__name"), "person": F("assignee__name")}


def listed(tickets: TicketQuerySet) -> Any:
    """Requests as `Listed`, in one query. No more is read than is shown, and it stays values: made into a request and
    three people, they took longer than the query."""
    return tickets.annotate(**_NAMES).values_list(*Listed.__annotations__, named=True)


@dataclass(frozen=True)
class Row:
    """A request as lists show it, in words and small parts that are ready: a list shows a hundred of them.

    Attributes:
        short: the last digits of its number.
        address: its own page.
        client: the client's name.
        due: the chip that counts down, or why nothing is counted down ("Waiting for client", "Closed").
        wait: what it waits for, where the chip doesn't say it.
        sign: the icon of its priority.
        assignee: the picture of the person responsible.
        received: when it came in.
        age: how long ago that was, in its largest unit.
    """

    ticket: Listed
    number: str
    short: str
    address: str
    client: str
    due: SafeString
    state: str
    wait: str
    priority: str
    sign: SafeString
    assignee: SafeString
    received: str
    age: str


def row_of(ticket: Listed, at: datetime) -> Row:
    """A request as a row at an instant."""
    halt = _halt(ticket, at)
    return Row(
        ticket=ticket,
        number=ticket.number,
        short=ticket.number[-6:],
        address=f"{_before_numbers()}{ticket.number}/",
        client=ticket.client,
        due=_due(ticket, halt, at),
        state=label_of(State, ticket.state),
        wait="" if halt or not ticket.wait else label_of(Wait, ticket.wait),
        priority=label_of(Priority, ticket.priority),
        sign=parts.icon(sign_of(ticket.priority), "s"),
        assignee=parts.avatar(ticket.person),
        received=f"{timezone.localtime(ticket.received_at):%Y-%m-%d %H:%M}",
        age=age_words((at - ticket.received_at).total_seconds()),
    )


def rows_of(tickets: Iterable[Listed], at: datetime) -> list[Row]:
    """Requests as rows at an instant."""
    return [row_of(ticket, at) for ticket in tickets]


def queue_lines(rows: Iterable[Row], *, open_address: str, current: int | None) -> list[SafeString]:
    """The lines of the queue, filled into `desk/queue/_row.form.html`.

    Args:
        open_address: what a number is added to, to open that request beside the list.
        current: the id of the request that is open.
    """
    form, again = parts.form("desk/queue/_row.form.html"), {"select": _("Select"), "received_word": _("Received")}
    nobody = _("Nobody")
    return [
        parts.fill(
            form,
            **again,
            pk=row.ticket.pk,
            current=" is-current" if row.ticket.pk == current else "",
            number=row.number,
            short=row.short,
            due=row.due,
            href=f"{open_address}{row.number}",
            page=row.address,
            subject=row.ticket.subject,
            client=row.client,
            last=f" · {row.ticket.last_line}" if row.ticket.last_line else "",
            state=row.state,
            wait=_wait_sign(row.wait),
            level=row.ticket.priority,
            sign=row.sign,
            priority=row.priority,
            picture=row.assignee,
            quiet="" if row.ticket.person else " is-nobody",
            person=row.ticket.person or nobody,
            received_iso=row.ticket.received_at.isoformat(),
            received=row.received,
            age=row.age,
        )
        for row in rows
    ]


def _wait_sign(wait: str) -> SafeString:
    if not wait:
        return parts.NOTHING
    return parts.fill('{}<span class="visually-hidden">{}</span>', parts.icon("pause", "s"), wait)


@cache
def _before_numbers() -> str:
    """What the address of a request's page begins with: a list has many, and looking up each takes its time."""
    return reverse("desk:request", args=["X"]).removesuffix("X/")


def _due(ticket: Listed, halt: str, at: datetime) -> SafeString:
    if halt and not State(ticket.state).is_open:
        return parts.chip(halt)
    if halt:
        return parts.due(due_words(None, at, paused=True, wait=halt))
    return parts.due(due_words(ticket.due_at, at, soon_at=ticket.due_soon_at))


def sign_of(priority: int) -> str:
    """The icon of a priority."""
    return _SIGNS[Priority(priority)]


def _halt(ticket: Listed, at: datetime) -> str:
    """Why nothing is counted down; empty while a target runs or none does."""
    state = State(ticket.state)
    if ticket.due_at is not None and state.is_open:
        return ""
    if not state.is_open:
        return label_of(State, state)
    if ticket.wait == Wait.DATE and ticket.wait_until is not None:
        return _("Until %(moment)s") % {"moment": short_words(ticket.wait_until, at)}
    if ticket.wait:
        return _("Waiting for client") if ticket.wait == Wait.CLIENT else _("Third party")
    return label_of(Turn, Turn.CLIENT) if ticket.turn == Turn.CLIENT else ""


def age_words(seconds: float) -> str:
    """A stretch of time in its largest unit: "3 d", "5 h", "12 m"."""
    whole = max(0, int(seconds))
    for key, length in (("d", DAY), ("h", HOUR), ("m", MINUTE)):
        if whole >= length:
            return str(COUNTDOWN[key]) % {key: whole // length}
    return str(COUNTDOWN["m"]) % {"m": 0}
