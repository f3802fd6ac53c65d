"""The lists behind the dashboard's figures: each is made of the very rows its figure counts (SLA-61)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from desk.paging import BY_DUE, BY_END, Order
from desk.scope import Scope
from quality.figures import surveys_behind
from sla.figures import Outcome, cycles_behind
from sla.models import Clock, ClockKind
from tickets import figures as counted
from tickets.models import Ticket, TicketQuerySet
from tickets.states import State

COMPLIANCE_KINDS = (ClockKind.FIRST_RESPONSE, ClockKind.TECHNICAL_RESPONSE, ClockKind.RESOLUTION)
BY_RECEIPT = Order("received_at", falling=True)
OLDEST_FIRST = Order("received_at")
BY_ANSWER = Order("answered_at", falling=True)
LATEST_DUE = Order("due_at", falling=True)
NOBODY = "nobody"

E = TypeVar("E", bound=Enum)


def _named(kind: type[E], value: str) -> E | None:
    """The member of that value, if there is one."""
    return next((member for member in kind if member.value == value), None)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


@dataclass(frozen=True)
class Asked:
    """What the address of a list asks for, beyond the scope."""

    figure: str
    outcome: Outcome = Outcome.COUNTED
    state: State | None = None
    band: counted.AgeBand | None = None
    person: str = ""
    low: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Asked:
        """From the parameters of an address; unknown values are dropped."""
        outcome, state, band = (given.get(name, "") for name in ("outcome", "state", "band"))
        person = given.get("person", "")
        return cls(
            figure=given.get("figure", ""),
            outcome=_named(Outcome, outcome) or Outcome.COUNTED,
            state=_named(State, state),
            band=_named(counted.AgeBand, band),
            person=person if person == NOBODY or _is_key(person) else "",
            low=bool(given.get("low")),
        )

    def parameters(self) -> dict[str, str]:
        """The parameters of its address."""
        is_compliance = self.figure in COMPLIANCE_KINDS
        return {
            "figure": self.figure,
            "outcome": self.outcome if is_compliance else "",
            "state": self.state or "",
            "band": self.band or "",
            "person": self.person,
            "low": "1" if self.low else "",
        }


@dataclass(frozen=True)
class Row:
    """One line of a list: the request, and what the figure counts of it."""

    ticket: Ticket
    due_at: datetime | None
    soon_at: datetime | None = None
    stopped_at: datetime | None = None
    is_void: bool = False
    mean: float | None = None
    comment: str = ""


@dataclass(frozen=True)
class FigureList:
    """A list behind a figure. `rows` is a queryset of requests, cycles or surveys; `row_of` makes a line of one."""

    title: str
    note: str
    rows: Any
    order: Order
    row_of: Callable[[Any], Row]

    def count(self) -> int:
        """How many lines there are: the figure."""
        return int(self.rows.count())

    def every_row(self) -> Iterator[Row]:
        """All lines in order, a chunk at a time (exports)."""
        rows = self.rows.order_by(*self.order.expressions(backwards=False))
        return (self.row_of(row) for row in rows.iterator(chunk_size=500))


def list_behind(asked: Asked, scope: Scope, user: User, at: datetime) -> FigureList | None:
    """The list of a figure in a scope, of what this person may see; None: there is no such figure."""
    tickets = scope.narrow(Ticket.objects.visible_to(user))
    if asked.figure in COMPLIANCE_KINDS:
        return _compliance(asked, tickets, scope, at)
    if asked.figure == "satisfaction":
        return _satisfaction(asked, tickets, scope)
    make = _OF_REQUESTS.get(asked.figure)
    return make(asked, tickets, scope, at) if make else None


def _compliance(asked: Asked, tickets: TicketQuerySet, scope: Scope, at: datetime) -> FigureList:
    kind = ClockKind(asked.figure)
    cycles = cycles_behind(tickets, scope.period, kind, asked.outcome, at=at)
    return FigureList(
        title=str(kind.label),
        note=_("Due in the last %(period)s") % {"period": scope.period_words},
        rows=_with_people(cycles),
        order=LATEST_DUE,
        row_of=_cycle_row,
    )


def _with_people(rows: Any) -> Any:
    people = ("service", "organisation", "requester", "assignee", "team")
    return rows.select_related(*(f"ticket__{name}" for name in people))


def _cycle_row(cycle: Clock) -> Row:
    return Row(cycle.ticket, cycle.due_at, cycle.soon_at, cycle.stopped_at, is_void=cycle.state == "void")


def _satisfaction(asked: Asked, tickets: TicketQuerySet, scope: Scope) -> FigureList:
    return FigureList(
        title=_("Low scores") if asked.low else _("Answered surveys"),
        note=_("Answered in the last %(period)s") % {"period": scope.period_words},
        rows=_with_people(surveys_behind(tickets, scope.period, low=asked.low)),
        order=BY_ANSWER,
        row_of=lambda survey: Row(survey.ticket, None, mean=survey.mean, comment=survey.comment),
    )


def _requests(title: str, note: str, tickets: TicketQuerySet, order: Order) -> FigureList:
    return FigureList(title, note, tickets.with_people(), order, _request_row)


def _request_row(ticket: Ticket) -> Row:
    return Row(ticket, ticket.due_at, ticket.due_soon_at, ticket.closed_at)


def _open(asked: Asked, tickets: TicketQuerySet, scope: Scope, at: datetime) -> FigureList:
    return _requests(_("Open requests"), _("Now"), tickets.open(), BY_DUE)


def _late(asked: Asked, tickets: TicketQuerySet, scope: Scope, at: datetime) -> FigureList:
    return _requests(_("Late requests"), _("Now"), tickets.late(at), BY_DUE)


def _due_soon(asked: Asked, tickets: TicketQuerySet, scope: Scope, at: datetime) -> FigureList:
    return _requests(_("Due within an hour"), _("Now"), counted.due_soon(tickets, at=at), BY_DUE)


def _received(asked: Asked, tickets: TicketQuerySet, scope: Scope, at: datetime) -> FigureList:
    note = _("In the last %(period)s") % {"period": scope.period_words}
    return _requests(
        pgettext("number of requests", "Received"), note, counted.received(tickets, scope.period), BY_RECEIPT
    )


def _ended(asked: Asked, tickets: TicketQuerySet, scope: Scope, at: datetime) -> FigureList:
    note = _("Closed, declined or withdrawn in the last %(period)s") % {"period": scope.period_words}
    return _requests(_("Ended"), note, counted.ended(tickets, scope.period), BY_END)


def _backlog(asked: Asked, tickets: TicketQuerySet, scope: Scope, at: datetime) -> FigureList:
    parts = [str(asked.state.label)] if asked.state else []
    parts += [asked.band.label] if asked.band else []
    rows = counted.in_backlog(tickets, at=at, state=asked.state, band=asked.band)
    return _requests(_("Open requests"), " · ".join(parts) or _("Now"), rows, OLDEST_FIRST)


def _load(asked: Asked, tickets: TicketQuerySet, scope: Scope, at: datetime) -> FigureList:
    person = None if asked.person in ("", NOBODY) else int(asked.person)
    rows = counted.carried_by(tickets, person)
    name = rows.values_list("assignee__name", flat=True).first() or ""
    return _requests(_("Open requests"), name if person else _("Unassigned"), rows, BY_DUE)


_OF_REQUESTS: dict[str, Callable[[Asked, TicketQuerySet, Scope, datetime], FigureList]] = {
    "open": _open,
    "late": _late,
    "due_soon": _due_soon,
    "received": _received,
    "ended": _ended,
    "backlog": _backlog,
    "load": _load,
}
