"""Clocks: what was promised, what was measured, and every second of it."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Tier
from api.fields import Labelled, Seconds, StaffOnly
from api.serializers.agreements import StepSerializer
from api.serializers.selection import ConsideredSerializer
from sla.engine.clock import What
from sla.models import Clock, ClockKind, ClockState, Pin
from tickets.states import Complexity, Priority, TicketType, Wait


class Spent(TextChoices):
    """What became of a piece of time, in words."""

    COUNTED = What.COUNTED.value, _("Counted")
    PAUSED = What.PAUSED.value, _("Paused")
    OUTSIDE = What.OUTSIDE.value, _("Outside working hours")
    HOLIDAY = What.HOLIDAY.value, _("Holiday")
    DECIDING = What.DECIDING.value, _("The client is deciding")
    CLOSED = What.CLOSED.value, _("Closed")


class ClockInternalSerializer(StaffOnly):
    """The parts of a clock that staff see."""

    soon_at = serializers.DateTimeField(allow_null=True, help_text="When the last fifth of the target begins.")
    next_check_at = serializers.DateTimeField(allow_null=True)
    parked_at = serializers.DateTimeField(allow_null=True, help_text="Set when it could not be computed.")
    problem = serializers.CharField()


class ClockSerializer(serializers.ModelSerializer[Clock]):
    """One cycle of a clock, as it stood at `read_at`."""

    kind = Labelled(ClockKind)
    state = Labelled(ClockState)
    counted_seconds = Seconds(source="counted", read_only=True, help_text="Working time up to the stop or `read_at`.")
    paused_seconds = Seconds(source="paused", read_only=True, help_text="Working time that fell into pauses.")
    internal = ClockInternalSerializer()

    class Meta:
        model = Clock
        fields = [
            "kind",
            "cycle",
            "part",
            "state",
            "target_seconds",
            "started_at",
            "due_at",
            "stopped_at",
            "breached_at",
            "counted_seconds",
            "paused_seconds",
            "read_at",
            "internal",
        ]
        read_only_fields = fields


class ClockOfRequestSerializer(ClockSerializer):
    """A clock in a list over all requests."""

    request = serializers.CharField(source="ticket.number", read_only=True)

    class Meta(ClockSerializer.Meta):
        fields = ["id", "request", *ClockSerializer.Meta.fields]
        read_only_fields = fields


class CalendarSerializer(serializers.Serializer[Any]):
    """The published version of the working calendar that counts."""

    name = serializers.CharField(source="calendar.name")
    version = serializers.IntegerField(source="number")
    time_zone = serializers.CharField(source="definition.timezone")


class PinInternalSerializer(StaffOnly):
    """What happens on the way to a target."""

    ladder = StepSerializer(source="target.ladder", many=True)


class PinSerializer(serializers.ModelSerializer[Pin]):
    """Which target holds, and why it was chosen."""

    since_event = serializers.IntegerField(source="seq", read_only=True, help_text="The event it holds from.")
    pauses = serializers.SerializerMethodField()
    calendar = CalendarSerializer(source="calendar_version", read_only=True, allow_null=True)
    reason = serializers.DictField(read_only=True)
    internal = PinInternalSerializer()

    class Meta:
        model = Pin
        fields = ["since_event", "pauses", "calendar", "reason", "internal"]
        read_only_fields = fields

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": [w for w in Wait.values if w]}})
    def get_pauses(self, pin: Pin) -> list[str]:
        """The waits that pause it."""
        return list(pin.target.pauses) if pin.target else []


class LedgerEntrySerializer(serializers.Serializer[Any]):
    """A piece of time and what became of it."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    seconds = serializers.SerializerMethodField()
    what = Labelled(Spent)
    day_kind = serializers.CharField(allow_null=True, help_text="`makeup` or `special` where the day was such a one.")
    cause = serializers.IntegerField(allow_null=True, help_text="The event that paused or stopped the clock.")

    def get_seconds(self, entry: Any) -> float:
        """How long the piece is."""
        seconds: float = (entry.end - entry.start).total_seconds()
        return seconds


class ReadingSerializer(serializers.Serializer[Any]):
    """A clock computed anew from the record, at this instant."""

    at = serializers.DateTimeField()
    state = Labelled(ClockState)
    due_at = serializers.DateTimeField(allow_null=True)
    counted_seconds = Seconds(source="counted")
    paused_seconds = Seconds(source="paused")
    remaining_seconds = Seconds(source="remaining", help_text="Never below zero.")
    ledger = LedgerEntrySerializer(many=True)


class MatterSerializer(serializers.Serializer[Any]):
    """What of a request decides on its targets."""

    type = Labelled(TicketType)
    service = serializers.CharField(help_text="The service's key.")
    is_technical = serializers.BooleanField()
    priority = Labelled(Priority)
    tier = Labelled(Tier)
    complexity = Labelled(Complexity)


class WhySerializer(serializers.Serializer[Any]):
    """Why a clock has its target: what the request was then, and the targets of that kind that were looked at."""

    matter = MatterSerializer()
    considered = ConsideredSerializer(many=True, help_text="The chosen one first.")
    recalculation = serializers.IntegerField(allow_null=True, help_text="The one that moved the clock, if one did.")


class ClockExplainedSerializer(ClockSerializer):
    """A clock with the promise it stands on and, if asked for, its ledger and the targets that were considered."""

    promise = PinSerializer(source="pin", read_only=True)
    reading = serializers.SerializerMethodField(help_text="With `ledger=1`; null otherwise.")
    why = serializers.SerializerMethodField(help_text="With `why=1`, for staff; null otherwise.")

    class Meta(ClockSerializer.Meta):
        fields = [*ClockSerializer.Meta.fields, "promise", "reading", "why"]
        read_only_fields = fields

    @extend_schema_field(ReadingSerializer(allow_null=True))
    def get_reading(self, clock: Clock) -> dict[str, Any] | None:
        """From the view, by the clock's place."""
        found = self.context["readings"].get((clock.kind, clock.cycle, clock.part))
        return dict(ReadingSerializer(found).data) if found else None

    @extend_schema_field(WhySerializer(allow_null=True))
    def get_why(self, clock: Clock) -> dict[str, Any] | None:
        """From the view, by the clock's pin."""
        found = self.context["reasons"].get(clock.pin_id)
        return dict(WhySerializer(found).data) if found else None
