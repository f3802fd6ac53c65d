"""Figures about requests: what came in and went out, what is open, how old it is, and who carries it (R-046, R-071).

Every function takes requests that `visible_to` has narrowed already, and counts in the database. What a figure counts
is also a queryset here, so that the list behind it is made of the same rows (SLA-61).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Count, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from tickets.models import TicketEvent, TicketQuerySet
from tickets.models.ticket import OPEN
from tickets.states import STEPS, EventKind, State

SOON = timedelta(hours=1)
DAYS_PER_WEEK = 7
MOST_DAILY_POINTS = 31  # a longer trend is drawn by week


@dataclass(frozen=True)
class Period:
    """Whole local days [since, until); the last one may be today and not over yet."""

    first: date
    days: int
    zone: ZoneInfo

    @classmethod
    def ending_today(cls, days: int, *, at: datetime, zone: ZoneInfo) -> Period:
        """The last `days` days, today included."""
        return cls(at.astimezone(zone).date() - timedelta(days=days - 1), days, zone)

    @property
    def since(self) -> datetime:
        """Where it begins: local midnight."""
        return self._midnight(self.first)

    @property
    def until(self) -> datetime:
        """Where it ends: the local midnight after its last day; not part of it."""
        return self._midnight(self.first + timedelta(days=self.days))

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        return Period(self.first - timedelta(days=self.days), self.days, self.zone)

    @property
    def step(self) -> int:
        """Days per point of a trend: one, or a week when there would be too many points."""
        return 1 if self.days <= MOST_DAILY_POINTS else DAYS_PER_WEEK

    @property
    def points(self) -> list[date]:
        """The first day of each point of a trend."""
        return [self.first + timedelta(days=offset) for offset in range(0, self.days, self.step)]

    def point_of(self, day: date) -> int | None:
        """The index of the point a day belongs to; None outside of the period."""
        offset = (day - self.first).days
        return offset // self.step if 0 <= offset < self.days else None

    def holds(self, field: str) -> Q:
        """The condition that a moment lies in the period."""
        return Q(**{f"{field}__gte": self.since, f"{field}__lt": self.until})

    def day_of(self, field: str) -> TruncDate:
        """The local day of a moment, in SQL."""
        return TruncDate(field, tzinfo=self.zone)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=self.zone)


# --- open now ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenCounts:
    """How many requests are open at an instant; `late` and `due_soon` are part of `open` and don't overlap."""

    open: int
    late: int
    due_soon: int
    waiting: int
    unassigned: int


def open_counts(tickets: TicketQuerySet, *, at: datetime) -> OpenCounts:
    """Open requests, the late ones, those due within the next hour, waiting ones, and those without a person."""
    return OpenCounts(
        **tickets.open().aggregate(
            open=Count("pk"),
            late=Count("pk", filter=_late(at)),
            due_soon=Count("pk", filter=_due_soon(at)),
            waiting=Count("pk", filter=~Q(wait="")),
            unassigned=Count("pk", filter=Q(assignee__isnull=True)),
        )
    )


def due_soon(tickets: TicketQuerySet, *, at: datetime) -> TicketQuerySet:
    """Open requests whose next target runs out within the next hour; late ones are not among them."""
    return tickets.open().filter(_due_soon(at))


def _late(at: datetime) -> Q:
    return Q(due_at__lt=at)


def _due_soon(at: datetime) -> Q:
    return Q(due_at__gte=at, due_at__lt=at + SOON)


# --- backlog ----------------------------------------------------------------------------------------


class AgeBand(StrEnum):
    """How long ago an open request was received."""

    DAY = "d1"
    THREE_DAYS = "d3"
    WEEK = "d7"
    MONTH = "d30"
    OLDER = "older"

    @property
    def label(self) -> str:
        """The band in words."""
        return str(_BAND_WORDS[self])

    @property
    def bounds(self) -> tuple[timedelta, timedelta | None]:
        """From which age up to (not including) which; None: no upper end."""
        return _BAND_BOUNDS[self]


_BAND_WORDS = {
    AgeBand.DAY: _("under 1 day"),
    AgeBand.THREE_DAYS: _("1–3 days"),
    AgeBand.WEEK: _("3–7 days"),
    AgeBand.MONTH: _("7–30 days"),
    AgeBand.OLDER: _("over 30 days"),
}
_EDGES = [timedelta(days=days) for days in (0, 1, 3, 7, 30)]
_BAND_BOUNDS: dict[AgeBand, tuple[timedelta, timedelta | None]] = {
    band: (edge, _EDGES[index + 1] if index + 1 < len(_EDGES) else None)
    for index, (band, edge) in enumerate(zip(AgeBand, _EDGES, strict=True))
}


def _aged(band: AgeBand, at: datetime) -> Q:
    youngest, oldest = band.bounds
    condition = Q() if band == AgeBand.DAY else Q(received_at__lte=at - youngest)
    return condition if oldest is None else condition & Q(received_at__gt=at - oldest)


def backlog(tickets: TicketQuerySet, *, at: datetime) -> dict[State, dict[AgeBand, int]]:
    """Open requests by state and age; every state and band is there, with 0 where nothing is."""
    band = Case(
        *(When(_aged(each, at), then=Value(each.value)) for each in AgeBand),
        output_field=CharField(),
    )
    counted = tickets.open().order_by().annotate(band=band).values_list("state", "band").annotate(count=Count("pk"))
    found = {(state, band): count for state, band, count in counted}
    return {state: {each: found.get((state, each), 0) for each in AgeBand} for state in STEPS}


def in_backlog(
    tickets: TicketQuerySet, *, at: datetime, state: State | None = None, band: AgeBand | None = None
) -> TicketQuerySet:
    """The open requests of one cell, row or column of `backlog`."""
    found = tickets.open()
    if state is not None:
        found = found.filter(state=state)
    return found if band is None else found.filter(_aged(band, at))


# --- volume -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Volume:
    """What came in and what ended, per point of the trend.

    Ended means closed, declined or withdrawn, so that received − ended is how the backlog changed.

    Attributes:
        open_at_end: how many were open when each point ended (today: now), worked out backwards from now.
    """

    received: tuple[int, ...]
    ended: tuple[int, ...]
    received_before: int
    ended_before: int
    open_at_end: tuple[int, ...]
    open_at_start: int

    @property
    def total_received(self) -> int:
        """Received in the whole period."""
        return sum(self.received)

    @property
    def total_ended(self) -> int:
        """Ended in the whole period."""
        return sum(self.ended)


def volume(tickets: TicketQuerySet, period: Period, *, open_now: int) -> Volume:
    """Received and ended per point, in a period that ends today, with the totals of the period before."""
    came, came_before = _per_point(tickets, period, "received_at")
    went, went_before = _per_point(tickets, period, "closed_at")
    open_at_end: list[int] = []
    level = open_now
    for received, ended in zip(reversed(came), reversed(went), strict=True):
        open_at_end.append(level)
        level -= received - ended
    return Volume(
        received=tuple(came),
        ended=tuple(went),
        received_before=came_before,
        ended_before=went_before,
        open_at_end=tuple(reversed(open_at_end)),
        open_at_start=level,
    )


def _per_point(tickets: TicketQuerySet, period: Period, field: str) -> tuple[list[int], int]:
    """How many moments lie in each point, and how many in the period before."""
    span = Q(**{f"{field}__gte": period.before.since, f"{field}__lt": period.until})
    days = (
        tickets.filter(span)
        .order_by()
        .annotate(day=period.day_of(field))
        .values_list("day")
        .annotate(count=Count("pk"))
    )
    points, before = [0] * len(period.points), 0
    for day, count in days:
        point = period.point_of(day)
        if point is None:
            before += count
        else:
            points[point] += count
    return points, before


def received(tickets: TicketQuerySet, period: Period) -> TicketQuerySet:
    """The requests that `Volume.received` counts."""
    return tickets.filter(period.holds("received_at"))


def ended(tickets: TicketQuerySet, period: Period) -> TicketQuerySet:
    """The requests that `Volume.ended` counts."""
    return tickets.filter(period.holds("closed_at"))


def open_at(tickets: TicketQuerySet, at: datetime) -> TicketQuerySet:
    """The requests that were open at an instant of the past, whatever happened to them since.

    One that was closed by then and reopened later was not open; its record says so, its fields don't any more.
    """
    turns = TicketEvent.objects.filter(
        ticket=OuterRef("pk"), kind__in=[EventKind.ACCEPTED, EventKind.REOPENED], at__lt=at
    )
    found = tickets.filter(OPEN | Q(closed_at__gte=at), received_at__lt=at)  # each part has an index
    last_turn = Subquery(turns.order_by("-seq").values("kind")[:1])
    was_open = Q(reopen_count=0) | Q(last_turn__isnull=True) | Q(last_turn=EventKind.REOPENED)
    return found.annotate(last_turn=last_turn).filter(was_open)


# --- load -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """What one person carries now; `person` None: nobody's. `late` and `waiting` are part of `open`."""

    person: int | None
    name: str
    open: int
    late: int
    waiting: int


def load(tickets: TicketQuerySet, *, at: datetime) -> list[Load]:
    """Open requests per person, the most loaded first, what has nobody at the end."""
    people = (
        tickets.open()
        .order_by()
        .values_list("assignee", "assignee__name")
        .annotate(
            open=Count("pk"),
            late=Count("pk", filter=_late(at)),
            waiting=Count("pk", filter=~Q(wait="")),
        )
        .order_by("-open", "assignee__name")
    )
    rows = [Load(person, name or "", *counts) for person, name, *counts in people]
    return sorted(rows, key=lambda row: row.person is None)


def carried_by(tickets: TicketQuerySet, person: int | None) -> TicketQuerySet:
    """The open requests of a person; of nobody with None."""
    return tickets.open().filter(assignee=person) if person else tickets.open().filter(assignee__isnull=True)
