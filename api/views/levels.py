"""`levels/`: compliance and what lies behind it, and the wall (R-046, SLA-60, SLA-61).

Every number is made of the requests the person may see, by the functions that the pages call; `cycles/` and
`wall/clocks/` give the rows behind a number.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Capability
from api.base import StaffEndpoint
from api.filters import LevelsFilters, PersonalFilters
from api.paging import DUE, Keyset, Order
from api.serializers import level_questions as asks
from api.serializers import levels as forms
from sla import figures
from sla.figures import Compliance, Group, Outcome, Tally, Watch
from sla.models import Cause, ClockKind, ClockQuerySet
from tickets.figures import Period
from tickets.models import Ticket, TicketQuerySet

PEOPLE = ("ticket__organisation", "ticket__assignee", "ticket__team")


@dataclass(frozen=True)
class Question:
    """What is asked: over which requests and days; `more` is whatever else the address says."""

    tickets: TicketQuerySet
    period: Period
    more: dict[str, Any]

    @property
    def kind(self) -> ClockKind:
        """Of which clock."""
        return ClockKind(self.more["kind"])


class LevelsEndpoint(StaffEndpoint):
    """A view about figures; whoever may see dashboards sees them, of the requests they may see."""

    queryset: Any = Ticket.objects.none()
    reads: tuple[Capability, ...] = (Capability.SEE_LEVELS,)
    filter_backends = (PersonalFilters,)
    filterset_class = LevelsFilters

    def tickets(self) -> TicketQuerySet:
        """Of the requests the person may see those that were asked for."""
        found: Any = self.filter_queryset(Ticket.objects.visible_to(self.person))
        narrowed: TicketQuerySet = found
        return narrowed

    def question(self, form: type[asks.AskPeriodSerializer] = asks.AskPeriodSerializer) -> Question:
        """What the address asks.

        Raises:
            ValidationError: at its parameters.
        """
        given = form(data=self.request.query_params.dict())
        given.is_valid(raise_exception=True)
        asked = dict(given.validated_data)
        return Question(self.tickets(), asks.period_of(asked, self.person, self.at), asked)


def _period(period: Period) -> dict[str, Any]:
    return {**asdict(period), "zone": str(period.zone), "since": period.since, "until": period.until}


def _tally(tally: Tally) -> dict[str, Any]:
    return {**asdict(tally), "share": tally.share}


class ComplianceView(LevelsEndpoint):
    """Compliance."""

    serializer_class = forms.ComplianceOfPeriodSerializer

    @extend_schema(operation_id="levels_compliance", parameters=[asks.AskPeriodSerializer], filters=True)
    def get(self, request: Request) -> Response:
        """Compliance of each kind of clock, with the period before and the trend.

        Met of met and missed, by due date in the period. A running cycle past due is missed; one in time is not
        counted.
        """
        asked = self.question()
        found = figures.compliance(asked.tickets, asked.period, at=self.at, kinds=ClockKind)
        repairs = figures.repairs(asked.tickets, asked.period, at=self.at)
        shown = {
            "period": _period(asked.period),
            "kinds": [_kind(each, asked.period) for each in found.values()],
            "repairs": _kind(repairs, asked.period),
        }
        return Response(self.get_serializer(shown).data)


def _kind(found: Compliance, period: Period) -> dict[str, Any]:
    trend = zip(period.points, found.trend, strict=True)
    return {
        "kind": found.kind,
        "target": found.target,
        "now": _tally(found.now),
        "before": _tally(found.before),
        "change": found.change,
        "trend": [{"first": first, **_tally(tally)} for first, tally in trend],
    }


class GroupsView(LevelsEndpoint):
    """Compliance by group."""

    serializer_class = forms.GroupsSerializer

    @extend_schema(operation_id="levels_groups", parameters=[asks.AskGroupsSerializer], filters=True)
    def get(self, request: Request) -> Response:
        """Compliance of one kind by client, service, team, priority or type: what hurts most comes first."""
        asked = self.question(asks.AskGroupsSerializer)
        rows = figures.by_group(asked.tickets, asked.period, asked.kind, Group(asked.more["by"]), at=self.at)
        groups = [
            {
                "key": row.key,
                "name": row.name,
                "now": _tally(row.now),
                "before": _tally(row.before),
                "change": row.change,
            }
            for row in rows
        ]
        return Response(self.get_serializer({"period": _period(asked.period), "groups": groups}).data)


class TimesView(LevelsEndpoint):
    """How long things took."""

    serializer_class = forms.TimesOfPeriodSerializer

    @extend_schema(operation_id="levels_times", parameters=[asks.AskKindSerializer], filters=True)
    def get(self, request: Request) -> Response:
        """How long the finished cycles of one kind took: median, 90th percentile, and the distribution."""
        asked = self.question(asks.AskKindSerializer)
        span = figures.spans(asked.tickets, asked.period, at=self.at, kinds=[asked.kind])[asked.kind]
        found = figures.histogram(asked.tickets, asked.period, asked.kind, span, at=self.at)
        shown = {"period": _period(asked.period), "span": span, "targets": found.targets, "bins": found.bins}
        return Response(self.get_serializer(shown).data)


class HoursView(LevelsEndpoint):
    """By weekday and hour."""

    serializer_class = forms.HoursSerializer

    @extend_schema(operation_id="levels_hours", parameters=[asks.AskKindSerializer], filters=True)
    def get(self, request: Request) -> Response:
        """What came in, and what was met and missed, by weekday and hour of receipt."""
        asked = self.question(asks.AskKindSerializer)
        received = figures.received_by_hour(asked.tickets, asked.period)
        tallies = figures.missed_by_hour(asked.tickets, asked.period, asked.kind, at=self.at)
        hours = [
            {
                "weekday": weekday,
                "hour": hour,
                "received": received.get((weekday, hour), 0),
                **_tally(tallies.get((weekday, hour), Tally())),
            }
            for weekday, hour in sorted({*received, *tallies})
        ]
        return Response(self.get_serializer({"period": _period(asked.period), "hours": hours}).data)


class CausesView(LevelsEndpoint):
    """Where the time went."""

    serializer_class = forms.CausesSerializer

    @extend_schema(operation_id="levels_causes", parameters=[asks.AskKindSerializer], filters=True)
    def get(self, request: Request) -> Response:
        """Where the time of missed cycles went: by cause, and of the counted time by team."""
        asked = self.question(asks.AskKindSerializer)
        found = figures.causes(asked.tickets, asked.period, asked.kind, at=self.at)
        shown = {
            **vars(found),
            "period": _period(asked.period),
            "seconds": found.seconds,
            "counted_seconds": found.counted_seconds,
        }
        return Response(self.get_serializer(shown).data)


class CyclesView(LevelsEndpoint):
    """The cycles behind a figure."""

    serializer_class = forms.CycleSerializer
    pagination_class = Keyset

    def order(self) -> Order:
        """By due instant."""
        return DUE

    @extend_schema(
        operation_id="levels_cycles",
        parameters=[asks.AskCyclesSerializer],
        responses=forms.CycleSerializer(many=True),
        filters=True,
    )
    def get(self, request: Request) -> Response:
        """The cycles that a figure counts: as many rows as the figure says (SLA-61)."""
        asked = self.question(asks.AskCyclesSerializer)
        page = self.paginate_queryset(self._cycles(asked).select_related(*PEOPLE))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def _cycles(self, asked: Question) -> ClockQuerySet:
        more, found = asked.more, self._counted(asked)
        if "by" in more:
            found = figures.in_group(found, Group(more["by"]), more["key"])
        if "weekday" in more:
            place = (more["weekday"], more["hour"])
            found = figures.at_hour(found, "ticket__received_at", asked.period, place)
        return found

    def _counted(self, asked: Question) -> ClockQuerySet:
        more = asked.more
        of = (asked.tickets, asked.period, asked.kind)
        if "cause" in more:
            return figures.spent_on(*of, Cause(more["cause"]), at=self.at)
        if "holder" in more:
            return figures.spent_by_team(*of, more["holder"], at=self.at)
        found = figures.cycles_behind(*of, Outcome(more["outcome"]), at=self.at)
        if "least" not in more:
            return found
        return figures.taking(found.filter(stopped_at__isnull=False), more["least"], more.get("below"))


# --- the wall ---------------------------------------------------------------------------------------


class WallView(LevelsEndpoint):
    """Operations now."""

    serializer_class = forms.WallSerializer
    reads: tuple[Capability, ...] = ()

    @extend_schema(operation_id="levels_wall", filters=True)
    def get(self, request: Request) -> Response:
        """Operations now, team by team: late, due within the hour, due later, paused, unassigned."""
        teams = figures.teams_now(self.tickets(), at=self.at)
        return Response(self.get_serializer({"at": self.at, "teams": teams}).data)


class WallClocksView(LevelsEndpoint):
    """The clocks behind it."""

    serializer_class = forms.WatchedSerializer
    pagination_class = Keyset
    reads: tuple[Capability, ...] = ()

    def order(self) -> Order:
        """What is, or was, due first."""
        return DUE

    @extend_schema(
        operation_id="levels_wall_clocks",
        parameters=[asks.AskWallSerializer],
        responses=forms.WatchedSerializer(many=True),
        filters=True,
    )
    def get(self, request: Request) -> Response:
        """What is due next, what is late, or what is paused: each request once, by its clock that is due first."""
        given = asks.AskWallSerializer(data=request.query_params.dict())
        given.is_valid(raise_exception=True)
        watch = Watch(given.validated_data["watch"])
        found = figures.with_others(figures.watched(self.tickets(), watch, at=self.at), watch, at=self.at)
        found = figures.with_since(found) if watch is Watch.PAUSED else found
        page = self.paginate_queryset(found.select_related(*PEOPLE))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
