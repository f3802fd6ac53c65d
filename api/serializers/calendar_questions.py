"""What can be asked of a calendar: a year, the differences of two versions, when something would be due."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.fields import Seconds
from api.paging import MAX_ID
from api.serializers.calendars import ContentSerializer, Intervals
from sla.models import WorkingCalendar
from sla.services.terms import LONGEST


class YearDaySerializer(serializers.Serializer[Any]):
    """A date: what it is after all rules of precedence, and its hours."""

    date = serializers.DateField(source="day")
    kind = serializers.ChoiceField(
        choices=["open", "closed", "holiday", "makeup", "special"], help_text="`closed`: a weekday without hours."
    )
    hours = Intervals(help_text="What begins on it.")
    name = serializers.CharField(help_text="What it is called, in the reader's language where that is known.")
    like = serializers.CharField(help_text="The weekday whose hours a make-up day takes; empty for others.")
    is_own = serializers.SerializerMethodField(help_text="Whether the calendar's managers said so themselves.")

    def get_is_own(self, day: Any) -> bool:
        """As opposed to a public day."""
        return day.own is not None


class YearSerializer(serializers.Serializer[Any]):
    """A year, day by day."""

    year = serializers.IntegerField()
    is_covered = serializers.BooleanField(help_text="Whether its public days are in the version.")
    is_provisional = serializers.BooleanField(help_text="Whether make-up days are still to be announced.")
    days = YearDaySerializer(many=True)


class AskYearSerializer(serializers.Serializer[Any]):
    """Which year; this one where none is named."""

    year = serializers.IntegerField(min_value=1970, max_value=2100, required=False)


class AskDifferencesSerializer(serializers.Serializer[Any]):
    """Two versions, by their numbers."""

    before = serializers.IntegerField(min_value=1, max_value=MAX_ID)
    after = serializers.IntegerField(min_value=1, max_value=MAX_ID)


class DifferenceSerializer(serializers.Serializer[Any]):
    """Something that two versions say differently."""

    what = serializers.CharField(help_text="`time_zone`, `country`, `hours.mon` … `hours.sun`, or a date.")
    before = serializers.JSONField(allow_null=True, help_text="Of a date: `closed`, a weekday's name, or its hours.")
    after = serializers.JSONField(allow_null=True)


class TrialSerializer(serializers.Serializer[Any]):
    """What to calculate with: a calendar there is (and, if you like, which of its versions), or a content."""

    calendar = serializers.PrimaryKeyRelatedField(queryset=WorkingCalendar.objects.all(), required=False)
    version = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    content = ContentSerializer(required=False)
    received = serializers.DateTimeField()
    seconds = serializers.IntegerField(
        min_value=0, max_value=int(LONGEST.total_seconds()), help_text="Of working time, at most five years."
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of both is there."""
        if ("calendar" in given) == ("content" in given):
            raise serializers.ValidationError({"calendar": [_("Please give either a calendar or a content.")]})
        return given


class TrialPieceSerializer(serializers.Serializer[Any]):
    """A piece of the time between."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    seconds = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(
        choices=["open", "makeup", "special", "outside", "holiday"], help_text="The first three count."
    )

    def get_seconds(self, piece: Any) -> float:
        """How long it is."""
        start: datetime = piece.start
        return float((piece.end - start).total_seconds())


class TrialAnswerSerializer(serializers.Serializer[Any]):
    """When it would be due, and every piece of time until then."""

    received = serializers.DateTimeField(source="start")
    due_at = serializers.DateTimeField(source="due")
    seconds = Seconds(source="duration")
    pieces = TrialPieceSerializer(many=True)
