"""What an installation begins with: calendars and the default agreement (SLA-11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from sla.models import Agreement, AgreementState, AgreementVersion, CalendarVersion, ClockKind, WorkingCalendar
from sla.services.calendar_content import Content
from sla.services.calendars import publish
from sla.services.templates import ALL_HOURS, OFFICE_HOURS
from sla.services.terms import USUAL_LADDER, Promise, store_promises
from tickets.states import Complexity, TicketType, Wait

WAITS = (Wait.CLIENT, Wait.THIRD_PARTY, Wait.DATE)
MINUTE, HOUR = 60, 3600
LONG_AGO = timedelta(days=3650)


def ensure_defaults(at: datetime, *, country: str = "CN") -> AgreementVersion:
    """Make the calendars and the default agreement if there is none; return its newest version. Safe to repeat."""
    with transaction.atomic():
        found = AgreementVersion.objects.filter(agreement__organisation__isnull=True).order_by("-number").first()
        return found or _make(at, country)


def _make(at: datetime, country: str) -> AgreementVersion:
    zone = settings.DEFAULT_TIME_ZONE
    office = _calendar("Office hours", Content(zone, OFFICE_HOURS, country), at)
    always = _calendar("24×7", Content(zone, ALL_HOURS), at)
    version = AgreementVersion.objects.create(
        agreement=Agreement.objects.create(name="Default agreement"),
        number=1,
        state=AgreementState.IN_FORCE,
        effective_from=at - LONG_AGO,
    )
    store_promises(version, _promises(office.pk, always.pk))
    return version


def _promises(office: int, always: int) -> list[Promise]:
    """SLA-11; 48, 24 and 72 hours are hours of the clock on the wall, shorter ones are office hours (R-047)."""
    first, technical, resolution = (
        ClockKind.FIRST_RESPONSE,
        ClockKind.TECHNICAL_RESPONSE,
        ClockKind.RESOLUTION,
    )
    complaint, usual = TicketType.COMPLAINT, USUAL_LADDER
    return [
        Promise(first, 30 * MINUTE, office, ladder=usual),
        Promise(technical, 2 * HOUR, office, technical_only=True, ladder=usual),
        Promise(resolution, 48 * HOUR, always, complexity=Complexity.COMPLEX, pauses=WAITS, ladder=usual),
        Promise(first, 24 * HOUR, always, type=complaint, ladder=usual),
        Promise(resolution, 72 * HOUR, always, type=complaint, pauses=WAITS, ladder=usual),
    ]


def _calendar(name: str, content: Content, at: datetime) -> WorkingCalendar:
    calendar, _ = WorkingCalendar.objects.get_or_create(name=name)
    if not CalendarVersion.objects.filter(calendar=calendar).exists():
        publish(calendar, content, at=at, effective_from=at - LONG_AGO)
    return calendar
