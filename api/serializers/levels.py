"""Figures of the service levels: what is asked, and what is counted (SLA-60, SLA-61)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Labelled, Seconds
from api.serializers.clocks import ClockOfRequestSerializer
from api.serializers.people import OrganisationSerializer, PersonSerializer, TeamSerializer
from sla.models import Cause, ClockKind


class PeriodSerializer(serializers.Serializer[Any]):
    """Whole local days."""

    first = serializers.DateField()
    days = serializers.IntegerField()
    zone = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(help_text="Not part of it.")


class TallySerializer(serializers.Serializer[Any]):
    """Cycles by outcome."""

    met = serializers.IntegerField()
    missed = serializers.IntegerField()
    void = serializers.IntegerField(help_text="Apart: never part of the share.")
    share = serializers.FloatField(allow_null=True, help_text="Compliance, 0 to 1; null: no data.")


class PointSerializer(TallySerializer):
    """A point of a trend: a day, or a week of a long period."""

    first = serializers.DateField()


class ComplianceSerializer(serializers.Serializer[Any]):
    """One kind of clock."""

    kind = Labelled(ClockKind)
    target = serializers.FloatField(help_text="The share that has to be met.")
    now = TallySerializer()
    before = TallySerializer(help_text="In the period of the same length before.")
    change = serializers.FloatField(allow_null=True, help_text="Of the share; null where either has no data.")
    trend = PointSerializer(many=True)


class ComplianceOfPeriodSerializer(serializers.Serializer[Any]):
    """Compliance by kind of clock, by due date (SLA-60)."""

    period = PeriodSerializer()
    kinds = ComplianceSerializer(many=True)
    repairs = ComplianceSerializer(help_text="The resolution of faults alone (R-044).")


class GroupSerializer(serializers.Serializer[Any]):
    """One group."""

    key = serializers.JSONField(allow_null=True, help_text="An id, a priority, a type; null: those that have none.")
    name = serializers.CharField()
    now = TallySerializer()
    before = TallySerializer()
    change = serializers.FloatField(allow_null=True)


class GroupsSerializer(serializers.Serializer[Any]):
    """Compliance of one kind by group: what hurts most comes first."""

    period = PeriodSerializer()
    groups = GroupSerializer(many=True)


class SpanSerializer(serializers.Serializer[Any]):
    """Working time of finished cycles, met and missed."""

    count = serializers.IntegerField()
    median_seconds = Seconds(source="median", allow_null=True)
    ninth_seconds = Seconds(source="ninth", allow_null=True, help_text="The 90th percentile.")
    longest_seconds = Seconds(source="longest", allow_null=True)


class BinSerializer(serializers.Serializer[Any]):
    """The cycles that took from `least` to below `below` seconds; `below` null: as long as that or longer."""

    least = serializers.IntegerField()
    below = serializers.IntegerField(allow_null=True)
    met = serializers.IntegerField()
    missed = serializers.IntegerField()


class TargetUseSerializer(serializers.Serializer[Any]):
    """A duration that was promised, and to how many cycles."""

    seconds = serializers.IntegerField()
    cycles = serializers.IntegerField()


class TimesOfPeriodSerializer(serializers.Serializer[Any]):
    """How long finished cycles took."""

    period = PeriodSerializer()
    span = SpanSerializer()
    targets = TargetUseSerializer(many=True)
    bins = BinSerializer(many=True)


class HourSerializer(TallySerializer):
    """An hour of a weekday."""

    weekday = serializers.IntegerField(help_text="1: Monday.")
    hour = serializers.IntegerField()
    received = serializers.IntegerField(help_text="Requests received then, in the period.")


class HoursSerializer(serializers.Serializer[Any]):
    """By weekday and hour of receipt; hours without any are left out. Cycles are those due in the period."""

    period = PeriodSerializer()
    hours = HourSerializer(many=True)


class CauseShareSerializer(serializers.Serializer[Any]):
    """Time that missed cycles spent on one cause."""

    cause = Labelled(Cause)
    is_counted = serializers.BooleanField(source="cause.is_counted", help_text="Whether it used up the target.")
    seconds = serializers.FloatField()
    cycles = serializers.IntegerField()


class TeamShareSerializer(serializers.Serializer[Any]):
    """Counted time of missed cycles that one team held."""

    team = serializers.IntegerField(allow_null=True, help_text="Null: nobody's.")
    name = serializers.CharField()
    seconds = serializers.FloatField()
    cycles = serializers.IntegerField()


class CausesSerializer(serializers.Serializer[Any]):
    """Where the time of missed cycles went."""

    period = PeriodSerializer()
    stopped = serializers.IntegerField(help_text="Missed cycles that have stopped: the ones looked at.")
    running = serializers.IntegerField(help_text="Missed ones that go on: known when they stop.")
    seconds = serializers.FloatField()
    counted_seconds = serializers.FloatField()
    by_cause = CauseShareSerializer(many=True)
    by_team = TeamShareSerializer(many=True)


class CycleSerializer(ClockOfRequestSerializer):
    """A cycle behind a figure, with whose request it is."""

    subject = serializers.CharField(source="ticket.subject", read_only=True)
    organisation = OrganisationSerializer(source="ticket.organisation", read_only=True)
    assignee = PersonSerializer(source="ticket.assignee", read_only=True, allow_null=True)
    team = TeamSerializer(source="ticket.team", read_only=True, allow_null=True)

    class Meta(ClockOfRequestSerializer.Meta):
        fields = [
            *ClockOfRequestSerializer.Meta.fields[:-1],
            "subject",
            "organisation",
            "assignee",
            "team",
            "internal",
        ]
        read_only_fields = fields


class WatchedSerializer(CycleSerializer):
    """A clock that has not stopped."""

    waiting_since = serializers.SerializerMethodField(help_text="When its request began to wait, of paused ones.")
    others = serializers.SerializerMethodField(help_text="How many more clocks of the same request ask the same.")

    class Meta(CycleSerializer.Meta):
        fields = [*CycleSerializer.Meta.fields[:-1], "waiting_since", "others", "internal"]
        read_only_fields = fields

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_waiting_since(self, clock: Any) -> Any:
        """Counted by the view."""
        since = getattr(clock, "since", None)
        return serializers.DateTimeField().to_representation(since) if since else None

    def get_others(self, clock: Any) -> int:
        """Likewise."""
        return clock.others or 0


class TeamNowSerializer(serializers.Serializer[Any]):
    """What one team has, in requests; late, soon and paused may overlap, by different clocks."""

    team = serializers.IntegerField(allow_null=True, help_text="Null: no team's.")
    name = serializers.CharField()
    open = serializers.IntegerField()
    unassigned = serializers.IntegerField()
    late = serializers.IntegerField()
    soon = serializers.IntegerField(help_text="Due within the hour.")
    next = serializers.IntegerField()
    paused = serializers.IntegerField()
    ended = serializers.IntegerField(help_text="Closed, and a clock still runs: the client wrote afterwards.")


class WallSerializer(serializers.Serializer[Any]):
    """Operations now, team by team."""

    at = serializers.DateTimeField()
    teams = TeamNowSerializer(many=True)
