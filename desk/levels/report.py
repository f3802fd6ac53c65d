"""The monthly report for one client: what was agreed, what came, what was kept, missed, and why (R-046, R-053)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import pgettext

from accounts.models import Organisation
from desk.levels.promises import Agreed, agreed_in
from quality.figures import Satisfaction, satisfaction
from sla import figures
from sla.figures import Compliance, Histogram, Outcome, Span, Tally
from sla.figures.compliance import cycles_of, having
from sla.models import Cause, Clock, ClockKind
from tickets import figures as counted
from tickets.figures import Period
from tickets.models import Ticket, TicketQuerySet
from tickets.states import TicketType

MONTHS = 24


@dataclass(frozen=True)
class Month:
    """A calendar month in the reader's zone."""

    first: date
    zone: ZoneInfo

    @classmethod
    def of(cls, at: datetime, zone: ZoneInfo) -> Month:
        """The one an instant lies in."""
        return cls(at.astimezone(zone).date().replace(day=1), zone)

    @property
    def before(self) -> Month:
        """The month before."""
        return Month((self.first - timedelta(days=1)).replace(day=1), self.zone)

    @property
    def following(self) -> date:
        """The first day of the next month."""
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.first, (self.following - self.first).days, self.zone)

    @property
    def key(self) -> str:
        """As an address names it: "2026-11"."""
        return f"{self.first:%Y-%m}"

    @property
    def words(self) -> str:
        """As a person does: "November 2026"."""
        return date_format(self.first, pgettext("date format: month", "F Y"))


def months(at: datetime, zone: ZoneInfo) -> list[Month]:
    """The months to choose from, the current one first."""
    found = [Month.of(at, zone)]
    while len(found) < MONTHS:
        found.append(found[-1].before)
    return found


@dataclass(frozen=True)
class Missed:
    """A cycle that missed its target: how long after it it stopped (or not yet), and what it was spent on."""

    clock: Clock
    late: float
    shares: tuple[tuple[Cause, float], ...]


@dataclass(frozen=True)
class TypeCount:
    """Requests of one type that came in and that ended."""

    type: TicketType
    received: int
    ended: int


class Report:
    """A client's month. Each part is counted once, when it is first needed; a fixed number of queries."""

    def __init__(self, client: Organisation, month: Month, tickets: TicketQuerySet, at: datetime) -> None:
        """`tickets`: what the reader may see."""
        self.client, self.month, self.at = client, month, at
        self.period = month.period
        self.tickets = tickets.filter(organisation=client)

    @property
    def is_over(self) -> bool:
        """Whether the month has ended."""
        return self.period.until <= self.at

    @property
    def is_empty(self) -> bool:
        """Whether nothing came in, ended, was due, was answered or was open."""
        return not (self.types or self.kinds or self.open or self.opinion.now.count)

    @cached_property
    def agreed(self) -> list[Agreed]:
        """What was promised."""
        return agreed_in(self.client, self.period)

    @cached_property
    def levels(self) -> dict[ClockKind, Compliance]:
        """Compliance by due date in the month (SLA-60)."""
        return figures.compliance(self.tickets, self.period, at=self.at, kinds=ClockKind)

    @cached_property
    def levels_before(self) -> dict[ClockKind, Compliance]:
        """That of the month before."""
        return figures.compliance(self.tickets, self.month.before.period, at=self.at, kinds=ClockKind)

    @cached_property
    def repairs(self) -> Compliance:
        """That of the resolution of faults (R-044)."""
        return figures.repairs(self.tickets, self.period, at=self.at)

    @cached_property
    def repairs_before(self) -> Compliance:
        """That of the month before."""
        return figures.repairs(self.tickets, self.month.before.period, at=self.at)

    @property
    def kinds(self) -> list[ClockKind]:
        """The clocks that were due in the month."""
        return [kind for kind, level in self.levels.items() if level.now != Tally()]

    @cached_property
    def missed(self) -> list[Missed]:
        """Every cycle that missed its target, by clock and due instant."""
        found = (
            cycles_of(self.tickets)
            .filter(self.period.holds("due_at"), having(Outcome.MISSED, self.at))
            .select_related("ticket__service")
            .prefetch_related("shares")
        )
        order = list(ClockKind)
        rows = sorted(found, key=lambda clock: (order.index(ClockKind(clock.kind)), clock.due_at, clock.pk))
        return [self._missed(clock) for clock in rows]

    def _missed(self, clock: Clock) -> Missed:
        spent: dict[Cause, float] = {}
        for share in clock.shares.all():
            cause = Cause(share.cause)
            spent[cause] = spent.get(cause, 0.0) + share.seconds
        whole = sum(spent.values()) or 1
        shares = sorted(((cause, seconds / whole) for cause, seconds in spent.items()), key=lambda one: -one[1])
        due = clock.due_at or self.at
        return Missed(clock, ((clock.stopped_at or self.at) - due).total_seconds(), tuple(shares))

    @cached_property
    def spans(self) -> dict[ClockKind, Span]:
        """How long the finished cycles took."""
        return figures.spans(self.tickets, self.period, at=self.at)

    @cached_property
    def histograms(self) -> dict[ClockKind, Histogram]:
        """The same as distributions, of the clocks that have finished cycles."""
        return {
            kind: figures.histogram(self.tickets, self.period, kind, span, at=self.at)
            for kind, span in self.spans.items()
            if span.count
        }

    @cached_property
    def types(self) -> list[TypeCount]:
        """What came in and what ended, by type."""
        came, went = self.period.holds("received_at"), self.period.holds("closed_at")
        rows = (
            self.tickets.filter(came | went)
            .order_by()
            .values_list("type")
            .annotate(received=Count("pk", filter=came), ended=Count("pk", filter=went))
        )
        found = {type_: counts for type_, *counts in rows}
        return [TypeCount(each, *found[each.value]) for each in TicketType if each.value in found]

    @property
    def received(self) -> int:
        """What came in."""
        return sum(each.received for each in self.types)

    @property
    def ended(self) -> int:
        """What was closed, declined or withdrawn."""
        return sum(each.ended for each in self.types)

    @cached_property
    def received_before(self) -> int:
        """What came in the month before."""
        return counted.received(self.tickets, self.month.before.period).count()

    @cached_property
    def open(self) -> list[Ticket]:
        """What was open when the month ended, or is open now; the oldest first."""
        until = min(self.period.until, self.at)
        return list(counted.open_at(self.tickets, until).with_people().order_by("received_at", "pk"))

    @cached_property
    def opinion(self) -> Satisfaction:
        """What the client said."""
        return satisfaction(self.tickets, self.period)


def shares_of(missed: Missed) -> Sequence[dict[str, Any]]:
    """The causes of one cycle with their shares; those under half a per cent are left out."""
    return [{"label": cause.label, "share": share} for cause, share in missed.shares if share >= 0.005]
