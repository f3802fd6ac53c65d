"""How long finished cycles took: the distribution of counted working time, not only its average (R-053)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, F, FloatField, Func, IntegerField, Max
from django.db.models.functions import Cast, Floor, Least

from sla.figures.compliance import Outcome, cycles_of, due_in, having
from sla.models import ClockKind, ClockQuerySet
from tickets.figures import Period
from tickets.models import TicketQuerySet

MOST_BINS = 14
NINTH = 0.9
_M, _H, _D = 60, 3600, 86400
_WIDTHS = (
    *(1, 5, 10, 15, 30),
    *(n * _M for n in (1, 2, 5, 10, 15, 30)),
    *(n * _H for n in (1, 2, 4, 6, 8, 12)),
    *(n * _D for n in (1, 2, 5, 10, 20, 50, 100, 200)),
)


class Percentile(Aggregate):
    """The value below which a share of the others lies; between two of them where none lies exactly there."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"


class Seconds(Func):
    """A duration in seconds."""

    template = "EXTRACT(EPOCH FROM %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Span:
    """The counted working time of finished cycles, met and missed; None where nothing was finished."""

    count: int = 0
    median: timedelta | None = None
    ninth: timedelta | None = None
    longest: timedelta | None = None


@dataclass(frozen=True)
class TargetUse:
    """A target that was in play, and for how many cycles."""

    seconds: int
    cycles: int


@dataclass(frozen=True)
class Bin:
    """The cycles that took [least, below) seconds of working time; `below` None: as long as that or longer."""

    least: int
    below: int | None
    met: int = 0
    missed: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.met + self.missed


@dataclass(frozen=True)
class Histogram:
    """Finished cycles by how long they took, and the targets they had, the most used first."""

    targets: tuple[TargetUse, ...] = ()
    bins: tuple[Bin, ...] = ()

    def place_of(self, seconds: float) -> float | None:
        """Where on the row of bins a duration lies, in bins from its beginning; None: beyond the last edge."""
        width, edge = (self.bins[0].below, self.bins[-1].least) if self.bins else (None, 0)
        return seconds / width if width and seconds <= edge + width / 2 else None


def finished(tickets: TicketQuerySet, period: Period, kind: ClockKind, *, at: datetime) -> ClockQuerySet:
    """The cycles due in the period that have stopped, in time or late: those whose time is known."""
    return due_in(tickets, period, kind).filter(having(Outcome.COUNTED, at), stopped_at__isnull=False)


def taking(cycles: ClockQuerySet, least: int, below: int | None) -> ClockQuerySet:
    """Of some cycles those that took so many seconds of working time: those of one `Bin`."""
    found = cycles.filter(counted__gte=timedelta(seconds=least))
    return found if below is None else found.filter(counted__lt=timedelta(seconds=below))


def spans(
    tickets: TicketQuerySet, period: Period, *, at: datetime, kinds: Iterable[ClockKind] = tuple(ClockKind)
) -> dict[ClockKind, Span]:
    """Median and 90th percentile of each kind's finished cycles. One query."""
    wanted = list(kinds)
    rows = (
        cycles_of(tickets)
        .filter(having(Outcome.COUNTED, at), period.holds("due_at"), kind__in=wanted, stopped_at__isnull=False)
        .order_by()
        .values_list("kind")
        .annotate(
            count=Count("pk"),
            median=Percentile("counted", share=0.5, output_field=DurationField()),
            ninth=Percentile("counted", share=NINTH, output_field=DurationField()),
            longest=Max("counted"),
        )
    )
    found = {kind: Span(*measured) for kind, *measured in rows}
    return {kind: found.get(kind, Span()) for kind in wanted}


def histogram(tickets: TicketQuerySet, period: Period, kind: ClockKind, span: Span, *, at: datetime) -> Histogram:
    """The distribution behind a span: two queries, none where nothing was finished."""
    if span.ninth is None or span.longest is None:
        return Histogram()
    cycles = finished(tickets, period, kind, at=at).order_by()
    used = cycles.values_list("target_seconds").annotate(cycles=Count("pk")).order_by("-cycles", "target_seconds")
    targets = tuple(TargetUse(*row) for row in used)
    width, last = _cut(targets, span.ninth.total_seconds(), span.longest.total_seconds())
    return Histogram(targets, _bins(cycles, width, last, at))


def _cut(targets: Sequence[TargetUse], ninth: float, longest: float) -> tuple[int, int]:
    """How wide the bins are, and the number of the last one, which is open: enough for the usual target and a half."""
    main = targets[0].seconds
    reach = max(main * 1.5, ninth)
    width = _width(reach, main)
    return width, max(1, int(min(reach, max(longest, main)) // width))


def _width(reach: float, main: int) -> int:
    """The narrowest usual width with which all fit, best one at whose edge the usual target lies."""
    fitting = [width for width in _WIDTHS if reach / width < MOST_BINS]
    return next((width for width in fitting if main % width == 0), fitting[0] if fitting else int(reach))


def _bins(cycles: ClockQuerySet, width: int, last: int, at: datetime) -> tuple[Bin, ...]:
    number: Any = Least(Cast(Floor(Seconds(F("counted")) / width), IntegerField()), last)
    rows = (
        cycles.annotate(bin=number)
        .values_list("bin")
        .annotate(
            met=Count("pk", filter=having(Outcome.MET, at)), missed=Count("pk", filter=having(Outcome.MISSED, at))
        )
    )
    counts = {number: (met, missed) for number, met, missed in rows}
    return tuple(
        Bin(number * width, None if number == last else (number + 1) * width, *counts.get(number, (0, 0)))
        for number in range(last + 1)
    )
