"""Working calendars: from a country and weekly hours to a published version the clocks can read (SLA-02…SLA-06)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import holidays
from django.db import transaction
from django.db.models import Max, Q

from sla.engine.calendar import Calendar
from sla.models import CalendarVersion, VersionState, WorkingCalendar

YEARS_BACK, YEARS_AHEAD = 2, 2
MAKE_UP_HOURS_OF = "mon"


def public_days(country: str, years: Iterable[int]) -> tuple[list[str], dict[str, str], list[int]]:
    """What the library knows of a country (SLA-03).

    Returns:
        Holidays and make-up working days (with the weekday whose hours they take), as ISO dates, and the provisional
        years: those for which a country that orders make-up days has not announced any yet.
    """
    wanted = sorted(years)
    found = holidays.country_holidays(country, years=wanted)
    made_up = sorted(day for day in getattr(found, "weekend_workdays", set()) if day.year in wanted)
    announced = {day.year for day in getattr(found, "weekend_workdays", set())}
    closed = sorted(day for day in found if day not in made_up)
    provisional = [year for year in wanted if announced and year > max(announced)]
    return [_iso(day) for day in closed], {_iso(day): MAKE_UP_HOURS_OF for day in made_up}, provisional


def _iso(day: date) -> str:
    return day.isoformat()


def definition(
    *,
    time_zone: str,
    hours: Mapping[str, Sequence[Sequence[str]]],
    country: str = "",
    years: Iterable[int] = (),
    holidays_added: Iterable[str] = (),
    workdays_added: Mapping[str, str] | None = None,
    special: Mapping[str, Sequence[Sequence[str]]] | None = None,
) -> tuple[dict[str, Any], list[int]]:
    """The whole definition of a calendar in the engine's notation, and its provisional years."""
    closed, made_up, provisional = public_days(country, years) if country else ([], {}, [])
    return {
        "timezone": time_zone,
        "hours": {day: [list(interval) for interval in hours.get(day, [])] for day in _WEEK},
        "holidays": sorted({*closed, *holidays_added}),
        "workdays": {**made_up, **(workdays_added or {})},
        "special": {day: [list(interval) for interval in open_] for day, open_ in (special or {}).items()},
    }, provisional


_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def publish(
    calendar: WorkingCalendar,
    *,
    at: datetime,
    time_zone: str,
    hours: Mapping[str, Sequence[Sequence[str]]],
    country: str = "",
    effective_from: datetime | None = None,
    **exceptions: Any,
) -> CalendarVersion:
    """Publish the next version of a calendar.

    Args:
        effective_from: cycles that start from then on use it (SLA-31); `at` when not given.

    Raises:
        sla.engine.errors.CalendarError: nonsense, or no working time in the coming year (SLA-06).
    """
    years = range(at.year - YEARS_BACK, at.year + YEARS_AHEAD + 1)
    content, provisional = definition(time_zone=time_zone, hours=hours, country=country, years=years, **exceptions)
    Calendar.from_json(content).check_usable(at.date())
    with transaction.atomic():
        WorkingCalendar.objects.select_for_update().get(pk=calendar.pk)
        last = calendar.versions.aggregate(last=Max("number"))["last"] or 0
        return CalendarVersion.objects.create(
            calendar=calendar,
            number=last + 1,
            state=VersionState.PUBLISHED,
            country=country,
            definition=content,
            provisional_years=provisional,
            effective_from=effective_from or at,
            published_at=at,
        )


def version_at(calendar_id: int, at: datetime) -> CalendarVersion:
    """The version of a calendar that holds for cycles starting at an instant; the first one for earlier instants.

    Raises:
        CalendarVersion.DoesNotExist: nothing was published yet.
    """
    published = CalendarVersion.objects.filter(calendar=calendar_id, state=VersionState.PUBLISHED)
    found = published.filter(Q(effective_from__isnull=True) | Q(effective_from__lte=at)).order_by("-number").first()
    return found or published.order_by("number")[:1].get()


def engine_calendar(version: CalendarVersion) -> Calendar:
    """The calendar the clocks compute with; parsed once per version, since published versions never change."""
    if version.state != VersionState.PUBLISHED:
        return Calendar.from_json(version.definition)
    return _published(version.pk)


@lru_cache(maxsize=256)
def _published(version_id: int) -> Calendar:
    return Calendar.from_json(CalendarVersion.objects.get(pk=version_id).definition)


def copy_as_draft(version: CalendarVersion) -> CalendarVersion:
    """The next version of the same calendar, a draft that says the same until it is edited."""
    with transaction.atomic():
        WorkingCalendar.objects.select_for_update().get(pk=version.calendar_id)
        last = CalendarVersion.objects.filter(calendar=version.calendar_id).aggregate(last=Max("number"))["last"] or 0
        return CalendarVersion.objects.create(
            calendar_id=version.calendar_id,
            number=last + 1,
            country=version.country,
            definition=version.definition,
            provisional_years=version.provisional_years,
        )


def publish_draft(version: CalendarVersion, *, at: datetime) -> CalendarVersion:
    """Publish a draft: cycles that start from now on use it (SLA-31). Publishing twice does nothing.

    Raises:
        sla.engine.errors.CalendarError: nonsense, or no working time in the coming year (SLA-06).
    """
    with transaction.atomic():
        current = CalendarVersion.objects.select_for_update().get(pk=version.pk)
        if current.state == VersionState.DRAFT:
            Calendar.from_json(current.definition).check_usable(at.date())
            current.state, current.effective_from, current.published_at = VersionState.PUBLISHED, at, at
            current.save()
    return current
