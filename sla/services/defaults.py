"""What an installation begins with: a calendar and the default agreement (SLA-11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from sla.models import (
    Agreement,
    AgreementState,
    AgreementVersion,
    CalendarVersion,
    ClockKind,
    Target,
    WorkingCalendar,
)
from sla.services.calendars import publish
from tickets.states import Complexity, TicketType, Wait

OFFICE_HOURS = {day: [["09:00", "12:00"], ["13:30", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
ALL_HOURS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
WARNINGS = ["50%", "80%"]
WAITS = [Wait.CLIENT, Wait.THIRD_PARTY, Wait.DATE]
MINUTE, HOUR = 60, 3600


def ensure_defaults(at: datetime, *, country: str = "CN") -> AgreementVersion:
    """Make the calendars and the default agreement if there is none; return its newest version. Safe to repeat."""
    with transaction.atomic():
        found = AgreementVersion.objects.filter(agreement__organisation__isnull=True).order_by("-number").first()
        return found or _make(at, country)


def _make(at: datetime, country: str) -> AgreementVersion:
    office = _calendar("Office hours", OFFICE_HOURS, at, country)
    always = _calendar("24×7", ALL_HOURS, at, "")
    agreement = Agreement.objects.create(name="Default agreement")
    version = AgreementVersion.objects.create(
        agreement=agreement, number=1, state=AgreementState.IN_FORCE, effective_from=at - timedelta(days=3650)
    )
    Target.objects.bulk_create(
        Target(version=version, position=position, warnings=WARNINGS, **values)
        for position, values in enumerate(_promises(office, always), start=1)
    )
    return version


def _promises(office: WorkingCalendar, always: WorkingCalendar) -> list[dict[str, object]]:
    """SLA-11; 48, 24 and 72 hours are hours of the clock on the wall, shorter ones are office hours (R-047)."""
    return [
        {"kind": ClockKind.FIRST_RESPONSE, "seconds": 30 * MINUTE, "calendar": office},
        {
            "kind": ClockKind.TECHNICAL_RESPONSE,
            "seconds": 2 * HOUR,
            "calendar": office,
            "technical_only": True,
        },
        {
            "kind": ClockKind.RESOLUTION,
            "seconds": 48 * HOUR,
            "calendar": always,
            "complexity": Complexity.COMPLEX,
            "pauses": WAITS,
        },
        {
            "kind": ClockKind.FIRST_RESPONSE,
            "seconds": 24 * HOUR,
            "calendar": always,
            "type": TicketType.COMPLAINT,
        },
        {
            "kind": ClockKind.RESOLUTION,
            "seconds": 72 * HOUR,
            "calendar": always,
            "type": TicketType.COMPLAINT,
            "pauses": WAITS,
        },
    ]


def _calendar(name: str, hours: dict[str, list[list[str]]], at: datetime, country: str) -> WorkingCalendar:
    calendar, _ = WorkingCalendar.objects.get_or_create(name=name)
    if not CalendarVersion.objects.filter(calendar=calendar).exists():
        publish(
            calendar,
            at=at,
            time_zone=settings.DEFAULT_TIME_ZONE,
            hours=hours,
            country=country,
            effective_from=at - timedelta(days=3650),
        )
    return calendar
