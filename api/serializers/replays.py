"""Running clocks moved to newer versions, and how far background work is (SLA-31)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from api.fields import Labelled, Text
from api.paging import MAX_ID
from api.serializers.people import PersonSerializer
from jobs.models import Job, JobState
from sla.models import ClockKind, ClockState, Recalculation, RecalculationChange, RecalculationStage


class JobSerializer(serializers.ModelSerializer[Job]):
    """How far a piece of background work is."""

    state = Labelled(JobState)
    share = serializers.FloatField(read_only=True, help_text="How much of it is done, 0 to 1.")
    seconds_left = serializers.SerializerMethodField(help_text="A guess; null while there is nothing to guess from.")
    problem = serializers.SerializerMethodField(help_text="Why it failed; empty otherwise.")

    class Meta:
        model = Job
        fields = [
            "state",
            "share",
            "parts_done",
            "parts_total",
            "seconds_left",
            "created_at",
            "started_at",
            "progressed_at",
            "ended_at",
            "problem",
        ]
        read_only_fields = fields

    def get_seconds_left(self, job: Job) -> float | None:
        """From how long the parts took so far."""
        return job.seconds_left(self.context["at"])

    def get_problem(self, job: Job) -> str:
        """In the reader's language where it is one of our sentences."""
        return gettext(job.problem) if job.problem else ""


class PreviewSerializer(serializers.Serializer[Any]):
    """What running clocks shall be moved for, a calendar or an agreement, by its id; and why."""

    calendar = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    agreement = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    reason = Text()


class NamedSerializer(serializers.Serializer[Any]):
    """Something with an id and a name."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class SummarySerializer(serializers.Serializer[Any]):
    """What the preview found."""

    requests = serializers.IntegerField(default=0)
    clocks = serializers.IntegerField(default=0, help_text="Running cycles that would move.")
    changes = serializers.IntegerField(default=0, help_text="Those whose due instant or state would be another.")
    flips = serializers.IntegerField(default=0, help_text="Those that would be missed, or missed no longer.")
    earlier = serializers.IntegerField(default=0)
    later = serializers.IntegerField(default=0)
    same = serializers.IntegerField(default=0)
    other = serializers.IntegerField(default=0, help_text="Due instants that can't be compared.")


class RecalculationSerializer(serializers.ModelSerializer[Recalculation]):
    """A recalculation: previewed, then applied or left, with who and why."""

    by = PersonSerializer(read_only=True)
    calendar = NamedSerializer(read_only=True, allow_null=True)
    agreement = NamedSerializer(read_only=True, allow_null=True)
    preview = JobSerializer(read_only=True)
    summary = SummarySerializer(read_only=True, allow_null=True)
    apply = JobSerializer(read_only=True, allow_null=True)
    applied_by = PersonSerializer(source="apply.by", read_only=True, allow_null=True, default=None)
    stage = Labelled(RecalculationStage)

    class Meta:
        model = Recalculation
        fields = [
            "id",
            "calendar",
            "agreement",
            "reason",
            "by",
            "at",
            "stage",
            "preview",
            "summary",
            "apply",
            "applied_by",
            "moved_requests",
            "moved_clocks",
        ]
        read_only_fields = fields


class ChangeSerializer(serializers.ModelSerializer[RecalculationChange]):
    """What the preview found for one running cycle; a state is null where no clock runs, or would."""

    request = serializers.CharField(source="ticket.number", read_only=True)
    kind = Labelled(ClockKind)
    state_before = Labelled(ClockState, allow_null=True)
    state_after = Labelled(ClockState, allow_null=True)

    class Meta:
        model = RecalculationChange
        fields = [
            "id",
            "request",
            "kind",
            "cycle",
            "state_before",
            "state_after",
            "due_before",
            "due_after",
            "seconds_before",
            "seconds_after",
            "flips",
        ]
        read_only_fields = fields
