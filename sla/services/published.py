"""Published versions of calendars: which one holds, and the calendar the clocks compute with (SLA-04, SLA-31)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.db.models import Q, QuerySet

from accounts.prepared import prepared
from sla.engine.calendar import Calendar
from sla.models import CalendarVersion, VersionState


def published_of(calendar_id: int) -> QuerySet[CalendarVersion]:
    """The published versions of a calendar."""
    return CalendarVersion.objects.filter(calendar=calendar_id, state=VersionState.PUBLISHED)


def version_at(calendar_id: int, at: datetime) -> CalendarVersion:
    """The version of a calendar that holds for cycles starting at an instant; the first one for earlier instants.

    Raises:
        CalendarVersion.DoesNotExist: nothing was published yet.
    """
    for found in _in_effect(calendar_id, at):
        return found
    return published_of(calendar_id).defer("definition", "exceptions").order_by("number")[:1].get()


@prepared
def _in_effect(calendar: int, at: datetime) -> QuerySet[CalendarVersion]:
    published = published_of(calendar).defer("definition", "exceptions")
    in_effect = published.filter(Q(effective_from__isnull=True) | Q(effective_from__lte=at))
    return in_effect.order_by("-effective_from", "-number")[:1]


def engine_calendar(version: CalendarVersion) -> Calendar:
    """The calendar the clocks compute with; parsed once per version, since published versions never change."""
    if version.is_draft:
        return Calendar.from_json(version.definition)
    return published_calendar(version.pk)


@lru_cache(maxsize=256)
def published_calendar(version_id: int) -> Calendar:
    """The calendar of a published version."""
    return Calendar.from_json(CalendarVersion.objects.get(pk=version_id).definition)


def calendars_in_use() -> Iterable[CalendarVersion]:
    """The newest published version of each active calendar, by name."""
    newest = (
        CalendarVersion.objects.filter(state=VersionState.PUBLISHED, calendar__is_active=True)
        .order_by("calendar__name", "calendar_id", "-number")
        .distinct("calendar__name", "calendar_id")
    )
    return newest.select_related("calendar")
