"""What can be asked of calendars: a year, differences, what is known of public days, a trial (SLA-02…SLA-06)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import counted_from_one
from api.serializers import calendar_questions as asks
from api.serializers import calendars as forms
from api.views.calendars import CalendarEndpoint
from sla.engine.calendar import Calendar
from sla.models import CalendarVersion
from sla.services.calendar_content import Content, compose
from sla.services.differences import differences
from sla.services.published import engine_calendar
from sla.services.standing import standings
from sla.services.trial import trial
from sla.services.year_days import year_days
from tickets.errors import Invalid


class CalendarYearView(CalendarEndpoint):
    """A year of a version."""

    queryset = CalendarVersion.objects.none()
    serializer_class = asks.YearSerializer

    @extend_schema(operation_id="calendars_year", parameters=[asks.AskYearSerializer])
    def get(self, request: Request, pk: int, number: int) -> Response:
        """Every day of a year: what it is, its hours, and what it is called."""
        version = self.version(number)
        year = self.asked(asks.AskYearSerializer).get("year", self.at.year)
        found = {
            "year": year,
            "is_covered": not version.country or year in version.covered_years,
            "is_provisional": year in version.provisional_years,
            "days": year_days(version.definition, Content.of(version), year, get_language() or "en"),
        }
        return Response(self.get_serializer(found).data)


class CalendarDifferencesView(CalendarEndpoint):
    """What two versions say differently."""

    queryset = CalendarVersion.objects.none()
    serializer_class = asks.DifferenceSerializer

    @extend_schema(
        operation_id="calendars_differences",
        parameters=[asks.AskDifferencesSerializer],
        responses=asks.DifferenceSerializer(many=True),
    )
    def get(self, request: Request, pk: int) -> Response:
        """What a later version says differently: zone, country, weekly hours, then dates in order."""
        self.calendar()
        asked = self.asked(asks.AskDifferencesSerializer)
        found = differences(self.version(asked["before"]), self.version(asked["after"]))
        return Response(self.get_serializer(found, many=True).data)


class CalendarDriftView(CalendarEndpoint):
    """What is known of public days that a calendar lacks."""

    serializer_class = forms.DriftSerializer

    @extend_schema(operation_id="calendars_drift")
    def get(self, request: Request, pk: int) -> Response:
        """What is known of public days today that its newest published version does not know (SLA-03)."""
        standing = self.standing()
        newest, drift = standing.newest, standing.drift
        found = {**asdict(drift), "version": newest.number if newest else None, "is_behind": bool(drift)}
        return Response(self.get_serializer(found).data)


class CalendarTrialView(CalendarEndpoint):
    """The trial calculation."""

    serializer_class = asks.TrialSerializer
    writes = ()  # it writes nothing

    @extend_schema(operation_id="calendars_trial", responses={200: asks.TrialAnswerSerializer})
    def post(self, request: Request) -> Response:
        """Calculate when something would be due, and explain every second until then (SLA-05, SLA-06)."""
        given = self.given()
        calendar = self._written(given["content"]) if "content" in given else self._there(given)
        with _places({"duration": "seconds"}):
            found = trial(calendar, given["received"], timedelta(seconds=given["seconds"]))
        return Response(asks.TrialAnswerSerializer(found).data)

    def _written(self, content: dict[str, Any]) -> Calendar:
        with counted_from_one(), _places({}, within="content."):
            return compose(forms.content_of(content), at=self.at).calendar

    def _there(self, given: dict[str, Any]) -> Calendar:
        """Of a calendar there is: the version that was named, else the one in force, else what is coming."""
        (standing,) = standings([given["calendar"]], self.at)
        if "version" not in given:
            return engine_calendar(standing.shown)
        version = standing.calendar.versions.filter(number=given["version"]).first()
        if version is None:
            raise Invalid({"version": [_("There is no such version.")]})
        return engine_calendar(version)


@contextmanager
def _places(names: dict[str, str], within: str = "") -> Iterator[None]:
    """The domain's problems at the names that were sent."""
    try:
        yield
    except Invalid as error:
        found = {f"{within}{names.get(place, place)}": said for place, said in error.message_dict.items()}
        raise Invalid(found) from None
