"""The lists behind the numbers of the page about service levels: made of the very rows a number counts (SLA-61)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from desk.figure_lists import BY_RECEIPT, LATEST_DUE
from desk.levels.distribution import bin_words
from desk.levels.question import NOBODY, named
from desk.levels.tables import weekday_words
from desk.paging import NumberOrder, Order
from desk.scope import Scope
from desk.sheets import Column, Table, Unit
from sla import figures
from sla.figures import Bin, Group, Outcome, Tally
from sla.figures.compliance import due_in, having
from sla.figures.groups import names_of
from sla.figures.hours import Hour
from sla.figures.times import Seconds
from sla.models import Cause, ClockKind, ClockQuerySet
from tickets import figures as counted
from tickets.models import TicketQuerySet
from web.words import late_words

RECEIVED = "received"
MOST_SPENT = NumberOrder("spent", falling=True)


@dataclass(frozen=True)
class Asked:
    """What the address of a list asks for, beyond the scope.

    Attributes:
        kind: the clock; None: requests received.
        group: of which group the cycles are; its key may be None.
        stopped: only cycles that have stopped, and with `bin` those that took so long.
        hour: only those whose request was received then.
        cause, held: missed cycles that spent time on a cause, or in a team's hands ("nobody" for no team).
    """

    kind: ClockKind | None
    outcome: Outcome = Outcome.COUNTED
    group: tuple[Group, Any] | None = None
    stopped: bool = False
    bin: Bin | None = None
    hour: Hour | None = None
    cause: Cause | None = None
    held: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Asked | None:
        """From the parameters of an address; unknown values are dropped. None: there is no such list."""
        figure = given.get("figure", "")
        kind = named(ClockKind, figure)
        if kind is None and figure != RECEIVED:
            return None
        held, cause = _holder(given.get("held", "")), named(Cause, given.get("cause"))
        least, below = _number(given.get("least", "")), _number(given.get("below", ""))
        return cls(
            kind=kind,
            outcome=Outcome.MISSED if cause or held else named(Outcome, given.get("outcome")) or Outcome.COUNTED,
            group=_group(given),
            stopped=bool(given.get("stopped")),
            bin=None if least is None else Bin(least, below),
            hour=_hour(given),
            cause=cause,
            held=held,
        )

    def parameters(self) -> dict[str, Any]:
        """The parameters of its address."""
        weekday, hour = self.hour or ("", "")
        by, of = self.group or ("", "")
        return {
            "figure": self.kind or RECEIVED,
            "outcome": self.outcome if self.kind and not self.is_spending else "",
            "by": by,
            "of": "" if of is None else of,
            "stopped": "1" if self.stopped else "",
            "least": self.bin.least if self.bin else "",
            "below": self.bin.below or "" if self.bin else "",
            "weekday": weekday,
            "hour": hour,
            "cause": self.cause or "",
            "held": self.held,
        }

    @property
    def is_spending(self) -> bool:
        """Whether it is about what missed cycles were spent on."""
        return bool(self.cause or self.held)

    @property
    def has_outcomes(self) -> bool:
        """Whether met, missed and void can be told apart in it."""
        return self.kind is not None and not self.is_spending

    @property
    def measures(self) -> bool:
        """Whether it is about how long things took; then the longest come first."""
        return self.is_spending or self.stopped


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _holder(text: str) -> str:
    return text if text == NOBODY or _number(text) is not None else ""


def _group(given: Mapping[str, str]) -> tuple[Group, Any] | None:
    group = named(Group, given.get("by"))
    try:
        return (group, group.key_of(given.get("of", ""))) if group else None
    except ValueError:
        return None


def _hour(given: Mapping[str, str]) -> Hour | None:
    weekday, hour = _number(given.get("weekday", "")), _number(given.get("hour", ""))
    if weekday is None or hour is None:
        return None
    return (weekday, hour) if 1 <= weekday <= 7 and hour <= 23 else None


@dataclass(frozen=True)
class Listing:
    """A list behind a number: requests, or cycles with `spent` where it is about time."""

    asked: Asked
    title: str
    note: str
    rows: Any
    order: Order
    tally: Tally | None = None

    @property
    def count(self) -> int:
        """How many rows there are: the number it is behind."""
        return int(self.rows.count()) if self.tally is None else self.tally.of(self.asked.outcome)


def listing(asked: Asked, tickets: TicketQuerySet, scope: Scope, at: datetime) -> Listing:
    """The list, of requests that the person may see. One query counts what each outcome has."""
    if asked.kind is None:
        found = counted.received(tickets, scope.period)
        found = figures.at_hour(found, "received_at", scope.period, asked.hour) if asked.hour else found
        title = pgettext("number of requests", "Received")
        return Listing(asked, title, _note(asked, scope), found.with_people(), BY_RECEIPT)
    cycles = _cycles(asked, asked.kind, tickets, scope, at)
    tally = figures.tally_of(cycles, at=at) if asked.has_outcomes else None
    rows = cycles.filter(having(asked.outcome, at)).select_related(*_PEOPLE)
    order = MOST_SPENT if asked.measures else LATEST_DUE
    return Listing(asked, str(asked.kind.label), _note(asked, scope), rows, order, tally)


_PEOPLE = tuple(f"ticket__{name}" for name in ("service", "organisation", "requester", "assignee", "team"))


def _cycles(asked: Asked, kind: ClockKind, tickets: TicketQuerySet, scope: Scope, at: datetime) -> ClockQuerySet:
    """The cycles of all outcomes."""
    about = (tickets, scope.period, kind)
    if asked.cause:
        cycles = figures.spent_on(*about, asked.cause, at=at)
    elif asked.held:
        cycles = figures.spent_by_team(*about, None if asked.held == NOBODY else int(asked.held), at=at)
    else:
        cycles = due_in(*about).annotate(spent=Seconds(F("counted")))
    if asked.stopped:
        cycles = cycles.filter(stopped_at__isnull=False)
    if asked.bin:
        cycles = figures.taking(cycles, asked.bin.least, asked.bin.below)
    if asked.group:
        cycles = figures.in_group(cycles, *asked.group)
    return figures.at_hour(cycles, "ticket__received_at", scope.period, asked.hour) if asked.hour else cycles


def with_outcome(asked: Asked, outcome: Outcome) -> Asked:
    """The same list of another outcome."""
    return replace(asked, outcome=outcome)


def _note(asked: Asked, scope: Scope) -> str:
    """What is in the list, in words."""
    when = _("received %(days)s") if asked.kind is None else _("due %(days)s")
    said = [when % {"days": scope.range_words}]
    if asked.group:
        group, key = asked.group
        said.append(names_of(group, [key]).get(key, ""))
    if asked.bin:
        said.append(bin_words(asked.bin))
    elif asked.stopped:
        said.append(_("stopped"))
    if asked.hour:
        weekday, hour = asked.hour
        said.append(
            _("received %(day)s %(hour)s:00–%(next)s:00")
            % {"day": weekday_words(weekday), "hour": hour, "next": hour + 1}
        )
    if asked.cause:
        said.append(str(asked.cause.label))
    if asked.held:
        key = None if asked.held == NOBODY else int(asked.held)
        said.append(_("held by %(team)s") % {"team": names_of(Group.TEAM, [key]).get(key, "")})
    return " · ".join(part for part in said if part)


# --- as a file ---------------------------------------------------------------------------------------


def table_of(listing: Listing, at: datetime) -> Table:
    """The whole list as a table, read a chunk at a time."""
    rows = listing.rows.order_by(*listing.order.expressions(backwards=False)).iterator(chunk_size=500)
    if listing.asked.kind is None:
        return Table(RECEIVED, listing.title, _request_columns(), (_request_cells(row) for row in rows), listing.note)
    spending = listing.asked.is_spending
    columns = [*_request_columns(), *_cycle_columns(), *([Column(_("Spent here"), Unit.SECONDS)] if spending else [])]
    cells = ([*_request_cells(row.ticket), *_cycle_cells(row, at), *([row.spent] if spending else [])] for row in rows)
    return Table(listing.asked.kind, listing.title, columns, cells, listing.note)


def _request_columns() -> list[Column]:
    texts = (
        _("Number"),
        _("Subject"),
        _("Client"),
        _("Service"),
        _("Type"),
        _("Priority"),
        _("State"),
        _("Team"),
        _("Person"),
    )
    return [*(Column(text) for text in texts), Column(_("Received"), Unit.MOMENT)]


def _request_cells(ticket: Any) -> list[Any]:
    return [
        ticket.number,
        ticket.subject,
        ticket.organisation.name,
        str(ticket.service),
        ticket.get_type_display(),
        ticket.get_priority_display(),
        ticket.get_state_display(),
        str(ticket.team or ""),
        ticket.assignee.name if ticket.assignee else "",
        ticket.received_at,
    ]


def _cycle_columns() -> list[Column]:
    return [
        Column(_("Clock")),
        Column(_("Round"), Unit.COUNT),
        Column(_("Result")),
        Column(_("Started"), Unit.MOMENT),
        Column(_("Due"), Unit.MOMENT),
        Column(_("Stopped"), Unit.MOMENT),
        Column(_("Target"), Unit.SECONDS),
        Column(pgettext("length of time", "Counted"), Unit.SECONDS),
        Column(_("How late")),
    ]


def _cycle_cells(clock: Any, at: datetime) -> list[Any]:
    late = ((clock.stopped_at or at) - clock.due_at).total_seconds()
    outcome = Outcome.MISSED if clock.state == "running" else named(Outcome, _OUTCOMES.get(clock.state, ""))
    is_missed = outcome is Outcome.MISSED
    return [
        clock.get_kind_display(),
        clock.cycle,
        outcome.label if outcome else "",
        clock.started_at,
        clock.due_at,
        clock.stopped_at,
        clock.target_seconds,
        clock.counted.total_seconds() if clock.stopped_at else None,
        late_words(late) if is_missed else "",
    ]


_OUTCOMES = {"met": "met", "breached": "missed", "void": "void"}
