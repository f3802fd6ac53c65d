"""What figures are asked for: which days, which clock, which cycles (SLA-60, SLA-61)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import User
from api.paging import MAX_ID
from sla.figures import Group, Outcome, Watch
from sla.models import Cause, ClockKind
from tickets.figures import Period

LONGEST = 3 * 366
USUAL = 30


class Zone(serializers.CharField):
    """The name of an IANA time zone; cleans to the zone."""

    default_error_messages = {"unknown": _("There is no such time zone.")}

    def to_internal_value(self, data: Any) -> ZoneInfo:  # type: ignore[override] # cleaned to what is meant
        """The zone."""
        name = super().to_internal_value(data)
        if name not in available_timezones():
            self.fail("unknown")
        return ZoneInfo(name)


class AskPeriodSerializer(serializers.Serializer[Any]):
    """Which days: the last so many, today included, or those from `first` to `last`."""

    days = serializers.IntegerField(min_value=1, max_value=LONGEST, default=USUAL)
    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False, help_text="Included.")
    zone = Zone(required=False, help_text="In which days begin and end; your own where none is named.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Both ends or none, in order, not too far apart."""
        first, last = given.get("first"), given.get("last")
        for name, day in (("first", first), ("last", last)):
            if (first is None) != (last is None) and day is None:
                raise serializers.ValidationError({name: [_("Please give both, the first day and the last.")]})
            if day is not None and not 2000 <= day.year <= 2100:
                raise serializers.ValidationError({name: [_("Please write a date.")]})
        if first is not None and last is not None and not timedelta() <= last - first < timedelta(days=LONGEST):
            said = _("The last day comes after the first, by three years at most.")
            raise serializers.ValidationError({"last": [said]})
        return given


def period_of(asked: dict[str, Any], person: User, at: datetime) -> Period:
    """The period that was asked for."""
    zone: ZoneInfo = asked.get("zone") or ZoneInfo(person.time_zone or settings.DEFAULT_TIME_ZONE)
    first: date | None = asked.get("first")
    if first is None:
        return Period.ending_today(asked["days"], at=at, zone=zone)
    return Period(first, (asked["last"] - first).days + 1, zone)


class AskKindSerializer(AskPeriodSerializer):
    """Which clock, and which days."""

    kind = serializers.ChoiceField(choices=ClockKind.choices)


class AskGroupsSerializer(AskKindSerializer):
    """By what."""

    by = serializers.ChoiceField(choices=[(group.value, group.label) for group in Group])


class AskCyclesSerializer(AskKindSerializer):
    """Which cycles: those of an outcome, of a group, that took so long, that spent time on a cause or with a team."""

    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in Outcome], default=Outcome.COUNTED)
    by = serializers.ChoiceField(choices=[(group.value, group.label) for group in Group], required=False)
    key = serializers.CharField(
        required=False, allow_blank=True, max_length=20, help_text="With `by`: the group's key; empty for none."
    )
    least = serializers.IntegerField(min_value=0, max_value=2**31, required=False, help_text="Finished: in seconds.")
    below = serializers.IntegerField(min_value=1, max_value=2**31, required=False)
    weekday = serializers.IntegerField(min_value=1, max_value=7, required=False, help_text="Received then; 1: Monday.")
    hour = serializers.IntegerField(min_value=0, max_value=23, required=False)
    cause = serializers.ChoiceField(choices=Cause.choices, required=False, help_text="Missed, and spent on it.")
    holder = serializers.CharField(
        required=False, max_length=20, help_text="Missed, and held by a team: its id, or `nobody`."
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Keys are keys, and what belongs together is there together."""
        given = super().validate(given)
        for one, other in (("by", "key"), ("key", "by"), ("weekday", "hour"), ("hour", "weekday"), ("below", "least")):
            if one in given and other not in given:
                raise serializers.ValidationError({other: [_("This belongs to it.")]})
        if "by" in given:
            given["key"] = _key(Group(given["by"]), given["key"])
        if "holder" in given:
            given["holder"] = _holder(given["holder"])
        return given


def _key(group: Group, text: str) -> int | str | None:
    try:
        return group.key_of(text)
    except ValueError:
        raise serializers.ValidationError({"key": [_("There is no such group.")]}) from None


def _holder(text: str) -> int | None:
    if text == "nobody":
        return None
    if not (text.isascii() and text.isdecimal() and int(text) <= MAX_ID):
        raise serializers.ValidationError({"holder": [_("Please write nobody or a team's id.")]})
    return int(text)


class AskWallSerializer(serializers.Serializer[Any]):
    """What the clocks ask of us."""

    watch = serializers.ChoiceField(choices=[watch.value for watch in Watch], default=Watch.NEXT)
