"""Working calendars: their versions, what a draft says, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Labelled, Text
from api.paging import MAX_ID
from api.serializers.people import PersonSerializer
from sla.models import CalendarVersion, VersionState, WorkingCalendar
from sla.services.calendar_content import WEEK, Content
from sla.services.own_days import OwnDay, OwnKind

MOST_INTERVALS, MOST_OWN_DAYS = 48, 1000


# --- what is written --------------------------------------------------------------------------------


class Intervals(serializers.ListField):
    """Opening and closing times of a day, as pairs of `HH:MM`; a closing time before the opening is the next day's."""

    def __init__(self, **kwargs: Any) -> None:
        pair = serializers.ListField(child=serializers.CharField(max_length=5), min_length=2, max_length=2)
        super().__init__(child=pair, max_length=MOST_INTERVALS, **kwargs)


class Hours(serializers.DictField):
    """Intervals by weekday, `mon` to `sun`; a weekday that is left out is closed."""

    default_error_messages = {"weekday": _("Weekdays are called mon, tue, wed, thu, fri, sat and sun.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=Intervals(), **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The intervals by weekday."""
        if isinstance(data, Mapping) and not set(data) <= set(WEEK):
            self.fail("weekday")
        found: dict[str, Any] = super().to_internal_value(data)
        return found


class OwnDaySerializer(serializers.Serializer[Any]):
    """A date on which the calendar does not follow its week or its country."""

    date = serializers.DateField(source="day")
    kind = serializers.ChoiceField(choices=OwnKind.choices)
    like = serializers.ChoiceField(choices=WEEK, default="mon", help_text="`workday`: whose hours it takes.")
    hours = Intervals(default=list, help_text="`special`: its own hours.")
    name = Text(default="")


class ContentSerializer(serializers.Serializer[Any]):
    """What a person says of a calendar; public holidays and make-up days are taken over from the country."""

    time_zone = Text(help_text="An IANA name, such as Asia/Shanghai.")
    hours = Hours()
    country = Text(default="", help_text="ISO 3166, such as CN; empty for none.")
    region = Text(default="")
    own_days = OwnDaySerializer(  # type: ignore[call-arg] # it goes to the list
        many=True, default=list, max_length=MOST_OWN_DAYS
    )


def content_of(given: Mapping[str, Any]) -> Content:
    """The domain's content, of the cleaned values of a `ContentSerializer`."""
    own_days = tuple(
        OwnDay(
            day=row["day"],
            kind=OwnKind(row["kind"]),
            like=row["like"],
            hours=tuple((opening, closing) for opening, closing in row["hours"]),
            name=row["name"],
        )
        for row in given["own_days"]
    )
    said = {name: given[name] for name in ("time_zone", "hours", "country", "region")}
    return Content(**said, own_days=own_days)


class NewCalendarSerializer(ContentSerializer):
    """A calendar to begin, with what its first draft says."""

    name = Text()


class RenameSerializer(serializers.Serializer[Any]):
    """Another name."""

    name = Text()


class ChangeCalendarSerializer(serializers.Serializer[Any]):
    """Another name, or whether new targets may choose it; what is not sent stays."""

    name = Text(required=False)
    is_active = serializers.BooleanField(required=False)


class SaveDraftSerializer(ContentSerializer):
    """Everything the draft shall say, and the revision that was read."""

    revision = serializers.IntegerField(min_value=1, max_value=MAX_ID)
    note = Text(default="", help_text="What changed, for the list of versions.")


class BeginDraftSerializer(serializers.Serializer[Any]):
    """Which version the draft begins with, by its number; the newest where none is named."""

    like = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)


class PublishSerializer(serializers.Serializer[Any]):
    """From when the draft holds; at once where nothing is said. With a revision, only if nobody saved since."""

    effective_from = serializers.DateTimeField(required=False, allow_null=True)
    revision = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)


# --- what is read -----------------------------------------------------------------------------------


class CalendarVersionShortSerializer(serializers.ModelSerializer[CalendarVersion]):
    """A version in a list."""

    state = Labelled(VersionState)
    published_by = PersonSerializer(read_only=True, allow_null=True)
    edited_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = CalendarVersion
        fields = [
            "number",
            "state",
            "note",
            "effective_from",
            "published_at",
            "published_by",
            "edited_at",
            "edited_by",
            "revision",
            "covered_years",
            "provisional_years",
        ]
        read_only_fields = fields


class CalendarVersionSerializer(CalendarVersionShortSerializer):
    """A version with what it says; a draft can be sent back like this, changed."""

    time_zone = serializers.CharField(source="definition.timezone", read_only=True)
    hours = serializers.SerializerMethodField()
    own_days = serializers.SerializerMethodField()
    definition = serializers.DictField(
        read_only=True, help_text="What the clocks read, public days included; `sla_time` takes it as `calendar`."
    )

    class Meta(CalendarVersionShortSerializer.Meta):
        fields = [
            *CalendarVersionShortSerializer.Meta.fields,
            "time_zone",
            "hours",
            "country",
            "region",
            "own_days",
            "definition",
        ]
        read_only_fields = fields

    @extend_schema_field(Hours)
    def get_hours(self, version: CalendarVersion) -> dict[str, Any]:
        """All seven weekdays."""
        return {day: version.definition["hours"].get(day, []) for day in WEEK}

    @extend_schema_field(OwnDaySerializer(many=True))
    def get_own_days(self, version: CalendarVersion) -> list[Any]:
        """By date."""
        return list(OwnDaySerializer([OwnDay.from_json(row) for row in version.exceptions], many=True).data)


class DriftSerializer(serializers.Serializer[Any]):
    """What is known of public days today that the newest published version does not know."""

    version = serializers.IntegerField(allow_null=True, help_text="That version; null while nothing is published.")
    is_behind = serializers.BooleanField(help_text="Whether there is any of it.")
    closed = serializers.ListField(child=serializers.DateField(), help_text="Holidays that came.")
    opened = serializers.ListField(child=serializers.DateField(), help_text="Holidays that went.")
    made_up = serializers.ListField(child=serializers.DateField(), help_text="Make-up days that came.")
    unmade = serializers.ListField(child=serializers.DateField(), help_text="Make-up days that went.")
    announced = serializers.ListField(child=serializers.IntegerField(), help_text="Years that are official now.")
    uncovered = serializers.ListField(child=serializers.IntegerField(), help_text="Years ahead that are not covered.")


class CalendarSummarySerializer(serializers.ModelSerializer[WorkingCalendar]):
    """A calendar, by id and name."""

    class Meta:
        model = WorkingCalendar
        fields = ["id", "name"]


class StandingSerializer(serializers.Serializer[Any]):
    """A calendar: the version in force, those that take effect later, and the draft."""

    id = serializers.IntegerField(source="calendar.pk")
    name = serializers.CharField(source="calendar.name")
    is_active = serializers.BooleanField(source="calendar.is_active")
    in_force = CalendarVersionShortSerializer(source="current", allow_null=True)
    pending = CalendarVersionShortSerializer(many=True)
    draft = CalendarVersionShortSerializer(allow_null=True)
    targets = serializers.IntegerField(help_text="How many targets of agreements in force count by it.")
    is_behind = serializers.BooleanField(source="drift", help_text="Whether public days are known that it lacks.")


class UseSerializer(serializers.Serializer[Any]):
    """An agreement in force that counts by a calendar."""

    agreement = serializers.IntegerField()
    name = serializers.CharField()
    targets = serializers.IntegerField()


class CalendarDetailSerializer(StandingSerializer):
    """A calendar with what the version in force says, and who counts by it."""

    in_force = CalendarVersionSerializer(source="current", allow_null=True)
    uses = UseSerializer(many=True)


class TemplateSerializer(ContentSerializer):
    """A calendar to begin with."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # that's what it is called
