"""Where the time of missed cycles went: by cause, and of the counted time by team (SLA-41, SLA-61).

Shares are kept when a missed cycle stops, so those that still run are told apart (`Causes.running`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum

from sla.figures.compliance import Outcome, cycles_behind
from sla.figures.groups import Group, names_of
from sla.models import Cause, ClockKind, ClockQuerySet, ClockShare
from tickets.figures import Period
from tickets.models import TicketQuerySet

COUNTED = [cause for cause in Cause if cause.is_counted]


@dataclass(frozen=True)
class CauseShare:
    """The time that missed cycles spent on one cause, and how many of them spent any."""

    cause: Cause
    seconds: float
    cycles: int


@dataclass(frozen=True)
class TeamShare:
    """The counted time of missed cycles that one team held; `team` None: nobody's."""

    team: int | None
    name: str
    seconds: float
    cycles: int


@dataclass(frozen=True)
class Causes:
    """Where the time of missed cycles went.

    Attributes:
        stopped: missed cycles that have stopped: the ones looked at here.
        running: missed ones that go on; what they are spent on is known when they stop.
        by_cause: every cause with any time, the longest first.
        by_team: the teams' shares of the counted time, the longest first.
    """

    stopped: int
    running: int
    by_cause: tuple[CauseShare, ...]
    by_team: tuple[TeamShare, ...]

    @property
    def seconds(self) -> float:
        """All of the time, counted or not."""
        return sum(share.seconds for share in self.by_cause)

    @property
    def counted_seconds(self) -> float:
        """What of it used up targets."""
        return sum(share.seconds for share in self.by_cause if share.cause.is_counted)


def causes(tickets: TicketQuerySet, period: Period, kind: ClockKind, *, at: datetime) -> Causes:
    """What the missed cycles due in the period were spent on. At most four queries."""
    missed = cycles_behind(tickets, period, kind, Outcome.MISSED, at=at).order_by()
    is_stopped = Q(stopped_at__isnull=False)
    found = missed.aggregate(stopped=Count("pk", filter=is_stopped), running=Count("pk", filter=~is_stopped))
    if not found["stopped"]:
        return Causes(**found, by_cause=(), by_team=())
    shares = ClockShare.objects.filter(clock__in=missed.filter(is_stopped)).order_by()
    return Causes(**found, by_cause=_by_cause(shares), by_team=_by_team(shares))


def _by_cause(shares: Any) -> tuple[CauseShare, ...]:
    rows = shares.values_list("cause").annotate(total=Sum("seconds"), cycles=Count("clock", distinct=True))
    return tuple(CauseShare(Cause(cause), *rest) for cause, *rest in rows.order_by("-total", "cause"))


def _by_team(shares: Any) -> tuple[TeamShare, ...]:
    counted = shares.filter(cause__in=COUNTED).values_list("team")
    rows = list(counted.annotate(total=Sum("seconds"), cycles=Count("clock", distinct=True)).order_by("-total", "team"))
    names = names_of(Group.TEAM, [team for team, *_ in rows])
    return tuple(TeamShare(team, names.get(team, ""), *rest) for team, *rest in rows)


def spent_on(tickets: TicketQuerySet, period: Period, kind: ClockKind, cause: Cause, *, at: datetime) -> ClockQuerySet:
    """The missed cycles behind one `CauseShare`, each with `spent`: its seconds on that cause."""
    return _spending(cycles_behind(tickets, period, kind, Outcome.MISSED, at=at), Q(cause=cause))


def spent_by_team(
    tickets: TicketQuerySet, period: Period, kind: ClockKind, team: int | None, *, at: datetime
) -> ClockQuerySet:
    """The missed cycles behind one `TeamShare`, each with `spent`: the counted seconds that the team held it."""
    of_team = Q(team__isnull=True) if team is None else Q(team=team)
    return _spending(cycles_behind(tickets, period, kind, Outcome.MISSED, at=at), of_team & Q(cause__in=COUNTED))


def _spending(cycles: ClockQuerySet, what: Q) -> ClockQuerySet:
    shares = ClockShare.objects.filter(what, clock=OuterRef("pk")).order_by().values("clock")
    spent = Subquery(shares.annotate(total=Sum("seconds")).values("total"))
    return cycles.filter(stopped_at__isnull=False).annotate(spent=spent).filter(spent__gt=0).order_by(F("spent").desc())
