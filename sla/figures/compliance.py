"""Compliance, its trend, and the cycles and requests behind it (SLA-60, SLA-61).

A cycle belongs to the period in which its due instant lies, whenever the request came in or was solved. So a matter
solved today that is due next week counts next week; and a period that has begun and not ended yet holds cycles that
are met already, and none that still run in time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sla.models import Clock, ClockKind, ClockQuerySet, ClockState
from tickets.figures import Period
from tickets.models import TicketQuerySet
from tickets.states import TicketType

# The share of each kind that has to be met. The source documents give 99.9 % for repairs and none for the rest;
# these are the usual ones of the trade until targets of indicators can be edited.
COMPLIANCE_TARGETS: dict[ClockKind, float] = {
    ClockKind.FIRST_RESPONSE: 0.95,
    ClockKind.TECHNICAL_RESPONSE: 0.95,
    ClockKind.NEXT_RESPONSE: 0.95,
    ClockKind.PROGRESS_REPORT: 0.95,
    ClockKind.RESOLUTION: 0.98,
}
REPAIR_TARGET = 0.999  # of faults, the share that has to be repaired within its time


class Outcome(StrEnum):
    """What became of a cycle, as far as figures ask."""

    COUNTED = "counted"  # met or missed: the denominator of compliance
    MET = "met"
    MISSED = "missed"
    VOID = "void"

    @property
    def label(self) -> str:
        """The outcome in words."""
        return str(_OUTCOME_WORDS[self])


_OUTCOME_WORDS = {
    Outcome.COUNTED: pgettext_lazy("outcome", "Counted"),
    Outcome.MET: _("Met"),
    Outcome.MISSED: _("Missed"),
    Outcome.VOID: _("Void"),
}


@dataclass(frozen=True)
class Tally:
    """Cycles by outcome; void ones stand apart and count for nothing (SLA-20)."""

    met: int = 0
    missed: int = 0
    void: int = 0

    @property
    def counted(self) -> int:
        """The denominator: met and missed."""
        return self.met + self.missed

    @property
    def share(self) -> float | None:
        """Compliance, 0 to 1; None when no cycle counts: that is "no data", never 100 % (SLA-60)."""
        return self.met / self.counted if self.counted else None

    def of(self, outcome: Outcome) -> int:
        """How many cycles have that outcome."""
        return int(getattr(self, outcome.value))

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.met + other.met, self.missed + other.missed, self.void + other.void)


@dataclass(frozen=True)
class Compliance:
    """One kind of clock in a period, in the one before it, and both point by point."""

    kind: ClockKind
    target: float
    trend: tuple[Tally, ...]
    trend_before: tuple[Tally, ...]
    now: Tally = field(init=False)
    before: Tally = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "now", sum(self.trend, Tally()))
        object.__setattr__(self, "before", sum(self.trend_before, Tally()))

    @property
    def change(self) -> float | None:
        """The share minus that of the period before; None where either has no data."""
        if self.now.share is None or self.before.share is None:
            return None
        return self.now.share - self.before.share


def _missed(at: datetime) -> Q:
    """A cycle past its due instant, whether or not the sweep has seen it yet (SLA-60)."""
    return Q(state=ClockState.BREACHED) | Q(state=ClockState.RUNNING, due_at__lt=at)


def having(outcome: Outcome, at: datetime) -> Q:
    """The condition that a cycle has an outcome at an instant; cycles in time, paused and superseded have none."""
    met = Q(state=ClockState.MET)
    return {
        Outcome.COUNTED: met | _missed(at),
        Outcome.MET: met,
        Outcome.MISSED: _missed(at),
        Outcome.VOID: Q(state=ClockState.VOID),
    }[outcome]


def tally_counts(at: datetime, within: Q | None = None, suffix: str = "") -> dict[str, Any]:
    """Aggregates that count cycles by outcome in the order of `Tally`; `within` narrows what they count."""
    return {
        f"{outcome}{suffix}": Count("pk", filter=having(outcome, at) & within if within else having(outcome, at))
        for outcome in (Outcome.MET, Outcome.MISSED, Outcome.VOID)
    }


def cycles_of(tickets: TicketQuerySet) -> ClockQuerySet:
    """The cycles of some requests.

    Where all requests are asked for, none is named: the database would look each of them up to find that it is there.
    """
    is_all = not tickets.query.has_filters() and not tickets.query.is_sliced
    return Clock.objects.all() if is_all else Clock.objects.filter(ticket__in=tickets)


def tally_of(cycles: ClockQuerySet, *, at: datetime) -> Tally:
    """Cycles by outcome. One query."""
    return Tally(**cycles.order_by().aggregate(**tally_counts(at)))


def compliance(
    tickets: TicketQuerySet,
    period: Period,
    *,
    at: datetime,
    kinds: Iterable[ClockKind] = (ClockKind.FIRST_RESPONSE, ClockKind.TECHNICAL_RESPONSE, ClockKind.RESOLUTION),
) -> dict[ClockKind, Compliance]:
    """Compliance of each kind by due date in the period, with the period before for comparison (SLA-60). One query.

    A running cycle past due is missed; a running or paused one in time is not counted; superseded ones are ignored.
    """
    trends = _trends(cycles_of(tickets), period, list(kinds), at)
    return {
        kind: Compliance(kind, COMPLIANCE_TARGETS[kind], trend, trend_before)
        for kind, (trend, trend_before) in trends.items()
    }


def repairs(tickets: TicketQuerySet, period: Period, *, at: datetime) -> Compliance:
    """Compliance of the resolution of faults: the share repaired within its time (R-044). One query."""
    faults = cycles_of(tickets).filter(ticket__type=TicketType.INCIDENT)
    kind = ClockKind.RESOLUTION
    return Compliance(kind, REPAIR_TARGET, *_trends(faults, period, [kind], at)[kind])


def _trends(
    cycles: ClockQuerySet, period: Period, wanted: list[ClockKind], at: datetime
) -> dict[ClockKind, tuple[tuple[Tally, ...], tuple[Tally, ...]]]:
    """By kind, the tallies point by point in the period, and in the one before."""
    days = (
        cycles.filter(kind__in=wanted, due_at__gte=period.before.since, due_at__lt=period.until)
        .order_by()
        .annotate(day=period.day_of("due_at"))
        .values_list("kind", "day")
        .annotate(**tally_counts(at))
    )
    trends = {(kind, part): [Tally()] * len(part.points) for kind in wanted for part in (period, period.before)}
    for kind, day, *counts in days:
        part = period if day >= period.first else period.before
        point = part.point_of(day)
        if point is not None:
            trends[ClockKind(kind), part][point] += Tally(*counts)
    return {kind: (tuple(trends[kind, period]), tuple(trends[kind, period.before])) for kind in wanted}


def cycles_behind(
    tickets: TicketQuerySet, period: Period, kind: ClockKind, outcome: Outcome, *, at: datetime
) -> ClockQuerySet:
    """The cycles a figure counts: as many rows as the figure says (SLA-61). `requests_behind` gives their requests."""
    return due_in(tickets, period, kind).filter(having(outcome, at))


def due_in(tickets: TicketQuerySet, period: Period, kind: ClockKind) -> ClockQuerySet:
    """The cycles of a kind that are due in a period, whatever became of them."""
    return cycles_of(tickets).filter(period.holds("due_at"), kind=kind)


def requests_behind(
    tickets: TicketQuerySet, period: Period, kind: ClockKind, outcome: Outcome, *, at: datetime
) -> TicketQuerySet:
    """The requests a figure was made of (SLA-61), each once.

    First response, technical response and resolution have one cycle per request, so the numbers are the same; kinds
    that repeat have more cycles than requests.
    """
    cycles = Clock.objects.filter(period.holds("due_at"), having(outcome, at), kind=kind)
    return tickets.filter(Exists(cycles.filter(ticket=OuterRef("pk"))))
