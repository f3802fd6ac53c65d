"""Operations now: the clocks that have not stopped, by what they ask of us (R-046).

Read from the partial index of unfinished clocks, so what is closed costs nothing; a clock that still runs on a request
that is closed (the client wrote afterwards) is among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import (
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Floor
from django.utils.translation import gettext_lazy as _

from sla.figures.compliance import cycles_of
from sla.figures.groups import Group, names_of
from sla.figures.times import Seconds
from sla.models import Clock, ClockQuerySet
from tickets.figures import SOON
from tickets.models import TicketQuerySet
from tickets.states import OPEN_STATES


class Watch(StrEnum):
    """What a clock that has not stopped asks of us."""

    LATE = "late"
    NEXT = "next"
    PAUSED = "paused"

    @property
    def label(self) -> str:
        """What a list of such requests is called."""
        return str(_LABELS[self])

    def condition(self, at: datetime) -> Q:
        """Late is past its due instant; missed and in a pause is late too, for its due instant stays (SLA-18)."""
        return {
            Watch.LATE: Q(due_at__lt=at),
            Watch.NEXT: Q(due_at__gte=at),
            Watch.PAUSED: Q(due_at__isnull=True),
        }[self]


_LABELS = {Watch.LATE: _("Late"), Watch.NEXT: _("Due next"), Watch.PAUSED: _("Paused")}


def watched(tickets: TicketQuerySet, watch: Watch, *, at: datetime) -> ClockQuerySet:
    """The requests with such a clock, each by the one that is due first; see `with_others` for how many it has."""
    condition = watch.condition(at)
    before = Q(pk__lt=OuterRef("pk"))
    if watch is not Watch.PAUSED:
        before = Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at")) & before
    first = Clock.objects.unfinished().filter(condition, before, ticket=OuterRef("ticket"))
    return cycles_of(tickets).unfinished().filter(condition, ~Exists(first))


def due_between(tickets: TicketQuerySet, since: datetime, until: datetime) -> ClockQuerySet:
    """Every clock that becomes due in [since, until)."""
    return cycles_of(tickets).unfinished().filter(due_at__gte=since, due_at__lt=until)


def with_others(clocks: ClockQuerySet, watch: Watch, *, at: datetime) -> ClockQuerySet:
    """With `others`: how many more clocks of the same request ask the same."""
    same = Clock.objects.unfinished().filter(watch.condition(at), ticket=OuterRef("ticket")).exclude(pk=OuterRef("pk"))
    counted = same.order_by().values("ticket").annotate(count=Count("pk")).values("count")
    return clocks.annotate(others=Subquery(counted))


def with_since(clocks: ClockQuerySet) -> ClockQuerySet:
    """With `since`: when the request began to wait."""
    return clocks.annotate(since=F("ticket__waiting_since"))


# --- counts per team ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class TeamNow:
    """What one team has, in requests. `late`, `soon` (within the hour) and `paused` may overlap, by different clocks.

    `ended`: requests that are closed and still have a clock; they are not part of `open`.
    """

    team: int | None
    name: str
    open: int = 0
    unassigned: int = 0
    late: int = 0
    soon: int = 0
    next: int = 0
    paused: int = 0
    ended: int = 0


def teams_now(tickets: TicketQuerySet, *, at: datetime) -> list[TeamNow]:
    """The teams with open requests or unfinished clocks, by name; what has no team comes last. Three queries."""
    found: dict[int | None, dict[str, int]] = {}
    for rows in (_open_counts(tickets), _clock_counts(tickets, at)):
        for row in rows:
            found.setdefault(row.pop("key"), {}).update(row)
    names = names_of(Group.TEAM, found)
    teams = [TeamNow(team, names.get(team, ""), **counts) for team, counts in found.items()]
    return sorted(teams, key=lambda team: (team.team is None, team.name))


def _open_counts(tickets: TicketQuerySet) -> Iterable[Any]:
    return (
        tickets.open()
        .order_by()
        .values(key=F("team"))
        .annotate(open=Count("pk"), unassigned=Count("pk", filter=Q(assignee__isnull=True)))
    )


def _clock_counts(tickets: TicketQuerySet, at: datetime) -> Iterable[Any]:
    conditions = {
        **{watch.value: watch.condition(at) for watch in Watch},
        "soon": Q(due_at__gte=at, due_at__lt=at + SOON),
        "ended": ~Q(ticket__state__in=sorted(OPEN_STATES)),
    }
    counts = {name: Count("ticket", distinct=True, filter=condition) for name, condition in conditions.items()}
    return cycles_of(tickets).unfinished().order_by().values(key=F("ticket__team")).annotate(**counts)


# --- the time axis -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """The clocks of one team that become due in one slot of the axis.

    Attributes:
        slot: which one, from 0.
        soon: how many of them are in the last fifth of their target.
        clock: one of them; the one, where there is one.
    """

    team: int | None
    slot: int
    count: int
    soon: int
    clock: int


def marks(tickets: TicketQuerySet, *, at: datetime, span: timedelta, slots: int) -> list[Mark]:
    """What becomes due in [at, at + span), cut into equal slots, in the order of time. One query."""
    ahead: Any = ExpressionWrapper(F("due_at") - Value(at), output_field=DurationField())
    slot: Any = Cast(Floor(Seconds(ahead) / (span.total_seconds() / slots)), IntegerField())
    rows = (
        due_between(tickets, at, at + span)
        .order_by()
        .annotate(slot=slot)
        .values_list("ticket__team", "slot")
        .annotate(count=Count("pk"), soon=Count("pk", filter=Q(soon_at__lte=at)), clock=Min("pk"))
    )
    return [Mark(*row) for row in rows.order_by("slot", "ticket__team")]
