"""Requests as rows of a list: what the due chip says, how old each is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tickets.models import Ticket
from tickets.states import Priority, State, Turn, Wait
from web.words import COUNTDOWN, DAY, HOUR, MINUTE, short_words

_SIGNS = {
    Priority.CRITICAL: "keyboard_double_arrow_up",
    Priority.HIGH: "keyboard_arrow_up",
    Priority.NORMAL: "drag_handle",
    Priority.LOW: "keyboard_arrow_down",
}


@dataclass(frozen=True)
class Row:
    """A request as lists show it.

    Attributes:
        halt: why nothing is counted down ("Waiting for the client", "Closed"); empty while a target runs or none does.
        age: how long ago it came in, in its largest unit.
        sign: the icon of its priority.
    """

    ticket: Ticket
    halt: str | Promise
    age: str
    sign: str


def row_of(ticket: Ticket, at: datetime) -> Row:
    """A request as a row at an instant."""
    return Row(
        ticket, _halt(ticket, at), age_words((at - ticket.received_at).total_seconds()), sign_of(ticket.priority)
    )


def rows_of(tickets: Iterable[Ticket], at: datetime) -> list[Row]:
    """Requests as rows at an instant."""
    return [row_of(ticket, at) for ticket in tickets]


def sign_of(priority: int) -> str:
    """The icon of a priority."""
    return _SIGNS[Priority(priority)]


def _halt(ticket: Ticket, at: datetime) -> str | Promise:
    state = State(ticket.state)
    if ticket.due_at is not None and state.is_open:
        return ""
    if not state.is_open:
        return state.label
    if ticket.wait == Wait.DATE and ticket.wait_until is not None:
        return _("Until %(moment)s") % {"moment": short_words(ticket.wait_until, at)}
    if ticket.wait:
        return _("Waiting for client") if ticket.wait == Wait.CLIENT else _("Third party")
    return Turn.CLIENT.label if ticket.turn == Turn.CLIENT else ""


def age_words(seconds: float) -> str:
    """A stretch of time in its largest unit: "3 d", "5 h", "12 m"."""
    whole = max(0, int(seconds))
    for key, length in (("d", DAY), ("h", HOUR), ("m", MINUTE)):
        if whole >= length:
            return str(COUNTDOWN[key]) % {key: whole // length}
    return str(COUNTDOWN["m"]) % {"m": 0}
